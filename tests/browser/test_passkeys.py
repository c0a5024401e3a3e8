"""Passkeys in a real browser, with an authenticator that is no person's finger: made, signed in with, asked for, removed.

By the name `localhost`: a passkey belongs to a name, and an address in numbers is none (WebAuthn, 5.1.3, effective domain).
"""

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.db import transaction
from playwright.sync_api import Browser, Page, expect

from tests.browser.checks import watch
from tests.browser.conftest import Cast

pytestmark = pytest.mark.duty("SHR-1")

PASSWORD = "correct horse battery"


@pytest.fixture
def page(chromium: Browser, site: str) -> Iterator[Page]:
    """A browser with a security key in it, at our site by name."""
    cache.clear()  # nobody has guessed at a password here
    context = chromium.new_context(base_url=site.replace("127.0.0.1", "localhost"))
    context.set_default_timeout(20_000)
    opened = context.new_page()
    said = watch(opened)
    yield opened
    assert said == []
    context.close()


def plug_in(page: Page, **more: Any) -> Any:
    """A virtual authenticator that says yes, with the person's finger on it."""
    wire = page.context.new_cdp_session(page)
    wire.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True, **more,
    }  # fmt: skip
    made = wire.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return lambda verb, **args: wire.send(f"WebAuthn.{verb}", {"authenticatorId": made["authenticatorId"], **args})


def by_password(page: Page, email: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/accounts/login/" not in url)


def confirm(page: Page) -> None:
    """The password once more, before something that matters."""
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm that it is you")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out").first.click()
    page.wait_for_url("**/")


def test_a_passkey_signs_in_by_itself(cast: Cast, page: Page) -> None:
    person = cast.actor("vela", "coordinator")
    plug_in(page)
    by_password(page, person.user.email)
    page.get_by_role("link", name=str(person.user)).click()
    page.get_by_role("link", name="Change Second factor").click()
    page.get_by_role("link", name="Add a passkey").click()
    confirm(page)
    page.get_by_label("Name").fill("Finger of the test")
    expect(page.get_by_label("Sign in with it alone")).to_be_checked()
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_role("heading", name="Keep these codes now")).to_be_visible()
    with page.expect_download() as given:
        page.get_by_role("link", name="Download the codes").click()
    codes = given.value.path().read_text().split()
    assert len(codes) == 10 and all(len(code) == 8 for code in codes)
    page.get_by_role("link", name="I have kept them").click()
    page.get_by_role("link", name="See your passkeys").click()
    expect(page.get_by_role("row", name="Finger of the test")).to_contain_text("Yes")
    sign_out(page)

    page.goto("/accounts/login/?next=/inbox/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(lambda url: url.endswith("/inbox/") and "login" not in url)
    page.goto("/account/sessions/")
    expect(page.get_by_role("row", name="This one")).to_contain_text("Passkey")
    sign_out(page)

    # With the password the passkey is asked for as the second factor.
    by_password(page, person.user.email)
    expect(page.get_by_role("heading", level=1)).to_have_text("Second factor")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/incidents/")

    page.goto("/accounts/2fa/webauthn/")
    page.get_by_role("link", name="Remove Finger of the test").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm that it is you")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_role("button", name="Remove the passkey").click()
    expect(page.get_by_text("You have none")).to_be_visible()
    with transaction.atomic():
        assert not Authenticator.objects.filter(user=person.user).exists()  # codes without a factor go with it


def test_a_security_key_is_a_second_factor_and_no_more(cast: Cast, page: Page) -> None:
    person = cast.actor("tessera", "analyst")
    plug_in(page, transport="usb", hasUserVerification=False, isUserVerified=False)
    by_password(page, person.user.email)
    page.goto("/accounts/2fa/webauthn/add/")
    confirm(page)
    page.get_by_label("Sign in with it alone").uncheck()
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_role("heading", name="Keep these codes now")).to_be_visible()
    code = page.locator(".codes code").first.inner_text()
    sign_out(page)
    by_password(page, person.user.email)
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/incidents/")
    sign_out(page)
    by_password(page, person.user.email)
    page.get_by_label("Code").fill(code)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/incidents/")


def test_a_passkey_that_does_not_come_is_said_and_nothing_is_lost(cast: Cast, page: Page) -> None:
    person = cast.actor("meridian", "analyst")
    key = plug_in(page)
    by_password(page, person.user.email)
    page.goto("/accounts/2fa/webauthn/add/")
    confirm(page)
    key("setUserVerified", isUserVerified=False)
    page.get_by_label("Name").fill("Not this time")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("The browser gave no passkey")
    expect(page.get_by_label("Name")).to_have_value("Not this time")
    key("setUserVerified", isUserVerified=True)
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_role("heading", name="Keep these codes now")).to_be_visible()
    # An answer to an older question is not taken twice.
    page.goto("/accounts/2fa/webauthn/")
    expect(page.get_by_role("row", name="Not this time")).to_be_visible()

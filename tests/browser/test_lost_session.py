"""A session that ends in the middle of a paragraph costs nothing: signed in again, everything stands where it was typed."""

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import transaction
from playwright.sync_api import Page, expect

from signin.models import KeptText
from tests.browser.conftest import Cast, Sit
from tests.browser.test_journeys import case_of

pytestmark = pytest.mark.duty("ATT-1")

PASSWORD = "correct horse battery"
WORDS = "They said the dam was never connected, and that whoever says otherwise has never seen it. " * 20


def end_sessions(email: str) -> None:
    """The person's sessions end, as by themselves."""
    with transaction.atomic():
        keys = [each.session_key for each in Session.objects.all() if "_auth_user_id" in each.get_decoded()]
        Session.objects.filter(session_key__in=keys).delete()


def sign_in(page: Page, email: str) -> None:
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()


@pytest.mark.parametrize("javascript", [True, False], ids=["with a script", "without"])
def test_what_was_typed_is_there_after_signing_in_again(cast: Cast, sit: Sit, javascript: bool) -> None:
    cache.clear()
    analyst = cast.actor("brigid", "analyst")
    case = case_of(analyst, "Dam of the north")
    page = sit(None, javascript=javascript).new_page()
    page.goto(f"/accounts/login/?next=/incidents/{case.reference}/statements/new/")
    sign_in(page, analyst.user.email)
    page.get_by_label("Who said it?").fill("The ministry of water")
    page.get_by_label("In their words").fill(WORDS)
    page.locator("[name=kind]").first.select_option(index=1)
    kind = page.locator("[name=kind]").first.input_value()
    end_sessions(analyst.user.email)
    page.locator("main form button.primary").last.click()

    expect(page.get_by_role("heading", name="You were signed out")).to_be_visible()
    sign_in(page, analyst.user.email)
    expect(page.get_by_role("main")).to_contain_text("What you typed is back in its place")
    expect(page.get_by_label("Who said it?")).to_have_value("The ministry of water")
    expect(page.get_by_label("In their words")).to_have_value(WORDS)
    assert page.locator("[name=kind]").first.input_value() == kind
    page.locator("main form button.primary").last.click()
    page.wait_for_url(lambda url: "statements/new" not in url)
    expect(page.get_by_role("main")).to_contain_text("The ministry of water")
    with transaction.atomic():
        assert not KeptText.objects.filter(user=analyst.user).exists()
    page.context.close()

"""Told before the session runs out, kept with one press, and when it ran out anyway nothing typed is lost (interface, 11, 12)."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from playwright.sync_api import Page, expect

from organisations.actors import Actor
from signin.models import KeptText
from tests.browser.checks import watch
from tests.browser.conftest import Cast, Sit
from tests.browser.test_journeys import case_of
from tests.browser.test_lost_session import WORDS, end_sessions, sign_in

pytestmark = pytest.mark.duty("SHR-1")

# Long enough for a slow machine to open a page, short enough to be waited for.
AGE, WARNING = 40, 25


@pytest.fixture(autouse=True)
def short(settings: Any) -> Iterator[None]:
    """Sessions of less than a minute."""
    cache.clear()
    settings.SESSION_COOKIE_AGE, settings.SESSION_WARNING_SECONDS = AGE, WARNING
    yield
    cache.clear()


def at_form(page: Page, actor: Actor, reference: str) -> None:
    """Somebody who writes a statement; the focus is in the long text."""
    page.goto(f"/accounts/login/?next=/incidents/{reference}/statements/new/")
    sign_in(page, actor.user.email)
    page.get_by_label("Who said it?").fill("The ministry of water")
    page.locator("[name=kind]").first.select_option(index=1)
    page.get_by_label("In their words").fill(WORDS)


def test_one_is_told_in_time_and_stays_with_one_press(cast: Cast, sit: Sit) -> None:
    analyst = cast.actor("brigid", "analyst")
    case = case_of(analyst, "Dam of the north")
    context = sit(None)
    page = context.new_page()
    complaints = watch(page)
    at_form(page, analyst, case.reference)
    notice, words = page.locator("#session-notice"), page.get_by_label("In their words")
    expect(notice).to_have_attribute("role", "status")
    expect(notice).to_be_empty()
    expect(notice).to_contain_text("you will be signed out in", timeout=AGE * 1000)
    expect(words).to_be_focused()  # nobody is torn out of a sentence
    page.keyboard.press("F8")
    expect(notice).to_contain_text("You stay signed in until")
    expect(words).to_be_focused()

    # Again, from a second tab: whatever is done there silences this one.
    expect(notice).to_contain_text("you will be signed out in", timeout=AGE * 1000)
    other = context.new_page()
    other.goto("/account/session/")
    other.get_by_role("main").get_by_role("button", name="Stay signed in").click()
    expect(notice).to_contain_text("You stay signed in until", timeout=5000)
    other.close()

    # By its button: the focus is given back.
    expect(notice).to_contain_text("you will be signed out in", timeout=AGE * 1000)
    words.focus()
    notice.get_by_role("button").click()
    expect(notice).to_contain_text("You stay signed in until")
    expect(words).to_be_focused()
    assert complaints == []
    context.close()


def test_signed_in_again_in_another_tab_what_was_typed_is_sent_from_where_it_stands(cast: Cast, sit: Sit) -> None:
    analyst = cast.actor("brigid", "analyst")
    case = case_of(analyst, "Dam of the north")
    context = sit(None)
    page = context.new_page()
    at_form(page, analyst, case.reference)
    notice = page.locator("#session-notice")
    expect(notice).to_contain_text("You were signed out", timeout=(AGE + 20) * 1000)
    expect(page.get_by_label("In their words")).to_have_value(WORDS)
    with context.expect_page() as opened:
        notice.get_by_role("link", name="Sign in in a new tab").click()
    other = opened.value
    sign_in(other, analyst.user.email)
    expect(other.get_by_role("heading", name="Your session")).to_be_visible()
    page.bring_to_front()
    expect(notice).to_contain_text("You are signed in again")
    page.locator("main form button.primary").last.click()
    page.wait_for_url(lambda url: "statements/new" not in url)
    expect(page.get_by_role("main")).to_contain_text("The ministry of water")
    with transaction.atomic():
        assert not KeptText.objects.filter(user=analyst.user).exists()
    context.close()


def test_without_a_script_the_page_says_until_when_and_a_form_from_before_comes_back(
    cast: Cast, sit: Sit, settings: Any
) -> None:
    settings.SESSION_COOKIE_AGE = 3600
    analyst = cast.actor("brigid", "analyst")
    case = case_of(analyst, "Dam of the north")
    context = sit(None, javascript=False)
    page = context.new_page()
    at_form(page, analyst, case.reference)
    expect(page.locator("footer")).to_contain_text("Signed in until")
    end_sessions(analyst.user.email)
    other = context.new_page()
    other.goto("/accounts/login/?next=/account/session/")
    sign_in(other, analyst.user.email)
    expect(other.get_by_role("heading", name="Your session")).to_be_visible()
    page.locator("main form button.primary").last.click()  # its token is from before
    expect(page.get_by_role("main")).to_contain_text("What you typed is back in its place")
    expect(page.get_by_label("In their words")).to_have_value(WORDS)
    page.locator("main form button.primary").last.click()
    page.wait_for_url(lambda url: "statements/new" not in url)
    expect(page.get_by_role("main")).to_contain_text("The ministry of water")
    context.close()

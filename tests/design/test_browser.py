"""The catalogue in a real browser: accessible, no sideways scroll, nothing the policy refuses; and what app.js promises."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.design.conftest import CHROMIUM, Site
from tests.design.test_pages import page as page_of

pytestmark = pytest.mark.browser

FORM = """<!doctype html><html lang="en"><head><title>Draft</title><meta name="csrf-token" content="t0k3n">
<script src="/static/js/app.js" defer></script></head>
<body data-text-saved="Saved %s UTC" data-text-unsaved="Not saved" data-text-signed-out="Signed out" data-text-cancel="Go back"
 data-text-your-time="your time">
<div id="announce" role="status"></div><div id="error-summary" tabindex="-1" data-autofocus>There is a problem</div>
<form method="post" action="/send" data-autosave="/draft"><label for="a">A</label><input id="a" name="a">
<input type="hidden" name="version" value="1"><button>Save</button></form>
<form method="post" action="/withdraw" id="w" data-confirm="Withdraw it?"><button>Withdraw</button></form>
<time datetime="2026-11-03T23:12:00Z" data-local>3 Nov 2026, 23:12 UTC</time></body></html>"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    assert Path(CHROMIUM).exists(), "Install Chromium: apt-get install chromium"
    # Playwright's synchronous calls run inside an event loop of their own, which Django would take for async code.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        # Chromium's own sandbox needs a user other than root; the pages are ours.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


def catalogue_url(site: Site, language: str, theme: str) -> str:
    return f"{site.url}/ui/?language={language}&theme={theme}"


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_catalogue_is_accessible(chromium: Browser, site: Site, language: str, theme: str, width: int) -> None:
    # axe is injected as a script of ours, which the page's own policy would refuse
    context = chromium.new_context(viewport={"width": width, "height": 900}, bypass_csp=True)
    page = context.new_page()
    page.goto(catalogue_url(site, language, theme))
    violations = [
        (found["id"], [node["html"][:160] for node in found["nodes"]])
        for found in Axe().run(page).response["violations"]
    ]
    assert violations == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.documentElement.dir") == ("rtl" if language == "ar" else "ltr")
    assert page.evaluate("getComputedStyle(document.body).colorScheme") == theme
    assert page.evaluate("document.querySelectorAll('h1').length") == 1
    assert (
        page.evaluate("(all => all.length - new Set(all).size)([...document.querySelectorAll('[id]')].map(e => e.id))")
        == 0
    )
    context.close()


def test_the_policy_refuses_nothing_and_no_error_is_logged(chromium: Browser, site: Site) -> None:
    page = chromium.new_context().new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("requestfailed", lambda request: said.append(request.url))
    page.goto(catalogue_url(site, "en", "light"))
    page.wait_for_load_state("networkidle")
    assert said == []
    assert page.evaluate("typeof htmx") == "object"
    assert page.evaluate("htmx.config.historyCacheSize") == 0
    page.context.close()


def test_targets_are_large_enough(chromium: Browser, site: Site) -> None:
    """44 px, 32 where rows are dense, and never below the 24 of WCAG 2.5.8; links inside a sentence are free."""
    page = chromium.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.goto(catalogue_url(site, "en", "light"))
    small = page.evaluate(
        """() => [...document.querySelectorAll('button, select, summary, input:not([type=hidden]), .button, nav a, .back')]
            .filter(element => element.checkVisibility() && !element.closest('.choice'))
            .map(element => [Math.round(element.getBoundingClientRect().height), element.outerHTML.slice(0, 80)])
            .filter(([height]) => height < 32)"""
    )
    assert small == []
    assert page.evaluate("document.querySelector('button.primary').getBoundingClientRect().height") >= 44
    page.context.close()


def test_everything_works_without_script_and_is_reached_by_keyboard(chromium: Browser, site: Site) -> None:
    page = chromium.new_context(java_script_enabled=False).new_page()
    page.goto(catalogue_url(site, "en", "light"))
    page.keyboard.press("Tab")
    assert page.locator(".skip").is_visible()
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")
    page.context.close()


def test_a_print_shows_the_content_and_not_the_furniture(chromium: Browser, site: Site) -> None:
    page = chromium.new_context().new_page()
    page.goto(catalogue_url(site, "en", "dark"))
    page.emulate_media(media="print")
    assert not page.locator(".site-header").is_visible()
    assert page.locator("h1").is_visible()
    assert page.locator(".strip .tlp").first.is_visible()
    page.context.close()


@pytest.fixture
def draft(chromium: Browser, site: Site) -> Iterator[Page]:
    site.pages["/form"] = FORM
    context = chromium.new_context(timezone_id="Africa/Nairobi")
    page = context.new_page()
    page.goto(f"{site.url}/form")
    yield page
    context.close()


def test_the_error_summary_has_the_focus(draft: Page) -> None:
    assert draft.evaluate("document.activeElement.id") == "error-summary"


def test_a_draft_is_saved_on_leaving_the_field_and_once(draft: Page, site: Site) -> None:
    site.answer = (200, {"saved_at": "2026-11-03T14:02:00Z", "fields": {"version": "2"}})
    draft.fill("#a", "half a sentence")
    draft.locator("#a").blur()
    draft.get_by_text("Saved 14:02 UTC").wait_for()
    assert draft.input_value("[name=version]", strict=True) == "2"
    draft.locator("#a").focus()
    draft.locator("#a").blur()
    draft.wait_for_timeout(200)
    assert [path for path, _body in site.posts] == ["/draft"]
    assert b"half a sentence" in site.posts[0][1]


@pytest.mark.parametrize(("status", "words"), [(500, "Not saved"), (401, "Signed out")])
def test_a_draft_that_is_not_saved_says_so(draft: Page, site: Site, status: int, words: str) -> None:
    site.answer = (status, {})
    draft.fill("#a", "x")
    draft.locator("#a").blur()
    draft.get_by_text(words, exact=True).wait_for()


def test_a_draft_is_saved_when_the_line_comes_back(draft: Page, site: Site) -> None:
    draft.context.set_offline(True)
    draft.fill("#a", "typed in a tunnel")
    draft.locator("#a").blur()
    draft.get_by_text("Not saved").wait_for()
    draft.context.set_offline(False)
    draft.locator("[data-state=saved]").wait_for()
    assert b"typed in a tunnel" in site.posts[-1][1]


def test_nothing_typed_nothing_sent(draft: Page, site: Site) -> None:
    draft.locator("#a").focus()
    draft.locator("#a").blur()
    draft.wait_for_timeout(200)
    assert site.posts == []


def test_a_double_click_posts_once(draft: Page, site: Site) -> None:
    draft.route("**/send", lambda route: None)  # the answer never comes
    sent: list[str] = []
    draft.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    # two clicks in one go would be one navigation in any browser: the second comes while the first is under way
    draft.evaluate("for (const wait of [0, 150]) setTimeout(() => document.querySelector('button').click(), wait)")
    draft.wait_for_timeout(500)
    assert len([url for url in sent if url.endswith("/send")]) == 1


def test_an_irreversible_act_asks_first_with_the_safe_answer_focused(draft: Page, site: Site) -> None:
    draft.get_by_role("button", name="Withdraw").click()
    dialog = draft.get_by_role("dialog", name="Withdraw it?")
    assert draft.evaluate("document.activeElement.textContent") == "Go back"
    draft.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    assert site.posts == []
    draft.get_by_role("button", name="Withdraw").click()
    dialog.get_by_role("button", name="Withdraw").click()
    draft.wait_for_url("**/withdraw")
    assert site.posts == [("/withdraw", b"confirmed=yes")]


def test_local_time_stands_beside_utc(draft: Page) -> None:
    text: Any = draft.locator("body").text_content()
    assert "23:12 UTC" in text
    assert "02:12" in text
    assert "your time" in text


@pytest.mark.parametrize("name", ["account/login.html", "errors/409.html", "errors/500.html"])
def test_pages_without_a_room_are_accessible(chromium: Browser, site: Site, name: str) -> None:
    site.pages["/page"] = page_of(name, "ar")
    context = chromium.new_context(viewport={"width": 320, "height": 700}, bypass_csp=True)
    page = context.new_page()
    page.goto(f"{site.url}/page")
    assert [found["id"] for found in Axe().run(page).response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    context.close()

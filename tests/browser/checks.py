"""What must hold on every page: looked for in the page as it was sent, as it is laid out, and as axe reads it."""

import re
from html.parser import HTMLParser
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WIDTHS = (1280, 320)
RIGHT_TO_LEFT = {"ar"}
ABORTED = "net::ERR_ABORTED"
# A rule that said no, or a form that came back with its errors: answers for people, which Chromium calls failures.
REFUSED = re.compile("status of (409|422)")

# One look at the laid-out page. Text in a scroll region of its own may be wider than the page.
LAYOUT = """() => {
  const root = document.documentElement;
  const wide = [...document.querySelectorAll('body *')]
    .filter(e => e.checkVisibility() && !e.closest('[role=region]'))
    .filter(e => { const r = e.getBoundingClientRect(); return r.width > 1 && (r.right > innerWidth + 1 || r.left < -1); });
  const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
  return {
    overflow: root.scrollWidth - innerWidth,
    wide: wide.slice(0, 3).map(e => e.outerHTML.slice(0, 120)),
    repeated: ids.filter((id, at) => ids.indexOf(id) !== at),
    headings: document.querySelectorAll('h1').length,
    heading: document.querySelector('h1')?.innerText.trim() ?? '',
    title: document.title,
    lang: root.lang, dir: root.dir, mode: getComputedStyle(document.body).colorScheme,
  };
}"""


def watch(page: Page) -> list[str]:
    """A list that fills with what the browser complains about: errors, refusals of the policy, files that are missing."""
    said: list[str] = []
    page.on(
        "console",
        lambda message: (
            said.append(message.text)
            if message.type in {"error", "warning"} and not REFUSED.search(message.text)
            else None
        ),
    )
    page.on("pageerror", lambda error: said.append(str(error)))
    # A navigation that turns into a download ends as aborted: nothing failed.
    page.on(
        "requestfailed",
        lambda request: said.append(f"{request.url} {request.failure}") if request.failure != ABORTED else None,
    )
    return said


class Inline(HTMLParser):
    """Finds what the policy would have to excuse: styles and scripts inside the page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name for name, _value in attrs}
        data = ("type", "application/json") in attrs  # a block of data is never run
        if tag == "style" or (tag == "script" and "src" not in names and not data):
            self.found.append(f"<{tag}>")
        self.found += [f"<{tag} {name}>" for name in names if name == "style" or name.startswith(("on", "hx-on"))]
        self.found += [f"<{tag} {name}>" for name, value in attrs if (value or "").lower().startswith("javascript:")]


def inline_code(html: str) -> list[str]:
    """Inline styles, scripts and handlers of a page as it was sent."""
    parser = Inline()
    parser.feed(html)
    return parser.found


def layout_faults(page: Page, language: str, theme: str, width: int) -> list[str]:
    """What is wrong with the page as it stands, in words."""
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 900})
    seen: dict[str, Any] = page.evaluate(LAYOUT)
    where = f"{language} {theme} {width}: "
    faults = []
    if seen["overflow"] > 0:
        faults.append(f"{where}{seen['overflow']} px too wide: {seen['wide']}")
    if seen["repeated"]:
        faults.append(f"{where}ids twice: {seen['repeated']}")
    if seen["headings"] != 1:
        faults.append(f"{where}{seen['headings']} h1")
    if not seen["title"].strip() or seen["title"].startswith("·"):
        faults.append(f"{where}title {seen['title']!r}")
    if (seen["lang"], seen["dir"]) != (language, "rtl" if language in RIGHT_TO_LEFT else "ltr"):
        faults.append(f"{where}lang={seen['lang']} dir={seen['dir']}")
    if seen["mode"] not in {theme, "light dark"}:
        faults.append(f"{where}colour scheme {seen['mode']}")
    return faults


def axe_faults(page: Page) -> list[str]:
    """What axe finds, each with its first place."""
    # The script is injected through the debugger, which the page's own policy does not hinder.
    return [
        f"{found['id']}: {found['nodes'][0]['html'][:160]} ({len(found['nodes'])})"
        for found in Axe().run(page).response["violations"]
    ]

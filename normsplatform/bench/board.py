"""Attribution: a large finding computed anew, and the board of 200 items by 8 hypotheses as a browser gets it."""

import gzip
import json
import os
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from attribution.models import Hypothesis, Rating
from core.tenancy import Principal, acting_as
from evidence.models import EvidenceItem, Origin
from incidents.models import Incident
from incidents.services import file_incident
from organisations.actors import Actor
from organisations.models import Organisation, User
from organisations.roles import Role

from .http import server, session_of
from .measure import Result
from .synthetic import MEASURED, principal_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Response

ITEMS, HYPOTHESES, VISITS = 200, 8, 7
TITLE = "Board of two hundred items"
CHROMIUM = Path(os.environ.get("NORMS_CHROMIUM", "/usr/bin/chromium"))
CODES = ("CC", "C", "N", "I", "II")


def recomputed() -> dict[str, float]:
    """What a process of its own says of one large finding."""
    command = [sys.executable, "-m", "normsplatform.bench.recompute"]
    done = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, check=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def board_case(principal: Principal) -> Incident:
    """The case with the large board, made once."""
    user = User.objects.get(pk=principal.user_id)
    house = Organisation.objects.get(pk=principal.organisation_id or 0)
    with acting_as(principal), transaction.atomic():
        found = Incident.objects.filter(title=TITLE).defer("search").first()
        if found is not None:
            return found
        actor = Actor(user, house, (Role.ANALYST,))
        facts = {"title": TITLE, "summary": "Made for measuring.", "victims": [{"sector": "health", "country": "CR"}]}
        incident = file_incident(actor=actor, facts=facts)
        origins = [Origin.objects.create(incident=incident, name=f"Origin {n}", added_by=user) for n in range(40)]
        items = [
            EvidenceItem.objects.create(
                incident=incident, title=f"Log extract {n} of a machine in the ministry", kind="log",
                evidence_class="host_forensics", origin=origins[n % 40], uploaded_by=user, organisation=house,
                standard_version="2026.2",
            )
            for n in range(ITEMS)
        ]  # fmt: skip
        hypotheses = [
            Hypothesis.objects.create(
                incident=incident, number=n + 1, kind="non_state", actor=f"A group of number {n + 1}", added_by=user
            )
            for n in range(HYPOTHESES)
        ]
        Rating.objects.bulk_create(
            Rating(incident=incident, item=item, hypothesis=hypothesis, assessor=user, value=CODES[(a * 3 + b * 7) % 5])
            for a, item in enumerate(items)
            for b, hypothesis in enumerate(hypotheses)
        )
        return incident


def visit(browser: "Browser", address: str, cookie: str) -> tuple[float, dict[str, bytes]]:
    """One visit with nothing cached: its first paint in milliseconds, and everything that was sent."""
    context = browser.new_context()
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": address}])
    page = context.new_page()
    answers: list[Response] = []

    def remember(answer: "Response") -> None:
        answers.append(answer)

    page.on("response", remember)
    page.goto(address, wait_until="load")
    painted = "performance.getEntriesByName('first-paint').map(entry => entry.startTime)"
    page.wait_for_function(f"{painted}.length")
    paint = float(page.evaluate(painted)[0])
    bodies = {answer.url: answer.body() for answer in answers if answer.status == 200}
    context.close()
    return paint, bodies


def visits(address: str, cookie: str) -> tuple[list[float], int]:
    """First paints of a cold browser, and the bytes of page, style and scripts as the proxy compresses them."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        seen = [visit(browser, address, cookie) for _ in range(VISITS)]
        browser.close()
    _paint, bodies = seen[-1]
    if len(re.findall(rb"<select form=", bodies[address])) != ITEMS * HYPOTHESES:
        raise AssertionError("the page does not hold the whole board")
    return [paint for paint, _bodies in seen], sum(len(gzip.compress(body, 6)) for body in bodies.values())


def run() -> Iterator[Result]:
    """Both, the second only where there is a Chromium; that there is none is a line of the table."""
    told = recomputed()
    name = "finding anew, 5,000 items, 20 hypotheses, 30 assessors"
    yield Result("attribution", name, "ms", told["milliseconds"], None, "under 200 ms")
    yield Result("attribution", "the same by the processor's time", "ms", told["busy"], None, "under 200 ms")
    yield Result("attribution", "peak memory of that process", "MB", told["megabytes"], None, "under 100 MB")
    if not CHROMIUM.exists():
        yield Result("attribution", f"no Chromium at {CHROMIUM}: first paint not measured", "ms", float("nan"))
        return
    principal = principal_of(MEASURED)
    incident = board_case(principal)
    cookie = session_of(User.objects.get(pk=principal.user_id), principal.organisation_id or 0)
    with server() as port:
        address = f"http://127.0.0.1:{port}/incidents/{incident.reference}/attribution/matrix/?leg=operator"
        paints, size = visits(address, cookie)
    name = f"board of {ITEMS} × {HYPOTHESES}, first paint, nothing cached"
    yield Result("attribution", name, "ms", statistics.median(paints), None, "under 1,000 ms")
    yield Result("attribution", "the same, sent with gzip", "kB", size / 1000, None, "under 100 kB")

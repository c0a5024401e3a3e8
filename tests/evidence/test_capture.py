"""A web page captured by its address: only from the public web, bounded, and with how it was collected."""

import http.server
import io
import os
import socket
import threading
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from warcio.archiveiterator import ArchiveIterator

from core import outward
from core.tenancy import acting_as
from evidence.capture import browser, fetch, guard
from evidence.capture.proxy import proxy
from evidence.models import EvidenceItem, IntakeJob, StoredFile
from evidence.services import capturing
from incidents.services import edit_incident
from organisations.actors import Actor
from tests.people import People
from tests.tenancy.test_walls import filed

from .builders import bytes_of
from .test_danger import work

pytestmark = [pytest.mark.duty("ATT-2")]
SignIn = Callable[[Actor], Client]
CHROMIUM = os.environ.get("NORMS_CHROMIUM", "/usr/bin/chromium")
PAGE = b"<!doctype html><title>Statement</title><h1>We deny everything</h1><img src=/secret.png>"


class Site(http.server.BaseHTTPRequestHandler):
    """A small web: a page, a redirect to it, one into the house, one without end, one too large, one too slow."""

    asked: list[str] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        onward = {
            "/old": "/",
            "/inside": "http://169.254.169.254/latest/meta-data/",
            "/loop": "/loop",
            "/file": "file:///etc/passwd",
        }
        if self.path in onward:
            self.send_response(302)
            self.send_header("Location", onward[self.path])
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(PAGE * (2000 if self.path == "/large" else 1))

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


@pytest.fixture
def site(settings: Any) -> Iterator[str]:
    """Its address, the one exception a capture may go to."""
    Site.asked = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    port = server.server_address[1]
    settings.CAPTURE_ALLOW = [f"127.0.0.1:{port}"]
    yield f"http://127.0.0.1:{port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("ftp://example.org/", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("javascript:alert(1)", "scheme"),
        ("https://", "url"),
        ("http://user:pass@example.org/", "url"),
        ("http://example.org:99999/", "url"),
        ("http://exa mple.org/", "url"),
        ("http://[::1", "url"),
        ("https://example.org/" + "a" * 3000, "url"),
    ],
)
def test_an_address_that_is_none_is_refused_before_anything_is_asked(url: str, code: str) -> None:
    with pytest.raises(outward.Refused) as caught:
        outward.check_url(url)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "ip",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1", "255.255.255.255",
        "::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "2001:db8::1",
    ],
)  # fmt: skip
def test_no_door_inside_the_house_is_public(ip: str, monkeypatch: Any) -> None:
    assert not outward.is_public(ip)
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", ("93.184.215.14", 80)), (0, 0, 0, "", (ip, 80))]
    )
    with pytest.raises(outward.Refused, match="not_public"):
        guard.target("evil.example", 80)


def test_a_public_server_on_the_web_s_own_ports_is_gone_to_as_it_was_judged(monkeypatch: Any) -> None:
    answers = iter(["93.184.215.14", "127.0.0.1"])
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", (next(answers), 443))])
    assert guard.target("example.org", 443).ip == "93.184.215.14"
    with pytest.raises(outward.Refused, match="port"):
        guard.target("example.org", 22)
    for odd in ("http://2130706433/", "http://0x7f.1/", "http://127.1/"):
        _scheme, host, port = outward.check_url(odd)
        monkeypatch.undo()
        with pytest.raises(outward.Refused):
            guard.target(host, port)


def test_the_document_and_its_redirects_are_in_the_warc(site: str) -> None:
    got = fetch.fetch(f"{site}/old")
    assert (got.url, got.status, got.ip, got.media_type, got.body) == (f"{site}/", 200, "127.0.0.1", "text/html", PAGE)
    seen = [
        (record.rec_type, record.rec_headers["WARC-Target-URI"], record.content_stream().read())
        for record in ArchiveIterator(io.BytesIO(got.warc))
        if record.rec_type in {"response", "request"}
    ]
    assert [(kind, uri.removeprefix(site)) for kind, uri, _body in seen] == [
        ("response", "/old"), ("request", "/old"), ("response", "/"), ("request", "/"),
    ]  # fmt: skip
    assert seen[2][2] == PAGE


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/inside", "not_public"),
        ("/file", "scheme"),
        ("/loop", "redirects"),
        ("/large", "too_large"),
    ],
)
def test_where_a_page_leads_is_judged_like_the_first(site: str, path: str, code: str, monkeypatch: Any) -> None:
    monkeypatch.setattr(fetch, "MOST_BYTES", 100_000)
    with pytest.raises(outward.Refused) as caught:
        fetch.fetch(site + path)
    assert caught.value.code == code


def test_a_page_that_takes_too_long_is_left(site: str, monkeypatch: Any) -> None:
    monkeypatch.setattr(fetch, "SECONDS", -1)
    with pytest.raises(outward.Refused, match="too_slow"):
        fetch.fetch(site)


def test_the_browser_s_only_way_out_judges_too(site: str) -> None:
    with proxy() as way_out:
        through = urllib.request.build_opener(
            urllib.request.ProxyHandler({"http": f"http://127.0.0.1:{way_out.server_address[1]}"})
        )
        assert through.open(f"{site}/", timeout=10).read() == PAGE
        for door in ("http://169.254.169.254/", "http://localhost:5432/"):
            with pytest.raises(urllib.request.HTTPError) as caught:
                through.open(door, timeout=10)
            assert caught.value.code == 403
        with socket.create_connection(("127.0.0.1", way_out.server_address[1]), 10) as link:
            link.sendall(b"CONNECT 127.0.0.1:22 HTTP/1.1\r\n\r\n")
            assert link.recv(100).startswith(b"HTTP/1.1 403")
        assert len(way_out.refused) == 3


@pytest.mark.django_db
def test_without_a_tool_the_page_says_so_and_the_api_too(people: People, sign_in: SignIn) -> None:
    incident = filed(people.vela.analyst)
    client = sign_in(people.vela.analyst)
    page = client.get(f"/incidents/{incident.reference}/evidence/capture/")
    assert page.status_code == 200 and "No capture tool is set up" in page.content.decode()
    answer = client.post(
        f"/api/v1/incidents/{incident.reference}/evidence/capture/",
        {"url": "https://example.org"},
        content_type="application/json",
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "evidence_capture_not_configured")


@pytest.mark.django_db
def test_a_capture_is_asked_for_on_the_page_and_a_refusal_stands_on_the_item(
    people: People, sign_in: SignIn, settings: Any, site: str
) -> None:
    settings.CAPTURE_CHROMIUM = CHROMIUM
    incident = filed(people.vela.analyst)
    client = sign_in(people.vela.analyst)
    where = f"/incidents/{incident.reference}/evidence/capture/"
    refused = client.post(where, {"url": "file:///etc/passwd", "mark": "TLP:AMBER"})
    assert refused.status_code == 422 and "http:// or https://" in refused.content.decode()
    assert client.post(where, {"url": f"{site}/inside", "mark": "TLP:AMBER"}).status_code == 303
    (job,) = work(people.vela.analyst)
    assert (job.state, job.error_code) == ("failed", "capture_not_public")
    assert "not on the public internet" in client.get(f"/incidents/{incident.reference}/evidence/E-1/").content.decode()
    assert Site.asked == ["/inside"]


@pytest.mark.django_db
@pytest.mark.duty("SHR-4")
def test_nobody_goes_there_once_the_marks_forbid_it(people: People, settings: Any, site: str) -> None:
    """The case was marked more strictly while the work waited: the other side must not notice."""
    settings.CAPTURE_CHROMIUM = CHROMIUM
    analyst = people.vela.analyst
    incident = filed(analyst, pap="PAP:GREEN")
    with acting_as(analyst.principal):
        capturing.ask_capture(actor=analyst, reference=incident.reference, url=f"{site}/old", facts={})
        edit_incident(actor=analyst, reference=incident.reference, version=1, facts={"pap": "PAP:RED"})
    (job,) = work(analyst)
    assert (job.state, job.error_code, Site.asked) == ("failed", "capture_pap", [])


@pytest.mark.django_db
@pytest.mark.duty("SHR-2")
def test_nobody_goes_there_for_somebody_who_may_no_more(people: People, settings: Any, site: str) -> None:
    settings.CAPTURE_CHROMIUM = CHROMIUM
    analyst = people.vela.analyst
    incident = filed(analyst)
    with acting_as(analyst.principal):
        capturing.ask_capture(actor=analyst, reference=incident.reference, url=f"{site}/old", facts={})
        analyst.user.memberships.update(roles=["researcher"])
    (job,) = work(analyst)
    assert (job.state, job.error_code, Site.asked) == ("failed", "no_access", [])


@pytest.mark.slow
@pytest.mark.django_db
def test_a_captured_page_is_one_item_with_what_was_sent_and_what_was_seen(
    people: People, settings: Any, site: str
) -> None:
    assert Path(CHROMIUM).exists(), "Install Chromium: apt-get install chromium"
    settings.CAPTURE_CHROMIUM = CHROMIUM
    analyst = people.vela.analyst
    incident = filed(analyst)
    with acting_as(analyst.principal):
        item = capturing.ask_capture(actor=analyst, reference=incident.reference, url=f"{site}/old", facts={})
    (job,) = work(analyst)
    assert (job.state, job.error_code) == ("done", "")
    with acting_as(analyst.principal):
        item = EvidenceItem.objects.get(pk=item.pk)
        files = {file.name: file for file in StoredFile.objects.filter(item=item)}
        assert IntakeJob.objects.get().outcome["ip"] == "127.0.0.1"
    assert set(files) == {"capture.warc.gz", "source.html", "screenshot.png", "page.pdf"}
    assert (files["screenshot.png"].media_type, files["page.pdf"].media_type) == ("image/png", "application/pdf")
    assert bytes_of(files["source.html"].path) == PAGE
    assert item.collected_precision == "exact" and item.collected_by == str(analyst.user)
    assert item.details["url"] == f"{site}/old" and "hromium" in item.details["capture_tool"]
    assert "127.0.0.1" in item.collection_method
    assert "/secret.png" in Site.asked, "the browser drew the page with what belongs to it, through the judging proxy"


def test_a_tool_that_is_not_there_is_named() -> None:
    with pytest.raises(outward.Refused, match="tool"):
        browser.version_of("/no/such/chromium")

"""A paste of indicators: every line on its own, none lost to its neighbours."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from hypothesis import given as examples
from hypothesis import strategies as st

from core.errors import Invalid
from core.tenancy import acting_as
from evidence import indicators as rules
from evidence.models import EvidenceItem, StoredFile
from evidence.services.indicators import add_indicators
from organisations.actors import Actor
from tests.people import People
from tests.tenancy.test_walls import filed

from .builders import bytes_of

pytestmark = [pytest.mark.duty("ATT-2")]
SignIn = Callable[[Actor], Client]
FACTS = {"title": "Indicators from the operator", "source": "Operator", "collection_method": "By mail"}


@pytest.mark.parametrize(
    ("line", "kind", "value"),
    [
        ("192.0.2.7", "ip", "192.0.2.7"),
        ("192[.]0[.]2[.]7", "ip", "192.0.2.7"),
        ("2001:DB8::1", "ip", "2001:db8::1"),
        ("198.51.100.0/24", "network", "198.51.100.0/24"),
        ("192.0.2.7:8443", "endpoint", "192.0.2.7:8443"),
        ("Evil[.]Example", "domain", "evil.example"),
        ("evil(dot)example", "domain", "evil.example"),
        ("müller.example", "domain", "xn--mller-kva.example"),
        ("hxxps[:]//evil[.]example/a?b=C", "url", "https://evil.example/a?b=C"),
        ("hXXp://EVIL.example:8080/Path", "url", "http://evil.example:8080/Path"),
        ("fxp://evil[.]example/x", "url", "ftp://evil.example/x"),
        ("http://[2001:db8::1]/x", "url", "http://[2001:db8::1]/x"),
        ("bad[at]evil[.]example", "email", "bad@evil.example"),
        ("d41d8cd98f00b204e9800998ecf8427E", "md5", "d41d8cd98f00b204e9800998ecf8427e"),
        ("da39a3ee5e6b4b0d3255bfef95601890afd80709", "sha1", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        ("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "sha256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("OlympicDestroyer.exe", "file_name", "OlympicDestroyer.exe"),
        ("evil[.]exe", "domain", "evil.exe"),
        ("C:\\Windows\\Temp\\a b.dll", "file_path", "C:\\Windows\\Temp\\a b.dll"),
        ("/var/.x/run", "file_path", "/var/.x/run"),
        ("cve-2017-0144", "vulnerability", "CVE-2017-0144"),
    ],
)  # fmt: skip
def test_a_line_is_typed_by_its_form(line: str, kind: str, value: str) -> None:
    assert rules.classified(line) == (kind, value)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("192.0.2.777", "four numbers"),
        ("198.51.100.0/99", "192.0.2.0/24"),
        ("d41d8cd98f00b204e9800998ecf8427", "31 signs"),
        ("http://", "names no host"),
        ("http://evil.example:99999/", "port is wrong"),
        ("@evil.example", "before @"),
        ("nonsense", "none of"),
        ("two words", "none of"),
        ("evil.example\u202egpj", "invisible"),
        ("-bad-.example", "not a domain"),
        ("a" * 3000, "too long"),
    ],
)
def test_a_line_that_is_none_says_why(line: str, says: str) -> None:
    with pytest.raises(rules.Unclear, match=says):
        rules.classified(line)


@examples(st.lists(st.text(max_size=60), max_size=40))
def test_whatever_is_pasted_every_line_is_accounted_for(lines: list[str]) -> None:
    reading = rules.read(lines)
    told = (
        [one.line for one in reading.good]
        + [bad.line for bad in reading.bad]
        + [line for line, _first in reading.repeated]
    )
    expected = [
        n
        for n, line in enumerate(lines, 1)
        if line.strip().strip(",;") and not line.strip().strip(",;").startswith("#")
    ]
    assert sorted(told) == expected


def test_two_hundred_lines_with_one_bad_and_one_said_twice() -> None:
    lines = [f"192.0.2.{number}" for number in range(1, 199)] + ["nonsense", "192[.]0[.]2[.]5"]
    reading = rules.read(lines)
    assert (len(reading.good), [bad.line for bad in reading.bad], reading.repeated) == (198, [199], ((200, 5),))


@pytest.mark.django_db
def test_they_become_one_item_with_a_hashed_file(people: People) -> None:
    analyst = people.vela.analyst
    incident = filed(analyst)
    with acting_as(analyst.principal):
        item, _reading = add_indicators(
            actor=analyst,
            reference=incident.reference,
            facts=FACTS,
            lines=["hxxp://evil[.]example/", "192.0.2.7", "# note", "192.0.2.7"],
        )
        file = StoredFile.objects.get(item=item)
        body = json.loads(bytes_of(file.path))
    assert [(row["line"], row["type"], row["value"]) for row in body["indicators"]] == [
        (1, "url", "http://evil.example/"),
        (2, "ip", "192.0.2.7"),
    ]
    assert body["repeated"] == [{"line": 4, "same_as_line": 2}]
    assert body["indicators"][0]["as_given"] == "hxxp://evil[.]example/"
    assert (item.kind, item.evidence_class) == ("other", "infrastructure")
    assert item.description == "ip 1, url 1"


@pytest.mark.django_db
def test_a_bad_line_refuses_all_unless_it_may_be_left_out(people: People) -> None:
    analyst = people.vela.analyst
    incident = filed(analyst)
    named: dict[str, Any] = {
        "actor": analyst,
        "reference": incident.reference,
        "facts": FACTS,
        "lines": ["192.0.2.7", "nonsense"],
    }
    with acting_as(analyst.principal):
        with pytest.raises(Invalid) as caught:
            add_indicators(**named)
        assert list(caught.value.fields) == ["indicators.2"]
        assert not EvidenceItem.objects.exists()
        item, reading = add_indicators(**named, leave_out=True)
        assert [bad.line for bad in reading.bad] == [2]
        body = json.loads(bytes_of(StoredFile.objects.get(item=item).path))
        assert body["not_understood"] == [{"line": 2, "as_given": "nonsense"}]


@pytest.mark.django_db
def test_on_the_page_bad_lines_come_back_with_their_reason_and_good_ones_stay(people: People, sign_in: SignIn) -> None:
    incident = filed(people.vela.analyst)
    client = sign_in(people.vela.analyst)
    where = f"/incidents/{incident.reference}/evidence/indicators/"
    assert client.get(where).status_code == 200
    answers = {
        **FACTS,
        "mark": "TLP:AMBER",
        "collected_precision": "unknown",
        "indicators": "192.0.2.7\nd41d8\nevil[.]example\n192.0.2.7",
    }
    answer = client.post(where, answers)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="d41d8"' in page and "Line 2" in page and "none of" in page
    assert "192.0.2.7\nevil[.]example</textarea>" in page
    assert "Line 4 says the same as line 1" in page
    assert "Indicators from the operator" in page, "the other answers are still there"
    mended = {**answers, "indicators": "192.0.2.7\nevil[.]example", "fix": ["d41d8cd98f00b204e9800998ecf8427e", ""]}
    assert client.post(where, mended).status_code == 303
    with acting_as(people.vela.analyst.principal):
        body = json.loads(bytes_of(StoredFile.objects.get().path))
    assert [row["type"] for row in body["indicators"]] == ["ip", "domain", "md5"]


@pytest.mark.django_db
def test_a_program_is_told_line_by_line(people: People, sign_in: SignIn) -> None:
    incident = filed(people.vela.analyst)
    client = sign_in(people.vela.analyst)
    where = f"/api/v1/incidents/{incident.reference}/evidence/indicators/"
    body = {"facts": FACTS, "indicators": ["192.0.2.7", "nonsense"]}
    refused = client.post(where, body, content_type="application/json")
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["indicators.2"])
    made = client.post(where, {**body, "leave_out": True}, content_type="application/json")
    assert made.status_code == 201, made.content
    assert made.json()["item"] == "E-1"
    assert [row["line"] for row in made.json()["left_out"]] == [2]

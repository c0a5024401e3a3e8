"""Names, types, lineage, custody and the standard: rules over plain values."""

import dataclasses
from datetime import UTC, datetime

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from evidence import custody, lineage, standard
from evidence.media import contradicts
from evidence.names import INVISIBLE, LONGEST, clean_name, written_out
from instruments.models import Instrument
from instruments.selectors import in_force


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\a\\mail.eml", "mail.eml"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a\x00b\r\n.txt", "ab.txt"),
        ("", "file"),
        ("..", "file"),
        ("/", "file"),
        ("تقرير.pdf", "تقرير.pdf"),
        ("x" * 300 + ".pdf", "x" * (LONGEST - 4) + ".pdf"),
    ],
)
def test_a_name_is_cleaned_for_people(name: str, clean: str) -> None:
    assert clean_name(name) == clean


@forall(st.text())
def test_a_clean_name_is_never_a_path_and_never_hides_anything(name: str) -> None:
    import unicodedata

    clean = clean_name(name)
    assert clean and clean.strip(". ") and "/" not in clean and "\\" not in clean and len(clean) <= LONGEST
    assert not any(unicodedata.category(sign) in INVISIBLE for sign in clean)
    assert "\x00" not in written_out(name) and "\u202e" not in written_out(name)


@pytest.mark.parametrize(
    ("name", "media_type", "wrong"),
    [
        ("a.pdf", "application/pdf", False),
        ("a.pdf", "application/vnd.microsoft.portable-executable", True),
        ("a.txt", "text/x-shellscript", True),
        ("a.sh", "text/x-shellscript", False),
        ("a.log", "text/plain", False),
        ("a.log", "application/pdf", True),
        ("a.json", "application/json", False),
        ("a.docx", "application/zip", False),
        ("a.png", "image/jpeg", True),
        ("a.bin", "application/x-executable", False),
        ("sample", "application/x-dosexec", False),
        ("disk.001", "application/octet-stream", False),
        ("A.PDF", "text/html", True),
    ],
)
def test_a_file_is_what_its_name_claims(name: str, media_type: str, wrong: bool) -> None:
    assert contradicts(name, media_type) is wrong


def test_a_shared_origin_telemetry_collector_or_derivation_is_one_lineage() -> None:
    items = {1: 10, 2: 10, 3: None, 4: 20, 5: 30, 6: 40}
    links = [(3, 1, "derived_from"), (4, 5, "same_telemetry"), (6, 5, "same_collector"), (1, 6, "corroborated_by")]
    family = lineage.families(items, links)
    assert family[1] == family[2] == family[3]
    assert family[4] == family[5] == family[6]
    assert family[1] != family[4], "corroboration joins nothing"
    assert lineage.corroborated(1, items, links, items)
    assert not lineage.corroborated(1, items, [*links, (2, 4, "same_origin")], items)
    assert not lineage.corroborated(1, items, links, {1, 2})
    assert lineage.descendants(1, [(2, 1, "derived_from"), (3, 2, "derived_from"), (1, 3, "derived_from")]) == {1, 2, 3}


def chain(*acts: tuple[str, int | None, str]) -> list[custody.Link]:
    links: list[custody.Link] = []
    for place, (act, file, seen) in enumerate(acts, start=1):
        previous = links[-1].hash if links else custody.GENESIS
        link = custody.Link(1, place, act, datetime(2026, 11, 23, tzinfo=UTC), 5, 6, file, seen, "", previous, "")
        links.append(dataclasses.replace(link, hash=custody.link_hash(link)))
    return links


WHOLE = (("received", None, ""), ("stored", 9, "aa"), ("opened", 9, "aa"))


def test_a_whole_chain_has_no_fault() -> None:
    assert custody.first_fault(chain(*WHOLE)) == ""
    assert custody.is_complete(chain(*WHOLE), {9: "aa"})


@pytest.mark.parametrize(
    ("broken", "fault"),
    [
        (lambda links: [links[0], links[2]], "link 2 is missing"),
        (lambda links: links[1:], "link 1 is missing"),
        (
            lambda links: [links[0], dataclasses.replace(links[1], note="nothing happened"), links[2]],
            "link 2 was changed",
        ),
        (lambda links: [*links[:2], dataclasses.replace(links[2], previous="f" * 64)], "link 3 does not follow"),
    ],
)
def test_a_broken_link_is_named(broken: object, fault: str) -> None:
    links = broken(chain(*WHOLE))  # type: ignore[operator]
    assert custody.first_fault(links).startswith(fault)
    assert not custody.is_complete(links, {9: "aa"})


@pytest.mark.parametrize(
    ("acts", "complete"),
    [
        ((("stored", 9, "aa"),), False),
        ((("received", None, ""),), False),
        ((("received", None, ""), ("stored", 9, "bb")), False),
        ((*WHOLE, ("frozen", 9, "bb")), False),
        ((*WHOLE, ("frozen", 9, "bb"), ("verified", 9, "aa"), ("restored", None, "")), True),
        ((*WHOLE, ("frozen", 9, "bb"), ("verified", 9, "aa")), False),
    ],
)
def test_custody_is_complete_from_receipt_with_the_same_hash_throughout(
    acts: tuple[tuple[str, int | None, str], ...], complete: bool
) -> None:
    assert custody.is_complete(chain(*acts), {9: "aa"}) is complete


@pytest.mark.django_db
def test_every_field_the_standard_asks_is_a_column_or_a_detail() -> None:
    content = in_force(Instrument.Kind.EVIDENCE_STANDARD).content
    for code, _name in standard.item_kinds(content):
        required = set(standard.required_fields(content, code))
        assert required <= standard.COLUMNS | set(standard.detail_fields(content))
        assert [lack.code for lack in standard.lacks(content, code, {})] == list(
            standard.required_fields(content, code)
        )
        full: dict[str, object] = dict.fromkeys(required, "x")
        if "propositions" in full:
            assert "propositions" in [lack.code for lack in standard.lacks(content, code, full)], (
                "one is not enough (R1.9)"
            )
            full["propositions"] = "Built by A\nBuilt by somebody imitating A"
        assert standard.lacks(content, code, full) == []

"""Lineage: one rule over the whole graph, drawn beside its table; translations are items of their own."""

import re
from collections.abc import Callable
from xml.etree import ElementTree

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import given as each
from hypothesis import settings
from hypothesis import strategies as st

from core.errors import Invalid
from core.graphs import Edge, Node, ranks
from core.tenancy import acting_as
from evidence import lineage, services, tree
from evidence.errors import ItemFrozen
from evidence.models import CustodyEntry, EvidenceItem, Lineage, StoredFile, Translation
from evidence.selectors import weighable
from organisations.actors import Actor
from organisations.roles import Grade
from tests.people import People
from tests.tenancy.test_walls import filed

from .builders import LOG, given, shared, tamper, the_file, upload

SignIn = Callable[[Actor], Client]
ITEMS = st.integers(1, 7)
KINDS = st.sampled_from([*sorted(lineage.JOINS), "corroborated_by"])
LINKS = st.lists(st.tuples(ITEMS, ITEMS, KINDS), max_size=14)
ORIGINS = st.dictionaries(ITEMS, st.one_of(st.none(), st.integers(1, 4)), min_size=7, max_size=7)
HANDS = st.dictionaries(ITEMS, st.sampled_from(["", "Okello", " okello ", "Moreno"]), max_size=7)


def reached(
    start: int, origins: dict[int, int | None], links: list[tuple[int, int, str]], hands: dict[int, str]
) -> set[int]:
    """Everything that shares something with `start`, or with what does: written the slow way, to compare."""
    found = {start}
    while True:
        more = {
            other
            for other in origins
            for one in found
            if (origins[one] is not None and origins[one] == origins[other])
            or (hands.get(one, "").strip() and hands[one].strip().lower() == hands.get(other, "").strip().lower())
            or any(kind in lineage.JOINS and {a, b} == {one, other} for a, b, kind in links)
        }
        if more <= found:
            return found
        found |= more


@pytest.mark.duty("ATT-2")
@settings(max_examples=300, deadline=None)
@each(ORIGINS, LINKS, HANDS)
def test_what_confirms_an_item_shares_nothing_with_it_over_the_whole_graph(
    origins: dict[int, int | None], links: list[tuple[int, int, str]], hands: dict[int, str]
) -> None:
    """R1.2."""
    for item in origins:
        one_lineage = reached(item, origins, links, hands)
        expected = any(
            one == item and kind == "corroborated_by" and other not in one_lineage
            and origins[other] is not None and origins[item] is not None
            for one, other, kind in links
        )  # fmt: skip
        assert lineage.corroborated(item, origins, links, origins, hands) is expected


@pytest.mark.duty("ATT-2")
@settings(max_examples=200, deadline=None)
@each(ORIGINS, LINKS, HANDS, st.tuples(ITEMS, ITEMS, st.sampled_from(sorted(lineage.JOINS))))
def test_a_further_link_never_makes_an_item_look_confirmed(
    origins: dict[int, int | None], links: list[tuple[int, int, str]], hands: dict[int, str], more: tuple[int, int, str]
) -> None:
    for item in origins:
        if not lineage.corroborated(item, origins, links, origins, hands):
            assert not lineage.corroborated(item, origins, [*links, more], origins, hands)


@settings(max_examples=200, deadline=None)
@each(st.lists(st.tuples(ITEMS, ITEMS), max_size=12))
def test_what_is_made_from_something_stands_below_it_and_a_circle_hangs_nothing(pairs: list[tuple[int, int]]) -> None:
    nodes = [Node(str(key), f"E-{key}") for key in range(1, 8)]
    downward = [Edge(str(max(pair)), str(min(pair)), "derived_from", down=True) for pair in pairs if pair[0] != pair[1]]
    rank = ranks(nodes, downward)
    assert all(rank[edge.start] > rank[edge.end] for edge in downward)
    assert set(ranks(nodes, [Edge(str(a), str(b), "derived_from", down=True) for a, b in pairs])) == set(rank)


pytestmark = [pytest.mark.django_db]


def linked(actor: Actor, item: EvidenceItem, other: EvidenceItem, kind: str, note: str = "") -> None:
    with acting_as(actor.principal):
        services.link_lineage(
            actor=actor, reference=item.incident.reference, label=item.label, other=other.label, kind=kind, note=note
        )


@pytest.mark.duty("ATT-2")
@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_page_draws_what_the_table_says(people: People, sign_in: SignIn, language: str) -> None:
    analyst = people.vela.analyst
    incident = filed(analyst)
    source = given(analyst, incident, title="Disk <image>", origin="Operator")
    made = given(analyst, incident, title="Extract", origin="Operator")
    beside = given(analyst, incident, title="Sensor", origin="ISP")
    linked(analyst, made, source, "derived_from")
    linked(analyst, made, beside, "corroborated_by", "Same hour")
    client = sign_in(analyst)
    client.cookies["django_language"] = language
    client.cookies["norms_language"] = language
    page = client.get(f"/incidents/{incident.reference}/evidence/{made.label}/").content.decode()
    found = re.search(r'<svg [^>]*role="img".*?</svg>', page, re.DOTALL)
    assert found is not None
    drawing = ElementTree.fromstring(found[0])  # noqa: S314  (well formed, whatever the titles say)
    text = "".join(drawing.itertext())
    for words in ("E-1", "E-2", "E-3", "Disk <image>", "Operator", "ISP"):
        assert words in text
    assert drawing.get("role") == "img" and drawing.get("aria-labelledby")
    assert "style=" not in found[0] and "<script" not in found[0]
    assert "Same hour" in page and page.count("<details>") >= 1
    body = client.get(f"/api/v1/incidents/{incident.reference}/evidence/{made.label}/lineage/tree/").json()
    assert len(body["rows"]) == 5 and body["svg"].startswith("<svg")  # two links, three origins
    same = client.get(f"/api/v1/incidents/{incident.reference}/evidence/{made.label}/lineage/tree/").json()
    assert same == body, "the same record gives the same bytes"


def test_an_item_that_stands_alone_is_not_drawn_and_a_large_family_is_cut_with_a_word(people: People) -> None:
    analyst = people.vela.analyst
    incident = filed(analyst)
    alone = given(analyst, incident, data=None, origin="")
    with acting_as(analyst.principal):
        assert tree.lineage_figure(alone) is None
    family = [given(analyst, incident, data=None, origin="One wire") for _ in range(tree.MOST + 3)]
    with translation.override("en"), acting_as(analyst.principal), CaptureQueriesContext(connection) as queries:
        figure = tree.lineage_figure(family[0])
        assert figure is not None and len(figure.rows) == tree.MOST
        assert figure.notes[0][1] == "3 more linked items are not drawn."
    assert len([query for query in queries if 'FROM "evidence_' in query["sql"]]) == 2


def translated(actor: Actor, item: EvidenceItem, **more: object) -> EvidenceItem:
    facts = {
        "language": "ar",
        "translator": "H. Saleh",
        "method": "human",
        "upload": upload("سجل الدخول".encode(), "log.txt"),
    }
    with acting_as(actor.principal):
        return services.add_translation(
            actor=actor,
            reference=item.incident.reference,
            label=item.label,
            **{**facts, **more},  # type: ignore[arg-type]
        )


@pytest.mark.duty("ATT-2")
@pytest.mark.duty("ATT-3")
def test_a_translation_is_an_item_of_its_own_and_the_original_is_not_touched(people: People) -> None:
    """R1.17, R2.8."""
    analyst, tessera = people.vela.analyst, people.tessera.person("forensic_assessor")
    incident = filed(analyst)
    shared(analyst, incident, people.tessera.organisation, Grade.CONTRIBUTE)
    item = given(analyst, incident, mark="TLP:RED")
    before = the_file(analyst, item)
    made = translated(tessera, item)
    with acting_as(analyst.principal):
        stored = EvidenceItem.objects.get(pk=made.pk)
        assert (stored.mark, stored.origin_id, stored.kind, stored.reliability) == (
            "TLP:RED",
            item.origin_id,
            "log",
            "",
        )
        assert stored.title == "Sign-in log of the domain controller [ar]"
        said = Translation.objects.get()
        assert (said.item_id, said.original_id, said.language, said.method) == (made.pk, item.pk, "ar", "human")
        file = StoredFile.objects.get(item=made)
        assert file.sha256 != before.sha256
        assert StoredFile.objects.get(item=item).sha256 == before.sha256
        assert Lineage.objects.filter(item=made, other=item, kind="derived_from").count() == 1
        own = list(CustodyEntry.objects.filter(item=made).values_list("act", flat=True))
        assert own == ["received", "stored"]
        last = CustodyEntry.objects.filter(item=item).last()
        assert last is not None and (last.act, last.note) == ("copied", "→ E-2 (ar)")
        assert weighable(incident)[1].derived_from == {item.pk}
        with pytest.raises(DatabaseError), transaction.atomic():
            Translation.objects.update(translator="Somebody else")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("language", "klingonese"),
        ("language", ""),
        ("translator", ""),
        ("translator", "A\nB"),
        ("method", "guess"),
        ("upload", None),
    ],
)
def test_a_translation_says_its_language_its_translator_and_how(people: People, field: str, value: object) -> None:
    item = given(people.vela.analyst, filed(people.vela.analyst))
    with pytest.raises(Invalid) as refused:
        translated(people.vela.analyst, item, **{field: value})
    assert set(refused.value.fields) == {"file" if field == "upload" else field}
    with acting_as(people.vela.analyst.principal):
        assert EvidenceItem.objects.count() == 1


def test_a_damaged_original_is_not_translated(people: People) -> None:
    analyst = people.vela.analyst
    item = given(analyst, filed(analyst))
    tamper(the_file(analyst, item))
    with acting_as(analyst.principal):
        services.verify_item(actor=analyst, reference=item.incident.reference, label="E-1")
    with pytest.raises(ItemFrozen):
        translated(analyst, item)


@pytest.mark.parametrize("door", ["page", "api"])
def test_a_translation_comes_in_at_both_doors(people: People, sign_in: SignIn, door: str) -> None:
    analyst = people.vela.analyst
    incident = filed(analyst)
    shared(analyst, incident, people.meridian.organisation, Grade.EVIDENCE)
    given(analyst, incident)
    address = f"/incidents/{incident.reference}/evidence/E-1/translate/"
    if door == "api":
        address = f"/api/v1/incidents/{incident.reference}/evidence/E-1/translations/"

    def send(actor: Actor, **changed: str) -> int:
        body = {"language": "ar", "translator": "H. Saleh", "method": "reviewed", **changed}
        return sign_in(actor).post(address, {**body, "file": SimpleUploadedFile("log-ar.txt", LOG + b"x")}).status_code

    assert send(people.tessera.analyst) == 404
    assert send(people.meridian.analyst) == 403
    assert send(analyst, language="") == (422 if door == "page" else 400)
    assert send(analyst) == (303 if door == "page" else 201)
    listed = sign_in(analyst).get(f"/api/v1/incidents/{incident.reference}/evidence/E-1/translations/").json()
    assert listed == [{"item": "E-2", "language": "ar", "translator": "H. Saleh", "method": "reviewed"}]

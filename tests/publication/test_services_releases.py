"""Releases from filed cases to the public: protected, compared, published by a second person, never changed (PUB-2)."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from core.errors import DomainError, Invalid, NotAllowed, NotFound
from instruments.selectors import in_force
from ledger.models import Entry
from organisations.actors import acting
from publication import selectors, services, storing
from publication.attack import difference_attack, hidden_ranges
from publication.models import PublishedCell, PublishedTable, Release
from publication.release import ALL, INCIDENTS
from publication.shape import key
from tests.public_login import take_role
from tests.publication.figures import Bureau, as_definer

pytestmark = [pytest.mark.duty("PUB-2"), pytest.mark.django_db]


def rules() -> Any:
    return in_force(services.KIND).content


@pytest.fixture
def cases(bureau: Bureau) -> Bureau:
    """Twelve of one sector, thirteen of another, three of a third: the three must not be found."""
    bureau.cases(12, sector="health", hit=40)
    bureau.cases(13, sector="energy", hit=30, country="FR")
    bureau.cases(3, sector="space", hit=7, country="FR")
    return bureau


def verbs() -> Counter[str]:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE norms_definer")
        cursor.execute("SELECT verb FROM ledger_entry WHERE verb LIKE 'release.%'")
        found = Counter(row[0] for row in cursor.fetchall())
        cursor.execute("SET LOCAL ROLE norms_app")
    return found


def texts(edition: selectors.Edition, code: str) -> dict[str, str]:
    """A one-way table as it reads."""
    return {row: cell.text for (row, _column), cell in edition.sheet(code).table.cells.items()}


def test_what_is_published_hides_the_few_and_cannot_be_subtracted(cases: Bureau) -> None:
    """R5.1, R5.3, R5.8: from filed cases to the attacker who adds and subtracts everything that is public."""
    cases.publish()
    edition = selectors.published(codes=None)
    sectors = texts(edition, "incidents-by-sector")
    assert sectors["space"] == "c"
    assert "c" in {sectors["health"], sectors["energy"], sectors[ALL]}, "otherwise 3 is the rest of a subtraction"
    assert sectors["media"] == "0"
    figures = storing.load(edition.release, "default")
    ranges = hidden_ranges(figures, rules())
    low, high = ranges[INCIDENTS, key(("sector", "space"))]
    assert low <= 3 <= high
    assert all(high - low >= rules()["threshold"] - 2 for low, high in ranges.values())


def test_the_second_release_says_nothing_of_the_few_that_came(cases: Bureau) -> None:
    cases.publish()
    before = storing.load(selectors.published(codes=None).release, "default")
    cases.cases(4, sector="health", hit=40)
    second = cases.prepare(revision_notes="Late reports.")
    assert second.compared_with == [selectors.published().release.version]
    if second.status == "prepared":
        assert difference_attack(before, storing.load(second), rules()) == []
    else:
        assert second.refusal


def test_a_release_that_would_single_out_a_few_is_refused_and_says_where(
    cases: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the rule that keeps a figure until it moved by a step, 15 then 20 in Europe would show that fewer than ten came."""
    from publication import disclosure

    cases.publish()
    cases.cases(4, sector="energy", country="FR", hit=30)
    settled = disclosure._settled
    monkeypatch.setattr(
        disclosure, "_settled", lambda shown, table, before, *, at_least: settled(shown, table, [], at_least=at_least)
    )
    release = cases.prepare(revision_notes="Late reports.")
    assert release.status == "refused"
    assert {"measure": "incidents", "figure": {"region": "europe"}, "went": False} in release.refusal
    with acting(cases.second), pytest.raises(DomainError) as refused:
        services.publish_release(actor=cases.second, version=release.version)
    assert refused.value.code == "release_not_prepared"
    assert verbs()["release.refused"] == 1


def test_the_gate_is_asked_again_at_publication(cases: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    cases.publish()
    release = cases.prepare(revision_notes="Corrected.")
    assert release.status == "prepared"
    monkeypatch.setattr(services, "difference_attack", lambda *_: ["found"])
    with acting(cases.second), pytest.raises(DomainError) as refused:
        services.publish_release(actor=cases.second, version=release.version)
    assert refused.value.code == "release_would_isolate"


def test_whoever_prepared_does_not_publish_and_the_database_agrees(cases: Bureau) -> None:
    release = cases.prepare()
    with acting(cases.first):
        with pytest.raises(DomainError) as refused:
            services.publish_release(actor=cases.first, version=release.version)
        assert refused.value.code == "four_eyes_required"
        publishing = {"status": "published", "published_at": release.prepared_at, "number": 1}
        with pytest.raises(IntegrityError, match="release_four_eyes"), transaction.atomic():
            Release.objects.filter(pk=release.pk).update(checked_by=cases.first.user, **publishing)
        with pytest.raises(DatabaseError, match="in their own name"), transaction.atomic():
            Release.objects.filter(pk=release.pk).update(checked_by=cases.second.user, **publishing)
    assert selectors.latest() is None


def test_an_analyst_neither_prepares_nor_publishes(cases: Bureau) -> None:
    release = cases.prepare()
    for actor in (
        cases.people.vela.analyst, cases.people.vela.person("publisher"), cases.people.secretariat.person("org_admin"),
    ):  # fmt: skip
        with acting(actor):
            version = release.version
            acts: list[Callable[[], object]] = [
                partial(services.begin_release, actor=actor),
                partial(services.publish_release, actor=actor, version=version),
                partial(services.discard_release, actor=actor, version=version, reason="x"),
                partial(services.send_again, actor=actor, version=version),
                partial(services.prepare_release, actor=actor, release_id=release.pk),
            ]
            for act in acts:
                with pytest.raises(NotAllowed), transaction.atomic():
                    act()
    with acting(cases.people.vela.analyst):
        assert not PublishedCell.objects.exists()
        with pytest.raises(DatabaseError), transaction.atomic():
            Release.objects.create(
                version="2020-Q1", on="2020-01-01", organisation=cases.people.secretariat.organisation, rules_version="x",
                prepared_by=cases.people.vela.analyst.user, sent_at=release.sent_at, method="x",
            )  # fmt: skip


def test_the_public_login_reads_what_is_published_and_nothing_else(cases: Bureau) -> None:
    cases.publish()
    cases.prepare(revision_notes="Again.")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, has_table_privilege('norms_public', c.oid, 'SELECT'),"
            " has_any_column_privilege('norms_public', c.oid, 'INSERT,UPDATE,REFERENCES')"
            " OR has_table_privilege('norms_public', c.oid, 'DELETE,TRUNCATE,TRIGGER')"
            " FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')"
        )
        rights = cursor.fetchall()
        assert not any(writes for _name, _reads, writes in rights)
        readable = {name for name, reads, _writes in rights if reads}
        assert readable == {
            "publication_release", "publication_publishedtable", "publication_publishedcell",
            "attribution_findingissue", "attribution_pooledscore",
        }  # fmt: skip
        take_role("norms_public")
        assert Release.objects.count() == 1
        assert set(PublishedTable.objects.values_list("release__version", flat=True)) == {Release.objects.get().version}
        assert not PublishedCell.objects.filter(published_at__isnull=True).exists()
        for statement in (
            "SELECT * FROM incidents_incident", "SELECT * FROM ledger_entry", "SELECT * FROM organisations_user",
            "SELECT * FROM publication_records(current_date, '2026.1')", "UPDATE publication_publishedcell SET value = 1",
            "DELETE FROM publication_release",
        ):  # fmt: skip
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                cursor.execute(statement)
        take_role("norms_app")


def test_before_publication_nothing_of_it_is_public(cases: Bureau) -> None:
    release = cases.prepare()
    assert selectors.latest() is None
    assert selectors.editions() == []
    with pytest.raises(NotFound):
        selectors.published(release.version)
    with acting(cases.people.vela.analyst):
        assert not Release.objects.exists()
        assert not PublishedTable.objects.exists()


def test_what_was_published_is_never_changed_by_anybody(cases: Bureau) -> None:
    release = cases.publish()
    before = storing.checksum(storing.load(release))
    table = PublishedTable.objects.filter(release=release)[0]
    with acting(cases.second):
        for act in (
            lambda: Release.objects.filter(pk=release.pk).update(method="Trust us."),
            lambda: Release.objects.filter(pk=release.pk).delete(),
            lambda: PublishedCell.objects.filter(table=table).update(value=1),
            lambda: PublishedCell.objects.filter(table=table).delete(),
            lambda: PublishedCell.objects.create(table=table, position=9, row="x", column="y", value=3),
            lambda: PublishedTable.objects.create(
                release=release, position=99, code="x", breakdown="x", measure="incidents", title="x", dimensions=[],
                rows=[], columns=[],
            ),
        ):  # fmt: skip
            with pytest.raises(DatabaseError), transaction.atomic():
                act()
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        as_definer("UPDATE publication_publishedcell SET value = 1 WHERE mark = ''")
    take_role("norms_app")
    assert storing.checksum(storing.load(release)) == before == release.sha256


def test_figures_that_are_not_those_that_were_checked_are_not_published(
    cases: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = cases.prepare()
    monkeypatch.setattr(storing, "checksum", lambda _: "0" * 64)
    with acting(cases.second), pytest.raises(DomainError) as refused:
        services.publish_release(actor=cases.second, version=release.version)
    assert refused.value.code == "release_figures_changed"


def test_one_release_at_a_time(cases: Bureau) -> None:
    cases.prepare()
    with acting(cases.second), pytest.raises(DomainError) as refused:
        services.begin_release(actor=cases.second)
    assert refused.value.code == "release_pending"


def test_a_discarded_release_stays_on_record_and_frees_its_version(cases: Bureau) -> None:
    release = cases.prepare()
    with acting(cases.first):
        with pytest.raises(Invalid):
            services.discard_release(actor=cases.first, version=release.version, reason=" ")
        services.discard_release(actor=cases.first, version=release.version, reason="A case was filed twice.")
        with pytest.raises(DomainError) as refused:
            services.discard_release(actor=cases.first, version=release.version, reason="Again")
    assert refused.value.code == "release_not_pending"
    assert cases.publish().version == release.version
    with acting(cases.first):
        assert Release.objects.filter(status="discarded").count() == 1


def test_a_quarter_published_twice_is_a_revision_and_says_what_it_revises(cases: Bureau) -> None:
    first = cases.publish()
    with acting(cases.first), pytest.raises(Invalid) as refused:
        services.begin_release(actor=cases.first)
    assert "revision_notes" in refused.value.fields
    second = cases.publish(revision_notes="A sector was corrected.")
    assert second.version == f"{first.version}-r2"
    assert second.revision_of == first
    assert second.number == 2
    assert selectors.published(first.version).release.sha256 == first.sha256


def test_counting_twice_stores_once(cases: Bureau) -> None:
    release = cases.prepare()
    with acting(cases.first):
        count = PublishedCell.objects.count()
        assert services.prepare_release(actor=cases.first, release_id=release.pk) is None
        assert PublishedCell.objects.count() == count


def test_the_worker_counts_as_the_one_who_asked(cases: Bureau, on_commit: Any) -> None:
    with on_commit(), acting(cases.first):
        release = services.begin_release(actor=cases.first, key_points="Twenty-eight cases.")
        with pytest.raises(DomainError) as refused:
            services.send_again(actor=cases.first, version=release.version)
    assert refused.value.code == "release_being_counted"
    with acting(cases.second):
        assert Release.objects.get(pk=release.pk).status == "prepared"


def test_every_step_is_in_the_ledger_with_the_checksum(cases: Bureau) -> None:
    release = cases.publish()
    assert verbs() == {"release.begun": 1, "release.prepared": 1, "release.published": 1}
    with acting(cases.second):
        entry = Entry.objects.get(verb="release.published")
    assert entry.actor_id == cases.second.user.pk
    assert release.sha256 in entry.payload
    assert "2026.1" in entry.instruments


def test_a_text_nobody_should_paste_is_refused(bureau: Bureau) -> None:
    with acting(bureau.first), pytest.raises(Invalid) as refused:
        services.begin_release(actor=bureau.first, key_points="x" * 2_001)
    assert list(refused.value.fields) == ["key_points"]

"""Search finds the same by either way: all hits from the index first for whoever sees little, the newest first for everybody else."""

import pytest

from core.tenancy import acting_as
from incidents.selectors import Wanted, incident_page
from organisations.actors import Actor
from organisations.roles import Grade
from tests.incidents.cases import filed, shared
from tests.people import People
from tests.publication.figures import as_definer

pytestmark = [pytest.mark.duty("SHR-7"), pytest.mark.django_db]

MANY = 1_010
# Every other one has the word; each third is closed.
FILED = """
INSERT INTO incidents_incident (reference, holder_id, filed_by_id, filed_at, changed_at, version, status, closed_at, mark, is_exercise, title, summary,
    harm, first_access_precision, began_precision, detected_precision, ended_precision, people_source, external_reference, warnings)
SELECT 'INC-2001-' || lpad(n::text, 6, '0'), %s, %s, '2001-01-01Z'::timestamptz + n * interval '1 hour', now(), 1,
       CASE n %% 3 WHEN 0 THEN 'closed' ELSE 'open' END, CASE n %% 3 WHEN 0 THEN now() END, 'TLP:AMBER', false, 'Case ' || n,
       CASE n %% 2 WHEN 0 THEN 'A quincunx of pumps' ELSE 'Pumps' END, '', 'unknown', 'unknown', 'unknown', 'unknown', '', '', '[]'
  FROM generate_series(1, %s) n
"""


def found(actor: Actor, wanted: Wanted) -> list[str]:
    """Every reference a search gives, page after page."""
    names: list[str] = []
    cursor = ""
    with acting_as(actor.principal):
        while True:
            page = incident_page(actor, wanted, cursor)
            names += [case.reference for case in page.incidents]
            if not (cursor := page.next):
                return names


def named(*numbers: int) -> list[str]:
    return [f"INC-2001-{number:06}" for number in sorted(numbers, reverse=True)]


def test_many_cases_or_few_a_search_finds_the_same(people: People) -> None:
    many, few, none = people.vela.analyst, people.orrin.analyst, people.brigid.analyst
    as_definer(FILED, many.organisation.pk, many.user.pk, MANY)
    assert found(many, Wanted(words="quincunx")) == named(*range(2, MANY + 1, 2))
    assert found(many, Wanted(words="quincunx", status="closed")) == named(*range(6, MANY + 1, 6))
    assert found(none, Wanted(words="quincunx")) == []
    with acting_as(many.principal):
        cases = {case.reference: case for case in incident_page(many, limit=100).incidents}
    for reference in named(MANY, MANY - 1, MANY - 2, MANY - 4):
        shared(many, cases[reference], few.organisation, Grade.SUMMARY)
    assert found(few, Wanted(words="quincunx")) == named(MANY, MANY - 2, MANY - 4)
    assert found(few, Wanted(words="quincunx", status="closed")) == [
        name for name in named(MANY, MANY - 2, MANY - 4) if int(name[-6:]) % 3 == 0
    ]


def test_a_word_of_the_language_of_queries_is_only_a_word(people: People) -> None:
    analyst = people.vela.analyst
    filed(analyst, summary="Pumps of the waterworks stood still.")
    for words in ("'; SELECT 1 --", "%s %I %L", "\\", "pumps' & 'x", '"unfinished', "-", "or or or"):
        assert found(analyst, Wanted(words=words)) in ([], [*found(analyst, Wanted())]), words
    assert len(found(analyst, Wanted(words="pumps -harbour"))) == 1

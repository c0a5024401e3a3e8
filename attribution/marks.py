"""What may be done with a finding: the strictest PAP of its case and of the items it rests on (R2.8).

Derived whenever it is asked and stored nowhere: only what it comes from can be relaxed, by whose that is (R2.9), and nothing
can fall out of step. An issue that was published is a document: it says what held on its day. TLP is not handed up in this
way: a judgement may rest on what stays closed (R2.12), and whatever is printed of an item is asked for by itself.
"""

from collections.abc import Iterable

from django.db.models import QuerySet

from core.marks import may_be_approached, strictest_pap
from evidence.models import EvidenceItem
from incidents.models import Incident

from .models import Finding, Rating

NOT_APPLICABLE = "NA"
# What something comes from, as it is called, with its PAP.
Parents = list[tuple[str, str]]


def open_ratings(hypotheses: Iterable[int]) -> QuerySet[Rating]:
    """Ratings that make an item a ground of these hypotheses: open, so that every reader gets the same answer."""
    return Rating.objects.filter(hypothesis__in=set(hypotheses), is_open=True).exclude(value=NOT_APPLICABLE)


def grounds_of(finding: Finding) -> QuerySet[EvidenceItem]:
    """The items a finding rests on: whatever somebody rated as saying something for or against its proposition."""
    rated = open_ratings([finding.hypothesis_id]).values("item_id")
    return EvidenceItem.objects.filter(incident=finding.incident_id, pk__in=rated).order_by("number")


def parents_of(incident: Incident, findings: Iterable[Finding]) -> dict[int, Parents]:
    """What each of these findings of a case comes from, by its number in the database: the case first. One statement."""
    findings = list(findings)
    rows = open_ratings(row.hypothesis_id for row in findings).order_by("item__number")
    under: dict[int, Parents] = {}
    for hypothesis, number, pap in rows.values_list("hypothesis_id", "item__number", "item__pap").distinct():
        under.setdefault(hypothesis, []).append((f"E-{number}", pap))
    case = (incident.reference, incident.pap)
    return {row.pk: [case, *under.get(row.hypothesis_id, [])] for row in findings}


def paps_of(incident: Incident, findings: Iterable[Finding]) -> dict[int, str]:
    """What may be done with each of these findings."""
    return {
        pk: strictest_pap(*(pap for _label, pap in parents)) for pk, parents in parents_of(incident, findings).items()
    }


def pap_of(finding: Finding) -> str:
    """What may be done with a finding, and with whatever is made of it."""
    return paps_of(finding.incident, [finding])[finding.pk]


def to_stay_unnoticed(parents: Parents) -> tuple[str, ...]:
    """Those that may not be acted on so that the other side notices (above PAP:GREEN)."""
    return tuple(label for label, pap in parents if not may_be_approached(pap))


def unnoticed_under(finding: Finding) -> tuple[str, ...]:
    """The same, of what a finding comes from."""
    return to_stay_unnoticed(parents_of(finding.incident, [finding])[finding.pk])

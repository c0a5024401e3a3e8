"""What pages, API and services read of accreditation."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from core import clock
from core.errors import NotFound
from instruments.selectors import in_force, version_of
from organisations.actors import Actor
from organisations.models import Organisation
from organisations.roles import Action

from .models import Attestation, Standing
from .states import State

KIND = "accreditation-rules"
STANDARD = "evidence-standard"


def rules(version: str = "") -> Mapping[str, Any]:
    """The rules of accreditation: of a version, or those in force."""
    content: Mapping[str, Any] = (version_of(KIND, version) if version else in_force(KIND)).content
    return content


def requirements(version: str) -> list[Mapping[str, Any]]:
    """Every requirement an attestation answers, in order."""
    return list(rules(version)["requirements"])


def is_accredited(organisation: Organisation, at: datetime | None = None) -> bool:
    """Whether evidence may be shared with it at this moment: a rule on dates.

    The secretariat is accredited by its office: it keeps the standard, and somebody has to review the first (docs/decisions).
    """
    if organisation.is_secretariat:
        return True
    return Standing.objects.filter(organisation=organisation, until__gt=at or clock.now()).exists()


def accredited_now() -> set[int]:
    """Numbers of the organisations that are accredited at this moment."""
    held = set(Standing.objects.filter(until__gt=clock.now()).values_list("organisation_id", flat=True))
    return held | set(Organisation.objects.filter(is_secretariat=True).values_list("pk", flat=True))


def reviewers_for(organisation: Organisation) -> list[Organisation]:
    """Who may review it: every accredited organisation but itself."""
    return list(Organisation.objects.filter(pk__in=accredited_now() - {organisation.pk}).order_by("name"))


@dataclass(frozen=True, slots=True)
class Place:
    """An organisation in the directory of accreditation."""

    organisation: Organisation
    standing: Standing | None
    accredited: bool


def directory() -> list[Place]:
    """Every organisation and where it stands: whoever shares evidence looks here first."""
    known = {standing.organisation_id: standing for standing in Standing.objects.all()}
    now = clock.now()
    return [
        Place(each, known.get(each.pk), each.is_secretariat or (each.pk in known and known[each.pk].until > now))
        for each in Organisation.objects.order_by("name", "pk")
    ]


def place_of(organisation: Organisation) -> Place:
    """Where one organisation stands."""
    return Place(organisation, Standing.objects.filter(organisation=organisation).first(), is_accredited(organisation))


def attestations_of(actor: Actor) -> list[Attestation]:
    """The organisation's own attestations, newest first."""
    found = Attestation.objects.filter(organisation=actor.organisation)
    return list(found.select_related("reviewer", "attested_by", "reviewed_by").order_by("-pk")[:50])


def to_review(actor: Actor) -> list[Attestation]:
    """What the organisation was asked to review, the undecided first."""
    found = Attestation.objects.filter(reviewer=actor.organisation).exclude(state=State.DRAFT)
    return sorted(
        found.select_related("organisation", "attested_by").order_by("-pk")[:50],
        key=lambda row: row.state != State.SENT,
    )


def attestation_for(actor: Actor, attestation_id: int, action: Action, *, lock: bool = False) -> Attestation:
    """One's own, or one to review; 404 for anybody else's, 403 without the role.

    A draft is its organisation's alone.
    """
    ours = Q(organisation=actor.organisation)
    theirs = Q(reviewer=actor.organisation) & ~Q(state=State.DRAFT)
    found = Attestation.objects.filter(ours | theirs, pk=attestation_id)
    if lock:
        found = found.select_for_update(of=("self",))
    else:
        found = found.select_related("organisation", "reviewer", "attested_by", "reviewed_by", "ended_by")
    attestation = found.first()
    if attestation is None:
        raise NotFound(attestation_id)
    actor.require(action)
    return attestation


def lines_of(attestation: Attestation) -> list[dict[str, Any]]:
    """Each requirement with what was answered to it."""
    given = attestation.answers
    return [
        {**row, **{"answer": "", "how": "", **given.get(row["code"], {})}} for row in requirements(attestation.rules)
    ]

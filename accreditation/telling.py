"""What people are told of accreditation."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from notifications.kinds import Kind, Reason, declare
from notifications.services import tell
from organisations.models import Organisation

from .models import Attestation, Standing

declare(
    Kind(
        "accreditation.review_asked", Reason.ANSWER, _("%(subject)s asks you to review its attestation"),
        _("Your organisation was asked to review another’s accreditation."),
    ),
    Kind(
        "accreditation.given", Reason.DECIDED, _("Your organisation is accredited to evidence standard %(subject)s"),
        _("Your organisation attested to the standard."),
    ),
    Kind(
        "accreditation.refused", Reason.DECIDED, _("Your organisation was not accredited to evidence standard %(subject)s"),
        _("Your organisation attested to the standard. The reviewer’s reasons are there."),
    ),
    Kind(
        "accreditation.ended", Reason.WARNING, _("The accreditation of your organisation was ended"),
        _("Evidence cannot be shared with your organisation until it is accredited again."),
    ),
    Kind(
        "accreditation.ending", Reason.DEADLINE, _("The accreditation of your organisation ends soon"),
        _("After that day no new evidence can be shared with your organisation. Attest again in time."),
    ),
)  # fmt: skip


def address(attestation: Attestation) -> str:
    """The page of the attestation."""
    return reverse("attestation", args=[attestation.pk])


def review_asked(attestation: Attestation) -> None:
    """The reviewing body, each time it is sent."""
    if attestation.reviewer is None or attestation.attested_at is None:
        return
    tell(
        kind="accreditation.review_asked", to=[attestation.reviewer], url=address(attestation),
        subject=attestation.organisation.name[:80],
        key=f"accreditation/{attestation.pk}/asked/{attestation.attested_at.isoformat()}",
    )  # fmt: skip


def decided(attestation: Attestation) -> None:
    """The organisation that attested."""
    tell(
        kind=f"accreditation.{'given' if attestation.valid_until else 'refused'}", to=[attestation.organisation],
        key=f"accreditation/{attestation.pk}/decided", url=address(attestation), subject=attestation.standard,
    )  # fmt: skip


def ended(attestation: Attestation) -> None:
    """The organisation whose accreditation was ended."""
    tell(
        kind="accreditation.ended", to=[attestation.organisation], key=f"accreditation/{attestation.pk}/ended",
        url=address(attestation), subject=attestation.standard,
    )  # fmt: skip


def ending(standing: Standing, organisation: Organisation) -> None:
    """The organisation whose accreditation ends soon; once."""
    tell(
        kind="accreditation.ending", to=[organisation], key=f"accreditation/{standing.attestation_id}/ending",
        url=reverse("accreditation"), subject=standing.standard, due_at=standing.until,
    )  # fmt: skip

"""What watchers of a case hear of from this room. Who opened or checked a file is nobody's news."""

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from incidents.mentions import tell_mentioned
from notifications.kinds import Kind, Reason, declare
from notifications.services import tell
from notifications.watching import watchable
from organisations.actors import Actor
from organisations.models import Membership, User
from organisations.roles import Grade, Role

from . import seal_news  # noqa: F401  (declares what is told of seals)

if TYPE_CHECKING:
    from .models import Disposal, EvidenceItem, SweepReport, Transfer

declare(
    Kind(
        "evidence.frozen_here", Reason.WARNING, _("%(subject)s is frozen: a file does not match its hash"),
        _("Your organisation holds the case or gave the item in."),
    ),
    Kind(
        "evidence.waits_for_receipt", Reason.ANSWER, _("%(subject)s was released to your side and waits for its receipt"),
        _("It was addressed to your organisation."),
    ),
    Kind(
        "evidence.release_answered", Reason.DECIDED, _("The release of %(subject)s was answered"), _("You released it.")
    ),
    Kind(
        "evidence.disposal_waits", Reason.ANSWER, _("The disposal of %(subject)s waits for a second person"),
        _("Your organisation holds the case or gave the item in."),
    ),
    Kind(
        "evidence.sweep_found", Reason.WARNING, _("The last sweep found files that do not match or cannot be read"),
        _("You administer the organisation that holds them."),
    ),
)  # fmt: skip

watchable(
    [
        "evidence.added",
        "evidence.graded",
        "evidence.linked",
        "evidence.frozen",
        "evidence.restored",
        "evidence.withdrawn",
    ]
)


def about(item: "EvidenceItem") -> dict[str, object]:
    """What every message about an item carries; never its content."""
    reference = item.incident.reference
    return {
        "root_id": item.incident_id, "reference": reference, "mark": item.mark, "subject": item.label,
        "url": reverse("evidence-item", args=[reference, item.label]),
    }  # fmt: skip


def frozen(item: "EvidenceItem") -> None:
    """A file does not match: whoever holds the case and whoever gave the item in hear of it at once."""
    tell(
        kind="evidence.frozen_here", to=[item.incident.holder, item.organisation],
        key=f"evidence.frozen:{item.pk}:{item.version}", **about(item),  # type: ignore[arg-type]
    )  # fmt: skip


def released(transfer: "Transfer") -> None:
    """The side a release is addressed to."""
    tell(
        kind="evidence.waits_for_receipt", to=[transfer.to_organisation], key=f"evidence.released:{transfer.pk}",
        **about(transfer.item),  # type: ignore[arg-type]
    )  # fmt: skip


def answered(transfer: "Transfer") -> None:
    """Whoever released it."""
    tell(
        kind="evidence.release_answered", to=[transfer.released_by], key=f"evidence.answered:{transfer.pk}",
        **about(transfer.item),  # type: ignore[arg-type]
    )  # fmt: skip


def disposal_proposed(proposal: "Disposal") -> None:
    """The two houses whose people may decide it."""
    tell(
        kind="evidence.disposal_waits", to=[proposal.item.incident.holder, proposal.item.organisation],
        key=f"evidence.disposal:{proposal.pk}", **about(proposal.item),  # type: ignore[arg-type]
    )  # fmt: skip


def sweep_found(report: "SweepReport") -> None:
    """The administrators of the house whose files do not match."""
    members = Membership.objects.filter(
        organisation=report.organisation, until__isnull=True, roles__contains=[Role.ORG_ADMIN]
    )
    admins: list[User] = [member.user for member in members.select_related("user")]
    tell(
        kind="evidence.sweep_found", to=admins, key=f"evidence.sweep:{report.pk}",
        url=reverse("evidence-sweep", args=[report.pk]),
    )  # fmt: skip


def tell_named(actor: Actor, item: "EvidenceItem", key: str, *texts: str) -> None:
    """Whoever is named with @ in the reasons of a grade or in the note of a link."""
    incident = item.incident
    tell_mentioned(
        actor=actor, incident=incident, texts=texts, key=f"evidence:{key}", subject=item.label, grade=Grade.EVIDENCE,
        url=reverse("evidence-item", args=[incident.reference, item.label]),
    )  # fmt: skip

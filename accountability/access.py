"""The way to a finding whose verification report is asked for or taken: it leaves as a file, so whoever only looks may not (SHR-2)."""

from attribution.access import finding_for
from attribution.models import Finding
from incidents.access import CaseAccess
from organisations.actors import Actor
from organisations.roles import Action


def finding_to_take(actor: Actor, reference: str, label: str) -> tuple[CaseAccess, Finding]:
    """The case and its finding; 404 outside one's world, 403 for whoever may take no file out."""
    return finding_for(actor, reference, label, Action.DOWNLOAD_EVIDENCE)

"""What the ledger recorded of a finding and its panels, each entry as its leaf hashes it, and that it stands in the public log."""

from collections.abc import Iterator
from typing import Any

from attribution.models import Finding, Panel
from incidents.models import Incident
from incidents.selectors import activity
from ledger.models import Entry
from ledger.proving import entry_data, prove

LEDGER_PAGE = 1000


def entries_of(incident: Incident) -> Iterator[Entry]:
    """The case's entries as the reader may read them, newest first."""
    before: int | None = None
    while page := activity(incident, before, LEDGER_PAGE):
        yield from page
        before = page[-1].pk


def proofs_of(incident: Incident, finding: Finding) -> dict[str, Any]:
    """The finding's entries, oldest first, with their proofs, the checkpoint these lead to and the keys of the platform.

    An entry's hash covers who acted: while a case is worked on organisation-blind none is given.
    """
    if incident.blind:
        return {
            "entries": [], "proofs": [], "checkpoint": "", "keys": prove({}, "the report").keys,
            "why_not": "names are hidden in this case, and the hash of an entry covers who acted",
        }  # fmt: skip
    panels = Panel.objects.filter(finding=finding).values_list("pk", flat=True)
    wanted = {("attribution.finding", str(finding.pk)), *(("attribution.panel", str(pk)) for pk in panels)}
    rows = [entry for entry in entries_of(incident) if (entry.subject_type, entry.subject_id) in wanted][::-1]
    found = prove({entry.pk: bytes(entry.leaf) for entry in rows}, "the report")
    return {
        "entries": [entry_data(entry) for entry in rows],
        "proofs": [found.proofs[entry.pk] for entry in rows if entry.pk in found.proofs],
        "checkpoint": found.checkpoint,
        "keys": found.keys,
        "why_not": found.why_not,
    }

"""Imports: each incident in its own transaction, so that a long import stops nobody and a broken one can be taken up again."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from core.errors import Invalid
from core.tenancy import acting_as
from incidents.importing import Recorded, import_incident
from incidents.models import Incident
from organisations.actors import Actor


@dataclass
class ImportReport:
    """What an import did; nothing read is missing from these counts."""

    read: int = 0
    new: int = 0
    known: int = 0
    statements: int = 0
    warnings: Counter[str] = field(default_factory=Counter)
    incidents_with: Counter[str] = field(default_factory=Counter)
    refused: list[tuple[str, str]] = field(default_factory=list)

    def count(self, incident: Incident, recorded: Recorded, *, new: bool) -> None:
        """Adds one incident."""
        self.new += new
        self.known += not new
        self.statements += len(recorded.statements) if new else 0
        codes = [warning["code"] for warning in incident.warnings]
        self.warnings.update(codes)
        self.incidents_with.update(set(codes))


def import_all(
    *, actor: Actor, recorded: Iterable[Recorded], tell: Callable[[ImportReport], None] | None = None
) -> ImportReport:
    """Imports every record as `actor`; one that cannot be stored is named in the report with the reason."""
    report = ImportReport()
    with acting_as(actor.principal):
        for one in recorded:
            report.read += 1
            try:
                incident, new = import_incident(actor=actor, recorded=one)
            except Invalid as problem:
                report.refused.append((one.external_reference, f"{problem.message} {problem.details}"))
                continue
            report.count(incident, one, new=new)
            if tell and report.read % 200 == 0:
                tell(report)
    return report

"""`./norms verify`: recomputes the ledger here, and the public log over it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ledger.recompute import verify
from ledger.retrace import retrace


class Command(BaseCommand):
    help = "Recomputes every hash of the ledger and its log, says how many entries are pending, and names the first thing broken."

    def add_arguments(self, parser: CommandParser) -> None:
        """The owner's login, unless said otherwise."""
        parser.add_argument("--database", default="owner")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exits non-zero on the first thing that does not fit."""
        verdict = verify(options["database"])
        if verdict.broken:
            raise CommandError(
                f"BROKEN after {verdict.checked} good links: {verdict.broken}. Pending: {verdict.pending}."
            )
        self.stdout.write(
            f"The ledger holds: {verdict.checked} entries in order, {verdict.pending} pending. Head {verdict.head}"
        )
        log = retrace(options["database"])
        if log.broken:
            raise CommandError(f"BROKEN log after {log.leaves} good leaves: {log.broken}.")
        self.stdout.write(f"The log holds: {log.leaves} leaves, {log.checkpoints} checkpoints signed over them.")

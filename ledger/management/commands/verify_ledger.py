"""`./norms verify`: recomputes the ledger here."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ledger.recompute import verify


class Command(BaseCommand):
    help = "Recomputes every hash of the ledger, says how many entries are pending, and names the first broken link."

    def handle(self, *args: Any, **options: Any) -> None:
        """Exits non-zero on the first broken link."""
        verdict = verify()
        if verdict.broken:
            raise CommandError(
                f"BROKEN after {verdict.checked} good links: {verdict.broken}. Pending: {verdict.pending}."
            )
        self.stdout.write(
            f"The ledger holds: {verdict.checked} entries in order, {verdict.pending} pending. Head {verdict.head}"
        )

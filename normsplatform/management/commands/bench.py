"""`./norms bench`: every benchmark, as ratios measured in one run."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from incidents.selectors import CAP
from normsplatform.bench import board, files, http, ledger, looks, pdf, permission, queries, telling
from normsplatform.bench.measure import Result, table
from normsplatform.bench.synthetic import seed, seeded

BENCHES: dict[str, Callable[[], Iterable[Result]]] = {
    "queries": queries.run,
    "permission": permission.run,
    "http": http.run,
    "documents": pdf.run,
    "attribution": board.run,
    "evidence": files.run,
    "ledger": ledger.run,
    "notifications": telling.run,
    "audit": looks.run,
}
# What needs no incidents.
ALONE = {"documents", "evidence"}


class Command(BaseCommand):
    help = "Measures lists, counts, detail, search, filing, documents and findings against yardsticks in the same run."

    def add_arguments(self, parser: CommandParser) -> None:
        """How many incidents, which benchmark, and where to write the numbers."""
        parser.add_argument("--incidents", type=int, default=100_000)
        parser.add_argument("--only", choices=sorted(BENCHES))
        parser.add_argument("--json", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints the table; a failed measurement stops the run."""
        missing = options["incidents"] - seeded()
        if options["only"] not in ALONE and (missing > CAP or seeded() == 0):
            seed(options["incidents"], self.stdout.write)
        results: list[Result] = []
        for name, bench in BENCHES.items():
            if options["only"] in (None, name):
                self.stdout.write(f"measuring {name} …")
                results += bench()
        self.stdout.write(table(results))
        self.stdout.write(f"\n{seeded():,} incidents. Medians; ours and yardstick measured in alternation in this run.")
        if options["json"]:
            options["json"].write_text(json.dumps([result.as_dict() for result in results], indent=1))

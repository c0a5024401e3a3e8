"""`./norms seed --incidents N`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from normsplatform.bench.synthetic import seed


class Command(BaseCommand):
    help = "Adds made-up incidents in bulk, the same for the same number. Not for a platform with real cases."

    def add_arguments(self, parser: CommandParser) -> None:
        """How many."""
        parser.add_argument("--incidents", type=int, default=10_000)

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints progress."""
        seed(options["incidents"], self.stdout.write)

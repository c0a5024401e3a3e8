"""`./norms manage write_verifier FILE`: the offline verifier as one file, to give to whoever wants to check."""

from hashlib import sha256
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from ledger.verify import single


class Command(BaseCommand):
    help = "Writes the offline verifier as one file and prints its SHA-256."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where it goes."""
        parser.add_argument("file", type=Path, nargs="?", default=Path(single.NAME))

    def handle(self, *args: Any, **options: Any) -> None:
        """The same sources always give the same bytes."""
        data = single.archive()
        options["file"].write_bytes(data)
        self.stdout.write(f"{sha256(data).hexdigest()}  {options['file']}")

"""Draws the reference from the code."""

from typing import Any

from django.core.management.base import BaseCommand

from normsplatform.reference import DRAWN, FOLDER


class Command(BaseCommand):
    help = "Writes the drawn parts of docs/reference/."

    def handle(self, *args: Any, **options: Any) -> None:
        """Overwrites the files."""
        for name, draw in DRAWN.items():
            (FOLDER / name).write_text(draw())
            self.stdout.write(f"docs/reference/{name}")

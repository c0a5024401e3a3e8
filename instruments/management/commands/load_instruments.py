"""Adopts the instruments that come with the repository."""

from typing import Any

from django.core.management.base import BaseCommand

from instruments.services import adopt_shelf


class Command(BaseCommand):
    help = "Adopts every instrument in instruments/data that is not adopted yet."

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints how many; harmless to repeat."""
        self.stdout.write(f"{adopt_shelf()} instrument versions adopted.")

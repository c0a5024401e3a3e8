"""Founds what every installation needs, with demo or without."""

from typing import Any

from django.core.management.base import BaseCommand

from organisations.founding import found_platform


class Command(BaseCommand):
    help = "Founds the secretariat and the account of the platform itself, where they are missing."

    def handle(self, *args: Any, **options: Any) -> None:
        """Says whether anything was missing; harmless to repeat."""
        self.stdout.write("The platform is founded." if found_platform() else "The platform was founded already.")

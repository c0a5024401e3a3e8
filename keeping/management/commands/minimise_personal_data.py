"""`./norms manage minimise_personal_data`: carries the rules of retention out now, as the clock does every day."""

from typing import Any

from django.core.management.base import BaseCommand

from keeping.retention import minimise


class Command(BaseCommand):
    help = "Minimises personal data whose time is over by the rules of retention in force; says how many rows by rule."

    def handle(self, *args: Any, **options: Any) -> None:
        """Safe to run twice."""
        for rule, rows in minimise().items():
            self.stdout.write(f"{rule}: {rows}")

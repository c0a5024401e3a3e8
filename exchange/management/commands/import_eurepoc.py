"""Imports EuRepoC 1.1."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.errors import NotAllowed
from exchange import eurepoc
from exchange.services import ImportReport, import_all
from organisations.actors import actor_named


class Command(BaseCommand):
    help = "Imports the three CSV files of EuRepoC 1.1 as incidents and public statements, held by a person's organisation."

    def add_arguments(self, parser: CommandParser) -> None:
        """The three files and who imports."""
        parser.add_argument("incidents", type=Path, help="EuRepoC_Global_Database_1.1.csv")
        parser.add_argument("attributions", type=Path, help="EuRepoC_Attribution_dataset_1.1.csv")
        parser.add_argument("receivers", type=Path, help="EuRepoC_Receiver_dataset_1.1.csv")
        parser.add_argument("--as", dest="email", required=True, help="E-mail of the person who imports.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints what was read, what is new, and every warning by kind; exits non-zero when something was refused."""
        actor = actor_named(options["email"])
        if actor is None:
            raise CommandError(f"{options['email']} is nobody here, or a member of no organisation.")
        try:
            database, attributions, receivers = (
                eurepoc.read(options[name]) for name in ("incidents", "attributions", "receivers")
            )
            recorded = list(eurepoc.incidents(database, attributions, receivers))
        except (OSError, UnicodeDecodeError, KeyError) as problem:
            raise CommandError(f"This is not EuRepoC 1.1: {problem!r}. Nothing was imported.") from problem
        try:
            report = import_all(actor=actor, recorded=recorded, tell=self.progress)
        except NotAllowed as problem:
            raise CommandError(f"{options['email']} may not file incidents. Nothing was imported.") from problem
        self.stdout.write(
            f"{report.read} incidents read: {report.new} new, {report.known} known already, {report.statements} statements."
        )
        for code, count in sorted(report.warnings.items()):
            self.stdout.write(f"  warning {code}: {count} in {report.incidents_with[code]} incidents")
        for reference, reason in report.refused:
            self.stderr.write(f"  refused {reference}: {reason}")
        if report.refused:
            raise CommandError(f"{len(report.refused)} incidents were refused; the others are in.")

    def progress(self, report: ImportReport) -> None:
        """A line now and then."""
        self.stdout.write(f"  {report.read} …")

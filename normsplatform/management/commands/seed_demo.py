"""Loads the demo: accounts, and real cases told through the services."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from normsplatform.demo.accounts import AccountBook
from normsplatform.demo.cast import gather
from normsplatform.demo.story import Story, told_by
from normsplatform.demo.telling import tell


class Command(BaseCommand):
    help = "Loads the demo accounts and cases. What was loaded before is left as it is."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where the accounts go."""
        parser.add_argument("--accounts", type=Path, default=settings.NORMS_HOME / "demo-accounts.json")

    def handle(self, *args: Any, **options: Any) -> None:
        """Says how much was new; a run that was stopped half-way is taken up where it stopped."""
        cast = gather(AccountBook(options["accounts"]))
        story = Story(told_by(cast.of_each_house()))
        tell(story, cast)
        self.stdout.write(f"{story.new} steps told. The accounts are in {options['accounts']}.")

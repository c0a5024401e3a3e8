"""`./norms manage write_instrument_messages`: the words of the instruments, for those who translate."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from instruments import wording

TARGET = Path(wording.__file__).with_name("messages.py")


class Command(BaseCommand):
    help = "Lists the words of the instruments in instruments/messages.py, where makemessages finds them."

    def handle(self, *args: Any, **options: Any) -> None:
        TARGET.write_text(wording.as_source(), encoding="utf-8")
        self.stdout.write(f"{sum(len(mine) for mine in wording.phrases().values())} phrases written to {TARGET.name}.")

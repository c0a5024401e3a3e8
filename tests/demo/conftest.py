"""The demo, told once for a whole module into a database of its own, through real commits."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest
from django.db import connections

from incidents.models import Incident
from normsplatform.demo.accounts import AccountBook
from normsplatform.demo.cast import Cast, gather
from normsplatform.demo.story import Story, told_by
from normsplatform.demo.telling import tell
from organisations.actors import acting
from tests.databases import copied

T = TypeVar("T")


@dataclass
class Demo:
    """The demo as it was told."""

    cast: Cast
    story: Story
    accounts: Path
    sent: list[tuple[str, int]]

    def again(self) -> Story:
        """Tells it once more, as a second start would."""
        cast = gather(AccountBook(self.accounts))
        story = Story(told_by(cast.of_each_house()))
        tell(story, cast)
        return story

    def reference(self, case: str) -> str:
        """The reference a case was given."""
        return str(self.story.names(f"{case}/filed")["reference"])

    def asked_as(self, who: str, question: Callable[[], T]) -> T:
        """What the database answers to this person."""
        with acting(self.cast[who]):
            return question()

    def case(self, who: str, case: str) -> Incident | None:
        """The case as this person sees it; None when it is not in their world."""
        return self.asked_as(who, lambda: Incident.objects.filter(reference=self.reference(case)).first())


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Told into a copy of the test database, which is gone afterwards."""
    template = connections["default"].settings_dict["NAME"]

    def use(name: str) -> None:
        connections.close_all()
        for alias in connections:
            connections[alias].settings_dict["NAME"] = name

    with django_db_blocker.unblock():
        use(template)
        with copied(template, f"{template}_{uuid.uuid4().hex[:8]}") as copy:
            use(copy)
            # No worker runs here: what would be sent to one is written down.
            sent: list[tuple[str, int]] = []
            patch = pytest.MonkeyPatch()
            patch.setattr("documents.kinds.send", lambda kind, job: sent.append((kind, job)))
            try:
                accounts = tmp_path_factory.mktemp("demo") / "demo-accounts.json"
                cast = gather(AccountBook(accounts))
                story = Story(told_by(cast.of_each_house()))
                tell(story, cast)
                yield Demo(cast, story, accounts, sent)
            finally:
                patch.undo()
                use(template)

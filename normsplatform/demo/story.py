"""Telling the demo step by step, so that a half-told one is taken up again and a second telling changes nothing.

A step is one transaction of one person. That it was told is recorded in the ledger in that same transaction, together
with the few names later steps need (the reference of a case, the number of an item): it is told whole or not at all.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from core.errors import DomainError
from ledger.models import Entry
from ledger.services import record
from organisations.actors import Actor, acting

TOLD = "demo.told"

Names = dict[str, Any]
Act = Callable[[Actor], Mapping[str, Any] | None]


def told_by(actors: Iterable[Actor]) -> dict[str, Names]:
    """Every step the houses of these people have told, with the names it left."""
    told: dict[str, Names] = {}
    for actor in actors:
        with acting(actor):
            entries = Entry.objects.filter(verb=TOLD, organisation_id=actor.organisation.pk)
            for payload in entries.values_list("payload", flat=True):
                step = json.loads(payload)
                told[step["step"]] = step["names"]
    return told


def said(step: str, act: Act, actor: Actor) -> Mapping[str, Any] | None:
    """The act itself; one that is refused says at which step, and why."""
    try:
        return act(actor)
    except DomainError as problem:
        problem.add_note(f"At the step {step}, by {actor.user.email}: {problem.details}")
        raise


class Story:
    """What was told so far, and the only way to tell more."""

    def __init__(self, told: dict[str, Names]) -> None:
        self._told = told
        self.new = 0

    def tell(self, step: str, actor: Actor, act: Act) -> Names:
        """Lets `actor` do `act` unless this step was told before; the names it leaves."""
        if step not in self._told:
            with acting(actor):
                names = dict(said(step, act, actor) or {})
                record(actor=actor, verb=TOLD, subject=actor.organisation, payload={"step": step, "names": names})
            self._told[step] = names
            self.new += 1
        return self._told[step]

    def names(self, step: str) -> Names:
        """What an earlier step left; a KeyError when it was not told."""
        return self._told[step]

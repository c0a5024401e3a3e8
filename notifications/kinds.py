"""The closed list of what people can be told: each kind with its words, its reason in the inbox, and the grade it needs.

A room declares its own in its `telling.py`, as it declares its verbs; telling of any other kind is a programming error.
Words are codes and labels with placeholders, never content: "Review of %(subject)s is due".
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from organisations.roles import Grade


class Reason(TextChoices):
    """Why somebody is told: what the inbox is filtered by."""

    ASSIGNED = "assigned", _("Assigned")
    MENTION = "mention", _("Mentioned")
    VOTE_DUE = "vote_due", _("Vote due")
    DEADLINE = "deadline", _("Deadline")
    ESCALATED = "escalated", _("Escalated")
    ANSWER = "answer", _("Answer wanted")
    CHANGED = "changed", _("Changed what you rely on")
    WARNING = "warning", _("Warning")
    DECIDED = "decided", _("Decided")
    WATCHED = "watched", _("Watched")


Words = Callable[[Mapping[str, Any]], str]


@dataclass(frozen=True, slots=True)
class Kind:
    """One thing people can be told. `grade` is what its reader must hold on the case, when it is about one.

    `personal`: it is told to people by name and never to an organisation, so that no program of theirs hears of it.
    """

    code: str
    reason: Reason
    words: Any
    why: Any
    grade: int = Grade.EVIDENCE
    personal: bool = False

    def sentence(self, values: Mapping[str, Any]) -> str:
        """The words with their values, in the reader's language."""
        return self.words(values) if callable(self.words) else str(self.words) % values


KINDS: dict[str, Kind] = {}


def declare(*kinds: Kind) -> None:
    """Adds kinds; two rooms cannot claim the same code."""
    for kind in kinds:
        if KINDS.setdefault(kind.code, kind).words is not kind.words:
            raise ValueError(f"kind {kind.code} is declared twice")


def sentence_of(code: str, values: Mapping[str, Any]) -> str:
    """The words of what was told; a kind nobody declares any more still says that there is something."""
    kind = KINDS.get(code)
    try:
        return kind.sentence(values) if kind else _now("There is something new.")
    except (KeyError, TypeError, ValueError):  # told by an older version with other values
        return _now("There is something new.")


def why_of(code: str) -> str:
    """Why its reader was told."""
    kind = KINDS.get(code)
    return str(kind.why) if kind else ""

"""What a draft holds: facts as they would be filed, and beside them the steps whose answers do not stand yet, as typed.

A step that stands is kept under the names of its facts. One that does not is kept whole, as it was typed, under
`typed:<step>`: so that nothing is lost, and nothing half right is filed.
"""

from collections.abc import Mapping
from typing import Any

from .facts import CLEANERS

TYPED = "typed:"


def facts_in(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a draft, in the shape `incidents.facts.check` takes."""
    return {name: value for name, value in answers.items() if name in CLEANERS}


def typed_in(answers: Mapping[str, Any], step: str) -> dict[str, Any] | None:
    """What was typed in a step that does not stand: `{"data": {name: [values]}, "submitted": bool}`."""
    kept = answers.get(TYPED + step)
    return kept if isinstance(kept, dict) and isinstance(kept.get("data"), dict) else None


def unfinished_steps(answers: Mapping[str, Any]) -> list[str]:
    """Steps with answers that do not stand yet."""
    return [name.removeprefix(TYPED) for name, kept in answers.items() if name.startswith(TYPED) and kept]

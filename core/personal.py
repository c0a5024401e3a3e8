"""Which fields are about people: said beside the models, in each app's `personal.py`, so that none is forgotten (SHR-6).

A field is tagged with whose it is and the rule by which it is kept (an id in the instrument `retention-rules`), or excused with
the reason why it is about nobody. A test walks every text of every model.
"""

from collections.abc import Mapping
from dataclasses import dataclass

# Kept as long as the record it stands in: what it says is part of the account, and taking it out would falsify it.
WITH_THE_RECORD = "record"


@dataclass(frozen=True, slots=True)
class Tag:
    """Whose a field is, and the rule by which it is kept."""

    whose: str
    rule: str


PERSONAL: dict[str, dict[str, Tag]] = {}
NOBODYS: dict[str, dict[str, str]] = {}

# Whose: a person with an account here, somebody outside who was named, somebody who speaks for an organisation.
MEMBER, OUTSIDER, SPEAKER = "member", "outsider", "speaker"


def personal(model: str, whose: str, rule: str, *fields: str) -> None:
    """These fields of `app.model` are about people."""
    PERSONAL.setdefault(model, {}).update({field: Tag(whose, rule) for field in fields})


def nobodys(model: str, why: str, *fields: str) -> None:
    """These fields look as if they were about people, and are not."""
    NOBODYS.setdefault(model, {}).update(dict.fromkeys(fields, why))


def tagged() -> Mapping[str, Mapping[str, Tag]]:
    """Every tagged field by model."""
    return PERSONAL

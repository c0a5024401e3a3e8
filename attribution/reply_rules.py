"""The rules of the right of reply as attribution uses them: typed, and their lists as choices with words."""

from functools import lru_cache

from django.utils.translation import gettext

from instruments.models import Instrument
from instruments.selectors import in_force as instrument_in_force
from instruments.selectors import version_of

from .rules.reply import ReplyRules

KIND = Instrument.Kind.REPLY_RULES


@lru_cache(maxsize=8)
def rules_of(version: str) -> ReplyRules:
    """One version: a notice stays under the one it was opened with (GOV-1)."""
    return ReplyRules.from_content(version_of(KIND, version).content, version=version)


def in_force() -> ReplyRules:
    """The version a new notice is opened under."""
    return rules_of(instrument_in_force(KIND).version)


def named(part: str, version: str | None = None) -> list[tuple[str, str]]:
    """A list of the rules (`parties`, `positions`) as codes with words."""
    content = version_of(KIND, version or in_force().version).content
    return [(row["code"], gettext(row["name"])) for row in content[part]]

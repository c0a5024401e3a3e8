"""The closed list of what can be recorded: `<thing>.<past tense>`, each with its words for people.

An app declares its own verbs in its `verbs.py`; recording any other is a programming error.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

VERBS: dict[str, Any] = {}


def declare(verbs: Mapping[str, Any]) -> None:
    """Adds verbs with their words ("filed the incident"); two apps cannot claim the same verb."""
    for verb, words in verbs.items():
        if VERBS.setdefault(verb, words) is not words and str(VERBS[verb]) != str(words):
            raise ValueError(f"verb {verb} is declared twice")


declare({"member.invited": _("invited a member"), "token.issued": _("issued a key for programs")})

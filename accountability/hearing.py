"""Nothing leaves for the public before those it names were heard (ATT-11)."""

from attribution import reply_rules
from attribution.services import require_replies
from incidents.access import CaseAccess


def hear_first(case: CaseAccess, mark: str) -> None:
    """A mark by which it leaves the circle of those on the case publishes what it says: a party named is heard first (ATT-11).

    Asked with the request and once more when it is made: what was found meanwhile is in the document too.
    """
    if mark in reply_rules.in_force().marks_that_publish:
        require_replies(case.incident)

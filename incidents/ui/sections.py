"""The sections of a case: each a real address, shown when the reader may open it.

Rooms above this one are named by address only; a room that is not there is left out.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from organisations.roles import Action

from ..access import CaseAccess

SECTIONS = [
    ("incident", _("Summary"), Action.VIEW),
    ("evidence-list", _("Evidence"), Action.SEE_EVIDENCE),
    ("attribution", _("Attribution"), Action.SEE_ATTRIBUTION),
    ("escalation", _("Escalation"), Action.SEE_MEASURES),
    ("remediation", _("Remediation"), Action.SEE_REMEDIATION),
    ("review-list", _("Reviews"), Action.SEE_REVIEW),
    ("incident-deadlines", _("Deadlines"), Action.VIEW),
    ("incident-grants", _("Sharing"), Action.SEE_GRANTS),
    ("incident-activity", _("Activity"), Action.SEE_EVIDENCE),
    ("incident-looks", _("Who looked"), Action.SEE_AUDIT),
]


# Who is shown a section although they may not open the rest of it: an invited panel member, before evidence opens.
GUESTS: dict[str, Callable[[HttpRequest, CaseAccess], bool]] = {}

# What the rooms above say on the first page of a case: sentences with the address to go to, for this reader.
NOTICES: list[Callable[[HttpRequest, CaseAccess], list[dict[str, str]]]] = []


def notices_for(request: HttpRequest, case: CaseAccess) -> list[dict[str, str]]:
    """Everything the rooms want the reader to see first: `{"text", "url", "words"}`."""
    return [notice for room in NOTICES for notice in room(request, case)]


def case_context(request: HttpRequest, case: CaseAccess, section: str, **more: Any) -> dict[str, Any]:
    """What every page of a case is drawn from: the case, what the reader may do, the mark, and the sections."""
    items = []
    for name, label, action in SECTIONS:
        try:
            address = reverse(name, args=[case.incident.reference])
        except NoReverseMatch:
            continue
        if case.may(action) or (name in GUESTS and GUESTS[name](request, case)):
            items.append({"label": label, "url": address, "current": name == section})
    return {
        "case": case,
        "incident": case.incident,
        "actions": {action.name.lower(): True for action in case.actions},
        "sections": items,
        "tlp_mark": case.incident.mark,
        "exercise": case.incident.is_exercise,
        **more,
    }

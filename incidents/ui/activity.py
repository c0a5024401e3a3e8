"""What was done in a case, by whom and when: its ledger in words."""

import json
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from core.forms import FilterForm
from ledger.models import Entry
from ledger.verbs import VERBS
from organisations.doors import actor_of
from organisations.models import Organisation, User
from organisations.roles import Action, Grade

from .. import selectors
from ..access import case_for
from ..models import IncidentLink
from .fact_forms import set_choices
from .sections import case_context
from .words import label_of


class ActivityFilter(FilterForm):
    """Activity of one kind."""

    verb = forms.ChoiceField(label=gettext_lazy("What was done"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = sorted(((verb, capfirst(str(words))) for verb, words in VERBS.items()), key=lambda pair: pair[1])
        set_choices(self.fields["verb"], [("", _("Anything")), *known])


def details(entry: Entry, organisations: dict[int, str]) -> str:
    """What an entry's payload says, for the few things worth saying; numbers and hashes stay in the ledger."""
    payload = json.loads(entry.payload)
    parts: list[str] = []
    if entry.verb == "incident.edited":
        parts = [label_of(name) for name in payload.get("fields", [])]
    elif entry.verb in {"grant.given", "grant.revoked"}:
        parts = [organisations.get(payload.get("organisation"), "")]
        if str(payload.get("grade", "")).upper() in Grade.names:
            parts.append(str(Grade[payload["grade"].upper()].label))
    elif entry.verb == "incident.linked":
        parts = [payload.get("other", ""), str(dict(IncidentLink.Kind.choices).get(payload.get("kind"), ""))]
    return " · ".join(str(part) for part in parts if part)


def entry_rows(entries: list[Entry]) -> list[dict[str, Any]]:
    """Entries in words, with the names of who acted. Two statements, whatever the number of entries."""
    users = User.objects.in_bulk({entry.actor_id for entry in entries})
    named = {entry.organisation_id for entry in entries}
    named |= {json.loads(entry.payload).get("organisation") for entry in entries if entry.verb.startswith("grant.")} - {
        None
    }
    organisations = {number: organisation.name for number, organisation in Organisation.objects.in_bulk(named).items()}
    somebody = _("somebody")
    return [
        {
            "id": f"entry-{entry.pk}",
            "title": capfirst(str(VERBS.get(entry.verb, entry.verb))),
            "when": entry.recorded_at,
            "system": user is not None and user.is_system,
            "actor": f"{user or somebody} · {organisations.get(entry.organisation_id, '')}",
            "text": details(entry, organisations),
        }
        for entry in entries
        for user in [users.get(entry.actor_id)]
    ]


@require_safe
def incident_activity(request: HttpRequest, reference: str) -> HttpResponse:
    """The case's ledger, newest first, by kind, 25 a page."""
    case = case_for(actor_of(request), reference, Action.SEE_EVIDENCE)
    form = ActivityFilter(request.GET or None)
    verb = form.cleaned_data["verb"] if form.is_valid() else ""
    said = request.GET.get("before", "")
    before = int(said) if said.isascii() and said.isdigit() and len(said) < 19 else None
    entries = selectors.activity(case.incident, before, selectors.PAGE + 1, verb)
    page = entries[: selectors.PAGE]
    here = reverse("incident-activity", args=[reference])
    kept = {"verb": verb} if verb else {}
    context = case_context(
        request, case, "incident-activity", form=form, entries=entry_rows(page), filtered=bool(verb), clear_url=here,
        chips=[{"label": capfirst(str(VERBS[verb])), "url": here}] if verb else [],
        first_url=f"{here}?{urlencode(kept)}" if before else "",
        next_url=f"{here}?{urlencode({**kept, 'before': page[-1].pk})}" if len(entries) > selectors.PAGE else "",
    )  # fmt: skip
    return render(request, "incidents/activity.html", context)

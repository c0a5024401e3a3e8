"""What can be recorded about a case."""

from django.utils.translation import gettext_lazy as _

from ledger.verbs import declare

declare(
    {
        "incident.filed": _("filed the incident"),
        "incident.edited": _("changed the facts"),
        "incident.closed": _("closed the case"),
        "incident.reopened": _("opened the case again"),
        "incident.linked": _("linked another incident"),
        "incident.imported": _("imported the incident"),
        "grant.given": _("shared the case"),
        "grant.given_by_name": _("shared the case with a person by name"),
        "grant.revoked": _("ended a share"),
        "grant.recalled": _("ended a share because its reader is not accredited now"),
        "case.put_in_charge": _("put somebody in charge of the case"),
        "case.offered": _("offered the case to another organisation"),
        "case.offer_declined": _("declined to take the case over"),
        "case.offer_withdrawn": _("withdrew the offer of the case"),
        "case.taken_over": _("took the case over"),
        "case.previewed": _("looked at the case as somebody else would see it"),
        "case.opened_in_emergency": _("opened the case in an emergency, without a grant"),
        "statement.added": _("added a public statement"),
        "audit.taken": _("took the list of who looked"),
        "label.made": _("made a label"),
        "label.changed": _("changed a label"),
        "label.retired": _("retired a label"),
        "incident.labelled": _("labelled the case"),
        "timeline.added": _("added to the timeline"),
        "deadline.paused": _("paused a deadline"),
        "deadline.resumed": _("let a paused deadline go on"),
        "deadline.extended": _("put a deadline off"),
        "search.saved": _("saved a search"),
        "search.dropped": _("dropped a saved search"),
    }
)

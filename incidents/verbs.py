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
        "grant.revoked": _("ended a share"),
        "grant.recalled": _("ended a share because its reader is not accredited now"),
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

"""The inbox: what waits, what is watched, what is done. Every act is a form; nothing needs a script."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.http import see_other
from organisations.doors import actor_of

from .. import selectors, services
from ..kinds import Reason
from ..models import Notification
from .forms import ReasonFilter, SnoozeForm


def number(text: str) -> int | None:
    """A row's number in an address, or None."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """What waits for the reader, what they watch, and what they are done with."""
    actor = actor_of(request)
    view = request.GET.get("view", "you")
    view = view if view in selectors.VIEWS else "you"
    form = ReasonFilter(request.GET or None)
    reason = request.GET.get("reason", "")
    reason = reason if reason in Reason.values else ""
    following = None
    if view == "you":
        rows, later = selectors.for_you(actor, reason), selectors.later(actor)
    else:
        rows, following = selectors.newest(actor, view, reason, number(request.GET.get("before", "")))
        later = []
    here = reverse("inbox")
    kept: dict[str, Any] = {"view": view, **({"reason": reason} if reason else {})}
    labels = {"you": _("For you"), "watching": _("Watching"), "done": _("Done")}
    context: dict[str, Any] = {
        "view": view, "rows": rows, "later": later, "form": form, "reason": reason, "most": selectors.MOST,
        "views": [{"url": f"{here}?view={each}", "label": labels[each], "current": each == view} for each in selectors.VIEWS],
        "snooze": SnoozeForm.base_fields["days"].choices,  # type: ignore[attr-defined]
        "undo": _undoable(request), "together": _together(request),
        "next_url": f"{here}?{urlencode({**kept, 'before': following})}" if following else "",
    }  # fmt: skip
    return render(request, "notifications/inbox.html", context)


def _undoable(request: HttpRequest) -> selectors.Told | None:
    """What was just done or put off, if it is still the reader's to take back."""
    wanted = number(request.GET.get("undo", ""))
    row = Notification.objects.filter(pk=wanted).first() if wanted else None
    return selectors.as_told(row) if row and (row.done_at or row.snoozed_until) else None


def _moment(text: str) -> datetime | None:
    """A moment in an address, or None."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def _together(request: HttpRequest) -> dict[str, Any] | None:
    """What was just done in one act, if it is still the reader's to take back."""
    moment = _moment(request.GET.get("together", ""))
    count = selectors.finished_together(actor_of(request), moment) if moment else 0
    return {"moment": request.GET["together"], "count": count} if count else None


@require_safe
def inbox_open(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Leads to what it is about; what is about nothing stays in the inbox."""
    found = services.open_notification(actor=actor_of(request), notification_id=notice_id)
    return see_other(found.url or "inbox")


def _back(found: Notification, **query: Any) -> HttpResponse:
    """To the view the row came from."""
    view = "watching" if found.reason == Reason.WATCHED else "you"
    return see_other(f"{reverse('inbox')}?{urlencode({'view': view, **query})}")


@require_POST
def inbox_done(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Done, with the way back."""
    return _back(services.finish(actor=actor_of(request), notification_id=notice_id), undo=notice_id)


@require_POST
def inbox_undo(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Takes it back."""
    return _back(services.undo(actor=actor_of(request), notification_id=notice_id))


@require_POST
def inbox_done_several(request: HttpRequest) -> HttpResponse:
    """Done with the chosen ones, or with everything the page showed: never with what came since."""
    kept = {"view": "watching" if request.POST.get("view") == "watching" else "you"}
    named = request.POST.getlist("shown" if "all" in request.POST else "notice")
    chosen = [found for found in map(number, named[: selectors.MOST]) if found is not None]
    count, moment = services.finish_several(actor=actor_of(request), notification_ids=chosen)
    if count:
        kept["together"] = moment.isoformat()
    elif not chosen:
        messages.error(request, _("Choose first what you are done with."))
    return see_other(f"{reverse('inbox')}?{urlencode(kept)}")


@require_POST
def inbox_undo_several(request: HttpRequest) -> HttpResponse:
    """Takes back what was done in one act."""
    moment = _moment(request.POST.get("together", ""))
    if moment:
        services.undo_together(actor=actor_of(request), moment=moment)
    return see_other(f"{reverse('inbox')}?view={'watching' if request.POST.get('view') == 'watching' else 'you'}")


@require_POST
def inbox_snooze(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Puts it off, with the way back."""
    actor = actor_of(request)
    form = SnoozeForm(request.POST)
    if not form.is_valid():
        services.get_notification(actor, notice_id)
        messages.error(request, _("Choose for how long from the list."))
        return see_other("inbox")
    found = services.snooze(actor=actor, notification_id=notice_id, until=form.until())  # type: ignore[arg-type]
    return _back(found, undo=notice_id)


@require_POST
def inbox_mute(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Mutes the case it is about."""
    muted = services.mute_case(actor=actor_of(request), notification_id=notice_id)
    words = _("You hear no more of %(reference)s, except what asks you to acknowledge it. Take it back under Settings.")
    messages.success(request, words % {"reference": muted.reference})
    return see_other("inbox")


@require_POST
def inbox_acknowledge(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Says "I know" to whoever asked."""
    found = services.acknowledge(actor=actor_of(request), notification_id=notice_id)
    messages.success(request, _("You have acknowledged it. Whoever asked can see that."))
    return _back(found)

"""How one is told: e-mail, muted cases, what one watches, and one's deadlines as a calendar."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import NotFound
from core.http import see_other
from organisations.doors import actor_of

from .. import selectors, services
from ..feed import calendar_at
from .forms import EmailForm


def page(request: HttpRequest, form: EmailForm, *, address: str = "", status: int = 200) -> HttpResponse:
    """The settings; a new calendar address stands in this answer and in no other."""
    actor = actor_of(request)
    context = {
        "form": form, "address": address, "calendar": selectors.calendar_of(actor),
        "muted": selectors.muted_of(actor), "watches": selectors.watches_of(actor),
    }  # fmt: skip
    return render(request, "notifications/settings.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def inbox_settings(request: HttpRequest) -> HttpResponse:
    """Shows and changes how one is told."""
    actor = actor_of(request)
    form = EmailForm(request.POST) if request.method == "POST" else EmailForm({"email": selectors.email_of(actor)})
    if request.method == "POST" and form.is_valid():
        services.choose_email(actor=actor, email=form.cleaned_data["email"])
        messages.success(request, _("Saved."))
        return see_other("inbox-settings")
    return page(request, form, status=422 if form.errors else 200)


@never_cache
@require_POST
def calendar_new(request: HttpRequest) -> HttpResponse:
    """Makes a new secret address; the one before ends."""
    actor = actor_of(request)
    secret = services.make_calendar_address(actor=actor)
    address = request.build_absolute_uri(reverse("calendar-feed", args=[secret]))
    return page(request, EmailForm({"email": selectors.email_of(actor)}), address=address, status=201)


@require_POST
def calendar_end(request: HttpRequest) -> HttpResponse:
    """Ends the address."""
    services.end_calendar_address(actor=actor_of(request))
    messages.success(request, _("The calendar address answers nothing any more."))
    return see_other("inbox-settings")


@require_POST
def unmute(request: HttpRequest, mute_id: int) -> HttpResponse:
    """Hears of a case again."""
    services.unmute(actor=actor_of(request), mute_id=mute_id)
    messages.success(request, _("You hear of this case again."))
    return see_other("inbox-settings")


@require_POST
def unwatch(request: HttpRequest, watch_id: int) -> HttpResponse:
    """Stops watching."""
    services.stop_watching(actor=actor_of(request), watch_id=watch_id)
    messages.success(request, _("You do not watch this any more."))
    return see_other("inbox-settings")


@login_not_required
@require_safe
def calendar_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """One's deadlines for a calendar program, which cannot sign in: whoever has the address reads it."""
    feed = calendar_at(secret)
    if feed is None:
        raise NotFound
    return HttpResponse(
        feed, content_type="text/calendar; charset=utf-8", headers={"Cache-Control": "private, no-store"}
    )

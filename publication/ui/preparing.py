"""Pages of the publishers: begin a release, look at it, publish or discard it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import clock
from core.errors import Invalid, NotFound
from core.http import see_other, show_invalid
from organisations.actors import Actor
from organisations.doors import actor_of
from organisations.roles import Action

from .. import access, selectors, services, words
from ..models import Release
from ..states import Status
from .forms import BeginForm, DiscardForm, PublishForm
from .views import table_rows


def _publisher(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    access.require_publisher(actor, Action.PREPARE_RELEASE)
    return actor


def _pending(actor: Actor) -> Release:
    found = selectors.pending(actor.organisation.pk)
    if found is None:
        raise NotFound("release")
    return found


def _state(actor: Actor, release: Release) -> dict[str, Any]:
    waited = (clock.now() - release.sent_at).total_seconds()
    return {
        "release": release,
        "counting": release.status == Status.PREPARING,
        "lost": release.status == Status.PREPARING and waited > services.PATIENCE_SECONDS,
        "own": release.prepared_by_id == actor.user.pk,
    }


@require_http_methods(["GET", "HEAD", "POST"])
def prepare(request: HttpRequest) -> HttpResponse:
    """The release in preparation with its figures and checks, or the form that begins one."""
    actor = _publisher(request)
    release = selectors.pending(actor.organisation.pk)
    form = None if release else BeginForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        form = form or BeginForm(request.POST)
        if form.is_valid():
            given = {name: form.cleaned_data[name] for name in ("key_points", "revision_notes")}
            try:
                services.begin_release(actor=actor, **given)
            except Invalid as error:
                show_invalid(form, error)
            else:
                messages.success(request, _("The cases are being counted. You can leave this page."))
                return see_other("release-prepare")
    context: dict[str, Any] = {"form": form, "ended": [_ended(each) for each in selectors.ended(actor.organisation.pk)]}
    if release:
        context |= _state(actor, release)
    if release and release.status == Status.PREPARED:
        edition = selectors.preview(release)
        names = release.labels.get("sector", {})
        context["tables"] = [table_rows(sheet, names) for sheet in edition.sheets]
        context["marks"] = [(f"[{m}]" if m in {"c", "u"} else m, text) for m, text in words.MARKS.items()]
    return render(request, "publication/prepare.html", context, status=422 if form and form.errors else 200)


def _ended(release: Release) -> dict[str, Any]:
    """A try that came to nothing, with the figures that would have given somebody away."""
    names = release.labels.get("sector", {})
    findings = [
        {
            "measure": words.MEASURES.get(each.get("measure", ""), ""),
            "figure": ", ".join(words.category_name(d, code, names) for d, code in each.get("figure", {}).items())
            or words.COMMON[""],
        }
        for each in release.refusal[:20]
    ]
    return {"release": release, "findings": findings, "more": max(0, len(release.refusal) - len(findings))}


@require_safe
def progress(request: HttpRequest) -> HttpResponse:
    """The part that is asked for again while a worker counts."""
    actor = _publisher(request)
    release = selectors.pending(actor.organisation.pk)
    context = _state(actor, release) if release else {"ended_now": True}
    return render(request, "publication/_state.html", context)


@require_POST
def send_again(request: HttpRequest) -> HttpResponse:
    """When the worker seems lost."""
    actor = _publisher(request)
    services.send_again(actor=actor, version=_pending(actor).version)
    messages.success(request, _("The counting was sent to a worker again."))
    return see_other("release-prepare")


@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest) -> HttpResponse:
    """The confirmation: what is published stays published."""
    actor = _publisher(request)
    release = _pending(actor)
    form = PublishForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        published = services.publish_release(actor=actor, version=release.version)
        messages.success(request, _("Release %(version)s is public.") % {"version": published.version})
        return see_other("release", published.version)
    status = 422 if request.method == "POST" else 200
    return render(request, "publication/publish.html", {"form": form, **_state(actor, release)}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: HttpRequest) -> HttpResponse:
    """Ends it without publishing."""
    actor = _publisher(request)
    release = _pending(actor)
    form = DiscardForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.discard_release(actor=actor, version=release.version, reason=form.cleaned_data["reason"])
        except Invalid as error:
            show_invalid(form, error)
        else:
            messages.success(request, _("The release was discarded. Nothing of it is public."))
            return see_other("release-prepare")
    status = 422 if request.method == "POST" else 200
    return render(request, "publication/discard.html", {"form": form, **_state(actor, release)}, status=status)

"""Pages of one service: where it stands, and what is reported, set, checked and confirmed."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import NotAllowed
from core.templatetags.norms import people, when
from incidents.access import case_for
from incidents.ui.sections import case_context
from instruments import taxonomy
from organisations.doors import actor_of
from organisations.models import Organisation
from organisations.roles import Action

from .. import selectors, services
from ..access import may_confirm, service_for
from ..models import ServiceRestoration
from . import words
from .acts import Words, act_page
from .figures import timeline
from .forms import BackupForm, ConfirmForm, TargetForm, UpdateForm

BOTH = ["GET", "HEAD", "POST"]


def backup_words(restoration: ServiceRestoration | None) -> str:
    """Whether the backup was checked, and what was found."""
    if restoration is None or restoration.backup_ok is None:
        return _("Not checked yet")
    return (
        _("Whole: %(note)s") % {"note": restoration.backup_note}
        if restoration.backup_ok
        else _("Failed: %(note)s") % {"note": restoration.backup_note}
    )


def tier_words(tier: int) -> str:
    """The restoration tier with what it holds, as the taxonomy in force says."""
    names = {int(each["tier"]): _(each["name"]) for each in selectors.taxonomy()["restoration_tiers"]}
    return _("%(tier)d: %(name)s") % {"tier": tier, "name": names.get(tier, "")}


def confirmed_words(restoration: ServiceRestoration | None) -> str:
    """Whose word there is that it works again."""
    if restoration is None or restoration.confirmed_at is None:
        return _("Not confirmed yet")
    told = str(restoration.get_confirmed_as_display())
    return f"{told}: {restoration.confirmed_words}" if restoration.confirmed_words else told


@require_safe
def service(request: HttpRequest, reference: str, service_id: int) -> HttpResponse:
    """One service: state, figures, and every update."""
    actor = actor_of(request)
    case = case_for(actor, reference, Action.SEE_REMEDIATION)
    row = selectors.one_service(service_for(case.incident, service_id))
    latest, view = row.latest, row.view
    held = {update.pk for update in row.history}
    facts: list[dict[str, Any]] = [
        {"label": _("Service"), "value": dict(taxonomy.services()).get(row.hit.service, row.hit.service)},
        {"label": _("Restoration tier"), "value": tier_words(view.restoration_tier)},
        {"label": _("People without it"), "value": people(view.people.minimum, view.people.best, view.people.maximum)},
        {"label": _("Capacity"), "value": words.capacity_words(latest.capacity) if latest else None},
        {"label": _("Backup"), "value": backup_words(row.restoration)},
        {"label": _("Owner’s word"), "value": confirmed_words(row.restoration)},
    ]
    if latest and not words.in_service(view.state):
        facts.append(
            {
                "label": _("Next update"),
                "value": when(latest.next_update_due) if latest.next_update_due else None,
                "empty": _("No time promised"),
            }
        )
    context = case_context(
        request, case, "remediation", hit=row.hit, state=words.state_words(view.state), kind=words.STATE_KIND.get(view.state, ""),
        since=row.since, late=words.late_words(latest.next_update_due) if latest and latest.next_update_due and row.needs_update else "",
        facts=facts, metrics=words.metric_rows(row.metrics, view.target, view.state),
        figure=timeline([row], until=selectors.as_of(case.incident)),
        updates=[
            {"update": update, "capacity": words.capacity_words(update.capacity), "corrected": update.pk not in held}
            for update in reversed(row.updates)
        ],
        may_restore=case.may(Action.RESTORE), may_confirm=may_confirm(actor, case),
    )  # fmt: skip
    return render(request, "remediation/service.html", context)


@require_http_methods(BOTH)
def service_update(request: HttpRequest, reference: str, service_id: int) -> HttpResponse:
    """Reporting a state, or correcting a report."""
    actor = actor_of(request)
    case = case_for(actor, reference, Action.RESTORE)
    row = selectors.one_service(service_for(case.incident, service_id))
    form = UpdateForm(
        request.POST or None,
        held=row.history,
        initial={"state": row.view.state, "corrects": request.GET.get("corrects", "")},
    )
    told = Words(
        _("Post an update: %(service)s") % {"service": row.hit.name},
        _("An update is kept as it was posted. It counts as restored once its backup was checked and its owner confirmed it."),
        _("Post the update"), _("The update was posted."), row.hit.name,
    )  # fmt: skip
    return act_page(
        request, case, form, lambda facts: services.post_update(actor=actor, reference=reference, service_id=service_id, update=facts),
        told, reverse("restoration", args=[reference, service_id]),
    )  # fmt: skip


@require_http_methods(BOTH)
def service_target(request: HttpRequest, reference: str, service_id: int) -> HttpResponse:
    """Setting the target time to recover."""
    actor = actor_of(request)
    case = case_for(actor, reference, Action.RESTORE)
    hit = service_for(case.incident, service_id)
    target = selectors.one_service(hit).view.target
    form = TargetForm(
        request.POST or None, initial={"target_hours": f"{target.total_seconds() / 3600:g}" if target else ""}
    )
    told = Words(
        _("Set the target: %(service)s") % {"service": hit.name},
        _("How long people can bear to be without it."),
        _("Save the target"),
        _("The target was saved."),
        hit.name,
    )
    return act_page(
        request, case, form, lambda facts: services.set_target(actor=actor, reference=reference, service_id=service_id, hours=facts["target_hours"]),
        told, reverse("restoration", args=[reference, service_id]),
    )  # fmt: skip


@require_http_methods(BOTH)
def service_backup(request: HttpRequest, reference: str, service_id: int) -> HttpResponse:
    """Recording the check of the backup."""
    actor = actor_of(request)
    case = case_for(actor, reference, Action.RESTORE)
    hit = service_for(case.incident, service_id)
    told = Words(
        _("Record the backup check: %(service)s") % {"service": hit.name}, _("What a service is restored from is checked before it is trusted (R4.2)."),
        _("Record the check"), _("The check was recorded."), hit.name,
    )  # fmt: skip
    return act_page(
        request, case, BackupForm(request.POST or None),
        lambda facts: services.check_backup(actor=actor, reference=reference, service_id=service_id, passed=facts["passed"] == "yes", note=facts["note"]),
        told, reverse("restoration", args=[reference, service_id]),
    )  # fmt: skip


@require_http_methods(BOTH)
def service_confirm(request: HttpRequest, reference: str, service_id: int) -> HttpResponse:
    """Recording the owner's word."""
    actor = actor_of(request)
    operator = actor.organisation.kind == Organisation.Kind.OPERATOR
    case = case_for(actor, reference, Action.SEE_REMEDIATION if operator else Action.RESTORE)
    if not may_confirm(actor, case):
        raise NotAllowed(Action.RESTORE)
    hit = service_for(case.incident, service_id)
    told = Words(
        _("Confirm that it works again: %(service)s") % {"service": hit.name},
        _("You speak for the operator of the service; your word is recorded as such (R4.3).") if operator
        else _("Record the word of the service’s owner, and whose it is (R4.3)."),
        _("Record the confirmation"), _("The confirmation was recorded."), hit.name,
    )  # fmt: skip
    return act_page(
        request, case, ConfirmForm(request.POST or None, operator=operator),
        lambda facts: services.confirm_restoration(actor=actor, reference=reference, service_id=service_id, words=facts["words"]),
        told, reverse("restoration", args=[reference, service_id]),
    )  # fmt: skip

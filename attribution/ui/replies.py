"""The right of reply on a finding, as its holder sees it: what is to be published, who is asked, what they said, publication."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import Invalid
from core.http import see_other, show_invalid
from core.marks import Mark
from evidence.http import attachment
from organisations.doors import actor_of
from organisations.querysets import directory
from organisations.roles import Action

from .. import errors, reply_rules, services
from ..access import finding_for
from ..marks import pap_of, unnoticed_under
from ..models import FindingIssue, Invitation, Notice, Reply
from .forms import AskForm, ConfirmForm, NoteForm, NoticeForm, ReasonsForm, SentForm, WaiveForm
from .pages import form_page, page


def bar_words(bars: tuple[str, ...]) -> list[str]:
    """Why a finding may not be published now, in words."""
    words = {
        "no_notice": _("It has not been fixed what is to be published."),
        "claim_changed": _("The finding says something else now than the parties were shown. Fix it anew."),
        "party_not_asked": _("The party named has not been asked, and asking was not waived with reasons."),
        "reply_awaited": _("A party asked has not answered, was not waived, and has time until the deadline."),
    }
    return [words[bar] for bar in bars]


def rows_of(notice: Notice | None) -> list[dict[str, Any]]:
    """Those asked, with what is known of each; never a draft."""
    if notice is None:
        return []
    parties = dict(reply_rules.named("parties", notice.rules_version))
    answered = {row.invitation_id: row for row in Reply.objects.filter(invitation__notice=notice)}
    rows = Invitation.objects.filter(notice=notice).select_related("organisation", "waived_by").order_by("pk")
    limit = reply_rules.rules_of(notice.rules_version).code_attempts
    return [
        {"row": row, "party": parties.get(row.party, row.party), "reply": answered.get(row.pk), "locked": row.attempts >= limit}
        for row in rows
    ]  # fmt: skip


def positions_of(finding: Any) -> list[dict[str, Any]]:
    """Replies with their position in words."""
    return [
        {"row": row, "position": dict(reply_rules.named("positions", row.rules_version)).get(row.position, row.position),
         "party": dict(reply_rules.named("parties", row.rules_version)).get(row.party, row.party), "files": list(row.files.all())}
        for row in Reply.objects.filter(finding=finding).prefetch_related("files").order_by("pk")
    ]  # fmt: skip


@require_safe
def finding_reply(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """Where the right of reply stands."""
    actor = actor_of(request)
    case, finding = finding_for(actor, reference, number, Action.PROPOSE_FINDING)
    notice = services.latest_notice(finding)
    bars = services.bars_of(finding, notice)
    issues = list(FindingIssue.objects.filter(finding=finding).order_by("-number"))
    return page(
        request, case, "reply_holder", finding=finding, notice=notice, rows=rows_of(notice), bars=bar_words(bars),
        replies=positions_of(finding), may_open=case.may(Action.DOWNLOAD_EVIDENCE), issues=issues, over=finding.standing in ("withdrawn", "superseded"),
        own=finding.proposed_by_id == actor.user.pk, pap_mark=pap_of(finding), unnoticed=unnoticed_under(finding),
        may_publish=not bars and not any(notice and row.notice_id == notice.pk for row in issues),
    )  # fmt: skip


@require_safe
def reply_file(request: HttpRequest, reference: str, number: str, file: int) -> HttpResponseBase:
    """A file that came with a reply, to keep; in an archive unless a scanner found nothing in it."""
    opened = services.open_reply_file(actor=actor_of(request), reference=reference, label=number, file_id=file)
    return attachment(opened.file, opened.handle)


def back(reference: str, number: str) -> str:
    return reverse("finding-reply", args=[reference, number])


@require_http_methods(["GET", "HEAD", "POST"])
def notice_new(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """Fixing what is to be published."""
    actor = actor_of(request)
    case, finding = finding_for(actor, reference, number, Action.PROPOSE_FINDING)
    form = NoticeForm(request.POST or None, initial={"text": finding.statement, "mark": Mark.CLEAR})
    return form_page(
        request, case, form,
        lambda: services.open_notice(actor=actor, reference=reference, label=number, **form.cleaned_data),
        title=_("What is to be published of %(finding)s") % {"finding": number}, button=_("Fix this text"),
        done=_("Fixed. Ask the parties now: they have %(days)s days.") % {"days": reply_rules.in_force().reply_days},
        back=back(reference, number), lede=_("The parties are shown exactly this, and exactly this is published."),
    )  # fmt: skip


def _told_once(request: HttpRequest, case: Any, finding: Any, asked: services.Asked) -> HttpResponse:
    """The address and the code: in this answer and in no other."""
    address = request.build_absolute_uri(reverse("reply", args=[asked.secret]))
    return page(
        request, case, "reply_address", status=201, finding=finding, invitation=asked.invitation, address=address,
        code=f"{asked.code[:5]}-{asked.code[5:]}", back=back(case.incident.reference, finding.label),
    )  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reply_invite(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """Asking a party."""
    actor = actor_of(request)
    case, finding = finding_for(actor, reference, number, Action.PROPOSE_FINDING)
    form = AskForm(request.POST or None, organisations=directory())
    form.sent_once = False  # its answer must not be remembered: the secrets stand in it
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                asked = services.invite_to_reply(actor=actor, reference=reference, label=number, **form.cleaned_data)
            except Invalid as error:
                show_invalid(form, error)
            else:
                return _told_once(request, case, finding, asked)
    return page(
        request, case, "form", status=status, form=form, title=_("Ask a party to reply to %(finding)s") % {"finding": number},
        button=_("Make the address and the code"), back=back(reference, number), danger=False, refusal=None,
        lede=_("The address goes to the contact named; the code by another way, so that no one hand holds both."),
    )  # fmt: skip


@never_cache
@require_POST
def reply_renew(request: HttpRequest, reference: str, number: str, invitation: int) -> HttpResponse:
    """A new address and code."""
    actor = actor_of(request)
    case, finding = finding_for(actor, reference, number, Action.PROPOSE_FINDING)
    asked = services.renew_invitation(actor=actor, reference=reference, label=number, invitation_id=invitation)
    return _told_once(request, case, finding, asked)


@require_http_methods(["GET", "HEAD", "POST"])
def reply_waive(request: HttpRequest, reference: str, number: str, invitation: int) -> HttpResponse:
    """Waiving the reply of a party that was asked."""
    actor = actor_of(request)
    case, _finding = finding_for(actor, reference, number, Action.PROPOSE_FINDING)
    form = ReasonsForm(request.POST or None)
    return form_page(
        request, case, form,
        lambda: services.waive_reply(actor=actor, reference=reference, label=number, invitation_id=invitation, **form.cleaned_data),
        title=_("Do not wait for this reply"), button=_("Waive the reply"), done=_("Waived. The party may still answer."),
        back=back(reference, number), lede=_("The reasons are printed with the finding."), danger=True, explains=(errors.WaivedByProposer,),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def reply_waive_new(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """Waiving the reply of a party that cannot be asked."""
    actor = actor_of(request)
    case, _finding = finding_for(actor, reference, number, Action.PROPOSE_FINDING)
    form = WaiveForm(request.POST or None)
    return form_page(
        request, case, form,
        lambda: services.waive_reply(actor=actor, reference=reference, label=number, **form.cleaned_data),
        title=_("A party that cannot be asked"), button=_("Waive the reply"), done=_("Waived, with reasons."),
        back=back(reference, number), lede=_("The reasons are printed with the finding."), danger=True, explains=(errors.WaivedByProposer,),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def finding_publish(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """Publishing, after asking."""
    actor = actor_of(request)
    case, _finding = finding_for(actor, reference, number, Action.PROPOSE_FINDING)
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    return form_page(
        request, case, form, lambda: services.publish_finding(actor=actor, reference=reference, label=number),
        title=_("Publish %(finding)s?") % {"finding": number}, button=_("Publish"), done=_("Published, with every reply."),
        back=back(reference, number), lede=_("What is published cannot be taken back: later changes are issued beside it."),
        danger=True, explains=(errors.ReplyAwaited, errors.PublishedByProposer, errors.AlreadyPublished, errors.NoNotice),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def finding_relying(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """Who relies on the finding, and who has not acknowledged its last change; noting an addressee outside."""
    actor = actor_of(request)
    finding, change, rows = services.relying_on(actor=actor, reference=reference, label=number)
    case, _finding = finding_for(actor, reference, number, Action.PROPOSE_FINDING)
    form, status = SentForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                services.note_sent(actor=actor, reference=reference, label=number, **form.cleaned_data)
            except Invalid as error:
                show_invalid(form, error)
            else:
                messages.success(request, _("Noted. Changes are told by the same way."))
                return see_other("finding-relying", reference, number)
    return page(
        request, case, "relying", status=status, finding=finding, change=change, rows=rows, form=form,
        waiting=sum(row.waiting for row in rows),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def relying_acknowledged(request: HttpRequest, reference: str, number: str, relying: int) -> HttpResponse:
    """Writing down that an addressee outside knows."""
    actor = actor_of(request)
    case, _finding = finding_for(actor, reference, number, Action.PROPOSE_FINDING)
    form = NoteForm(request.POST or None)
    return form_page(
        request, case, form,
        lambda: services.note_outside_acknowledgement(actor=actor, reference=reference, label=number, relying_id=relying, **form.cleaned_data),
        title=_("An addressee knows of the change"), button=_("Write it down"), done=_("Written down."),
        back=reverse("finding-relying", args=[reference, number]),
    )  # fmt: skip

"""The pages of whoever is asked to reply: no account, a secret address, a code; one's own words saved as typed, sent once."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core.errors import Invalid
from core.http import see_other, show_invalid
from evidence.uploads import Upload
from organisations.doors import actor_of

from .. import norms, reply_rules
from ..services import answering
from ..services.answering import Shown, Visit
from .forms import CodeForm, ReplyForm


def session_key(visit: Visit) -> str:
    return f"reply:{visit.invitation_id}"


def claim_words(claim: dict[str, Any]) -> list[tuple[Any, Any]]:
    """What is to be published, line by line, in words."""
    version = claim["standard"]
    legs = dict(norms.named("legs", version))
    levels = dict(norms.named("confidence", version))
    return [
        (_("Who"), claim["who"]),
        (_("What is said"), claim["text"]),
        (_("Leg"), legs.get(claim["leg"], claim["leg"])),
        (_("Likelihood"), norms.term_words(claim["scale"], claim["likelihood"], version)),
        (_("Confidence in the analysis"), levels.get(claim["confidence"], claim["confidence"])),
    ]


def answer_page(
    request: HttpRequest, shown: Shown, form: ReplyForm | None, here: str, status: int = 200
) -> HttpResponse:
    """What the addressee sees once they have proved who they are: the claim at its mark, their own words, the receipt."""
    notice = shown.invitation.notice
    position = dict(reply_rules.named("positions", notice.rules_version))
    context = {
        "notice": notice, "claim": claim_words(notice.claim), "invitation": shown.invitation, "form": form, "here": here,
        "reply": shown.reply, "position": position.get(shown.reply.position, "") if shown.reply else "",
        "over": shown.over, "ends": shown.ends, "tlp_mark": notice.mark, "files": shown.files, "most_files": shown.most_files,
        "pap_mark": shown.pap,
    }  # fmt: skip
    return render(request, "attribution/reply_answer.html", context, status=status)


def answering_steps(request: HttpRequest, visit: Visit, here: str) -> HttpResponse:
    """Reads, saves, attaches, sends; the same for a visitor with a code and a member who signed in."""
    shown = answering.look(visit)
    version, most_files = shown.invitation.notice.rules_version, shown.most_files
    if request.method == "POST" and shown.reply is None and not shown.over:
        form = ReplyForm(request.POST, request.FILES, version=version, most_files=most_files)
        sends = not {"save", "remove"} & set(request.POST)
        if not sends:
            form.all_optional()
        text, position = request.POST.get("text", ""), request.POST.get("position", "")
        try:
            if not sends:
                answering.save_draft(visit, text=text, position=position)
            change_files(request, visit)
            if not sends:
                return see_other(here)
            if form.is_valid():
                answering.submit_reply(visit, text=text, position=position)
                return see_other(here)
        except Invalid as error:
            show_invalid(form, error)
        return answer_page(request, answering.look(visit), form, here, status=422)
    drafted = {"text": shown.invitation.draft, "position": shown.invitation.draft_position}
    form = ReplyForm(initial=drafted, version=version, most_files=most_files)
    open_still = shown.reply is None and not shown.over
    if shown.reply is not None and request.GET.get("receipt"):
        return receipt_file(shown)
    return answer_page(request, shown, form if open_still else None, here)


def change_files(request: HttpRequest, visit: Visit) -> None:
    """Takes a file out of the draft, or the one that was chosen into it: kept at once, so that no error of the form loses it."""
    if removed := request.POST.get("remove", ""):
        answering.remove_file(visit, int(removed) if removed.isdecimal() and len(removed) < 19 else 0)
    elif file := request.FILES.get("file"):
        answering.attach_file(visit, Upload.of(file))


def receipt_file(shown: Shown) -> HttpResponse:
    """The receipt to keep, as text."""
    reply, notice = shown.reply, shown.invitation.notice
    assert reply is not None  # noqa: S101
    lines = [
        f"{_('Receipt')}: {reply.receipt}", f"{_('Received')}: {reply.received_at.isoformat()}",
        f"SHA-256 ({_('reply')}): {reply.sha256}", f"SHA-256 ({_('what is to be published')}): {notice.sha256}",
        *(f"SHA-256 ({file.name}): {file.sha256}" for file in shown.files), "", reply.text, "",
    ]  # fmt: skip
    return HttpResponse(
        "\n".join(lines), content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{reply.receipt}.txt"'},
    )  # fmt: skip


@login_not_required
@never_cache
@transaction.non_atomic_requests
@require_http_methods(["GET", "HEAD", "POST"])
def reply(request: HttpRequest, secret: str) -> HttpResponse:
    """By the secret address. Before the code nothing is shown but that there is something, and until when."""
    with transaction.atomic():
        visit = answering.visit_by_secret(secret)
    here = reverse("reply", args=[secret])
    proof = request.session.get(session_key(visit), "")
    if proof and answering.is_proved(visit, proof):
        return private(answering_steps(request, visit, here))
    form, status = CodeForm(request.POST if "code" in request.POST else None), 200
    if request.method == "POST" and form.is_valid():
        found = answering.prove(visit, form.cleaned_data["code"])
        if found is not None:
            request.session.cycle_key()
            request.session[session_key(visit)] = found
            return private(see_other(here))
        form.add_error("code", _("This is not the code."))
    shown = answering.look(visit)
    status = 422 if form.errors else 200
    context = {"form": form, "locked": shown.locked, "over": shown.over, "ends": shown.ends}
    return private(render(request, "attribution/reply_code.html", context, status=status))


def private(answer: HttpResponse) -> HttpResponse:
    """The address is a secret: it is told to no other site, and its pages stay in no cache."""
    answer["Referrer-Policy"] = "no-referrer"
    answer["Cache-Control"] = "private, no-store"
    answer["X-Robots-Tag"] = "noindex"
    return answer


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reply_member(request: HttpRequest, invitation: int) -> HttpResponse:
    """For members of the organisation asked: signing in is their second proof."""
    visit = answering.visit_by_member(actor_of(request), invitation)
    return answering_steps(request, visit, reverse("reply-member", args=[invitation]))

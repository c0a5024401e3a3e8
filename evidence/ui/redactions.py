"""Pages of a redaction: proposing, comparing, deciding."""

import re
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import Invalid
from core.http import see_other, show_invalid
from organisations.doors import actor_of
from organisations.roles import Action

from .. import services
from ..access import file_of, own_item_for
from ..http import attachment
from ..reasons import BY_CODE
from ..services.redaction import compared, open_draft, redaction_for
from ..states import RedactionState
from ..uploads import Upload
from ..words import REDACTION_PROBLEMS
from .acts import named
from .intake import page
from .redaction_forms import DecideForm, RedactForm

AREA = re.compile(r"(\d{1,6})\s*:\s*([\d.]+)[\s,]+([\d.]+)[\s,]+([\d.]+)[\s,]+([\d.]+)")


def passages_in(words: str, areas: str, reason: str) -> list[dict[str, Any]]:
    """Passages as a person writes them: one to a line; `2: 10 20 40 25` is an area of page 2."""
    found: list[dict[str, Any]] = [{"words": line, "reason": reason} for line in words.splitlines() if line.strip()]
    for line in areas.splitlines():
        if line.strip():
            shape = AREA.fullmatch(line.strip())
            found.append(
                {"page": shape[1], "area": [shape[2], shape[3], shape[4], shape[5]], "reason": reason}
                if shape
                else {"reason": reason}
            )
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def evidence_redact(request: HttpRequest, reference: str, number: str, sha256: str) -> HttpResponse:
    """Proposing a redacted version of a file."""
    actor = actor_of(request)
    case, item = own_item_for(actor, reference, number, Action.ADD_EVIDENCE)
    file = file_of(item, sha256)
    form = RedactForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        status = 422
        form.is_valid()
        given = form.cleaned_data
        passages = [
            passage
            for n in ("", "2", "3")
            for passage in passages_in(
                given.get(f"words{n}", ""), given.get(f"areas{n}", ""), given.get(f"reason{n}", "")
            )
        ]
        made = given.get("made")
        try:
            proposed = services.propose_redaction(
                **named(actor, reference, number), sha256=sha256, title=given.get("title", ""), passages=passages,
                handed_in=Upload.of(made) if made is not None else None,
            )  # fmt: skip
        except Invalid as error:
            fields = {
                "words" if name == "passages" else "made" if name == "file" else name: texts
                for name, texts in error.fields.items()
            }
            show_invalid(form, Invalid({name: texts for name, texts in fields.items() if name not in form.errors}))
        else:
            messages.success(request, _("The redacted version is being made. Another person decides about it."))
            return see_other("evidence-redaction", reference, number, proposed.pk)
    return page(request, case, item, form, "redact", status=status, file=file)


@require_safe
def evidence_redaction(request: HttpRequest, reference: str, number: str, redaction_id: int) -> HttpResponse:
    """One redaction: what was taken out and why, and what may be done now."""
    actor = actor_of(request)
    case, item, found = redaction_for(actor, reference, number, redaction_id)
    ready = found.state == RedactionState.READY and not item.sealed
    return page(
        request, case, item, None, "redaction", redaction=found,
        rows=[{**row, "words": BY_CODE[row["reason"]].words if row["reason"] in BY_CODE else "", "source": BY_CODE[row["reason"]].source if row["reason"] in BY_CODE else ""} for row in found.log],
        problem=REDACTION_PROBLEMS.get(found.problem, found.problem),
        may_compare=ready,
        may_approve=ready and actor.organisation.pk == item.organisation_id and found.proposed_by_id != actor.user.pk and case.may(Action.ADD_EVIDENCE),
        may_decline=ready and actor.organisation.pk in {item.organisation_id, case.incident.holder_id} and case.may(Action.ADD_EVIDENCE),
    )  # fmt: skip


@never_cache
@require_POST
def evidence_redaction_compare(request: HttpRequest, reference: str, number: str, redaction_id: int) -> HttpResponse:
    """Original and redacted version side by side, passage by passage; made for this answer and kept nowhere."""
    actor = actor_of(request)
    case, item, found = redaction_for(actor, reference, number, redaction_id)
    rows = compared(**named(actor, reference, number), redaction_id=redaction_id)
    return page(request, case, item, None, "redaction_compare", redaction=found, rows=rows)


@require_POST
def evidence_redaction_draft(request: HttpRequest, reference: str, number: str, redaction_id: int) -> HttpResponseBase:
    """The draft as a file."""
    shown, handle = open_draft(**named(actor_of(request), reference, number), redaction_id=redaction_id)
    return attachment(shown, handle)


@require_http_methods(["GET", "HEAD", "POST"])
def evidence_redaction_decide(request: HttpRequest, reference: str, number: str, redaction_id: int) -> HttpResponse:
    """Yes, and it becomes an item; or no, with a reason."""
    actor = actor_of(request)
    case, item, found = redaction_for(actor, reference, number, redaction_id)
    form = DecideForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            decided = services.decide_redaction(
                **named(actor, reference, number), redaction_id=redaction_id, approve=form.cleaned_data["approve"] == "yes",
                reason=form.cleaned_data["reason"],
            )  # fmt: skip
        except Invalid as error:
            show_invalid(form, error)
        else:
            if decided.result is not None:
                messages.success(request, _("The redacted version is %(label)s now.") % {"label": decided.result.label})
                return see_other("evidence-item", reference, decided.result.label)
            messages.success(request, _("The redaction was declined."))
            return see_other("evidence-redaction", reference, number, redaction_id)
    return page(request, case, item, form, "redaction_decide", status=422 if form.errors else 200, redaction=found)

"""Findings anyone may read: what was published, with every reply, read with the public login and nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.errors import NotFound
from core.marks import Way, marks_that_leave

from .. import norms, reply_rules
from ..models import FindingIssue
from ..pools import shown_pools
from .answering import claim_words

PUBLIC = "public"
FIELDS = ("public_id", "number", "mark", "content", "sha256", "tier", "standing", "contested", "issued_at")


@contextmanager
def as_public() -> Iterator[str]:
    """The alias of the public login, in a transaction of its own; the request's own connection stays unused."""
    with transaction.atomic(using=PUBLIC):
        yield PUBLIC


def issues(**wanted: Any) -> list[FindingIssue]:
    """Published issues, newest first, with the login that can read nothing else."""
    with as_public() as using:
        rows = (
            FindingIssue.objects.using(using)
            .filter(mark__in=marks_that_leave(Way.PUBLIC), **wanted)
            .only(*FIELDS, "id")
        )
        return list(rows.order_by("-issued_at", "-id")[:500])


def latest_each(rows: list[FindingIssue]) -> list[FindingIssue]:
    """The newest issue of each finding."""
    found: dict[str, FindingIssue] = {}
    for row in rows:
        found.setdefault(row.public_id, row)
    return list(found.values())


def replies_in_words(issue: FindingIssue) -> list[dict[str, Any]]:
    """The replies of an issue with their words."""
    version = reply_rules.in_force().version
    positions, parties = dict(reply_rules.named("positions", version)), dict(reply_rules.named("parties", version))
    return [
        {**row, "position_words": positions.get(row["position"], row["position"]), "party_words": parties.get(row["party"], row["party"])}
        for row in issue.content["replies"]
    ]  # fmt: skip


@login_not_required
@transaction.non_atomic_requests
@require_safe
def published_list(request: HttpRequest) -> HttpResponse:
    """Every finding that was published, as it stands in its newest issue."""
    return render(request, "attribution/published_list.html", {"issues": latest_each(issues())})


@login_not_required
@transaction.non_atomic_requests
@require_safe
def published_finding(request: HttpRequest, public_id: str) -> HttpResponse:
    """One published finding, its replies and its earlier issues."""
    found = issues(public_id=public_id)
    if not found:
        raise NotFound(public_id)
    issue = found[0]
    context = {
        "issue": issue, "earlier": found[1:], "claim": claim_words(issue.content["claim"]), "replies": replies_in_words(issue),
        "parties": dict(reply_rules.named("parties")), "standard": norms.version_in_force(),
    }  # fmt: skip
    return render(request, "attribution/published.html", context)


@login_not_required
@transaction.non_atomic_requests
@require_safe
def published_json(request: HttpRequest, public_id: str) -> JsonResponse:
    """All issues of one published finding, for programs."""
    found = issues(public_id=public_id)
    if not found:
        raise NotFound(public_id)
    rows = [{name: getattr(row, name) for name in FIELDS} for row in found]
    return JsonResponse({"issues": rows})


@login_not_required
@transaction.non_atomic_requests
@require_safe
def calibration(request: HttpRequest) -> HttpResponse:
    """How good the estimates of each discipline were, all assessors together; a sentence where there is too little to say."""
    with as_public() as using:
        rows = shown_pools(using)
    return render(
        request, "attribution/calibration.html",
        {"rows": rows, "questions": settings.CALIBRATION_QUESTIONS, "people": settings.CALIBRATION_PEOPLE},
    )  # fmt: skip

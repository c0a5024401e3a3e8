"""Pages about all evidence an organisation holds, not about one case."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from organisations.doors import actor_of

from ..models import Integrity
from ..sweeps import report_for, reports_for


@require_safe
def evidence_sweeps(request: HttpRequest) -> HttpResponse:
    """What the last sweeps found, newest first."""
    return render(request, "evidence/sweeps.html", {"reports": reports_for(actor_of(request))})


@require_safe
def evidence_sweep(request: HttpRequest, report_id: int) -> HttpResponse:
    """One report with every file that does not match or cannot be read."""
    report = report_for(actor_of(request), report_id)
    faults = [{**fault, "words": Integrity(fault["outcome"]).label} for fault in report.faults]
    return render(request, "evidence/sweep.html", {"report": report, "faults": faults})

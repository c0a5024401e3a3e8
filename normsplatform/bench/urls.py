"""The product's addresses and, beside them, the bare views they are measured against."""

from functools import cache

from django.contrib.auth.decorators import login_not_required
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path

from core.tenancy import Principal, acting_as
from incidents.models import Incident
from incidents.selectors import incident_page
from normsplatform.urls import urlpatterns as product
from organisations.actors import Actor
from organisations.models import Organisation, User

from .synthetic import MEASURED, principal_of


@cache
def keys() -> tuple[Principal, list[int]]:
    """The measured reader and the numbers of their first page, looked up once: a bare view knows its rows."""
    principal = principal_of(MEASURED)
    actor = Actor(
        User.objects.get(pk=principal.user_id), Organisation.objects.get(pk=principal.organisation_id or 0), ()
    )
    with acting_as(principal), transaction.atomic():
        return principal, [row.pk for row in incident_page(actor).incidents]


def rows() -> list[Incident]:
    """The same 25 rows the product's list shows."""
    principal, ids = keys()
    with acting_as(principal):
        connection.ensure_connection()
        found = Incident.objects.filter(pk__in=ids).select_related("holder").defer("search", "summary", "harm")
        return list(found.prefetch_related("victims").order_by("-filed_at", "-pk"))


@login_not_required
def bare_page(request: HttpRequest) -> HttpResponse:
    """Twenty-five rows in a table and nothing else."""
    return render(request, "bench/bare.html", {"rows": rows()})


@login_not_required
def bare_json(request: HttpRequest) -> HttpResponse:
    """Twenty-five rows as JSON and nothing else."""
    return JsonResponse(
        {
            "results": [
                {
                    "reference": row.reference,
                    "title": row.title,
                    "status": row.status,
                    "mark": row.mark,
                    "holder": row.holder.slug,
                    "filed_at": row.filed_at,
                    "began": {"at": row.began_at, "precision": row.began_precision},
                    "people": {"min": row.people_min, "best": row.people_best, "max": row.people_max},
                    "sectors": sorted({victim.sector for victim in row.victims.all()}),
                    "countries": sorted({victim.country for victim in row.victims.all()}),
                }
                for row in rows()
            ]
        }
    )


urlpatterns = [path("bench/page/", bare_page), path("bench/json/", bare_json), *product]

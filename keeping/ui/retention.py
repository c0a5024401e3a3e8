"""How long what is held of people stays, and what is coming up."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from organisations.doors import actor_of

from .. import retention


@require_safe
def organisation_retention(request: HttpRequest) -> HttpResponse:
    """The published rules with the fields they keep, and the organisation's next dates."""
    coming = retention.due_in(actor_of(request))
    fields = retention.fields_by_rule()
    names = {rule["code"]: _(rule["name"]) for rule in retention.rules()}
    context = {
        "rules": [
            {
                **{part: _(rule[part]) for part in ("name", "keeps", "counts_from", "then")},
                "days": rule["days"],
                "source": rule["source"],
                "fields": fields.get(rule["code"], []),
            }
            for rule in retention.rules()
        ],
        "due": [{"what": one.what, "rule": names[one.rule], "on": one.on, "held": one.held} for one in coming[:200]],
    }
    return render(request, "keeping/retention.html", context)

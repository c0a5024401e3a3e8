"""Pages of webhooks, for the organisation's administrators. A new secret is shown in one answer and in no other."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import Invalid
from core.forms import Form
from core.http import see_other, show_invalid
from organisations.doors import actor_of

from .. import deliveries, hooks, services
from .views import number

# What comes before the dot of a kind's code, in words; what has no words stands under "Other".
ROOMS = {
    "deadline": gettext_lazy("Deadlines"), "finding": gettext_lazy("Findings"), "panel": gettext_lazy("Panels"),
    "reply": gettext_lazy("Replies"), "evidence": gettext_lazy("Evidence"), "seal": gettext_lazy("Sealing"),
    "task": gettext_lazy("Tasks"), "duty": gettext_lazy("Duty"), "accreditation": gettext_lazy("Accreditation"),
    "shares": gettext_lazy("Sharing"), "watched": gettext_lazy("Every change of a case your organisation sees"),
}  # fmt: skip
OTHER = "other"


class EndpointForm(Form):
    """Where to send what; the events by room, each room a group of its own."""

    sent_once = False  # its answer must not be remembered: the secret stands in it
    name = forms.CharField(label=gettext_lazy("What is it for?"), max_length=80)
    url = forms.CharField(
        label=gettext_lazy("Address"), max_length=500, widget=forms.URLInput(attrs={"dir": "ltr", "autocomplete": "off"}),
        help_text=gettext_lazy("On a public server; begins with https://."),
    )  # fmt: skip

    def __init__(self, *args: Any, kinds: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rooms: dict[str, list[tuple[str, str]]] = {name: [] for name in [*ROOMS, OTHER]}
        for kind in hooks.subscribable():
            room = kind.code.partition(".")[0]
            rooms[room if room in ROOMS else OTHER].append((kind.code, hooks.described(kind)))
        self.rooms = [room for room, found in rooms.items() if found]
        for room in self.rooms:
            self.fields[f"events_{room}"] = forms.MultipleChoiceField(
                label=ROOMS.get(room, _("Other")), required=False, choices=rooms[room], widget=forms.CheckboxSelectMultiple,
                initial=[code for code, _words in rooms[room] if code in kinds],
            )  # fmt: skip
        self.groups = (
            (_("Where"), ("name", "url")),
            (
                _("Events"),
                tuple(f"events_{room}" for room in self.rooms),
                _("A message says that it happened, and where; never what."),
            ),
        )

    mark_optional = False

    def said(self) -> dict[str, Any]:
        """What the service is given."""
        chosen = [code for room in self.rooms for code in self.cleaned_data[f"events_{room}"]]
        return {"name": self.cleaned_data["name"], "url": self.cleaned_data["url"], "kinds": chosen}


@require_safe
def webhooks(request: HttpRequest) -> HttpResponse:
    """The organisation's webhooks."""
    return render(request, "notifications/webhooks.html", {"endpoints": deliveries.endpoints_of(actor_of(request))})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def webhook_new(request: HttpRequest) -> HttpResponse:
    """Makes one; its page answers, with the secret that is shown this once."""
    actor = actor_of(request)
    deliveries.endpoints_of(actor)
    form = EndpointForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            endpoint, secret = services.add_endpoint(actor=actor, **form.said())
        except Invalid as error:
            show_invalid(form, error)
        else:
            return _page(request, endpoint.pk, secret, 201)
    return render(request, "notifications/webhook_new.html", {"form": form}, status=422 if form.errors else 200)


def _page(request: HttpRequest, endpoint_id: int, secret: str = "", status: int = 200) -> HttpResponse:
    actor = actor_of(request)
    endpoint = deliveries.endpoint_of(actor, endpoint_id)
    rows, following = deliveries.deliveries_of(endpoint, number(request.GET.get("before", "")))
    context = {
        "endpoint": endpoint, "deliveries": [(row, deliveries.problem_words(row.last_problem)) for row in rows], "secret": secret,
        "grace": int(hooks.GRACE.total_seconds() // 3600), "most": hooks.MOST_TRIES, "days": hooks.FAILING_DAYS,
        "because": deliveries.DISABLED.get(endpoint.disabled_because, ""),
        "next_url": f"{reverse('webhook', args=[endpoint.pk])}?before={following}" if following else "",
    }  # fmt: skip
    return render(request, "notifications/webhook.html", context, status=status)


@require_safe
def webhook(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """One webhook and what became of its messages."""
    return _page(request, endpoint_id)


@require_http_methods(["GET", "HEAD", "POST"])
def webhook_change(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """Another name, address or choice of events."""
    actor = actor_of(request)
    endpoint = deliveries.endpoint_of(actor, endpoint_id)
    initial = {"name": endpoint.name, "url": endpoint.url}
    form = (
        EndpointForm(request.POST) if request.method == "POST" else EndpointForm(initial=initial, kinds=endpoint.kinds)
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.change_endpoint(actor=actor, endpoint_id=endpoint_id, **form.said())
        except Invalid as error:
            show_invalid(form, error)
        else:
            messages.success(request, _("Saved."))
            return see_other("webhook", endpoint_id)
    context = {"form": form, "endpoint": endpoint}
    return render(request, "notifications/webhook_change.html", context, status=422 if form.errors else 200)


@never_cache
@require_POST
def webhook_rotate(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """A new secret, shown in this answer; the one before signs too for a day."""
    secret = services.rotate_secret(actor=actor_of(request), endpoint_id=endpoint_id)
    return _page(request, endpoint_id, secret, 201)


@require_POST
def webhook_test(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """Sends a message that is about nothing."""
    services.try_endpoint(actor=actor_of(request), endpoint_id=endpoint_id)
    messages.success(request, _("A test is on its way. What became of it stands below in a few seconds."))
    return see_other("webhook", endpoint_id)


@require_POST
def webhook_disable(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """Sends nothing until it is enabled again."""
    services.disable_endpoint(actor=actor_of(request), endpoint_id=endpoint_id)
    messages.success(request, _("The webhook is disabled. What comes meanwhile waits."))
    return see_other("webhook", endpoint_id)


@require_POST
def webhook_enable(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """Sends again, what waits first."""
    services.enable_endpoint(actor=actor_of(request), endpoint_id=endpoint_id)
    messages.success(request, _("The webhook is enabled. What waits is sent now."))
    return see_other("webhook", endpoint_id)


@require_http_methods(["GET", "HEAD", "POST"])
def webhook_end(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """Asks before a webhook is ended."""
    actor = actor_of(request)
    endpoint = deliveries.endpoint_of(actor, endpoint_id)
    if request.method == "POST":
        services.end_endpoint(actor=actor, endpoint_id=endpoint_id)
        messages.success(request, _("The webhook has ended."))
        return see_other("webhooks")
    return render(request, "notifications/webhook_end.html", {"endpoint": endpoint})


@require_safe
def webhook_delivery(request: HttpRequest, endpoint_id: int, delivery_id: int) -> HttpResponse:
    """One message and each of its attempts."""
    endpoint = deliveries.endpoint_of(actor_of(request), endpoint_id)
    delivery = deliveries.delivery_of(endpoint, delivery_id)
    attempts = [(each, deliveries.problem_words(each.problem)) for each in delivery.attempts.all()]
    context = {"endpoint": endpoint, "delivery": delivery, "attempts": attempts}
    return render(request, "notifications/webhook_delivery.html", context)


@require_POST
def webhook_redeliver(request: HttpRequest, endpoint_id: int, delivery_id: int) -> HttpResponse:
    """Sends a message again under its own id."""
    services.redeliver(actor=actor_of(request), endpoint_id=endpoint_id, delivery_id=delivery_id)
    messages.success(request, _("The message is on its way again."))
    return see_other("webhook-delivery", endpoint_id, delivery_id)

"""What is held about oneself: seen, taken along, and asked to be corrected or erased."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import Invalid
from core.forms import Form
from core.http import see_other, show_invalid
from organisations.doors import actor_of

from .. import held, requests
from ..models import DataRequest


class AboutMyselfForm(Form):
    """A request about oneself."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What do you ask for?"), widget=forms.RadioSelect,
        choices=[
            (DataRequest.Kind.ERASURE, gettext_lazy("To correct or erase something")),
            (DataRequest.Kind.ACCESS, gettext_lazy("To receive more than this page shows")),
        ],
    )  # fmt: skip
    asked = forms.CharField(
        label=gettext_lazy("In your words"), widget=forms.Textarea(attrs={"rows": 3}), max_length=5000
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def data_held(request: HttpRequest) -> HttpResponse:
    """What is held about the person who asks."""
    actor = actor_of(request)
    form = AboutMyselfForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = requests.ask_about_myself(actor=actor, **form.cleaned_data)
        except Invalid as error:
            show_invalid(form, error)
        else:
            messages.success(request, _("Your request is filed. It is answered by %(day)s.") % {"day": made.due_on})
            return see_other("data-request", made.number)
    context = {"held": held.held_about(actor.user), "person": actor.user, "form": form}
    return render(request, "keeping/held.html", context, status=422 if form.errors else 200)


@never_cache
@require_safe
def data_held_json(request: HttpRequest) -> JsonResponse:
    """The same, to take along (portability)."""
    answer = JsonResponse(
        held.take_held(actor=actor_of(request)), json_dumps_params={"ensure_ascii": False, "indent": 1}
    )
    answer["Content-Disposition"] = 'attachment; filename="about-you.json"'
    return answer

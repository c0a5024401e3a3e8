"""The catalogue: every component on one page, in any language and theme. For development, and the target of axe.

`/ui/?language=ar&theme=dark`; answers 404 unless `DEBUG` or `UI_CATALOGUE` is set.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.charts import Figure, Lane, Series, Span, bar_chart, line_chart, state_timeline
from core.forms import EstimateField, FilterForm, Form, UncertainDateField

SECTORS = (
    ("health", gettext_lazy("Health")),
    ("energy", gettext_lazy("Energy")),
    ("water", gettext_lazy("Water")),
)


class SampleForm(Form):
    """One of each kind of question."""

    title = forms.CharField(label=gettext_lazy("What happened, in one line?"), max_length=120)
    detected = UncertainDateField(
        label=gettext_lazy("When was it detected?"),
        help_text=gettext_lazy("An approximate time is fine. For example 3 11 2026, 04:12."),
    )
    people = EstimateField(
        label=gettext_lazy("How many people are affected?"), help_text=gettext_lazy("Leave out what you do not know.")
    )
    sector = forms.ChoiceField(label=gettext_lazy("Sector"), choices=SECTORS)
    mark = forms.ChoiceField(
        label=gettext_lazy("Who may see this?"),
        choices=[("amber", "TLP:AMBER"), ("green", "TLP:GREEN")],
        widget=forms.RadioSelect,
    )
    services = forms.MultipleChoiceField(
        label=gettext_lazy("Which essential services are hit?"), choices=SECTORS, widget=forms.CheckboxSelectMultiple
    )
    account = forms.CharField(label=gettext_lazy("What else is known?"), widget=forms.Textarea, required=False)
    file = forms.FileField(label=gettext_lazy("Evidence"), required=False)
    consent = forms.BooleanField(label=gettext_lazy("The reporter agrees to be contacted"), required=False)
    groups = (
        (gettext_lazy("The event"), ("title", "detected", "people")),
        (
            gettext_lazy("Sharing"),
            ("sector", "mark", "services", "account", "file", "consent"),
            gettext_lazy("You can change this later."),
        ),
    )


class SampleFilter(FilterForm):
    """Filters above a list."""

    q = forms.CharField(label=gettext_lazy("Words"), required=False)
    sector = forms.ChoiceField(label=gettext_lazy("Sector"), choices=SECTORS, required=False)


def sample_figures() -> list[Figure]:
    """One chart of each kind, with a suppressed and an unknown value among the numbers."""
    years = ["2021", "2022", "2023", "2024", "2025", "2026"]
    begin = datetime(2026, 11, 3, 6, 10, tzinfo=UTC)
    return [
        bar_chart(
            figure_id="by-sector",
            title=_("Health is hit most often"),
            description=_("Incidents by sector and tier, 2021 to 2026."),
            categories=[_("Health"), _("Energy"), _("Water"), _("Public administration")],
            series=[
                Series(_("Under investigation"), (40, 25, 10, 35)),
                Series(_("Provisional"), (25, 15, "c", 20)),
                Series(_("Corroborated"), (15, 10, "c", None)),
                Series(_("Contested"), (5, 0, 0, 10)),
            ],
            head=_("Sector"),
            stacked=True,
            links=((_("CSV"), "#by-sector"),),
        ),
        line_chart(
            figure_id="by-year",
            title=_("Reports rise, findings lag behind"),
            description=_("Incidents filed and corroborated by year."),
            categories=years,
            series=[
                Series(_("Filed"), (320, 410, 615, 780, 1105, 1240)),
                Series(_("Corroborated"), (15, 20, "c", 85, 120, 160)),
            ],
            head=_("Year"),
        ),
        state_timeline(
            figure_id="restoration",
            title=_("Emergency care was restored after two days"),
            lanes=[
                Lane(
                    _("Emergency care"),
                    (
                        Span(begin, "down", begin + timedelta(hours=6)),
                        Span(begin + timedelta(hours=6), "degraded", begin + timedelta(hours=52)),
                        Span(begin + timedelta(hours=52), "restored"),
                    ),
                    target=begin + timedelta(hours=48),
                ),
                Lane(
                    _("Imaging"),
                    (
                        Span(begin, "unknown", begin + timedelta(hours=10)),
                        Span(begin + timedelta(hours=10), "degraded", begin + timedelta(hours=30)),
                        Span(begin + timedelta(hours=30), "confirmed"),
                    ),
                ),
            ],
            until=begin + timedelta(hours=72),
            headers=(_("Service"), _("State"), _("From"), _("To")),
        ),
    ]


def sample_context() -> dict[str, Any]:
    """What the components are shown with."""
    moment = datetime(2026, 11, 3, 4, 12, tzinfo=UTC)
    broken = SampleForm({"detected_0": "31", "detected_1": "2", "detected_2": "2026", "detected_3": "04:12",
                         "detected_4": "UTC", "detected_5": "exact", "people_0": "12", "people_3": "on"})  # fmt: skip
    broken.is_valid()
    return {
        "exercise": True,
        "moment": moment,
        "digest": "9f2c1b7de4a05c38817b0e6f4d2a91c6e35f70d8b9a4c2e1f0d3b5a79688e41a",
        "empty_form": SampleForm(auto_id="new_%s"),
        "broken_form": broken,
        "filter_form": SampleFilter(auto_id="filter_%s"),
        "figures": sample_figures(),
        "tlp_marks": ("TLP:RED", "TLP:AMBER+STRICT", "TLP:AMBER", "TLP:GREEN", "TLP:CLEAR"),
        "tiers": ("T0", "T1", "T2", "T3", "T4", "contested", "revised", "withdrawn"),
        "kinds": (
            ("", _("Not yet started")),
            ("info", _("In progress")),
            ("good", _("Met")),
            ("warn", _("Due in 2 days")),
            ("bad", _("Overdue")),
            ("odd", _("Contested")),
        ),
        "sections": [
            {"label": _("Summary"), "url": "#main", "current": True},
            {"label": _("Evidence"), "url": "#main", "count": 14},
            {"label": _("Findings"), "url": "#main", "count": 2},
            {"label": _("Restoration"), "url": "#main"},
            {"label": _("Activity"), "url": "#main"},
        ],
        "crumbs": [{"label": _("Incidents"), "url": "#main"}, {"label": "INC-2026-000042"}],
        "facts": [
            {"label": _("Sector"), "value": _("Health"), "url": "#main"},
            {"label": _("People affected"), "value": None, "url": "#main"},
            {"label": _("Supplier"), "value": None, "empty": _("Not asked"), "url": "#main"},
        ],
        "tasks": [
            {"label": _("What happened"), "url": "#main", "status": _("Completed"), "kind": "done"},
            {"label": _("Who is affected"), "url": "#main", "status": _("In progress"), "kind": "info"},
            {"label": _("Check and submit"), "status": _("Cannot start yet"), "hint": _("Two steps are missing.")},
        ],
        "requirements": [
            {"code": "R2.1", "text": _("Forensics, law and human rights are present"), "met": True},
            {
                "code": "R2.2",
                "text": _("Two independent origins"),
                "met": False,
                "missing": _("All five statements have one origin."),
            },
        ],
        "entries": [
            {"title": _("Opened for the panel"), "actor": "A. Okafor", "when": moment, "text": _("Hash matches.")},
            {"title": _("Copied to store"), "system": True, "when": moment - timedelta(minutes=1)},
        ],
        "steps": [
            {"label": _("Notify"), "state": "done", "note": "2026-11-03"},
            {"label": _("Negotiate"), "state": "now", "note": _("2 days left")},
            {"label": _("Mediation"), "state": "open"},
            {"label": _("Referral"), "state": "closed", "note": _("legal sign-off missing")},
        ],
        "stats": [
            {"label": _("Incidents on record"), "value": 1240},
            {"label": _("Without service now"), "value": None},
            {"label": _("Days to corroboration, median"), "value": 214},
        ],
        "chips": [{"label": _("Sector: Health"), "url": "#main"}, {"label": _("Tier: T2"), "url": "#main"}],
        "ratings": [("CC", "cc"), ("C", "c"), ("N", "n"), ("I", "i"), ("II", "ii")],
        "conflict": {
            "who": "M. Haddad",
            "when": moment,
            "rows": [{"name": "sector", "label": _("Sector"), "mine": _("Health"), "theirs": _("Energy")}],
        },
        "hostile": "<script>alert('no')</script> \u202eright to left",
    }


@login_not_required
def catalogue(request: HttpRequest) -> HttpResponse:
    """Every component, in the language and theme asked for."""
    if not (settings.DEBUG or getattr(settings, "UI_CATALOGUE", False)):
        raise Http404
    language = request.GET.get("language", "")
    if theme := request.GET.get("theme"):
        request.COOKIES = {**request.COOKIES, "theme": theme}
    with translation.override(language if language in dict(settings.LANGUAGES) else translation.get_language()):
        return render(request, "ui/catalogue.html", sample_context())

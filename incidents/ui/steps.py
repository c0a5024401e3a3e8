"""The groups of facts: steps when an incident is filed, pages of change afterwards. One form each, some with rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid
from core.form_fields import Estimate, UncertainTime
from core.forms import Form
from core.http import show_invalid
from core.marks import Mark, Pap

from ..facts import MOMENTS, PEOPLE, check
from . import fact_forms
from .rows import BaseRows, rows_of, with_row_added, with_row_removed

Facts = Mapping[str, Any]


def time_of(fact: Any) -> UncertainTime | None:
    """A moment as the form shows it; None when it was never asked, and when it makes no sense."""
    if not isinstance(fact, Mapping):
        return None
    zone = str(fact.get("zone") or "UTC")
    if fact.get("precision") == "unknown":
        return UncertainTime(None, "unknown", zone)
    try:
        at = datetime.fromisoformat(str(fact.get("at")))
        return UncertainTime(at if at.tzinfo else at.replace(tzinfo=UTC), str(fact.get("precision")), zone)
    except ValueError:
        return None


def fact_of_time(known: UncertainTime | None) -> dict[str, Any] | None:
    """A moment as a fact; None when the question was left open. The zone is kept so that it is shown again as typed."""
    if known is None:
        return None
    return {"at": known.at.isoformat() if known.at else None, "precision": known.precision, "zone": known.zone}


def estimate_of(fact: Any) -> Estimate | None:
    """A range as the form shows it; all unknown is an answer, None is none."""
    if not isinstance(fact, Mapping):
        return None
    return Estimate(*(number if isinstance(number := fact.get(part), int) else None for part in PEOPLE))


def fact_of_estimate(known: Estimate | None) -> dict[str, int | None] | None:
    """A range as a fact."""
    return None if known is None else dict(zip(PEOPLE, (known.low, known.best, known.high), strict=True))


def row_initial(row: Any) -> dict[str, Any]:
    """A row of facts as its form shows it."""
    given = dict(row) if isinstance(row, Mapping) else {}
    return {**given, "people": estimate_of(given["people"])} if "people" in given else given


def row_fact(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the form as a fact."""
    return {**row, "people": fact_of_estimate(row["people"])} if "people" in row else dict(row)


@dataclass(frozen=True, slots=True)
class Step:
    """A group of facts that are asked together."""

    slug: str
    title: Any
    names: tuple[str, ...]
    form: type[Form]
    rows: type[BaseRows] | None = None
    rows_name: str = ""
    row_label: Any = ""
    add_label: Any = ""

    def initial(self, facts: Facts) -> dict[str, Any]:
        """What the form starts from."""
        readers: dict[str, Callable[[Any], Any]] = {**dict.fromkeys(MOMENTS, time_of), "people": estimate_of}
        return {
            name: readers.get(name, lambda value: value)(facts.get(name))
            for name in self.names
            if name != self.rows_name and name in facts
        }


STEPS = [
    Step("what", _("What happened"), ("title", "summary"), fact_forms.WhatForm),
    Step("when", _("When"), ("detected", "began", "first_access", "ended"), fact_forms.WhenForm),
    Step(
        "who", _("Who is affected"), ("harm", "victims"), fact_forms.WhoForm,
        rows_of(fact_forms.VictimForm, unique=("sector", "country")), "victims", _("Sector and country"), _("Add another sector or country"),
    ),
    Step(
        "services", _("Services and people"), ("people", "people_source", "services"), fact_forms.PeopleForm,
        rows_of(fact_forms.ServiceForm), "services", _("Essential service"), _("Add another service"),
    ),
    Step("sharing", _("Sharing mark"), ("mark", "pap", "blind", "is_exercise"), fact_forms.MarkForm),
]  # fmt: skip
# On a case that is on record a mark is relaxed with a reason.
CHANGES = [
    replace(step, names=("mark", "pap", "is_exercise"), form=fact_forms.MarkChangeForm)
    if step.slug == "sharing"
    else step
    for step in STEPS
]
BY_SLUG = {step.slug: step for step in STEPS}


class Answers:
    """A step's form and rows, bound to what was typed or starting from the facts."""

    def __init__(self, step: Step, *, data: QueryDict | None = None, facts: Facts | None = None) -> None:
        facts = facts or {}
        self.step = step
        initial = step.initial(facts)
        if step.slug == "sharing":
            initial.setdefault("mark", Mark.AMBER.value)
            initial.setdefault("pap", Pap.GREEN.value)
        self.form = step.form(data, initial=initial) if data is not None else step.form(initial=initial)
        self.rows: BaseRows | None = None
        if step.rows is not None:
            stored = facts.get(step.rows_name)
            known = [row_initial(row) for row in stored] if isinstance(stored, list) else []
            if data is not None:
                self.rows = step.rows(data, prefix=step.rows_name)
            else:
                self.rows = step.rows(initial=known or [{}], prefix=step.rows_name)

    def quiet(self) -> Answers:
        """Shown as typed, without judging: the person is not done with it."""
        for form in [self.form, *(self.rows.forms if self.rows is not None else [])]:
            form._errors = ErrorDict()  # type: ignore[attr-defined]
            form.cleaned_data = {}
        if self.rows is not None:
            self.rows._errors = [{} for _form in self.rows.forms]  # type: ignore[attr-defined]
            self.rows._non_form_errors = self.rows.error_class()  # type: ignore[attr-defined]
        return self

    def is_valid(self) -> bool:
        """Whether form, rows and the rules of the facts agree; otherwise each error stands beside its field."""
        stands = self.form.is_valid()
        if self.rows is not None:
            stands = self.rows.is_valid() and stands
        if not stands:
            return False
        try:
            check(self.facts())
        except Invalid as error:
            show_invalid(self.form, error)
            return False
        return True

    def facts(self) -> dict[str, Any]:
        """The facts as answered; call it when the forms are valid."""
        facts: dict[str, Any] = {}
        for name in self.step.names:
            if name == self.step.rows_name and self.rows is not None:
                facts[name] = [row_fact(row) for row in self.rows.filled()]
            else:
                value = self.form.cleaned_data.get(name)
                facts[name] = (
                    fact_of_time(value) if name in MOMENTS else fact_of_estimate(value) if name == "people" else value
                )
        return facts

    @property
    def has_errors(self) -> bool:
        """For the page's title."""
        return bool(
            self.form.errors or (self.rows is not None and (any(self.rows.errors) or self.rows.non_form_errors()))
        )


def own_fields(step: Step, data: QueryDict) -> QueryDict:
    """What of a request belongs to this step: nothing else is kept."""
    kept = QueryDict(mutable=True)
    for name in data:
        stem = re.sub(r"_[0-9]$", "", name)
        if (
            name in step.form.base_fields
            or stem in step.form.base_fields
            or (step.rows_name and name.startswith(f"{step.rows_name}-"))
        ):
            kept.setlist(name, data.getlist(name))
    return kept


def as_typed(data: Mapping[str, Any]) -> QueryDict:
    """Kept answers as a form takes them."""
    typed = QueryDict(mutable=True)
    for name, values in data.items():
        typed.setlist(name, [str(value) for value in values] if isinstance(values, list) else [str(values)])
    return typed


def rows_changed(step: Step, data: QueryDict) -> QueryDict | None:
    """The answers after an "add" or "remove" button; None when another button was used."""
    if not step.rows_name:
        return None
    if "add" in data:
        return with_row_added(data, step.rows_name)
    said = data.get("remove", "")
    if re.fullmatch(r"[0-9]{1,4}", said):
        return with_row_removed(data, step.rows_name, int(said))
    return None

"""Forms of attribution: widgets and words. What may be said is checked by the services."""

from collections.abc import Iterable
from datetime import UTC, datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.countries import country_choices
from core.forms import Form
from core.marks import Mark
from incidents.mentions import HINT
from incidents.models import Incident
from organisations.models import Organisation
from organisations.querysets import directory

from .. import norms, reply_rules
from ..models import KINDS, Finding, Hypothesis, Opinion, Resolution
from ..services.findings import BY_PEOPLE
from ..states import HypothesisStatus, Standing

FACTOR = "factor_"
ANALYSIS = "analysis_"
DATE = {"invalid": _("Enter a date such as 2026-11-30.")}


def area(rows: int = 4) -> forms.Textarea:
    """A box for several lines."""
    return forms.Textarea(attrs={"rows": rows})


def day() -> forms.DateInput:
    """A calendar date."""
    return forms.DateInput(attrs={"type": "date", "class": "w16"}, format="%Y-%m-%d")


def choose(form: forms.Form, name: str, choices: list[tuple[Any, Any]], empty: Any = None) -> None:
    """Sets what a field offers."""
    first = [("", empty)] if empty is not None else []
    form.fields[name].choices = [*first, *choices]  # type: ignore[attr-defined]


def end_of(date: Any) -> datetime:
    """The end of a day in UTC."""
    return datetime.combine(date, time(23, 59, 59), UTC)


class ConfirmForm(Form):
    """An act that asks nothing."""


class LegForm(Form):
    """A leg, what is claimed on it, and the proof it is held to."""

    leg = forms.ChoiceField(label=_("Which question?"), widget=forms.RadioSelect)
    claim = forms.CharField(label=_("What is claimed on it"), required=False, widget=area(2))
    proof = forms.ChoiceField(
        label=_("Standard of proof"), required=False,
        help_text=_("Set once and not moved. Left empty, it is the one the evidence standard gives this leg."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asks = norms.questions()
        choose(self, "leg", [(code, f"{name}: {asks[code]}") for code, name in norms.named("legs")])
        choose(self, "proof", norms.proofs(), _("The standard’s own"))


class ArticleForm(Form):
    """A lawyer's reasons."""

    article = forms.ChoiceField(label=_("Article of State responsibility"))
    reasons = forms.CharField(label=_("Reasons for this article"), widget=area(6))
    specific_control = forms.BooleanField(
        label=_("Specific control over the operation is shown (article 8)"), required=False
    )

    def __init__(self, *args: Any, version: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "article", [(str(number), words) for number, words in norms.articles(version)], _("Choose one"))


class HypothesisForm(Form):
    """An explanation on one leg."""

    leg = forms.ChoiceField(
        label=_("Which question does it answer?"),
        help_text=_("Each leg has hypotheses of its own; none is rated on two."),
    )
    kind = forms.ChoiceField(
        label=_("What kind of explanation?"), choices=list(KINDS.items()), widget=forms.RadioSelect,
        help_text=_("Whether it was a deliberate act at all is asked on the leg of what happened; every other leg asks for an actor."),
    )  # fmt: skip
    country = forms.ChoiceField(label=_("Which State does it name?"), required=False, help_text=_("Only for a State."))
    actor = forms.CharField(
        label=_("Actor"),
        required=False,
        help_text=_("The unit, group or cluster, as it is known. For example: GRU Unit 74455."),
    )
    article = forms.ChoiceField(
        label=_("How would the State be responsible?"), required=False,
        help_text=_("Articles on State Responsibility of the International Law Commission. Leave it empty if nothing is claimed."),
    )  # fmt: skip
    statement = forms.CharField(label=_("What it says"), required=False, widget=area())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asks = norms.questions()
        choose(self, "leg", [(code, f"{name}: {asks[code]}") for code, name in norms.named("legs")])
        choose(self, "country", country_choices(), _("None"))
        choose(self, "article", [(str(number), words) for number, words in norms.articles()], _("Nothing is claimed"))


class ReasonForm(Form):
    """Why."""

    reason = forms.CharField(label=_("Reasons"), help_text=_("They are kept on the record."), widget=area())


class ProposeForm(Form):
    """A proposition with its likelihood and its confidence, apart from each other."""

    groups = (
        (_("What is found"), ("hypothesis", "statement"), _("A finding speaks on the leg of its hypothesis alone; none follows from another.")),
        (_("How likely it is"), ("scale", "likelihood_phia", "likelihood_icd203"), _("One scale for this finding and its panel. Scales are never converted.")),
        (_("How good the analysis is"), ("confidence", "reasons"), _("Confidence speaks about sources, assumptions and gaps; it is not a likelihood.")),
        (_("Alternatives"), ("false_flag_check",)),
        (_("The clock"), ("review_on",)),
    )  # fmt: skip
    hypothesis = forms.ChoiceField(label=_("Which hypothesis?"))
    statement = forms.CharField(label=_("The finding in one or two sentences"), widget=area(3))
    scale = forms.ChoiceField(label=_("Scale"), widget=forms.RadioSelect)
    likelihood_phia = forms.ChoiceField(label=_("Likelihood in the PHIA scale"), required=False)
    likelihood_icd203 = forms.ChoiceField(label=_("Likelihood in the ICD 203 scale"), required=False)
    confidence = forms.ChoiceField(label=_("Confidence in the analysis"), widget=forms.RadioSelect)
    reasons = forms.CharField(label=_("Reasons"), widget=area(6))
    false_flag_check = forms.CharField(
        label=_("False-flag check"), required=False, widget=area(3),
        help_text=_("What was done to find out whether it was made to look like somebody else. Needed before it can be corroborated."),
    )  # fmt: skip
    review_on = forms.DateField(
        label=_("Review by"), required=False, widget=day(), error_messages=DATE,
        help_text=_("Leave it empty for 14 days from today. At most 30 days."),
    )  # fmt: skip

    def __init__(self, *args: Any, hypotheses: list[Hypothesis], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        active = [row for row in hypotheses if row.status == HypothesisStatus.ACTIVE]
        by_leg = [
            (name, [(row.label, f"{row.label} {row.name}") for row in active if row.leg == code])
            for code, name in norms.named("legs")
        ]
        choose(self, "hypothesis", [group for group in by_leg if group[1]], _("Choose a hypothesis"))
        choose(self, "scale", norms.scales())
        choose(self, "confidence", [(code, f"{name}: {words}") for code, name, words in norms.confidences()])
        for scale, _name in norms.scales():
            choose(self, f"likelihood_{scale}", norms.terms(scale), _("Choose a term"))

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        scale = given.get("scale")
        if scale and not given.get(f"likelihood_{scale}"):
            self.add_error(f"likelihood_{scale}", _("Choose a term of the scale you chose."))
        return given

    def facts(self) -> dict[str, Any]:
        """As `services.propose_finding` takes it."""
        given = dict(self.cleaned_data)
        terms = {scale: given.pop(f"likelihood_{scale}") for scale, _name in norms.scales()}
        return {**given, "likelihood": terms[given["scale"]]}


class AmendForm(Form):
    """What the standard asks to be written, and a revised judgement with what changed."""

    likelihood = forms.ChoiceField(label=_("Likelihood"))
    confidence = forms.ChoiceField(label=_("Confidence in the analysis"))
    reasons = forms.CharField(label=_("Reasons"), widget=area(6))
    why = forms.CharField(
        label=_("What changed"), required=False, widget=area(3),
        help_text=_("Needed when likelihood or confidence changes. The finding is then marked as revised."),
    )  # fmt: skip
    false_flag_check = forms.CharField(label=_("False-flag check"), required=False, widget=area(3))
    article = forms.ChoiceField(label=_("Article of State responsibility"), required=False)
    decision_reference = forms.CharField(label=_("Decision of a court, tribunal or commission"), required=False)

    def __init__(self, *args: Any, finding: Finding, **kwargs: Any) -> None:
        version = finding.standard_version
        factors, analyses = norms.named("norm_13b_factors", version), norms.techniques(version)
        names = ("likelihood", "confidence", "reasons", "false_flag_check", "article", "decision_reference")
        kwargs.setdefault(
            "initial",
            {name: getattr(finding, name) for name in names}
            | {FACTOR + code: text for code, text in finding.norm_13b.items()}
            | {ANALYSIS + code: text for code, text in finding.analysis.items()},
        )
        super().__init__(*args, **kwargs)
        choose(self, "likelihood", norms.terms(finding.scale, version))
        choose(self, "confidence", norms.named("confidence", version))
        articles = [(str(number), words) for number, words in norms.articles(version)]
        choose(self, "article", articles, _("Nothing is claimed"))
        for prefix, rows in ((FACTOR, factors), (ANALYSIS, analyses)):
            for code, name in rows:
                self.fields[prefix + code] = forms.CharField(label=name.capitalize(), required=False, widget=area(2))
        self.groups = (
            (_("Judgement"), ("likelihood", "confidence", "reasons", "why")),
            (_("Alternatives and law"), ("false_flag_check", "article", "decision_reference")),
            (_("Factors of UN norm 13(b)"), tuple(FACTOR + code for code, _name in factors)),
            (_("Alternative analysis done"), tuple(ANALYSIS + code for code, _name in analyses), _("Say what was done and by whom.")),
        )  # fmt: skip

    def facts(self) -> dict[str, Any]:
        """As `services.amend_finding` takes it."""
        given = self.cleaned_data
        texts = {
            part: {name.removeprefix(prefix): text for name, text in given.items() if name.startswith(prefix)}
            for part, prefix in (("norm_13b", FACTOR), ("analysis", ANALYSIS))
        }
        plain = ("likelihood", "confidence", "reasons", "false_flag_check", "article", "decision_reference")
        return {**{name: given[name] for name in plain}, **texts}


class ExtendForm(Form):
    """Another review date, with reasons."""

    review_on = forms.DateField(label=_("New review date"), widget=day(), error_messages=DATE)
    reasons = forms.CharField(label=_("Why is the review put off?"), widget=area())


class ContestForm(Form):
    """What speaks against a finding."""

    kind = forms.ChoiceField(label=_("What kind of contest?"), widget=forms.RadioSelect)
    text = forms.CharField(label=_("What is contested, and by whom"), widget=area(), help_text=HINT)

    def __init__(self, *args: Any, finding: Finding, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = norms.named("contest_kinds", finding.standard_version)
        choose(self, "kind", [row for row in kinds if row[0] in BY_PEOPLE])


class ResolveForm(Form):
    """Why a contest or an objection is resolved."""

    reasons = forms.CharField(
        label=_("Reasons"), help_text=_("They are printed beside what was contested."), widget=area()
    )


class OutcomeForm(Form):
    """How a question that was judged turned out."""

    was_so = forms.ChoiceField(
        label=_("Was it so?"),
        widget=forms.RadioSelect,
        choices=[("yes", _("Yes, it was so")), ("no", _("No, it was not"))],
    )
    how = forms.ChoiceField(label=_("How is it known?"), widget=forms.RadioSelect, choices=Resolution.How.choices)
    reasons = forms.CharField(label=_("Reasons"), widget=area())
    decision = forms.CharField(
        label=_("The decision, as it is cited"),
        required=False,
        widget=area(2),
        help_text=_("Needed when a court, tribunal or commission decided and the finding does not name it yet."),
    )


class SupersedeForm(Form):
    """The finding that takes the place of this one."""

    by = forms.ChoiceField(label=_("Which finding takes its place?"))
    reason = forms.CharField(label=_("Reasons"), widget=area())

    def __init__(self, *args: Any, finding: Finding, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Finding.objects.filter(incident=finding.incident).standing().exclude(pk=finding.pk).order_by("number")
        choose(self, "by", [(row.label, f"{row.label} {row.statement[:80]}") for row in others], _("Choose a finding"))


class ConveneForm(Form):
    """Until when opinions are given."""

    deadline = forms.DateField(
        label=_("Last day for opinions"),
        widget=day(),
        error_messages=DATE,
        help_text=_("It ends at midnight UTC after this day."),
    )
    quorum = forms.IntegerField(
        label=_("Opinions needed"),
        min_value=3,
        max_value=30,
        initial=3,
        widget=forms.NumberInput(attrs={"class": "w4"}),
    )

    by_name = forms.ChoiceField(
        label=_("How do members speak in the discussion?"), widget=forms.RadioSelect, initial="yes", required=False,
        choices=[("yes", _("By name")), ("no", _("By a handle: Member 1, Member 2"))],
    )  # fmt: skip

    def facts(self) -> dict[str, Any]:
        """As `services.convene_panel` takes it."""
        given = self.cleaned_data
        return {"deadline": end_of(given["deadline"]), "quorum": given["quorum"], "by_name": given["by_name"] != "no"}


class SecondRoundForm(Form):
    """Until when the second opinions are given."""

    deadline = forms.DateField(
        label=_("Last day for opinions"),
        widget=day(),
        error_messages=DATE,
        help_text=_("It ends at midnight UTC after this day."),
    )

    def facts(self) -> dict[str, Any]:
        """As `services.begin_second_round` takes it."""
        return {"deadline": end_of(self.cleaned_data["deadline"])}


class RemarkForm(Form):
    """What a member says between the rounds."""

    text = forms.CharField(
        label=_("What you say"), widget=area(), help_text=_("Write @S-2 to tell the member on that seat.")
    )


class InviteForm(Form):
    """A seat offered to an organisation from outside."""

    organisation = forms.ModelChoiceField(
        label=_("Organisation"), queryset=Organisation.objects.none(), empty_label=_("Choose an organisation"),
        help_text=_("Assessment bodies, civil society and regional organisations that are on neither side."),
    )  # fmt: skip
    discipline = forms.ChoiceField(label=_("Discipline"))
    about = forms.CharField(
        label=_("What is to be judged"), widget=area(),
        help_text=_("They read this before they say whether they have a conflict of interest, and before any evidence opens. Name the actor."),
    )  # fmt: skip

    def __init__(self, *args: Any, finding: Finding, incident: Incident, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"about": f"{finding.hypothesis.name}: {finding.statement}"})
        super().__init__(*args, **kwargs)
        kinds = ("assessment_body", "civil_society", "regional")
        houses = directory().filter(kind__in=kinds).exclude(pk=incident.holder_id)
        self.fields["organisation"].queryset = houses  # type: ignore[attr-defined]
        choose(self, "discipline", norms.named("disciplines", finding.standard_version), _("Choose a discipline"))


class DeclareForm(Form):
    """Whether the invited person has a conflict of interest."""

    conflict = forms.ChoiceField(
        label=_("Do you have a conflict of interest?"), widget=forms.RadioSelect,
        choices=[("no", _("No. I take the seat; the evidence opens to me.")), ("yes", _("Yes. I step out."))],
    )  # fmt: skip
    text = forms.CharField(
        label=_("What is the conflict?"),
        required=False,
        widget=area(3),
        help_text=_("Only if you have one. It is kept with the seat."),
    )

    nationalities = forms.ChoiceField(
        label=_("Of which country are you a national?"), required=False,
        help_text=_("Nobody of the accused’s or of the harmed’s side sits, whoever employs them. Kept with the seat, shown to nobody."),
    )  # fmt: skip
    second_nationality = forms.ChoiceField(label=_("Another nationality, if you have one"), required=False)

    def __init__(self, *args: Any, taken: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("nationalities", "second_nationality"):
            choose(self, name, country_choices(), _("Choose a country"))
            if taken:  # said already; only a conflict that appears is declared now
                self.fields[name].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("conflict") == "yes" and not given.get("text", "").strip():
            self.add_error("text", _("Say what the conflict is."))
        return given


class OpinionForm(Form):
    """A member's own judgement, given blind."""

    position = forms.ChoiceField(label=_("Your position"), choices=Opinion.Position.choices, widget=forms.RadioSelect)
    likelihood = forms.ChoiceField(label=_("Likelihood"))
    confidence = forms.ChoiceField(label=_("Confidence in the analysis"), widget=forms.RadioSelect)
    reasons = forms.CharField(label=_("Reasons"), widget=area(6))
    change_mind = forms.CharField(label=_("What would change your mind?"), required=False, widget=area(3))
    dissent = forms.CharField(
        label=_("Your dissent"), required=False, widget=area(6), help_text=_("If you dissent in full or in part. It is printed in full, at the same size as the finding.")
    )  # fmt: skip
    blocking_objection = forms.BooleanField(label=_("I have an objection that must be answered first"), required=False)
    objection = forms.CharField(label=_("The objection"), required=False, widget=area(3))
    article = forms.ChoiceField(label=_("Article of State responsibility"), required=False)
    article_reasons = forms.CharField(label=_("Reasons for this article"), required=False, widget=area(4))
    specific_control = forms.BooleanField(
        label=_("Specific control over the operation is shown (article 8)"), required=False
    )

    def __init__(self, *args: Any, finding: Finding, lawyer: bool, own: Opinion | None, **kwargs: Any) -> None:
        version = finding.standard_version
        if own is not None:
            kwargs.setdefault("initial", {name: getattr(own, name) for name in self.base_fields})
        super().__init__(*args, **kwargs)
        choose(self, "likelihood", norms.terms(finding.scale, version), _("Choose a term"))
        choose(self, "confidence", [(code, f"{name}: {words}") for code, name, words in norms.confidences(version)])
        if lawyer:
            articles = [(str(number), words) for number, words in norms.articles(version)]
            choose(self, "article", articles, gettext("None"))
        else:
            for name in ("article", "article_reasons", "specific_control"):
                del self.fields[name]


def standing_words(finding: Finding) -> str:
    """Nothing while it is current; else how it stands."""
    return "" if finding.standing == Standing.CURRENT else str(finding.get_standing_display())


class NoticeForm(Form):
    """What is to be published."""

    text = forms.CharField(
        label=_("What is to be published"), widget=area(8),
        help_text=_("In words that expose no source and no victim. The parties are shown exactly this."),
    )  # fmt: skip
    mark = forms.ChoiceField(
        label=_("Sharing mark"),
        choices=Mark.choices,
        help_text=_("TLP:CLEAR is for everybody and stands on the public pages."),
    )


class AskForm(Form):
    """A party to ask."""

    party = forms.ChoiceField(label=_("Who is it?"), widget=forms.RadioSelect)
    organisation = forms.ChoiceField(
        label=_("Organisation of the platform"), required=False,
        help_text=_("Its people are told in their inbox and sign in. Leave the rest empty then."),
    )  # fmt: skip
    name = forms.CharField(label=_("Who is asked"), required=False, max_length=160)
    contact = forms.CharField(
        label=_("Named contact the address goes to"), required=False, max_length=200,
        help_text=_("An official contact you have checked, such as a mission, a foreign ministry or a registered office."),
    )  # fmt: skip
    code_given = forms.CharField(
        label=_("How the code is given"), required=False, max_length=200,
        help_text=_("Another way than the address: for example read out on a number from an official directory."),
    )  # fmt: skip

    def __init__(self, *args: Any, organisations: Iterable[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "party", reply_rules.named("parties"))
        choose(self, "organisation", [(each.slug, each.name) for each in organisations], _("None: somebody outside"))


class ReasonsForm(Form):
    """Why."""

    reasons = forms.CharField(label=_("Reasons"), widget=area())


class WaiveForm(ReasonsForm):
    """A party that cannot be asked."""

    party = forms.ChoiceField(label=_("Who is it?"), widget=forms.RadioSelect)
    name = forms.CharField(label=_("Who would be asked"), max_length=160)
    field_order = ["party", "name", "reasons"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "party", reply_rules.named("parties"))


class CodeForm(Form):
    """The second proof."""

    sent_once = False
    code = forms.CharField(
        label=_("Code"), max_length=40, help_text=_("You were given it another way than this address."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "dir": "ltr", "class": "w16"}),
    )  # fmt: skip


class ReplyForm(Form):
    """A party's own words."""

    sent_once = False
    position = forms.ChoiceField(label=_("What do you say to it?"), widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("Your reply"), widget=area(12), help_text=_("It is printed with the finding, in your words and whole.")
    )
    file = forms.FileField(
        label=_("A file to go with it"),
        required=False,
        allow_empty_file=True,
        help_text=_(
            "One at a time. It is kept as it is, never opened or unpacked here. Its name and hash are printed; its content is not."
        ),
    )

    def __init__(self, *args: Any, version: str, most_files: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "position", reply_rules.named("positions", version))
        if most_files == 0:
            del self.fields["file"]

    def all_optional(self) -> None:
        """A draft may be as unfinished as it likes."""
        for field in self.fields.values():
            field.required = False


class SentForm(Form):
    """Somebody outside whom a finding was sent to."""

    addressee = forms.CharField(label=_("Addressee"), max_length=160)
    channel = forms.CharField(
        label=_("Sent to"),
        max_length=200,
        help_text=_("An e-mail address is told of changes by itself; any other way by you."),
    )


class NoteForm(Form):
    """How an addressee said that they know."""

    note = forms.CharField(label=_("How they said so"), max_length=200)

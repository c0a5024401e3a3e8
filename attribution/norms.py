"""The evidence standard as attribution uses it: the typed rules, and its lists as choices with words."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from instruments.models import Instrument
from instruments.selectors import in_force, version_of
from instruments.wording import readable
from organisations.roles import Role

from .rules import MESSAGES, EvidenceStandard, Text

Choices = list[tuple[str, str]]
KIND = Instrument.Kind.EVIDENCE_STANDARD

# Who fills which seat of the standard. Other disciplines are open to every assessor.
ROLE_OF_SEAT = {
    "forensics": Role.FORENSIC_ASSESSOR,
    "law": Role.LEGAL_ASSESSOR,
    "human_rights": Role.HUMAN_RIGHTS_ASSESSOR,
}
ASSESSORS = frozenset(ROLE_OF_SEAT.values())


def version_in_force() -> str:
    """The version a new finding is opened under."""
    return in_force(KIND).version


def content_of(version: str) -> Mapping[str, Any]:
    """The document of one version."""
    content: Mapping[str, Any] = version_of(KIND, version).content
    return content


@lru_cache(maxsize=8)
def standard_of(version: str) -> EvidenceStandard:
    """The rules' own reading of one version: a finding stays under the one it was opened with (GOV-1)."""
    return EvidenceStandard.from_content(content_of(version), version=version)


def named(part: str, version: str | None = None) -> Choices:
    """A list of the standard (`disciplines`, `ratings`, `legs`, `positions`, …) as codes with words."""
    return [(row["code"], gettext(row["name"])) for row in content_of(version or version_in_force())[part]]


def scales(version: str | None = None) -> Choices:
    """The scales of likelihood; one is chosen for a finding and never converted (R1.5)."""
    return [(code, gettext(row["name"])) for code, row in content_of(version or version_in_force())["scales"].items()]


def term_words(scale: str, term: str, version: str | None = None) -> str:
    """A likelihood in words with its range: "Likely / probable (55–75 %)"."""
    rows = content_of(version or version_in_force())["scales"].get(scale, {"terms": []})["terms"]
    row = next((row for row in rows if row["code"] == term), None)
    if row is None:
        return term
    below = "<" if row["max_open"] else ""
    return gettext("%(term)s (%(low)s–%(high)s %%)") % {
        "term": gettext(row["name"]), "low": row["min"], "high": f"{below}{row['max']}",
    }  # fmt: skip


def terms(scale: str, version: str | None = None) -> Choices:
    """The terms of one scale, each with its range."""
    version = version or version_in_force()
    rows = content_of(version)["scales"].get(scale, {"terms": []})["terms"]
    return [(row["code"], term_words(scale, row["code"], version)) for row in rows]


def articles(version: str | None = None) -> list[tuple[int, str]]:
    """The bases of attribution in the ILC Articles on State Responsibility."""
    rows = content_of(version or version_in_force())["state_responsibility"]
    return [
        (row["art"], gettext("Article %(number)s: %(name)s") % {"number": row["art"], "name": gettext(row["name"])})
        for row in rows
    ]


def techniques(version: str | None = None) -> Choices:
    """Techniques of alternative analysis, by their code made readable."""
    return [
        (code, gettext(readable(code))) for code in content_of(version or version_in_force())["alternative_analysis"]
    ]


def seat_of(discipline: str, version: str | None = None) -> str:
    """The seat of the standard a discipline fills; empty when it fills none."""
    for row in content_of(version or version_in_force())["seats"]:
        if discipline in row["disciplines"]:
            return str(row["code"])
    return ""


def roles_for(seat: str) -> frozenset[str]:
    """The roles that may take a seat."""
    role = ROLE_OF_SEAT.get(seat)
    return frozenset({role}) if role else frozenset(ASSESSORS)


# Parameters of the rules' sentences that are codes of the standard.
PARTS = {
    "kind": ("hypothesis_kinds", "contest_kinds"),
    "kinds": ("hypothesis_kinds",),
    "seat": ("seats",),
    "min": ("confidence",),
    "found": ("confidence",),
    "factor": ("norm_13b_factors",),
    "evidence_class": ("evidence_classes",),
    "key": ("evidence_classes",),
    "statement_type": ("statement_types",),
}


def _words(name: str, value: Any, version: str, names: Mapping[str, str]) -> str:
    if isinstance(value, list | tuple):
        if not value:
            return gettext("no item named")
        return ", ".join(_words(name, one, version, names) for one in value)
    if name == "hypothesis":
        return names.get(str(value), str(value))
    if name == "fields":
        return gettext(content_of(version)["fields"].get(value, str(value)))
    for part in PARTS.get(name, ()):
        for code, words in named(part, version):
            if code == value:
                return words
    if name == "technique" or name == "techniques":
        return dict(techniques(version)).get(value, str(value))
    if name == "term":
        rows = [row for scale in content_of(version)["scales"].values() for row in scale["terms"]]
        return next((gettext(row["name"]) for row in rows if row["code"] == value), str(value).replace("_", " "))
    return str(value)


def say(code: str, params: Mapping[str, Any], version: str, names: Mapping[str, str] | None = None) -> str:
    """A sentence of the rules in the reader's language, with the standard's own words for its codes and, in `names`,
    what hypotheses are called."""
    return gettext(MESSAGES[code]) % {name: _words(name, value, version, names or {}) for name, value in params.items()}


def say_text(text: Text, version: str) -> str:
    """The same, for a sentence straight from the rules."""
    return say(text.code, text.params, version)


def days_late(days: int) -> str:
    """How late a review is, in words."""
    return ngettext("Overdue by %(days)d day", "Overdue by %(days)d days", days) % {"days": days}


OVERDUE_ASKS = {
    "corroborate": _("Corroborate it: convene a panel."),
    "revise": _("Revise it: say what has changed."),
    "withdraw": _("Withdraw it."),
}


def kinds_on(leg: str, version: str | None = None) -> Choices:
    """The kinds of explanation on one leg: an actor, or on the first leg whether it was a deliberate act at all."""
    version = version or version_in_force()
    words = dict(named("hypothesis_kinds", version))
    return [(code, words.get(code, code)) for code in standard_of(version).legs[leg].kinds]


def proofs(version: str | None = None) -> Choices:
    """Every standard of proof; none in versions that did not know them yet."""
    rows = content_of(version or version_in_force()).get("standards_of_proof", ())
    return [(row["code"], gettext(row["name"])) for row in rows]


def proofs_on(leg: str, version: str | None = None) -> Choices:
    """The standards of proof a leg may be held to."""
    version = version or version_in_force()
    allowed = standard_of(version).legs[leg].proofs
    return [row for row in proofs(version) if row[0] in allowed]


def questions(version: str | None = None) -> dict[str, str]:
    """What each leg asks, in words."""
    rows = content_of(version or version_in_force())["legs"]
    return {row["code"]: gettext(row["asks"]) if "asks" in row else gettext(row["name"]) for row in rows}


def confidences(version: str | None = None) -> list[tuple[str, str, str]]:
    """Words of confidence with their criteria; never mixed with a likelihood (R1.6)."""
    rows = content_of(version or version_in_force())["confidence"]
    return [(row["code"], gettext(row["name"]), gettext(row["criteria"])) for row in rows]

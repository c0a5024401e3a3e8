"""What a page and a report say of a finding: the rules' codes in the reader's language, from the stored explanation."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from incidents.models import Incident

from . import norms
from .models import Finding, Hypothesis, StandingChange
from .rules import ReviewState
from .selectors import LegRow, clock_of, legs_of

CAUSES = {
    "finding.proposed": _("The finding was proposed"),
    "finding.amended": _("The finding was added to or revised"),
    "finding.review_extended": _("The review was put off"),
    "finding.article_reasoned": _("A lawyer gave reasons for the article"),
    "finding.contested": _("The finding was contested"),
    "finding.contest_resolved": _("A contest was resolved"),
    "finding.corroborated": _("A panel member put their name to it"),
    "finding.withdrawn": _("The finding was withdrawn"),
    "finding.superseded": _("Another finding took its place"),
    "panel.revealed": _("The opinions of a panel were opened"),
    "panel.seat_recused": _("A panel member stepped out"),
    "panel.objection_answered": _("A blocking objection was answered"),
    "hypothesis.added": _("A hypothesis was added"),
    "evidence.rated": _("Evidence was rated"),
    "evidence.added": _("Evidence was added"),
    "evidence.described": _("The description of evidence was changed"),
    "evidence.file_stored": _("A file of evidence was added"),
    "evidence.graded": _("Evidence was graded"),
    "evidence.linked": _("Evidence was linked"),
    "evidence.marked": _("A sharing mark was changed"),
    "evidence.frozen": _("Evidence was frozen"),
    "evidence.restored": _("Evidence was taken back into use"),
    "evidence.withdrawn": _("Evidence was withdrawn"),
    "evidence.handled": _("Custody of evidence was added to"),
    "evidence.released": _("Evidence was handed over"),
    "evidence.receipt_accepted": _("Receipt of evidence was confirmed"),
    "evidence.receipt_refused": _("Receipt of evidence was refused"),
    "evidence.came_back": _("Evidence came back"),
    "evidence.disposed": _("Evidence was disposed of"),
}


def cause_words(cause: str) -> str:
    """Why a finding was computed anew: "Evidence was frozen: E-3"."""
    verb, _space, item = cause.partition(" ")
    words = str(CAUSES.get(verb, verb))
    return gettext("%(what)s: %(item)s") % {"what": words, "item": item} if item else words


def flip_words(change: StandingChange) -> list[tuple[str, bool]]:
    """The requirements that flipped with a change, in words, each with whether it is met now."""
    texts = {
        (row["tier"], row["code"]): norms.say(row["text"]["code"], row["text"]["params"], change.standard_version)
        for row in change.explanation.get("requirements", ())
    }
    return [
        (texts[row["tier"], row["code"]], row["met"]) for row in change.flipped if (row["tier"], row["code"]) in texts
    ]


@dataclass(frozen=True, slots=True)
class Line:
    """One requirement as the page prints it."""

    code: str
    rule: str
    tier: str
    text: str
    met: bool
    items: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """A stored explanation in words. Empty before the first computation."""

    tier: str
    next_tier: str | None
    sentence: str
    robust: bool
    origins: int | None
    classes: tuple[str, ...]
    lines: tuple[Line, ...]
    left_out: tuple[tuple[str, tuple[str, ...]], ...]
    raising: tuple[str, ...]

    @property
    def groups(self) -> list[tuple[str, list[Line]]]:
        """The requirements by tier, lowest first."""
        tiers = sorted({line.tier for line in self.lines})
        return [(tier, [line for line in self.lines if line.tier == tier]) for tier in tiers]

    @property
    def missing_next(self) -> list[Line]:
        """What is missing for the next tier."""
        return [line for line in self.lines if line.tier == self.next_tier and not line.met]


def explained(explanation: Mapping[str, Any], version: str, names: Mapping[str, str] | None = None) -> Explained:
    """The machine-readable explanation, said in the reader's language with the standard's own words."""

    def said(text: Mapping[str, Any]) -> str:
        return norms.say(text["code"], text["params"], version, names)

    def class_name(code: str) -> str:
        if code == "intruder_controlled":
            return gettext("what the intruder could forge")
        return dict(norms.named("evidence_classes", version)).get(code, code)

    return Explained(
        tier=explanation.get("tier", "T0"),
        next_tier=explanation.get("next_tier"),
        sentence=said(explanation["sentence"]) if "sentence" in explanation else "",
        robust=bool(explanation.get("robust")),
        origins=explanation.get("independent_origins"),
        classes=tuple(class_name(code) for code in explanation.get("evidence_classes", [])),
        lines=tuple(
            Line(
                row["code"], row["rule"], row["tier"], said(row["text"]), row["met"], tuple(row["items"]),
                tuple(said(text) for text in row["missing"]),
            )
            for row in explanation.get("requirements", [])
        ),
        left_out=tuple(
            (row["item"], tuple(said(text) for text in row["reasons"])) for row in explanation.get("exclusions", [])
        ),
        raising=tuple(class_name(code) for code in explanation.get("raising", [])),
    )  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """A finding with everything a page says about it."""

    finding: Finding
    explained: Explained
    clock: ReviewState
    likelihood: str
    confidence: str
    leg: str
    late: str
    asks: tuple[str, ...]

    @property
    def waits_for_name(self) -> bool:
        """Computed as corroborated, and nobody has put their name to it yet."""
        return self.finding.computed_tier > "T1" and self.finding.approved_at is None


@dataclass(frozen=True)
class LegShown:
    """A leg in words: its question, its standard of proof and whether the tier found answers it."""

    row: LegRow
    name: str
    asks: str
    proof: str
    findings: tuple[Shown, ...]

    @property
    def opened(self) -> bool:
        return self.row.proposition is not None or bool(self.row.hypotheses)


def legs_shown(incident: Incident) -> list[LegShown]:
    """Every leg side by side, in words; what was found on each says its hypotheses by name."""
    names, asks, proofs = dict(norms.named("legs")), norms.questions(), dict(norms.proofs())
    return [
        LegShown(
            row=row,
            name=names[row.code],
            asks=asks[row.code],
            proof=proofs.get(row.proof.code, row.proof.code),
            findings=tuple(shown(finding, names_of(row.hypotheses)) for finding in row.findings),
        )
        for row in legs_of(incident)
    ]


def names_of(hypotheses: Iterable[Hypothesis]) -> dict[str, str]:
    """What hypotheses are called, by label."""
    return {row.label: f"{row.label} {row.name}" for row in hypotheses}


def shown(finding: Finding, names: Mapping[str, str] | None = None) -> Shown:
    """A finding in words: likelihood with its range, confidence apart from it, and where its clock stands."""
    version = finding.standard_version
    clock = clock_of(finding)
    return Shown(
        finding=finding,
        explained=explained(finding.explanation, version, names),
        clock=clock,
        likelihood=norms.term_words(finding.scale, finding.likelihood, version),
        confidence=dict(norms.named("confidence", version)).get(finding.confidence, finding.confidence),
        leg=dict(norms.named("legs", version)).get(finding.leg, finding.leg),
        late=norms.days_late(clock.overdue_days) if clock.overdue else "",
        asks=tuple(str(norms.OVERDUE_ASKS[code]) for code in clock.asks if code in norms.OVERDUE_ASKS),
    )

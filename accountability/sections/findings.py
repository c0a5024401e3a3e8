"""What was found, how far it stands and why, by which panel; every dissent in full, at the size of the finding.

Tier, likelihood and confidence stay three things. Sealed opinions are not read, not even the asker's own.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from attribution import reply_rules
from attribution.marks import grounds_of, pap_of
from attribution.models import Finding, Hypothesis, Opinion, Panel, Reply
from attribution.pictures import loss_words, robustness_figure
from attribution.rules.texts import MESSAGES
from attribution.states import HypothesisStatus, Round
from attribution.words import cause_words
from core.templatetags.norms import TIERS
from documents.blocks import Block, Facts, Heading, Nothing, Picture, Quote, Table, Text
from evidence.models import EvidenceItem
from instruments.models import Instrument
from instruments.selectors import version_of

from ..clearance import hidden_origins, loss_hidden, retold
from .registry import Material, fills
from .words import country, day

OPENED = (Round.REVEALED, Round.CLOSED)


def standard_of(finding: Finding) -> dict[str, Any]:
    """The standard a finding was opened under, not the one in force today (GOV-1)."""
    content: dict[str, Any] = version_of(Instrument.Kind.EVIDENCE_STANDARD, finding.standard_version).content
    return content


def named(rows: list[dict[str, Any]], code: str) -> str:
    """The name of a code in a list of the standard."""
    return next((_(str(row["name"])) for row in rows if row["code"] == code), code)


def likelihood_text(standard: dict[str, Any], scale: str, term: str) -> str:
    """The word with its range and its scale; scales are never converted (R1.5)."""
    found = standard["scales"].get(scale, {"name": scale, "terms": []})
    for row in found["terms"]:
        if row["code"] == term:
            return _("%(word)s (%(least)s to %(most)s %%, %(scale)s)") % {
                "word": _(row["name"]),
                "least": row["min"],
                "most": row["max"],
                "scale": _(found["name"]),
            }
    return term or _("Not known")


def waits_text(finding: Finding) -> str:
    """That the stored tier waits to be computed anew, and why; empty when it does not."""
    if finding.stale_since is None:
        return ""
    causes = ", ".join(cause_words(cause) for cause in finding.stale_because)
    return _("Something it rests on has changed, and it waits to be computed anew: %(causes)s.") % {"causes": causes}


def tier_text(finding: Finding) -> str:
    """The tier in words, with what stands beside it."""
    words = f"{finding.tier} – {TIERS[finding.tier.lower()]}"
    beside = [str(finding.get_standing_display())] if finding.standing != "current" else []
    if finding.contested:
        beside.append(str(TIERS["contested"]))
    if finding.stale_since is not None:
        beside.append(_("waits to be computed anew"))
    return f"{words}; {', '.join(beside)}" if beside else words


def actor_text(hypothesis: Hypothesis) -> str:
    """Who, as the hypothesis says it."""
    if hypothesis.country and not hypothesis.actor:
        return country(hypothesis.country)
    return f"{hypothesis.actor} ({country(hypothesis.country)})" if hypothesis.country else hypothesis.name


def say(text: dict[str, Any]) -> str:
    """A sentence of the rules in the reader's language; what is no longer in their list is said as it was stored."""
    code = str(text.get("code", ""))
    values = {
        name: ", ".join(value) if isinstance(value, list) else value for name, value in text.get("params", {}).items()
    }
    try:
        return _(MESSAGES[code]) % values if values else _(MESSAGES[code])
    except (KeyError, TypeError, ValueError):
        return str(text.get("english", code))


def requirement_rows(finding: Finding, hidden: frozenset[str]) -> tuple[tuple[str, ...], ...]:
    """Line by line: what is asked, whether it is met, what is missing."""
    return tuple(
        (
            str(row["tier"]),
            say(row["text"]),
            _("Met") if row["met"] else _("Not met"),
            "\n".join(say(without(text, hidden)) for text in row["missing"]) or ", ".join(row["items"]) or "–",
        )
        for row in finding.explanation.get("requirements", [])
    )


def withheld_support(finding: Finding, material: Material) -> list[str]:
    """Items it rests on that this review may only name (R2.12)."""
    return [item.label for item in grounds_of(finding) if material.above_mark(item.mark)]


def without(text: Mapping[str, Any], hidden: frozenset[str]) -> dict[str, Any]:
    """A sentence of the rules that names no origin this review may not show."""
    return retold(text, hidden, instead=_("(withheld here)"))


def robust_sentence(finding: Finding, hidden: frozenset[str]) -> str:
    """Whether it would still stand, in one sentence."""
    sentence = finding.explanation.get("sentence")
    return say(without(sentence, hidden)) if sentence else ""


def loss_named(finding: Finding, hidden: frozenset[str]) -> Callable[[Mapping[str, Any]], str]:
    """Says what is left out, without naming an origin known only from items this review may not show."""

    def words(row: Mapping[str, Any]) -> str:
        if loss_hidden(row, hidden):
            return _("Without an origin withheld here")
        return loss_words(row, finding.standard_version)

    return words


def finding_blocks(finding: Finding, material: Material) -> list[Block]:
    """One finding."""
    standard = standard_of(finding)
    items = list(EvidenceItem.objects.filter(incident=material.incident).select_related("origin"))
    hidden = hidden_origins(items, {item.label for item in items if material.above_mark(item.mark)})
    rows = [
        (_("Proposition"), actor_text(finding.hypothesis)),
        (_("Question answered"), named(standard["legs"], finding.leg)),
        (_("Tier"), tier_text(finding)),
        (_("Likelihood"), likelihood_text(standard, finding.scale, finding.likelihood)),
        (_("Confidence in the analysis"), named(standard["confidence"], finding.confidence)),
        (_("Review by"), day(finding.review_on)),
        (_("Evidence standard"), finding.standard_version),
        (_("Permissible actions"), pap_of(finding)),
    ]
    if finding.article:
        article = next((row["name"] for row in standard["state_responsibility"] if row["art"] == finding.article), "")
        rows.append(
            (
                _("Mode of State responsibility"),
                _("Article %(number)s: %(name)s") % {"number": finding.article, "name": _(article) if article else ""},
            )
        )
    if waits := waits_text(finding):
        rows.append((_("Not the last word"), waits))
    if finding.standing_reason:
        rows.append((_("Why it no longer stands as it was"), finding.standing_reason))
    if finding.marked_items:
        rows.append((_("Items it uses that are frozen or withdrawn"), ", ".join(finding.marked_items)))
    if withheld := withheld_support(finding, material):
        rows.append((_("Rests in part on evidence withheld here (R2.12)"), ", ".join(withheld)))
    blocks: list[Block] = [
        Heading(finding.label),
        Text(finding.statement),
        Facts(_("Finding %(label)s") % {"label": finding.label}, tuple(rows)),
        Text(finding.reasons),
    ]
    if figure := robustness_figure(
        finding.label, finding.explanation, finding.standard_version, says=loss_named(finding, hidden)
    ):
        alt = "; ".join(f"{row[0].text}: {row[1].text}" for row in figure.rows)
        blocks.append(Text(robust_sentence(finding, hidden)))
        blocks.append(Picture(figure.id, figure.svg, alt, figure.title))
        rows_of = tuple(tuple(cell.text for cell in row) for row in figure.rows)
        blocks.append(Table(f"{figure.id}-table", figure.title, figure.headers, rows_of))
    if requirements := requirement_rows(finding, hidden):
        heads = (_("Tier"), _("What the standard asks"), _("Answer"), _("By which items, or what is missing"))
        caption = _("How the tier of %(label)s follows from the standard") % {"label": finding.label}
        blocks.append(Table(f"tier-{finding.label}", caption, heads, requirements))
    return blocks + reply_blocks(finding) + panel_blocks(finding, standard)


def reply_blocks(finding: Finding) -> list[Block]:
    """What those concerned answered, in their words and whole: the reply is printed with the finding (ATT-11)."""
    blocks: list[Block] = []
    for reply in Reply.objects.filter(finding=finding).order_by("pk"):
        positions = dict(reply_rules.named("positions", reply.rules_version))
        by = _("Reply by %(name)s to %(finding)s: %(position)s") % {
            "name": reply.name, "finding": finding.label, "position": positions.get(reply.position, reply.position),
        }  # fmt: skip
        blocks.append(Quote(reply.text, by))
    return blocks


def panel_blocks(finding: Finding, standard: dict[str, Any]) -> list[Block]:
    """Who judged it, once the round is open."""
    blocks: list[Block] = []
    for panel in Panel.objects.filter(finding=finding).order_by("number"):
        opinions = opened(panel)
        if not opinions:
            blocks.append(
                Nothing(_("Panel %(label)s: %(state)s.") % {"label": panel.label, "state": panel.get_state_display()})
            )
            continue
        rows = tuple(
            (
                named(standard["disciplines"], opinion.seat.discipline),
                opinion.seat.organisation.name,
                str(opinion.get_position_display()),
                likelihood_text(standard, opinion.scale, opinion.likelihood),
                named(standard["confidence"], opinion.confidence),
            )
            for opinion in opinions
        )
        heads = (_("Discipline"), _("Organisation"), _("Position"), _("Likelihood"), _("Confidence"))
        blocks.append(
            Table(f"panel-{panel.label}", _("Opinions of panel %(label)s") % {"label": panel.label}, heads, rows)
        )
    return blocks


def opened(panel: Panel) -> list[Opinion]:
    """Opinions of a round that is open; of a sealed one nothing, also not to their authors."""
    if panel.state not in OPENED or panel.revealed_at is None:
        return []
    found = Opinion.objects.filter(panel=panel, revealed_at__isnull=False)
    return list(found.select_related("seat__organisation").order_by("seat__number"))


@fills("findings")
def findings(material: Material) -> list[Block]:
    """Hypotheses and findings."""
    hypotheses = list(Hypothesis.objects.filter(incident=material.incident).order_by("number"))
    found = Finding.objects.filter(incident=material.incident).select_related("hypothesis").order_by("number")
    blocks: list[Block] = []
    if hypotheses:
        rows = tuple(
            (
                hypothesis.label,
                actor_text(hypothesis),
                str(hypothesis.get_kind_display()),
                str(hypothesis.get_status_display()),
                hypothesis.rejected_reason if hypothesis.status == HypothesisStatus.REJECTED else "–",
            )
            for hypothesis in hypotheses
        )
        heads = (_("Number"), _("Explanation"), _("Kind"), _("Status"), _("Reason"))
        blocks.append(Table("hypotheses", _("Explanations considered"), heads, rows, code=(0,)))
    for finding in found:
        blocks += finding_blocks(finding, material)
    if not found:
        blocks.append(Nothing(_("Nothing has been found yet about who is responsible.")))
    return blocks


@fills("dissent")
def dissent(material: Material) -> list[Block]:
    """Every dissent and objection of an open round, in full."""
    blocks: list[Block] = []
    for panel in Panel.objects.filter(incident=material.incident).select_related("finding").order_by("number"):
        standard = standard_of(panel.finding)
        for opinion in opened(panel):
            by = _("%(discipline)s, %(organisation)s, on finding %(finding)s") % {
                "discipline": named(standard["disciplines"], opinion.seat.discipline),
                "organisation": opinion.seat.organisation.name,
                "finding": panel.finding.label,
            }
            blocks += [Quote(text, by) for text in (opinion.dissent, opinion.objection) if text]
    return blocks or [Nothing(_("No panel member has dissented in an opened round."))]

"""What the case itself says: summary, scope, method, timeline, impact."""

from collections import Counter
from datetime import UTC, date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.charts import Figure, Series, bar_chart
from core.templatetags.norms import people_text
from documents.blocks import Block, Facts, Heading, Nothing, Picture, Points, Table, Text
from incidents.models import Statement, TimelineEntry
from instruments import taxonomy
from ledger.verbs import VERBS
from organisations.models import Organisation

from .. import template
from .registry import Material, fills
from .words import country, day, moment_text, stamp

MOMENTS = ("first_access", "began", "detected", "ended")
# Acts on the review itself do not make somebody a handler of the case (R4.5).
OWN_ACTS = ("review.", "document.", "recommendation.")


def moment_names() -> dict[str, str]:
    """The case's own moments in words."""
    return {"first_access": _("First access"), "began": _("Began"), "detected": _("Detected"), "ended": _("Ended")}


@fills("executive_summary")
def executive_summary(material: Material) -> list[Block]:
    """The case in one look."""
    incident = material.incident
    sectors = dict(taxonomy.sectors())
    victims = [
        f"{sectors.get(v.sector, v.sector)}, {country(v.country)}" for v in incident.victims.all().order_by("pk")
    ]
    rows = [
        (_("What happened"), incident.title),
        (_("Held by"), incident.holder.name),
        (_("Status of the case"), str(incident.get_status_display())),
        (_("Began"), moment_text(incident.began_at, incident.began_precision)),
        (_("Ended"), moment_text(incident.ended_at, incident.ended_precision)),
        (_("Sectors and countries hit"), "; ".join(victims) or _("Not known")),
        (_("People affected"), people_text(incident.people_min, incident.people_best, incident.people_max)),
    ]
    return [Text(incident.summary), Facts(_("The incident in brief"), tuple(rows))]


@fills("scope_independence")
def scope_independence(material: Material) -> list[Block]:
    """Who asked, and whether they handled the case: said as the ledger has it, not as anybody claims (R4.5)."""
    review = material.review
    acts = [
        entry
        for entry in material.entries
        if entry.actor_id == review.asked_by_id and not entry.verb.startswith(OWN_ACTS)
    ]
    handled = (
        ngettext(
            "The person who asked for this review has done %(count)s act on the case, so this review is not independent in the sense of R4.5.",
            "The person who asked for this review has done %(count)s acts on the case, so this review is not independent in the sense of R4.5.",
            len(acts),
        )
        % {"count": len(acts)}
        if acts
        else _("The person who asked for this review has done nothing else on the case, as the ledger shows.")
    )
    return [
        Points(
            (
                _("This review was built by the platform from the record of the case as %(organisation)s may see it.")
                % {"organisation": review.organisation.name},
                handled,
                _("Its purpose is to learn. It establishes no liability and decides no dispute."),
            )
        )
    ]


@fills("method")
def method(material: Material) -> list[Block]:
    """How the review came about, and its limits."""
    version = material.review.template_version
    return [
        Points(
            (
                _(
                    "Every fact is taken from the record as it stood at %(time)s. Nothing was added by hand except sections that say so."
                )
                % {"time": stamp(material.at)},
                _("The order of sections follows the review template %(version)s.") % {"version": version},
                _("What is not known is said to be not known; no number stands for an absent one."),
                _("Material marked above %(mark)s is named as withheld and not described.")
                % {"mark": material.review.mark},
                _(
                    "A review opens within %(days)s days of the restoration of the services people depend on most (R4.5)."
                )
                % {"days": template.opens_within_days(version)},
            )
        )
    ]


def own_moments(material: Material) -> list[tuple[datetime | None, str, str, str]]:
    """What happened in the case's own time: its moments, its timeline, what was said in public."""
    incident = material.incident
    found: list[tuple[datetime | None, str, str, str]] = []
    for name, words in moment_names().items():
        at, precision = getattr(incident, f"{name}_at"), getattr(incident, f"{name}_precision")
        if at:
            found.append((at, moment_text(at, precision), words, _("case record")))
    for entry in TimelineEntry.objects.filter(incident=incident):
        found.append((entry.at, moment_text(entry.at, entry.at_precision), entry.what, entry.source))
    for statement in Statement.objects.filter(incident=incident):
        when = moment_text(statement.said_at, statement.said_precision)
        found.append(
            (statement.said_at, when, _("Public statement by %(name)s") % {"name": statement.said_by}, statement.source)
        )
    last = datetime.max.replace(tzinfo=UTC)
    return sorted(found, key=lambda row: row[0] or last)


def acts_by_day(material: Material) -> dict[tuple[date, str, int], int]:
    """How often each organisation did each thing on each day, in the order it was first done."""
    return Counter(
        (entry.recorded_at.astimezone(UTC).date(), str(VERBS.get(entry.verb, entry.verb)), entry.organisation_id)
        for entry in material.entries
    )


def times(words: str, count: int) -> str:
    """An act, and how often."""
    return words if count == 1 else _("%(act)s (%(count)s times)") % {"act": words, "count": count}


@fills("timeline")
def timeline(material: Material) -> list[Block]:
    """What happened, and what was done about it on the platform."""
    happened = tuple((when, what, source or _("not stated")) for _at, when, what, source in own_moments(material))
    blocks: list[Block] = [Heading(_("What happened"))]
    if happened:
        blocks.append(Table("timeline", _("Timeline of the incident"), (_("When"), _("What"), _("Source")), happened))
    else:
        blocks.append(Nothing(_("No moment of this incident is known.")))
    known = Organisation.objects.in_bulk({entry.organisation_id for entry in material.entries})
    houses = {number: house.name for number, house in known.items()}
    done = tuple(
        (day(on), times(words, count), houses.get(house, _("another organisation")))
        for (on, words, house), count in acts_by_day(material).items()
    )
    blocks.append(Heading(_("What was done on the platform")))
    if done:
        heads = (_("Day (UTC)"), _("Act"), _("Organisation"))
        blocks.append(Table("ledger", _("Acts on this case, from the ledger"), heads, done))
    else:
        blocks.append(Nothing(_("The ledger shows nothing to the organisation that asked.")))
    return blocks


def with_notes(caption: str, figure: Figure) -> str:
    """The caption of a chart with the meaning of the marks in it."""
    notes = "; ".join(f"{mark} {words}" if mark else words for mark, words in figure.notes)
    return f"{caption}. {notes}" if notes else caption


@fills("impact")
def impact(material: Material) -> list[Block]:
    """Services and people."""
    incident = material.incident
    blocks: list[Block] = [
        Facts(
            _("People"),
            (
                (_("People affected"), people_text(incident.people_min, incident.people_best, incident.people_max)),
                (_("Where these numbers come from"), incident.people_source or _("Not known")),
            ),
        ),
    ]
    if incident.harm:
        blocks.append(Text(incident.harm))
    hit = list(incident.servicehits.all().order_by("pk"))
    if not hit:
        return [*blocks, Nothing(_("No essential service is recorded as hit."))]
    names = dict(taxonomy.services())
    rows = tuple(
        (
            s.name,
            names.get(s.service, s.service),
            country(s.country),
            people_text(s.people_min, s.people_best, s.people_max),
        )
        for s in hit
    )
    heads = (_("Service"), _("Kind"), _("Country"), _("People without it"))
    if any(s.people_best is not None for s in hit):
        figure = bar_chart(
            figure_id="people", title=_("People without each service"), head=_("Service"), categories=[s.name for s in hit],
            series=[Series(_("Best estimate"), tuple(s.people_best for s in hit))],
        )  # fmt: skip
        spoken = "; ".join(f"{row[0]}: {row[3]}" for row in rows[:12])
        alt = _("Bar chart of the people without each essential service, best estimates. %(rows)s.") % {"rows": spoken}
        blocks.append(
            Picture("people", figure.svg, alt, with_notes(_("People without each service, best estimate"), figure))
        )
    return [*blocks, Table("services", _("Essential services hit"), heads, rows)]

"""Who judged a finding, by seat: discipline, house, conflict, recusal; and what was said, once it was opened.

A seat is called by its label and its house: who the person is stands on the platform's own page and does not travel.
Opinions of a sealed round are not read, not even the asker's own (ATT-7).
"""

from typing import Any

from attribution.models import Finding, Opinion, Panel, Seat
from attribution.selectors import opinions_that_count, panel_that_counts
from attribution.services.opinions import committed
from ledger.hashing import moment


def seat_of(seat: Seat) -> dict[str, Any]:
    """A seat; whether its opinion was given is nobody's to know before the opening."""
    return {
        "label": seat.label, "discipline": seat.discipline, "seat": seat.seat, "organisation": seat.organisation.name,
        "taken": seat.member_id is not None, "conflict": seat.conflict, "recused": seat.recused_reason if seat.recused_at else None,
    }  # fmt: skip


def opinion_of(opinion: Opinion, counting: set[int]) -> dict[str, Any]:
    """An opened opinion with everything its commitment covers, the salt and the commitment."""
    answer = getattr(opinion, "answer", None)
    return {
        "seat": opinion.seat.label, "discipline": opinion.seat.discipline, "organisation": opinion.seat.organisation.name,
        "round": opinion.round, "counts": opinion.pk in counting, **committed(opinion),
        "objection_answer": answer.reasons if answer else None, "salt": opinion.salt, "commitment": opinion.commitment,
        "opened_at": moment(opinion.revealed_at) if opinion.revealed_at else None,
    }  # fmt: skip


def panels_of(finding: Finding) -> list[dict[str, Any]]:
    """Every panel of the finding, in order; `counts` is the one the tier is computed with."""
    counting = panel_that_counts(finding)
    found = []
    for panel in Panel.objects.filter(finding=finding).order_by("number"):
        seats = Seat.objects.filter(panel=panel).select_related("organisation").order_by("number")
        last = set(opinions_that_count(panel).values_list("pk", flat=True))
        opened = Opinion.objects.filter(panel=panel, revealed_at__isnull=False).select_related(
            "seat__organisation", "answer"
        )
        found.append(
            {
                "label": panel.label, "counts": counting is not None and panel.pk == counting.pk, "state": panel.state, "round": panel.round,
                "scale": panel.scale, "quorum": panel.quorum, "required_seats": panel.required_seats,
                "convened_at": moment(panel.convened_at), "opened_at": moment(panel.revealed_at) if panel.revealed_at else None,
                "seats": [seat_of(seat) for seat in seats],
                "opinions": [opinion_of(row, last) for row in opened.order_by("seat__number", "round")],
            }
        )  # fmt: skip
    return found

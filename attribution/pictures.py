"""Small pictures of a finding, drawn once for page and PDF, each with its table."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from core.charts import Figure, Step, steps_chart

from . import norms
from .rules import TIERS

FORGEABLE = "intruder_controlled"


def class_words(code: str, version: str) -> str:
    """A class of evidence in words, all forgeable ones as one."""
    if code == FORGEABLE:
        return _("what the intruder could forge")
    return dict(norms.named("evidence_classes", version)).get(code, code)


def loss_words(row: Mapping[str, Any], version: str) -> str:
    """What is taken away: "Without the origin iSight Partners research (E-2)"."""
    if row["kind"] == "origin":
        words = _("Without the origin %(key)s") % {"key": row["key"]}
    else:
        words = _("Without the class %(key)s") % {"key": class_words(row["key"], version)}
    items = ", ".join(row["items"])
    return _("%(loss)s (%(items)s)") % {"loss": words, "items": items} if items else words


def left_words(row: Mapping[str, Any]) -> str:
    """What is left: the tier, and whether it is still set apart from every alternative."""
    stands = _("stands") if row["stands"] else _("does not stand")
    return _("%(tier)s, %(stands)s") % {"tier": row["tier"], "stands": stands}


def robustness_figure(
    label: str,
    explanation: Mapping[str, Any],
    version: str,
    *,
    says: Callable[[Mapping[str, Any]], str] | None = None,
    rtl: bool | None = None,
) -> Figure | None:
    """The tier the record would carry without each origin and each class that carries the finding; None when nothing does.

    `says` words a loss for a reader who may not see every item.
    """
    losses = explanation.get("without") or []
    if not losses:
        return None
    now = str(explanation.get("tier", "T0"))
    name = says or (lambda row: loss_words(row, version))
    rows = [Step(_("As the record stands"), TIERS.index(now), now)]
    rows += [
        Step(name(row), TIERS.index(row["tier"]), left_words(row), worse=not row["stands"] or row["tier"] < now)
        for row in losses
    ]
    return steps_chart(
        figure_id=f"robust-{label}", title=_("What is left without any one source or class"), steps=TIERS[1:], rows=rows,
        headers=(_("Without"), _("Tier the record carries")), rtl=rtl,
        description=_("Each row leaves out one origin or one class of evidence and computes the tier anew. Hatched: less is left."),
    )  # fmt: skip


def effect_words(row: Mapping[str, Any], version: str) -> tuple[str, str, str]:
    """A single new item that would change the finding: which, of what classes, and to what."""
    said = {
        ("for", "new"): _("One more item for it, from an origin not in the case yet"),
        ("for", "known"): _("One more item for it, from an origin it rests on already"),
        ("for", "interested"): _("One more item for it, from an interested party"),
        ("against", "new"): _("One item against it, from an origin not in the case yet"),
        ("against", "known"): _("One item against it, from an origin it rests on already"),
    }[row["speaks"], row["origin"]]
    classes = ", ".join(class_words(code, version) for code in row["classes"])
    result = _("%(tier)s, contested") % {"tier": row["tier"]} if row["contested"] else row["tier"]
    return said, classes, result

"""What a report does not show, in plain words: general limits last, those of this finding first. Codes with values; pages say them."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_noop

SENTENCES = {
    "rule_not_truth": gettext_noop(
        "A tier says how far the record carries the finding by a published rule. It does not say that the finding is true."
    ),
    "no_probability": gettext_noop(
        "Likelihood and confidence are the words of those who judged. They are not computed and no number stands behind them."
    ),
    "custody_not_content": gettext_noop(
        "Custody shows who had an item in hand since it was received here, not whether what it says is true, nor what happened to it before."
    ),
    "proofs_not_content": gettext_noop(
        "The proofs show that an entry stands unchanged in the ledger since it was recorded. They do not show that what was recorded is right."
    ),
    "one_at_a_time": gettext_noop(
        "One source or one class is left out at a time. Two sources that are false together are not tried."
    ),
    "not_tried": gettext_noop(
        "The case holds too many items for every single loss to be tried; only the sentence above is computed."
    ),
    "withheld": gettext_noop(
        "Withheld at this mark: %(items)s. Whoever reads this cannot check what rests on them (R2.12)."
    ),
    "sealed": gettext_noop("Sealed: %(items)s. Their hashes and grades are given, their content is not."),
    "no_state_held": gettext_noop(
        "This finding holds no State responsible: it is not on the leg of law, or no article is claimed (R2.5)."
    ),
    "waits": gettext_noop(
        "Something the finding rests on has changed and it waits to be computed anew. The tier printed here is the one before that."
    ),
    "marked": gettext_noop("It uses evidence that was frozen or withdrawn since: %(items)s."),
    "contested": gettext_noop("The finding is contested, and that is not resolved."),
    "overdue": gettext_noop("Its review is overdue by %(days)s days."),
    "not_standing": gettext_noop("The finding no longer stands: it is withdrawn or superseded."),
    "no_panel": gettext_noop("No independent panel has given its opinion."),
    "no_reply": gettext_noop("No reply of a party concerned is on record. That is no consent."),
    "custody_broken": gettext_noop("The chain of custody is broken for: %(items)s."),
    "no_proofs": gettext_noop("Some or all entries of the ledger come without a proof: %(why)s."),
    "exercise": gettext_noop("This case is an exercise. Nothing in it happened."),
}

ALWAYS = ("rule_not_truth", "no_probability", "custody_not_content", "proofs_not_content")


def limits_of(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The limits of this report, from what it says itself."""
    stands, items = data["stands"], data["evidence"]["items"]

    def labels(rows: list[Any]) -> str:
        return ", ".join(str(row) for row in rows)

    above = [row["label"] for row in items if row["withheld"] == "above_mark"]
    sealed = [row["label"] for row in items if row["withheld"] == "sealed"]
    broken = [row["label"] for row in data["evidence"]["custody"]["broken"]]
    own: list[tuple[str, object, dict[str, Any]]] = [
        ("exercise", data["case"]["is_exercise"], {}),
        ("not_standing", stands["standing"] in ("withdrawn", "superseded"), {}),
        ("waits", stands["waits"], {}),
        ("contested", stands["contested"], {}),
        ("overdue", stands["overdue"], {"days": stands["overdue_days"]}),
        ("marked", stands["marked_items"], {"items": labels(stands["marked_items"])}),
        ("custody_broken", broken, {"items": labels(broken)}),
        ("withheld", above, {"items": labels(above)}),
        ("sealed", sealed, {"items": labels(sealed)}),
        ("no_panel", not any(panel["opinions"] for panel in data["panels"]), {}),
        ("no_reply", not data["replies"], {}),
        ("no_state_held", not data["claim"]["state_held"], {}),
        ("no_proofs", data["ledger"]["why_not"], {"why": data["ledger"]["why_not"]}),
    ]
    found = [(code, values) for code, holds, values in own if holds]
    found += [(code, {}) for code in ALWAYS]
    found.append(("one_at_a_time" if data["robustness"]["tried"] else "not_tried", {}))
    return [{"code": code, "params": values, "english": SENTENCES[code] % values} for code, values in found]

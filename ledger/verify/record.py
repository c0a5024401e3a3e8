"""A custody record as JSON (`norms-platform custody 1`), which may carry the proof of an entry with it."""

from collections.abc import Mapping
from typing import Any

from .custody import check_chain
from .fields import text
from .verdict import Refused, Verdict

FORMAT = "norms-platform custody 1"


def check_record(said: Mapping[str, Any], verdict: Verdict) -> None:
    """The chain in a record; what it was made of is not in it."""
    if said.get("format") != FORMAT:
        raise Refused(f"this JSON is not of a format this verifier knows ({FORMAT})")
    label = text(said, "item", "the record")
    before = len(verdict.wrong)
    links = check_chain(label, said, verdict)
    if said.get("item_id") != links[0].item:
        verdict.wrong.append(f"{label}: the chain of custody is another item's.")
    if len(verdict.wrong) == before:
        verdict.holds.append(
            f"{label}: every one of {len(links)} links of custody follows the one before and from an act that was possible."
        )
    verdict.open.append(
        "A record is not signed: whoever holds it could have made all of it. Its SHA-256 stands in the platform's ledger."
    )
    verdict.notes.append("The files themselves are not in a record, so none was compared with its hash.")

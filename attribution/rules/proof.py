"""What proof a leg is held to, and whether its tier answers it (domain 1.7). A tier is computed; a standard of proof is chosen
when the leg is opened and never lowered to fit what was found."""

from dataclasses import dataclass
from typing import Literal

from .standard import TIERS, EvidenceStandard

Answer = Literal["reached", "not_reached", "not_set"]


@dataclass(frozen=True, slots=True)
class Proof:
    """A standard of proof, the tier that answers it, and whether the tier found does."""

    code: str
    needs: str
    answer: Answer


def proof_of(code: str, tier: str, standard: EvidenceStandard) -> Proof:
    """Whether a tier answers a standard of proof; "not set" when the version of the standard knows none of this name."""
    needs = standard.proof_tiers.get(code, "")
    if not needs:
        return Proof(code, "", "not_set")
    return Proof(code, needs, "reached" if TIERS.index(tier) >= TIERS.index(needs) else "not_reached")

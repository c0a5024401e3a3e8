"""Accreditation: the secretariat reviews the first body, that body reviews the others, and a renewal waits (SHR-3)."""

from accreditation import selectors, services
from organisations.actors import Actor

from ..cast import Cast
from ..stage import house
from ..story import Names, Story

# Who attests, and whose review. The first body has begun to renew in time.
FIRST = ("meridian", "secretariat")
OTHERS = ("vela", "orrin", "tessera", "amal", "brigid", "palaver")
RENEWS = ("meridian", "tessera")

HOW = {
    "custody": "Two people sign for every hand-over; the register is on this platform and in a bound book.",
    "integrity": "SHA-256 at intake, checked every quarter; originals stay in a locked cabinet.",
    "grading": "Graded by an analyst who did not collect it, after the annual course.",
    "origins": "The first source is asked for before an item is given in.",
    "marks": "Marks are on every page and in every file name; only the originator lowers one.",
    "people": "Consent forms in four languages; names are kept apart from statements.",
    "access": "Named accounts with a security key, closed by the administrator on the last day.",
    "recall": "A list of copies per case; they are destroyed within five days, with a record.",
    "breach": "A duty officer tells the holder within a day, exercised twice a year.",
    "law": "Counsel keeps a page on both, renewed each January.",
}


def attest(story: Story, cast: Cast, slug: str, reviewer: str, step: str = "sent") -> int:
    """The house answers every requirement and sends it to its reviewer; the number of its attestation."""

    def act(actor: Actor) -> Names:
        begun = services.begin_attestation(actor=actor)
        answers = {
            row["code"]: {"answer": "met", "how": HOW[row["code"]]} for row in selectors.requirements(begun.rules)
        }
        services.answer_attestation(actor=actor, attestation_id=begun.pk, answers=answers)
        services.send_attestation(actor=actor, attestation_id=begun.pk, reviewer=house(reviewer))
        return {"attestation": begun.pk}

    return int(story.tell(f"accreditation/{slug}/{step}", cast[f"{slug}.admin"], act)["attestation"])


def accredit(story: Story, cast: Cast, slug: str, reviewer: str) -> None:
    """Attested by the house, decided by its reviewer."""
    number = attest(story, cast, slug, reviewer)

    def act(actor: Actor) -> None:
        services.decide_attestation(
            actor=actor, attestation_id=number, accredit=True,
            note="Visited in March; registers and three sample cases were in order.",
        )  # fmt: skip

    story.tell(f"accreditation/{slug}/decided", cast[f"{reviewer}.admin"], act)


def tell(story: Story, cast: Cast) -> None:
    """Before anything is shared: evidence goes to accredited houses alone."""
    accredit(story, cast, *FIRST)
    for slug in OTHERS:
        accredit(story, cast, slug, FIRST[0])
    attest(story, cast, *RENEWS, step="renewal")

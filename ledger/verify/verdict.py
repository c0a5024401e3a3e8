"""What was found, in plain words: what holds, what does not, what could not be checked, and what is good to know."""

from dataclasses import dataclass, field

SHOWN = 300  # signs of a name or text out of a package


class Refused(Exception):
    """Why something is not looked at any further; one sentence."""


def plain(text: object) -> str:
    """A text out of a package, made harmless for a terminal: one line, no control or direction signs, not endless."""
    told = "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in str(text)[: SHOWN + 1])
    return told if len(told) <= SHOWN else f"{told[:SHOWN]}…"


@dataclass
class Verdict:
    """`wrong` is anything that does not hold; `open` is what would have to be known before the rest can be relied on."""

    holds: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def code(self) -> int:
        """0: everything holds. 1: something does not. 3: nothing is wrong, but not everything that matters could be checked."""
        return 1 if self.wrong else 3 if self.open else 0

    def lines(self) -> list[str]:
        """For people."""
        said: list[str] = []
        parts = (
            ("CHECKED AND HOLDS", "+", self.holds), ("DOES NOT HOLD", "!", self.wrong),
            ("COULD NOT BE CHECKED", "?", self.open), ("GOOD TO KNOW", "-", self.notes),
        )  # fmt: skip
        for title, sign, sentences in parts:
            if sentences:
                said += [title, *(f"  {sign} {plain(sentence)}" for sentence in sentences), ""]
        said.append(
            {
                0: "Everything that was checked holds. This shows what was received and who had it, never that it is true.",
                1: "DO NOT RELY ON THIS: something does not hold.",
                3: "Nothing is wrong with what could be checked, but not everything could be: see above.",
            }[self.code]
        )
        return said

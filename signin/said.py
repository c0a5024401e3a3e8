"""What an organisation's own sign-in says of a person, whatever way it says it."""

from dataclasses import asdict, dataclass, field
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Said:
    """Verified: it comes from the issuer, was made for us, just now, for this question. Nothing in it is trusted beyond that."""

    issuer: str
    subject: str
    email: str
    name: str = ""
    # None: it says nothing about whether the address was checked.
    email_verified: bool | None = None
    groups: list[str] = field(default_factory=list)
    # Of an OpenID Connect issuer: its name for the session there, and the token that shows it who is being signed out.
    session: str = ""
    token: str = ""

    def as_json(self) -> dict[str, Any]:
        """For the cache."""
        return asdict(self)

    @classmethod
    def from_json(cls, facts: dict[str, Any]) -> Self:
        """From the cache."""
        return cls(**facts)


class Untrue(ValueError):
    """What came is not what it claims to be; the reason is for the log alone."""


def texts(value: Any) -> list[str]:
    """Groups as a list: some say one text, some a list; anything else is none."""
    if isinstance(value, str):
        return [value] if value else []
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []

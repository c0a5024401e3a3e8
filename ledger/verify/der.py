"""As much DER as a time stamp needs: values with a tag and a definite length, nothing past its end (X.690)."""

from collections.abc import Iterator
from dataclasses import dataclass

SEQUENCE, SET, INTEGER, OCTETS, OID, TIME = 0x30, 0x31, 0x02, 0x04, 0x06, 0x18
MOST_VALUES = 10_000


class BadDer(ValueError):
    """Not DER, or not of the shape it must have."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value: its tag, what is in it, and all of it as it was encoded."""

    tag: int
    content: bytes
    whole: bytes

    def must(self, tag: int) -> "Value":
        """Itself, if it is of this kind."""
        if self.tag != tag:
            raise BadDer(f"a value of kind {tag:#x} was expected and {self.tag:#x} found")
        return self

    def parts(self) -> list["Value"]:
        """The values inside."""
        return list(values(self.content))

    def inside(self) -> "Value":
        """The one value inside an explicit tag."""
        found = self.parts()
        if len(found) != 1:
            raise BadDer("one value was expected")
        return found[0]

    @property
    def number(self) -> int:
        """An integer."""
        return int.from_bytes(self.must(INTEGER).content, signed=True)


def values(data: bytes) -> Iterator[Value]:
    """The values that stand one after the other in `data`, all of it."""
    at, count = 0, 0
    while at < len(data):
        count += 1
        value, at = value_at(data, at)
        if count > MOST_VALUES:
            raise BadDer("too many values")
        yield value


def value_at(data: bytes, start: int) -> tuple[Value, int]:
    """The value at a place, and the place after it."""
    if start + 2 > len(data):
        raise BadDer("a value is cut off")
    tag, length, at = data[start], data[start + 1], start + 2
    if tag & 0x1F == 0x1F:
        raise BadDer("a tag is too long")
    if length >= 0x80:
        more = length & 0x7F
        if not 1 <= more <= 4 or at + more > len(data):
            raise BadDer("a length cannot be read")
        length, at = int.from_bytes(data[at : at + more]), at + more
    if at + length > len(data):
        raise BadDer("a value is longer than what holds it")
    return Value(tag, data[at : at + length], data[start : at + length]), at + length


def only(data: bytes) -> Value:
    """The one value `data` is."""
    found, end = value_at(data, 0)
    if end != len(data):
        raise BadDer("something follows the value")
    return found

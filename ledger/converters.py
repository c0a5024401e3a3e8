"""Numbers in the addresses of tiles: `x001/x234/067` is 1234067 (C2SP tlog-tiles)."""

from django.urls import register_converter


class TileNumber:
    """Groups of three digits, all but the last marked with an x."""

    regex = r"(?:x[0-9]{3}/){0,5}[0-9]{3}"

    def to_python(self, value: str) -> int:
        """The number; a longer way to write it than needed is no address."""
        if value.startswith("x000/"):
            raise ValueError(value)
        return int(value.replace("x", "").replace("/", ""))

    def to_url(self, value: int) -> str:
        """The number in groups."""
        digits = str(value)
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
        return "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])


register_converter(TileNumber, "tile")

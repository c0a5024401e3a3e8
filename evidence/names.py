"""File names as people may safely read them. Pure.

A name is a stranger's text: it can hide where it points (`../`) and what it is (direction marks make `exe.fdp` read
`pdf.exe`). It is shown cleaned; what was taken away is kept, written out, where nothing can act on it.
"""

import unicodedata

LONGEST = 180
# Controls, formats (direction marks, zero-width signs), surrogates, private use, line and paragraph separators.
INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def clean_name(given: str) -> str:
    """The last part of the name without anything invisible; never empty, never a path, at most 180 signs."""
    name = unicodedata.normalize("NFC", given).replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(sign for sign in name if unicodedata.category(sign) not in INVISIBLE)
    name = " ".join(name.split())
    if name.strip(". ") == "":
        return "file"
    if len(name) > LONGEST:
        stem, dot, ending = name.rpartition(".")
        keeps_ending = bool(dot and stem) and len(ending) <= 16
        name = f"{stem[: LONGEST - len(ending) - 1]}.{ending}" if keeps_ending else name[:LONGEST]
    return name


def written_out(given: str) -> str:
    """The name as it came, with every invisible sign as its code: `\\u202e`. At most 600 signs."""
    signs = (
        sign.encode("unicode_escape", "replace").decode("ascii")
        if (unicodedata.category(sign) in INVISIBLE and not sign.isspace()) or sign in "\n\r\t\x0b\x0c\x85\u2028\u2029"
        else sign
        for sign in given
    )
    return "".join(signs)[:600]


def ending_of(name: str) -> str:
    """`pdf` of `Report.PDF`, or empty."""
    stem, dot, ending = name.rpartition(".")
    return ending.lower() if dot and stem else ""

"""The verifier as one file: the same modules, unchanged, in an archive Python runs (`python norms-verify.pyz PACKAGE`).

The same sources always give the same bytes, so that two people can compare what they were given by its SHA-256. Stored, not
packed: whoever is suspicious can read it with any text viewer. It is made when it is asked for and so is never out of date.
"""

import io
import zipfile
from functools import cache
from pathlib import Path

NAME = "norms-verify.pyz"
HERE = Path(__file__).resolve().parent
SHARED = ("__init__.py", "checkpoints.py", "hashing.py", "merkle.py", "notes.py")
START = "import sys\n\nfrom ledger.verify.cli import main\n\nsys.exit(main(sys.argv[1:]))\n"
WHEN = (2000, 1, 1, 0, 0, 0)


@cache
def archive() -> bytes:
    """The file. Needs Python 3.11 and `cryptography` where it is run."""
    own = sorted(place for place in HERE.glob("*.py") if place.name != "single.py")
    parts = {"__main__.py": START.encode()}
    parts |= {f"ledger/{name}": (HERE.parent / name).read_bytes() for name in SHARED}
    parts |= {f"ledger/verify/{place.name}": place.read_bytes() for place in own}
    out = io.BytesIO(b"#!/usr/bin/env python3\n")
    out.seek(0, io.SEEK_END)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_STORED) as packed:
        for path, data in parts.items():
            entry = zipfile.ZipInfo(path, WHEN)
            entry.external_attr = 0o100644 << 16
            packed.writestr(entry, data)
    return out.getvalue()

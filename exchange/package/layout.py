"""Where each thing lies in an evidence package (docs/reference/evidence-package.md). Pure."""

FORMAT = "norms-platform evidence package 1"
ITEMS = "data/items.json"
ENTRIES = "data/ledger/entries.json"
CHECKPOINT = "data/checkpoint.txt"
KEYS = "data/keys.json"
GRAPH = "data/case.jsonld"
PROOFS = "data/proofs/"
AUTHORITIES = "data/timestamps/authorities.pem"
README = "README.md"
SIGNATURE = "signature.txt"
PASSWORD = b"infected"

# Why an item comes without its content.
SEALED, FROZEN, WITHDRAWN, DISPOSED, HELD = "sealed", "frozen", "withdrawn", "disposed", "held"


def custody_path(label: str) -> str:
    """An item's custody."""
    return f"data/custody/{label}.json"


def file_path(label: str, sha256: str, *, locked: bool = False) -> str:
    """A file of an item; locked away in an encrypted zip when it is dangerous."""
    return f"data/files/{label}/{sha256}{'.zip' if locked else ''}"


def proof_path(entry_id: int) -> str:
    """An entry's proof of inclusion."""
    return f"{PROOFS}{entry_id}.json"


def stamp_path(sha256: str) -> str:
    """A time stamp over a file."""
    return f"data/timestamps/{sha256}.tsr"


def signed_text(identifier: str, tag_manifest_sha256: str) -> str:
    """What the platform signs: this bag, and through its manifests every byte in it."""
    return f"{FORMAT}\n{identifier}\nsha256:{tag_manifest_sha256}\n"

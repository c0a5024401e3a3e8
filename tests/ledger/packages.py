"""A small evidence package, made here from the formats' description alone: what the verifier must accept, and what tests spoil."""

import base64
import hashlib
import io
import json
import zipfile
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.checkpoints import Checkpoint, Witness, cosign
from ledger.hashing import commitment_of, leaf_hash
from ledger.merkle import in_memory
from ledger.merkle import leaf_hash as tree_leaf
from ledger.notes import Signer

IDENTIFIER = "urn:uuid:00000000-0000-4000-8000-000000000001"
FIELDS = ("item_id", "place", "act", "at", "actor_id", "organisation_id", "file_id", "sha256_seen", "note", "previous")
LEAF = (
    "entry_id", "verb", "subject_type", "subject_id", "root_id", "actor_id", "organisation_id", "instruments", "payload", "recorded_at",
)  # fmt: skip
LOG = b"2026-03-14T02:11:09Z login accepted from 192.0.2.17\n"
DIGEST = hashlib.sha256(LOG).hexdigest()


def hashed(row: dict[str, Any]) -> str:
    told = b""
    for name in FIELDS:
        data = ("" if row[name] is None else str(row[name])).encode()
        told += len(data).to_bytes(4, "big") + data
    return hashlib.sha256(b"\x02" + told).hexdigest()


def chain(*acts: tuple[str, int], item: int = 7, digest: str = DIGEST, **first: Any) -> list[dict[str, Any]]:
    """A chain of custody: each act and who did it."""
    links: list[dict[str, Any]] = []
    for place, (act, actor) in enumerate(acts, start=1):
        row: dict[str, Any] = {
            "item_id": item, "place": place, "act": act, "at": f"2026-03-15T09:{place:02}:00.000000Z", "actor_id": actor,
            "organisation_id": 3, "file_id": 11 if act == "stored" else None, "sha256_seen": digest if act == "stored" else "",
            "note": "", "note_withheld": False, "previous": links[-1]["hash"] if links else "0" * 64,
        }  # fmt: skip
        row |= first if place == 1 else {}
        links.append(row | {"hash": hashed(row)})
    return links


def relinked(links: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The links with hashes and places that fit them: whoever invents a chain can do that too."""
    for place, row in enumerate(links, start=1):
        row |= {"place": place, "previous": links[place - 2]["hash"] if place > 1 else "0" * 64}
        row["hash"] = hashed(row)
    return links


@dataclass
class Maker:
    """The platform that makes the package, its log, and a witness."""

    platform: Signer = field(default_factory=lambda: Signer("norms.example/packages", Ed25519PrivateKey.generate()))
    log: Signer = field(default_factory=lambda: Signer("norms.example/log", Ed25519PrivateKey.generate()))
    witness: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    others: int = 300
    files: dict[str, bytes] = field(default_factory=dict)
    leaves: list[bytes] = field(default_factory=list)

    @property
    def witness_key(self) -> str:
        return Witness("witness.example", self.witness.public_key().public_bytes_raw()).vkey

    @property
    def trusted(self) -> list[str]:
        """What the caller gives to trust all three."""
        return ["--key", self.platform.vkey, "--key", self.log.vkey, "--key", self.witness_key]

    def checkpoint(self, size: int) -> str:
        """The signed state of the log at a size, cosigned."""
        text = Checkpoint(self.log.name, size, in_memory(self.leaves[:size]).root()).text
        return self.log.sign(text) + cosign("witness.example", self.witness, text, 1_780_000_000)

    def consistency(self, old: int) -> bytes:
        """As the API gives it."""
        proof = in_memory(self.leaves).consistency(old)
        return json.dumps({"from": old, "size": len(self.leaves), "proof": in_base64(proof)}).encode()

    def fill(self, links: list[dict[str, Any]] | None = None) -> "Maker":
        """The payload: one item with one file, its custody, three entries of the ledger with their proofs."""
        links = links or chain(("received", 5), ("stored", 5), ("released", 5), ("accepted", 6), ("exported", 6))
        entries = [entry(number) for number in (40, 41, 299)]
        salts = {place: hashlib.sha256(f"salt {place}".encode()).digest() for place in range(self.others)}
        at = {int(row["entry_id"]): row for row in entries}
        commitments = [
            commitment_of(salts[place], bytes.fromhex(at[place]["leaf"]) if place in at else hashlib.sha256(b"%d" % place).digest())
            for place in range(self.others)
        ]  # fmt: skip
        self.leaves = [tree_leaf(commitment) for commitment in commitments]
        tree = in_memory(self.leaves)
        item = {
            "label": "E-1", "item_id": 7, "holding": "held", "mark": "TLP:AMBER", "title": "Mail gateway log", "lineage": [], "grades": [],
            "files": [{"path": f"data/files/E-1/{DIGEST}", "sha256": DIGEST, "size": len(LOG), "media_type": "text/plain", "name": "mail.log", "locked": False}],
            "custody": {"path": "data/custody/E-1.json", "links": len(links), "last_hash": links[-1]["hash"]},
        }  # fmt: skip
        said = {"format": "norms-platform evidence package 1", "identifier": IDENTIFIER, "mark": "TLP:AMBER", "issued_by": "https://norms.example", "items": [item]}  # fmt: skip
        self.files = {
            f"data/files/E-1/{DIGEST}": LOG,
            "data/items.json": dumped(said),
            "data/custody/E-1.json": dumped({"format": "norms-platform custody 1", "item": "E-1", "item_id": 7, "links": links, "earlier": None}),
            "data/ledger/entries.json": dumped(entries),
            "data/checkpoint.txt": self.checkpoint(self.others).encode(),
            "data/keys.json": dumped({"log": self.log.vkey, "packages": self.platform.vkey, "witnesses": [self.witness_key]}),
            **{
                f"data/proofs/{place}.json": dumped(
                    {"entry_id": str(place), "salt": salts[place].hex(), "commitment": commitments[place].hex(), "index": place,
                     "size": self.others, "path": in_base64(tree.inclusion(place))}
                )
                for place in at
            },
        }  # fmt: skip
        return self

    def sealed(self) -> dict[str, bytes]:
        """Everything in the bag, with manifests that fit and the platform's signature."""
        return bagged(self.files, self.platform)

    def zip(self) -> bytes:
        return packed(self.sealed())


def in_base64(hashes: list[bytes]) -> list[str]:
    return [base64.b64encode(each).decode() for each in hashes]


def dumped(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def entry(number: int) -> dict[str, str]:
    """An entry of the ledger, as a package holds it."""
    row = {
        "entry_id": str(number), "verb": "evidence.added", "subject_type": "evidence.evidenceitem", "subject_id": "7", "root_id": "2",
        "actor_id": "5", "organisation_id": "3", "instruments": "{}", "payload": '{"label":"E-1"}',
        "recorded_at": "2026-03-15T09:01:00.000000Z",
    }  # fmt: skip
    return row | {"leaf": leaf_hash([row[name] for name in LEAF]).hex()}


def lines(paths: list[str], files: dict[str, bytes]) -> bytes:
    return "".join(f"{hashlib.sha256(files[path]).hexdigest()}  {path}\n" for path in sorted(paths)).encode()


def bagged(payload: dict[str, bytes], platform: Signer | None) -> dict[str, bytes]:
    """The payload with its tag files."""
    files = {
        **payload,
        "bagit.txt": b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
        "bag-info.txt": f"External-Identifier: {IDENTIFIER}\n".encode(),
        "README.md": b"# A package\n",
        "manifest-sha256.txt": lines(list(payload), payload),
    }
    files["tagmanifest-sha256.txt"] = lines([path for path in files if path not in payload], files)
    if platform is not None:
        digest = hashlib.sha256(files["tagmanifest-sha256.txt"]).hexdigest()
        text = f"norms-platform evidence package 1\n{IDENTIFIER}\nsha256:{digest}\n"
        files["signature.txt"] = platform.sign(text).encode()
    return files


def packed(files: dict[str, bytes], top: str = "INC-1/") -> bytes:
    """A zip of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for path, data in files.items():
            made.writestr(f"{top}{path}", data)
    return out.getvalue()

"""Signed notes as the rest of the world reads them (C2SP signed-note)."""

import stat
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.keys import signer
from ledger.notes import BadNote, Signer, Verifier, key_id, signed_by, split

pytestmark = pytest.mark.duty("ATT-3")

# From the documentation of golang.org/x/mod/sumdb/note, an implementation nobody here wrote.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def test_a_note_made_by_go_is_read_and_its_key_written_as_go_writes_it() -> None:
    known = Verifier.from_vkey(GO_KEY)
    text, signers = signed_by(GO_NOTE, [known])
    assert text.startswith("If you think") and signers == [known] and known.vkey == GO_KEY
    with pytest.raises(BadNote):
        signed_by(GO_NOTE.replace("cryptography", "blockchains"), [known])


def test_what_we_sign_holds_and_every_changed_sign_of_it_does_not() -> None:
    mine = Signer("norms.example/packages", Ed25519PrivateKey.generate())
    note = mine.sign("package 1\nsha256:00\n")
    assert signed_by(note, [Verifier.from_vkey(mine.vkey)]) == ("package 1\nsha256:00\n", [mine.verifier])
    for place in range(len("package 1\nsha256:00")):
        changed = note[:place] + ("x" if note[place] != "x" else "y") + note[place + 1 :]
        with pytest.raises(BadNote):
            signed_by(changed, [mine.verifier])


def test_a_key_of_the_same_name_is_another_key() -> None:
    mine, other = (Signer("norms.example/packages", Ed25519PrivateKey.generate()) for _ in range(2))
    assert signed_by(mine.sign("a\n"), [other.verifier]) == ("a\n", []), "unknown lines say nothing"
    assert key_id("a", mine.verifier.public) != key_id("b", mine.verifier.public)


@pytest.mark.parametrize(
    "wrong",
    ["", "a", "a+b", "a+00000000+ARpc", GO_KEY.replace("c74f20a3", "c74f20a4"), GO_KEY.replace("Peter", "Piter"), "é +1+AA==", GO_KEY + "=A"],
)  # fmt: skip
def test_what_is_no_key_is_refused(wrong: str) -> None:
    with pytest.raises(BadNote):
        Verifier.from_vkey(wrong)


@pytest.mark.parametrize(
    "wrong", ["", "text", "text\n", "text\n\n", "text\n\n- a AAAA\n", "text\n\n— a AA\n", "text\n\n— a !!!!\n"]
)
def test_what_is_no_note_is_refused(wrong: str) -> None:
    with pytest.raises(BadNote):
        split(wrong)


def test_the_platforms_key_is_made_once_and_only_the_platform_reads_it(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.KEYS_ROOT, settings.BASE_URL = tmp_path / "keys", "https://norms.example"
    first = signer("packages")
    assert first.name == "norms.example/packages" and signer("packages").vkey == first.vkey
    assert signer("log").verifier.public != first.verifier.public
    place = tmp_path / "keys" / "packages.key"
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    monkeypatch.setenv("NORMS_KEY_PACKAGES", "QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI=")
    assert signer("packages").vkey != first.vkey

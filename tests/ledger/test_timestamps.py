"""Time stamps against an authority of our own, and against OpenSSL, which nobody here wrote."""

import hashlib
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.x509 import load_pem_x509_certificates

from ledger import timestamps
from tests.ledger.authority import Authority, made, running

pytestmark = [pytest.mark.duty("ATT-3")]
DATA = b"what was received"
DIGEST = hashlib.sha256(DATA).digest()


@pytest.fixture
def authority(settings: Any, tmp_path: Path) -> Iterator[Authority]:
    with running() as here:
        (tmp_path / "roots.pem").write_bytes(here.root_pem)
        settings.TIMESTAMP_URL, settings.TIMESTAMP_ROOTS = here.url, str(tmp_path / "roots.pem")
        yield here


def test_a_stamp_says_when_this_digest_was_there(authority: Authority) -> None:
    token = timestamps.request_stamp(DIGEST)
    assert token is not None
    at = timestamps.verify_stamp(token, DIGEST, timestamps.trusted_roots())
    assert abs(at - datetime.now(UTC)) < timedelta(minutes=1) and at.tzinfo is UTC
    assert timestamps.signer_of(token) == "CN=Test time-stamping authority"


def test_a_stamp_for_something_else_or_by_somebody_else_does_not_hold(authority: Authority) -> None:
    token = timestamps.request_stamp(DIGEST)
    assert token is not None
    roots = timestamps.trusted_roots()
    with pytest.raises(timestamps.BadTimestamp):
        timestamps.verify_stamp(token, hashlib.sha256(b"another").digest(), roots)
    with pytest.raises(timestamps.BadTimestamp):
        timestamps.verify_stamp(token, DIGEST, load_pem_x509_certificates(made()[1]))
    for place in range(40, len(token), 97):  # one bit anywhere that is signed or signs
        bent = token[:place] + bytes([token[place] ^ 1]) + token[place + 1 :]
        try:
            assert timestamps.verify_stamp(bent, DIGEST, roots) is not None
        except timestamps.BadTimestamp:
            continue
    with pytest.raises(timestamps.BadTimestamp):
        timestamps.verify_stamp(b"", DIGEST, roots)
    imprint = token.index(DIGEST)
    with pytest.raises(timestamps.BadTimestamp):
        timestamps.verify_stamp(token[:imprint] + b"\x00" + token[imprint + 1 :], DIGEST, roots)


def test_away_silent_or_lying_is_unavailable_and_not_configured_is_none(
    authority: Authority, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority.away = True
    with pytest.raises(timestamps.TimestampUnavailable):
        timestamps.request_stamp(DIGEST)
    authority.away = False
    authority.stamper = made()[0]  # another key, which no trusted root vouches for
    with pytest.raises(timestamps.TimestampUnavailable, match="does not hold"):
        timestamps.request_stamp(DIGEST)
    settings.TIMESTAMP_URL = "http://127.0.0.1:9/"
    with pytest.raises(timestamps.TimestampUnavailable):
        timestamps.request_stamp(DIGEST)
    settings.TIMESTAMP_URL = ""
    assert timestamps.request_stamp(DIGEST) is None


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the openssl program to cross-check")
def test_openssl_agrees(authority: Authority, tmp_path: Path) -> None:
    token = timestamps.request_stamp(DIGEST)
    assert token is not None
    (tmp_path / "token.tsr").write_bytes(token)
    (tmp_path / "data").write_bytes(DATA)
    told = subprocess.run(
        ["openssl", "ts", "-verify", "-in", "token.tsr", "-data", "data", "-CAfile", "roots.pem"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr

"""Time stamps as the offline verifier reads them: made by an authority nobody here wrote, held against every bent bit."""

import hashlib
import warnings
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import algos, tsp
from cryptography.x509 import load_pem_x509_certificates

from ledger.verify.cli import main
from ledger.verify.stamps import BadStamp, verify_stamp

from .authority import made
from .packages import DIGEST, LOG, Maker

pytestmark = pytest.mark.duty("ATT-3")
Stamp = Callable[[bytes], bytes]


@pytest.fixture(scope="module")
def authority() -> tuple[Stamp, bytes]:
    """Gives a token for a digest; and the root that trusts it."""
    stamper, root = made()

    def stamp(digest: bytes) -> bytes:
        imprint = tsp.MessageImprint(
            {"hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}), "hashed_message": digest}
        )
        request = tsp.TimeStampReq({"version": 1, "message_imprint": imprint, "cert_req": True, "nonce": 5})
        return bytes(stamper.request_tsa_response(request).dump())

    return stamp, root


def test_a_stamp_holds_for_its_digest_under_its_root_alone(authority: tuple[Stamp, bytes]) -> None:
    stamp, root = authority
    digest, roots = hashlib.sha256(LOG).digest(), load_pem_x509_certificates(root)
    token = stamp(digest)
    at, name = verify_stamp(token, digest, roots)
    assert abs(at - datetime.now(UTC)) < timedelta(minutes=1) and name == "CN=Test time-stamping authority"
    with pytest.raises(BadStamp, match="another file"):
        verify_stamp(token, hashlib.sha256(b"another").digest(), roots)
    with pytest.raises(BadStamp, match="does not lead to a root"):
        verify_stamp(token, digest, load_pem_x509_certificates(made()[1]))
    with pytest.raises(BadStamp, match="does not lead to a root"):
        verify_stamp(token, digest, [])


def test_no_bent_or_cut_token_says_anything_else(authority: tuple[Stamp, bytes]) -> None:
    stamp, root = authority
    digest, roots = hashlib.sha256(LOG).digest(), load_pem_x509_certificates(root)
    token = stamp(digest)
    right, refused = verify_stamp(token, digest, roots), 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # cryptography remarks on what a bent certificate says
        for place in range(0, len(token), 3):
            for bent in (token[:place] + bytes([token[place] ^ 1]) + token[place + 1 :], token[:place]):
                try:
                    assert verify_stamp(bent, digest, roots) == right, "outside of what is signed nothing is said"
                except BadStamp:
                    refused += 1
    assert refused > len(token) // 2


def test_stamps_in_a_package_are_checked_and_whose_they_are_is_said(
    authority: tuple[Stamp, bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stamp, root = authority
    maker, package, roots = Maker().fill(), tmp_path / "package.zip", tmp_path / "roots.pem"
    roots.write_bytes(root)
    text = maker.files["data/checkpoint.txt"].decode().partition("\n\n")[0] + "\n"
    for digest in (DIGEST, hashlib.sha256(text.encode()).hexdigest()):
        maker.files[f"data/timestamps/{digest}.tsr"] = stamp(bytes.fromhex(digest))

    def verified(*more: str) -> tuple[int, str]:
        package.write_bytes(maker.zip())
        return main([str(package), *maker.trusted, *more]), capsys.readouterr().out

    code, told = verified("--authorities", str(roots))
    assert code == 0 and "2 time stamps by CN=Test time-stamping authority" in told, told
    assert verified()[0] == 3
    maker.files["data/timestamps/authorities.pem"] = root
    code, told = verified()
    assert code == 3 and "come from the package itself" in told
    maker.files[f"data/timestamps/{DIGEST}.tsr"] = stamp(bytes(32))
    code, told = verified("--authorities", str(roots))
    assert code == 1 and "does not hold: it is for another file" in told
    maker.files[f"data/timestamps/{'0' * 64}.tsr"] = maker.files.pop(f"data/timestamps/{DIGEST}.tsr")
    code, told = verified("--authorities", str(roots))
    assert code == 1 and "something that is not in the package" in told

"""The offline verifier: it accepts what holds, names what does not, says what it could not check, and never falls over."""

import hashlib
import io
import json
import os
import random
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import call_command

from ledger.checkpoints import Checkpoint
from ledger.merkle import in_memory
from ledger.notes import Signer
from ledger.verify import single
from ledger.verify.cli import main
from normsplatform.cli.home import ROOT

from .packages import DIGEST, LOG, Maker, bagged, chain, dumped, entry, packed, relinked

pytestmark = [pytest.mark.duty("PUB-4"), pytest.mark.duty("ATT-3")]
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Writes a file and verifies it; the code and what was printed."""

    def verified(data: bytes, *arguments: str, name: str = "package.zip") -> tuple[int, str]:
        place = tmp_path / name
        place.write_bytes(data)
        code = main([str(place), *arguments])
        return code, capsys.readouterr().out

    return verified


@pytest.fixture
def maker() -> Maker:
    return Maker().fill()


def test_a_package_that_holds_is_said_to_hold_and_what_was_checked(run: Run, maker: Maker) -> None:
    code, told = run(maker.zip(), *maker.trusted)
    assert code == 0, told
    for sentence in (
        "none is extra, every SHA-256 is right", "signed by norms.example/packages, whose key you gave",
        "custody is complete and in order, every one of 5 links", "3 entries of the ledger each give the hash",
        "3 entries are proven to stand in the log of norms.example/log, which has 300 in all",
        "witness witness.example saw the log grow", "never that it is true",
    ):  # fmt: skip
        assert sentence in told, told


def test_keys_that_only_the_package_names_prove_nothing_about_who_made_it(run: Run, maker: Maker) -> None:
    code, told = run(maker.zip())
    assert code == 3 and f"--key {maker.platform.vkey}" in told and f"--key {maker.log.vkey}" in told
    stranger = Maker(platform=maker.platform, log=Signer("norms.example/log", Ed25519PrivateKey.generate())).fill()
    code, told = run(stranger.zip(), *maker.trusted)
    assert code == 3 and "signed with a key that only this package calls norms.example/log" in told, (
        "a forged checkpoint is not ours"
    )


def test_an_unpacked_package_is_the_same(tmp_path: Path, maker: Maker, capsys: pytest.CaptureFixture[str]) -> None:
    zipfile.ZipFile(io.BytesIO(maker.zip())).extractall(tmp_path)
    assert main([str(tmp_path / "INC-1"), *maker.trusted]) == 0, capsys.readouterr().out
    (tmp_path / "INC-1" / "data" / "more.txt").write_bytes(b"more")
    assert main([str(tmp_path / "INC-1"), *maker.trusted]) == 1
    assert "data/more.txt: no manifest names it: an extra file" in capsys.readouterr().out
    (tmp_path / "INC-1" / "data" / "more.txt").unlink()
    (tmp_path / "INC-1" / "data" / "more.txt").symlink_to("/etc/hostname")
    assert main([str(tmp_path / "INC-1"), *maker.trusted]) == 1
    assert "is a link or a device" in capsys.readouterr().out
    (tmp_path / "INC-1" / "data" / "more.txt").unlink()
    os.mkfifo(tmp_path / "INC-1" / "data" / "pipe")
    assert main([str(tmp_path / "INC-1"), *maker.trusted]) == 1


def changed_byte(files: dict[str, bytes]) -> None:
    files[f"data/files/E-1/{DIGEST}"] = LOG.replace(b"17", b"18")


def dropped(files: dict[str, bytes]) -> None:
    del files["data/custody/E-1.json"]


def added(files: dict[str, bytes]) -> None:
    files["data/files/E-1/extra.txt"] = b"extra"


def unlisted_tag(files: dict[str, bytes]) -> None:
    files["NOTES.md"] = b"not in any manifest"


def fetched(files: dict[str, bytes]) -> None:
    files["fetch.txt"] = b"https://example.org 1 data/x\n"


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (changed_byte, "was changed: its SHA-256 is another one"), (dropped, "a manifest names it, but it is missing"),
        (added, "extra.txt: no manifest names it"), (unlisted_tag, "NOTES.md: no manifest names it"), (fetched, "fetch.txt"),
        (lambda files: files.update({"signature.txt": files["signature.txt"].replace("— ".encode(), "— x".encode())}), "by no key you gave"),
        (lambda files: files.update({"bag-info.txt": b"External-Identifier: urn:uuid:other\n"}), "bag-info.txt: was changed"),
        (lambda files: files.pop("bagit.txt"), "bagit.txt is missing"),
    ],
)  # fmt: skip
def test_what_was_changed_after_signing_is_named(
    run: Run, maker: Maker, spoil: Callable[[dict[str, bytes]], Any], named: str
) -> None:
    files = maker.sealed()
    spoil(files)
    code, told = run(packed(files), *maker.trusted)
    assert code in (1, 3) and named in told, told
    assert code == 1 or "signature" in named or "no key" in named


Links = list[dict[str, Any]]


def with_links(links: Links) -> Callable[[Maker], Any]:
    return lambda maker: maker.fill(links)


def whole() -> Links:
    return chain(("received", 5), ("stored", 5), ("released", 5), ("accepted", 6), ("exported", 6))


def one_changed(place: int, **values: Any) -> Links:
    links = whole()
    links[place - 1] |= values
    return links


def without(place: int) -> Links:
    return [link for link in whole() if link["place"] != place]


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (with_links(one_changed(3, note="to somebody else")), "E-1: custody: link 3 was changed"),
        (with_links(one_changed(2, at="2026-03-15T09:59:00.000000Z")), "link 2 was changed"),
        (with_links(without(3)), "link 3 is missing"),
        (with_links(relinked(without(4))), "no receipt"),
        (with_links(relinked(without(1))), "does not begin with one receipt"),
        (with_links(relinked(without(2))), f"no link of custody says that the file {DIGEST} was stored"),
        (with_links(chain(("received", 5), ("stored", 5), ("released", 5), ("accepted", 5))), "by the same person"),
        (with_links(chain(("received", 5), ("stored", 5), ("accepted", 6))), "a receipt without a release"),
        (with_links(chain(("received", 5), ("stored", 5), ("unsealed", 6))), "without having been sealed"),
        (with_links(chain(("received", 5), ("stored", 5), ("disposed", 6), ("opened", 6))), "comes after disposal"),
        (with_links(chain(("received", 5), ("stored", 5), item=8)), "is another item's"),
    ],
)  # fmt: skip
def test_custody_that_could_not_have_happened_is_named_even_when_everything_is_signed(
    run: Run, spoil: Callable[[Maker], Any], named: str
) -> None:
    maker = Maker()
    spoil(maker)
    code, told = run(maker.zip(), *maker.trusted)
    assert code == (0 if named == "no receipt" else 1) and (named in told), told


def test_a_last_link_that_was_dropped_is_named(run: Run, maker: Maker) -> None:
    custody = json.loads(maker.files["data/custody/E-1.json"])
    custody["links"].pop()
    maker.files["data/custody/E-1.json"] = dumped(custody)
    code, told = run(maker.zip(), *maker.trusted)
    assert code == 1 and "links were added or dropped" in told


def test_a_clock_that_was_set_back_is_said_and_changes_nothing(run: Run) -> None:
    maker = Maker().fill(chain(("received", 5), ("stored", 5), at="2026-03-16T09:00:00.000000Z"))
    code, told = run(maker.zip(), *maker.trusted)
    assert code == 0 and "the clock had been set back before links 2. Order is by the chain" in told


def spoilt_json(path: str, do: Callable[[Any], Any]) -> Callable[[Maker], Any]:
    def spoil(maker: Maker) -> None:
        said = json.loads(maker.files[path])
        do(said)
        maker.files[path] = dumped(said)

    return spoil


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (spoilt_json("data/ledger/entries.json", lambda said: said[1].update(payload="{}")), "Entry 41 of the ledger was changed"),
        (spoilt_json("data/ledger/entries.json", lambda said: said[1].update(entry(42))), "is about an entry that is not here"),
        (spoilt_json("data/proofs/40.json", lambda said: said.update(index=39)), "does not show that the entry stands in the log"),
        (spoilt_json("data/proofs/40.json", lambda said: said["path"].pop()), "the path is too short"),
        (spoilt_json("data/proofs/40.json", lambda said: said.update(salt="00" * 32)), "the commitment is to another entry"),
        (spoilt_json("data/proofs/40.json", lambda said: said.update(size=299)), "leads to another checkpoint"),
        (spoilt_json("data/proofs/299.json", lambda said: said.update(path="x")), "is not a list"),
        (lambda maker: maker.files.pop("data/checkpoint.txt"), "data/checkpoint.txt is missing"),
        (lambda maker: maker.files.update({"data/checkpoint.txt": maker.files["data/checkpoint.txt"].replace(b"\n300\n", b"\n301\n")}), "was not made by that key"),
        (lambda maker: maker.files.update({"data/checkpoint.txt": maker.log.sign("norms.example/log\n300\nAAAA\n").encode()}), "not a SHA-256"),
        (spoilt_json("data/items.json", lambda said: said["items"][0]["files"][0].update(sha256="0" * 64)), "does not lie where"),
        (spoilt_json("data/items.json", lambda said: said["items"].append(said["items"][0])), "stands there twice"),
        (spoilt_json("data/items.json", lambda said: said.update(items=[])), "belongs to no item"),
        (spoilt_json("data/keys.json", lambda said: said.update(log="nonsense")), "is no verifier key"),
    ],
)  # fmt: skip
def test_what_was_wrong_before_signing_is_named_too(
    run: Run, maker: Maker, spoil: Callable[[Maker], Any], named: str
) -> None:
    spoil(maker)
    code, told = run(maker.zip(), *maker.trusted)
    assert code == 1 and named in told, told


def test_what_is_not_there_is_said_and_is_a_doubt(run: Run, maker: Maker) -> None:
    for path in ("data/proofs/40.json", "data/proofs/41.json"):
        del maker.files[path]
    code, told = run(maker.zip(), *maker.trusted)
    assert code == 3 and "2 entries come without a proof that they stand in the log, the first is 40" in told
    code, told = run(packed(bagged(maker.files, None)), *maker.trusted)
    assert code == 3 and "not signed: anybody could have made it" in told


def test_two_checkpoints_show_whether_the_log_only_grew(run: Run, maker: Maker, tmp_path: Path) -> None:
    kept, proof = tmp_path / "kept", tmp_path / "proof.json"
    more = ["--earlier", str(kept), "--consistency", str(proof)]
    kept.write_text(maker.checkpoint(200))
    proof.write_bytes(maker.consistency(200))
    code, told = run(maker.zip(), *maker.trusted, *more)
    assert code == 0 and "only grew from 200 to 300 entries" in told, told
    code, told = run(maker.zip(), *maker.trusted, *more[:2])
    assert code == 3 and "consistency/?from=200&size=300" in told
    other = [hashlib.sha256(b"%d" % number).digest() for number in range(300)]
    text = Checkpoint(maker.log.name, 200, in_memory(other[:200]).root()).text
    kept.write_text(maker.log.sign(text))
    code, told = run(maker.zip(), *maker.trusted, *more)
    assert code == 1 and "The log was rewritten between 200 and 300 entries" in told
    text = Checkpoint(maker.log.name, 300, in_memory(other).root()).text
    kept.write_text(maker.log.sign(text))
    code, told = run(maker.zip(), *maker.trusted, *more)
    assert code == 1 and "two different histories of 300 entries" in told


def test_a_record_and_the_proof_of_an_entry_are_checked_as_json(run: Run, maker: Maker) -> None:
    record = json.loads(maker.files["data/custody/E-1.json"])
    code, told = run(dumped(record), name="record.json")
    assert code == 3 and "every one of 5 links" in told and "A record is not signed" in told
    record["links"][1]["note"] = "x"
    assert run(dumped(record), name="record.json")[0] == 1
    proof = json.loads(maker.files["data/proofs/40.json"])
    proof |= {"leaf": entry(40)["leaf"], "checkpoint": maker.files["data/checkpoint.txt"].decode()}
    code, told = run(dumped(proof), *maker.trusted, name="proof.json")
    assert code == 0 and "is number 41 of 300 in the log" in told, told
    code, told = run(dumped(proof | {"leaf": entry(41)["leaf"]}), *maker.trusted, name="proof.json")
    assert code == 1


def test_a_chain_of_an_earlier_platform_is_followed_too(run: Run) -> None:
    before = chain(("received", 1), ("stored", 1), item=99)
    mine = chain(("received", 5), ("stored", 5), note=f"continues {before[-1]['hash']}")
    maker = Maker().fill(mine)
    told_before = {"format": "norms-platform custody 1", "item": "E-4", "item_id": 99, "links": before, "earlier": None}
    spoilt_json("data/custody/E-1.json", lambda said: said.update(earlier={"content": json.dumps(told_before)}))(maker)
    assert run(maker.zip(), *maker.trusted)[0] == 0
    before[1]["note"] = "changed"
    spoilt_json("data/custody/E-1.json", lambda said: said.update(earlier={"content": json.dumps(told_before)}))(maker)
    code, told = run(maker.zip(), *maker.trusted)
    assert code == 1 and "link 2 was changed" in told


def zip_of(*entries: tuple[str, bytes], mode: int = 0o100644, packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as made:
        for name, data in entries:
            info = zipfile.ZipInfo(name)
            info.external_attr, info.compress_type = mode << 16, packing
            made.writestr(info, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (b"", "neither a package"), (b"PK\x03\x04 broken", "neither a package"), (b"%PDF-1.7", "a PDF"), (b"{", "is not JSON"),
        (b"{}", "not of a format"), (b"\xff\xfe{", "neither a package"), (b'{"a": 1, "a": 2}', "says one thing twice"),
        (b"[" * 100_000, "neither a package"), (b'{"a":' * 100_000, "is not JSON that can be read"),
        (zip_of(("../evil", b"x")), "outside the package"), (zip_of(("/etc/passwd", b"x")), "outside the package"),
        (zip_of(("a/../../b", b"x")), "outside the package"), (zip_of(("a/b\\..\\c", b"x")), "outside the package"),
        (zip_of(("C:/b", b"x")), "outside the package"), (zip_of(("a/x\x1b[2J", b"x")), "outside the package"),
        (zip_of(("a/link", b"/etc/passwd"), mode=0o120777), "is a link or a device"),
        (zip_of(("a/bomb", b"\0" * 20_000_000)), "made to do harm"), (zip_of(("a/b", b"x"), packing=zipfile.ZIP_BZIP2), "packed in a way"),
        (zip_of(("a/A", b"x"), ("a/a", b"x")), "one file on some computers"), (zip_of(("a/b", b"x"), ("c/b", b"x")), "does not hold one folder"),
        (zip_of(("a", b"x")), "does not hold one folder"), (zip_of(("a/b", b"x")), "bagit.txt is missing"),
    ],
)  # fmt: skip
def test_hostile_files_get_a_sentence(run: Run, data: bytes, named: str) -> None:
    code, told = run(data)
    assert code == 1 and named in told and "could not cope" not in told, told
    assert "\x1b" not in told


def test_whatever_is_done_to_a_package_it_is_never_believed_and_never_a_traceback(run: Run, maker: Maker) -> None:
    """300 packages with one thing in them spoilt: a bit, a cut, a value of another kind; the manifests fit half of the time."""
    chance, sound = random.Random(20261127), maker.sealed()
    values: list[Any] = [None, -1, 2**70, "", "x" * 5000, [], {}, True, 1.5, "\udc80", [[]], {"a": []}]

    def inside(value: Any) -> Any:
        if isinstance(value, dict) and value and chance.random() < 0.8:
            key = chance.choice(list(value))
            return value | {key: inside(value[key])}
        if isinstance(value, list) and value and chance.random() < 0.8:
            at = chance.randrange(len(value))
            return [*value[:at], inside(value[at]), *value[at + 1 :]]
        return chance.choice([other for other in values if other != value])

    ignored = 0
    for _round in range(300):
        files = dict(sound)
        path = chance.choice([path for path in files if files[path]])
        if path.endswith(".json") and chance.random() < 0.7:
            files[path] = json.dumps(inside(json.loads(files[path]))).encode()
        else:
            at = chance.randrange(len(files[path]))
            bent = files[path][:at] + bytes([files[path][at] ^ (1 << chance.randrange(8))]) + files[path][at + 1 :]
            files[path] = chance.choice([bent, files[path][:at], files[path][at:]])
        fits = chance.random() < 0.5 and path.startswith("data/")
        if fits:
            files = bagged({name: data for name, data in files.items() if name.startswith("data/")}, maker.platform)
        if files == sound:
            continue
        code, told = run(packed(files), *maker.trusted)
        assert "could not cope" not in told, (path, told)
        if code == 0:  # the platform itself signed it, and what changed is nothing anybody relies on
            assert fits and path.endswith(".json"), (path, told)
            ignored += 1
    assert ignored < 100


def test_one_file_does_the_same_without_django_and_without_this_platform(tmp_path: Path, maker: Maker) -> None:
    tool, package = tmp_path / single.NAME, tmp_path / "package.zip"
    tool.write_bytes(single.archive())
    package.write_bytes(maker.zip())
    guard = tmp_path / "guard"
    (guard / "django").mkdir(parents=True)
    (guard / "django" / "__init__.py").write_text("raise RuntimeError('Django was imported')\n")
    (guard / "sitecustomize.py").write_text(
        "import sys\n"
        "def heard(event, _arguments):\n"
        "    if event.startswith('socket.'):\n"
        "        raise RuntimeError('the network was touched')\n"
        "sys.addaudithook(heard)\n"
    )
    environment = {"PYTHONPATH": str(guard), "PATH": os.environ["PATH"]}
    command = [sys.executable, str(tool), str(package)]
    done = subprocess.run(
        [*command, *maker.trusted], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
    package.write_bytes(packed({**maker.sealed(), "more": b""}))
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and "extra file" in done.stdout and not done.stderr
    single.archive.cache_clear()
    assert single.archive() == tool.read_bytes(), "the same sources, the same bytes"


def test_the_shared_modules_need_nothing_but_the_standard_library_and_cryptography() -> None:
    """Every module in the one file, imported where Django and everything of ours but these cannot be found."""
    with zipfile.ZipFile(io.BytesIO(single.archive())) as opened:
        sources = {name: opened.read(name).decode() for name in opened.namelist()}
    for name, source in sources.items():
        for line in source.splitlines():
            words = line.split()
            if len(words) > 1 and words[0] in ("import", "from") and not words[1].startswith("."):
                top = words[1].partition(".")[0]
                assert top in sys.stdlib_module_names | {"cryptography", "ledger"}, f"{name}: {line}"


def test_the_operator_writes_the_one_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("write_verifier", tmp_path / single.NAME)
    assert (tmp_path / single.NAME).read_bytes() == single.archive()
    assert hashlib.sha256(single.archive()).hexdigest() in capsys.readouterr().out


def test_the_launcher_verifies_a_package_without_any_server(tmp_path: Path, maker: Maker) -> None:
    (tmp_path / "package.zip").write_bytes(maker.zip())
    command = [sys.executable, "-P", "-m", "normsplatform.cli", "verify", "package.zip"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [*command, *maker.trusted], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0 and "CHECKED AND HOLDS" in done.stdout, done.stdout + done.stderr

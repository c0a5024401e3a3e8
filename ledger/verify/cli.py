"""The command: reads what it is given, says in plain words what holds, and ends with a number a script can read."""

import argparse
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from .bag import check_bag, check_signature
from .fields import thing
from .items import check_items
from .log import CHECKPOINT, Keys, check_earlier, check_entries, check_proofs, key_of, keys_in
from .proof import check_entry_proof
from .record import check_record
from .report import FORMAT as REPORT
from .report import check_report
from .source import MOST_TEXT, Source, from_folder, from_zip, parsed
from .stamps import authorities, check_stamps
from .verdict import Refused, Verdict, plain

LARGEST_HELP = 1024 * 1024
ENDS = """\
ends with 0 when everything holds, 1 when something does not, 3 when nothing is wrong but not everything that matters could be
checked (no key was given, an entry has no proof), 2 when the command was not understood. No network is used.
"""


def options() -> argparse.ArgumentParser:
    """What may be given."""
    parser = argparse.ArgumentParser(
        prog="norms-verify", epilog=ENDS,
        description="Checks an evidence package (zip or unpacked folder), a custody record, a verification report or the proof of an entry (JSON), offline.",
    )  # fmt: skip
    parser.add_argument("package", type=Path, help="the zip, folder or JSON file")
    parser.add_argument(
        "--key",
        action="append",
        default=[],
        metavar="KEY",
        help="a key you trust, of the platform or of a witness: name+id+key; again for more",
    )
    parser.add_argument(
        "--authorities", type=Path, metavar="PEM", help="certificates of time-stamping authorities you trust"
    )
    parser.add_argument("--earlier", type=Path, metavar="NOTE", help="a checkpoint of the log that you kept")
    parser.add_argument(
        "--consistency", type=Path, metavar="JSON", help="the proof that one checkpoint continues the other"
    )
    return parser


def small(path: Path) -> bytes:
    """A file the caller gave along."""
    try:
        with path.open("rb") as handle:
            data = handle.read(LARGEST_HELP + 1)
    except OSError as problem:
        raise Refused(f"{path} cannot be read: {problem.strerror}") from problem
    if len(data) > LARGEST_HELP:
        raise Refused(f"{path} is far too large for what it is")
    return data


def words(path: Path) -> str:
    """The same as text."""
    try:
        return small(path).decode()
    except UnicodeDecodeError as problem:
        raise Refused(f"{path} is not UTF-8 text") from problem


def step(verdict: Verdict, what: str, do: Callable[[], Any]) -> Any:
    """One part of the checking: what stops it is a fault, and the other parts go on."""
    try:
        return do()
    except Refused as problem:
        verdict.wrong.append(f"{what}: {problem}.")
        return None


def check_package(source: Source, given: argparse.Namespace, keys: Keys, verdict: Verdict) -> None:
    """An evidence package, all of it."""
    seen = step(verdict, "The bag", lambda: check_bag(source, verdict)) or {}
    step(verdict, "The keys", lambda: keys_in(source, keys))
    step(verdict, "The signature", lambda: check_signature(source, keys.told, keys.vouched, verdict))
    told = step(verdict, "The items", lambda: check_items(source, seen, verdict)) or {}
    leaves = step(verdict, "The ledger", lambda: check_entries(source, verdict)) or {}
    checkpoint = step(verdict, "The log", lambda: check_proofs(source, leaves, keys, verdict))
    if given.earlier and checkpoint is None:
        verdict.open.append(
            "The checkpoint you kept could not be compared: the package holds none that can be relied on."
        )
    elif given.earlier:
        step(
            verdict, "The log since then",
            lambda: check_earlier(
                words(given.earlier), parsed(words(given.consistency), str(given.consistency)) if given.consistency else None,
                checkpoint, keys, verdict,
            ),
        )  # fmt: skip
    step(verdict, "The time stamps", lambda: check_stamps(source, stampable(source, told), roots(given), verdict))


def roots(given: argparse.Namespace) -> list[Any]:
    """The certificates the caller trusts."""
    return authorities(small(given.authorities), str(given.authorities)) if given.authorities else []


def stampable(source: Source, told: dict[str, str]) -> dict[str, str]:
    """What a time stamp may be for: a file of an item, with its bytes here or not, and the checkpoint's text."""
    found = dict(told)
    with suppress(Refused):
        note = source.text(CHECKPOINT) if CHECKPOINT in source else ""
        found[sha256((note.rpartition("\n\n")[0] + "\n").encode()).hexdigest()] = f"the text of {CHECKPOINT}"
    return found


def check_json(text: str, path: str, keys: Keys, verdict: Verdict) -> None:
    """A record, a report, or the proof of an entry."""
    said = thing(parsed(text, path), path)
    if said.get("format") == REPORT:
        check_report(said, keys, verdict)
    elif "salt" in said and "checkpoint" in said:
        check_entry_proof(said, keys, verdict)
    else:
        check_record(said, verdict)


def check(given: argparse.Namespace, verdict: Verdict) -> None:
    """Whatever was given."""
    keys = Keys([], [], [], [])
    for vkey in given.key:
        key_of(vkey, keys, given=True)
    path: Path = given.package
    if path.is_dir():
        check_package(from_folder(path), given, keys, verdict)
        return
    if not path.is_file():
        raise Refused(f"{path} is not there, or no file")
    size = path.stat().st_size
    with path.open("rb") as handle:
        start = handle.read(8)
        handle.seek(0)
        if start.startswith(b"%PDF"):
            raise Refused("this is a PDF, which this verifier does not read: take the JSON that is attached to it")
        if start.lstrip()[:1] == b"{":
            if size > MOST_TEXT:
                raise Refused(f"{path} is far too large for what it is")
            try:
                text = handle.read().decode()
            except UnicodeDecodeError as problem:
                raise Refused(f"{path} is not UTF-8 text") from problem
            check_json(text, str(path), keys, verdict)
        else:
            check_package(from_zip(handle, size), given, keys, verdict)


def main(arguments: Sequence[str]) -> int:
    """Checks, prints, and answers with the code to end with. A package can make it say no, never make it fall over."""
    given = options().parse_args(list(arguments))
    verdict = Verdict()
    try:
        check(given, verdict)
    except Refused as problem:
        verdict.wrong.append(f"{problem}.")
    except OSError as problem:
        verdict.wrong.append(f"{given.package} cannot be read: {problem.strerror or problem}.")
    except (Exception, MemoryError, RecursionError) as problem:  # noqa: BLE001  (a hostile file must get a no, not a traceback)
        verdict.wrong.append(
            f"The verifier could not cope with this file ({type(problem).__name__}): take it as not verified."
        )
    with suppress(AttributeError, ValueError):  # a terminal that cannot show a sign shows its number
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    sys.stdout.write("\n".join([plain(given.package), "", *verdict.lines(), ""]))
    return verdict.code

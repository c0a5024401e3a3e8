"""The transparency log: what stands in it can be shown, nothing can be read from it, and it only grows."""

import base64
import hashlib
import time
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import DatabaseError, connection, transaction
from django.test import Client

from core.tenancy import acting_as
from ledger import keys, log, merkle
from ledger.api import views as api
from ledger.checkpoints import Witness, cosign, read
from ledger.hashing import commitment_of
from ledger.models import Entry
from ledger.notes import Verifier, signed_by
from ledger.services import record, sequence_pending
from ledger.tasks import publish_checkpoint, stamp_checkpoint
from ledger.timestamps import trusted_roots, verify_stamp
from ledger.ui import views as ui
from ledger.verify import single
from organisations.actors import Actor
from organisations.keys import issue_token
from tests.ledger.authority import running
from tests.people import People
from tests.public_login import read_as_public
from tests.tenancy.test_walls import filed

pytestmark = [pytest.mark.duty("PUB-4"), pytest.mark.django_db]


@pytest.fixture(autouse=True)
def own_keys(db: None, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.KEYS_ROOT = tmp_path / "keys"
    read_as_public(monkeypatch, ui, api)


def recorded(actor: Actor, count: int) -> None:
    """So many entries, in order and in the tree."""
    with acting_as(actor.principal), transaction.atomic():
        for number in range(count):
            record(actor=actor, verb="token.issued", subject=actor.organisation, payload={"n": number})
    sequence_pending()


def leaves() -> list[bytes]:
    """The leaf hashes as anybody reads them from the tiles."""
    size = log.size()
    data = b"".join(
        log.ask("default", "SELECT ledger_log_tile(0, %s, %s)", tile, min(256, size - tile * 256))[0][0]
        for tile in range(-(-size // 256))
    )
    return [data[at : at + 32] for at in range(0, len(data), 32)]


def test_the_tree_in_the_database_is_the_tree_of_the_standard(people: People) -> None:
    recorded(people.vela.analyst, 600)  # past two tiles
    assert log.size() >= 600
    whole = merkle.in_memory(leaves())
    tree = log.tree(log.size())
    assert tree.root() == whole.root()
    for size in (1, 2, 255, 256, 257, 511, 512, 513, log.size()):
        assert tree.root(size) == whole.root(size)
        assert tree.consistency(size) == whole.consistency(size)
    for index in (0, 255, 256, 599):
        assert tree.inclusion(index) == whole.inclusion(index)


def test_a_checkpoint_is_signed_when_there_is_something_new_and_only_then(people: People) -> None:
    recorded(people.vela.analyst, 3)
    first = log.publish_checkpoint()
    assert first is not None and log.publish_checkpoint() is None
    text, signers = signed_by(first.note, [Verifier.from_vkey(keys.signer("log").vkey)])
    said = read(text)
    assert (said.size, said.root, len(signers)) == (log.size(), log.tree(log.size()).root(), 1)
    recorded(people.vela.analyst, 1)
    second = log.publish_checkpoint()
    assert second is not None and second.size == first.size + 1
    tree = log.tree(second.size)
    merkle.check_consistency(first.size, second.size, first.root, second.root, tree.consistency(first.size))


def test_an_entry_is_shown_to_stand_in_the_log_and_nothing_can_be_guessed(people: People) -> None:
    analyst = people.vela.analyst
    filed(analyst)
    recorded(analyst, 300)
    with acting_as(analyst.principal):
        entry = Entry.objects.filter(verb="incident.filed").get()
        assert log.proof_of(entry.pk, bytes(entry.leaf)) is None, "not before a checkpoint covers it"
        last = log.publish_checkpoint()
        proof = log.proof_of(entry.pk, bytes(entry.leaf))
    assert last is not None and proof is not None
    commitment = commitment_of(bytes.fromhex(proof["salt"]), bytes(entry.leaf))
    assert commitment.hex() == proof["commitment"]
    path = [base64.b64decode(step) for step in proof["path"]]
    merkle.check_inclusion(merkle.leaf_hash(commitment), proof["index"], proof["size"], path, last.root)
    assert bytes(entry.leaf) not in b"".join(leaves()) and merkle.leaf_hash(bytes(entry.leaf)) not in leaves()
    # Without the entry's own hash the database opens nothing.
    assert log.ask("default", "SELECT * FROM ledger_opening(%s, %s)", entry.pk, bytes(32)) == []


def owner(*statements: str) -> None:
    """What only somebody with the owner's password could do."""
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("SET ROLE norms_app")


OPEN = "ALTER TABLE {0} DISABLE TRIGGER USER; CREATE POLICY breach ON {0} TO norms_owner USING (true) WITH CHECK (true)"


def forged(table: str, statement: str) -> None:
    """A table rewritten past its triggers and policies."""
    owner(OPEN.format(table), statement)


@pytest.mark.parametrize(
    ("table", "statement"),
    [
        ("ledger_commitment", "UPDATE ledger_commitment SET commitment = sha256('x') WHERE number = 2"),
        ("ledger_commitment", "DELETE FROM ledger_commitment WHERE number > 2"),
        ("ledger_checkpoint", "UPDATE ledger_checkpoint SET root = sha256('x')"),
        ("ledger_checkpoint", "UPDATE ledger_checkpoint SET size = size + 100"),
    ],
)
def test_a_tree_that_is_no_continuation_is_not_signed_and_alarms(
    people: People, client: Client, table: str, statement: str
) -> None:
    recorded(people.vela.analyst, 5)
    assert log.publish_checkpoint() is not None and log.state() == "ok"
    forged(table, statement)
    assert log.state() == "broken"
    with pytest.raises(log.LogRolledBack):
        log.publish_checkpoint()
    publish_checkpoint()  # the clock's own run says so in its log and goes on
    answer = client.get("/health/ready")
    assert answer.status_code == 503 and answer.json()["log"] == "broken"


@pytest.mark.parametrize(
    "table", ["ledger_commitment", "ledger_tile", "ledger_checkpoint", "ledger_cosignature", "ledger_stamp"]
)
@pytest.mark.parametrize("act", ["SELECT * FROM {}", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_no_login_reaches_the_tables(people: People, table: str, act: str) -> None:
    with acting_as(people.vela.analyst.principal), pytest.raises(DatabaseError), transaction.atomic():
        log.ask("default", act.format(table))


def test_a_checkpoint_cannot_be_smaller_than_the_last_or_larger_than_the_tree(people: People) -> None:
    recorded(people.vela.analyst, 4)
    last = log.publish_checkpoint()
    assert last is not None
    add = "SELECT ledger_checkpoint_add(%s, %s, %s)"
    assert log.ask("default", add, last.size, bytes(32), "x") == [(False,)]
    with pytest.raises(DatabaseError), transaction.atomic():
        log.ask("default", add, last.size + 1, bytes(32), "x")


def test_programs_that_are_not_ours_read_the_tiles(people: People, client: Client) -> None:
    recorded(people.vela.analyst, 300)
    assert client.get("/transparency/checkpoint").status_code == 404, "nothing is served that was not signed"
    assert client.get("/transparency/tile/0/000").status_code == 404
    last = log.publish_checkpoint()
    assert last is not None
    note = client.get("/transparency/checkpoint").content.decode()
    assert read(signed_by(note, [])[0]).root == last.root
    full = client.get("/transparency/tile/0/000")
    part = client.get(f"/transparency/tile/0/001.p/{last.size - 256}")
    upper = client.get("/transparency/tile/1/000.p/1")
    assert (len(full.content), len(part.content), len(upper.content)) == (8192, (last.size - 256) * 32, 32)
    assert "immutable" in full["Cache-Control"]
    assert merkle.in_memory([full.content[at : at + 32] for at in range(0, 8192, 32)]).root() == upper.content
    bundle = client.get("/transparency/tile/entries/000").content
    first = bundle[2:34]
    assert bundle[:2] == b"\x00\x20" and merkle.leaf_hash(first) == full.content[:32]
    for gone in ("/transparency/tile/0/002", f"/transparency/tile/0/001.p/{last.size - 255}", "/transparency/tile/0/000.p/256",
                 "/transparency/tile/9/000", "/transparency/tile/0/x000/001", "/transparency/tile/0/1"):  # fmt: skip
        assert client.get(gone).status_code == 404, gone
    assert client.get("/transparency/tile/0/x001/x234/067").status_code == 404


def test_proofs_by_api(people: People, client: Client) -> None:
    recorded(people.vela.analyst, 20)
    last = log.publish_checkpoint()
    assert last is not None
    answer = client.get("/api/v1/transparency/inclusion/?index=7").json()
    merkle.check_inclusion(
        leaves()[7], 7, answer["size"], [base64.b64decode(step) for step in answer["path"]], last.root
    )
    answer = client.get("/api/v1/transparency/consistency/?from=5").json()
    proof = [base64.b64decode(step) for step in answer["proof"]]
    merkle.check_consistency(5, last.size, log.tree(last.size).root(5), last.root, proof)
    for bad in ("inclusion/", "inclusion/?index=x", f"inclusion/?index={last.size}", "inclusion/?index=1&size=0",
                f"inclusion/?index=1&size={last.size + 1}", "consistency/?from=0", f"consistency/?from={last.size + 1}"):  # fmt: skip
        refused = client.get(f"/api/v1/transparency/{bad}")
        assert (refused.status_code, refused.json()["code"]) == (400, "invalid"), bad


def test_the_proof_of_an_entry_is_for_whoever_may_read_it(people: People, client: Client) -> None:
    analyst = people.vela.analyst
    filed(analyst)
    recorded(analyst, 2)
    log.publish_checkpoint()
    with acting_as(analyst.principal):
        entry = Entry.objects.filter(verb="incident.filed").get()
    answers = {}
    for who in (analyst, people.orrin.analyst):
        with acting_as(who.principal):
            _token, key = issue_token(actor=who, name="proofs")
        answers[who.organisation.slug] = client.get(
            f"/api/v1/ledger/entries/{entry.pk}/proof/", headers={"Authorization": f"Token {key}"}
        )
    assert answers["vela"].status_code == 200 and answers["vela"].json()["leaf"] == bytes(entry.leaf).hex()
    assert answers["orrin"].status_code == 404
    assert client.get(f"/api/v1/ledger/entries/{entry.pk}/proof/").status_code == 401


def test_a_checkpoint_somebody_kept_is_compared_without_a_script(people: People, client: Client) -> None:
    assert "no checkpoint yet" in client.get("/transparency/").content.decode()
    recorded(people.vela.analyst, 3)
    kept = log.publish_checkpoint()
    assert kept is not None
    recorded(people.vela.analyst, 3)
    log.publish_checkpoint()
    page = client.post("/transparency/", {"note": kept.note.replace("\n", "\r\n")})
    assert page.status_code == 200 and "exactly those your checkpoint was signed over" in page.content.decode()
    for typed, sentence in (
        (kept.note.replace(f"\n{kept.size}\n", "\n1\n"), "signature"),
        ("hello", "not a checkpoint"),
        ("", "needs an answer"),
    ):
        refused = client.post("/transparency/", {"note": typed})
        assert refused.status_code == 422 and sentence in refused.content.decode()
    forged("ledger_commitment", "UPDATE ledger_commitment SET commitment = sha256('x') WHERE number = 1")
    assert "no longer contains it" in client.post("/transparency/", {"note": kept.note}).content.decode()


def test_a_witness_we_list_signs_and_stands_on_the_checkpoint(people: People, client: Client, settings: Any) -> None:
    private = Ed25519PrivateKey.generate()
    witness = Witness("witness.example/one", private.public_key().public_bytes_raw())
    settings.LEDGER_WITNESSES = [witness.vkey]
    recorded(people.vela.analyst, 3)
    last = log.publish_checkpoint()
    assert last is not None
    text = signed_by(last.note, [])[0]
    now = int(time.time())
    line = cosign(witness.name, private, text, now)
    address = "/api/v1/transparency/cosignatures/"
    stranger = cosign("witness.example/two", Ed25519PrivateKey.generate(), text, now)
    wrong = cosign(witness.name, private, text.replace("\n", "\nx", 1), now)
    for body, status in (
        ({"size": last.size, "line": stranger}, 409),
        ({"size": last.size, "line": wrong}, 400),
        ({"size": last.size + 1, "line": line}, 404),
    ):
        assert client.post(address, body, content_type="application/json").status_code == status
    for _twice in range(2):
        assert (
            client.post(address, {"size": last.size, "line": line}, content_type="application/json").status_code == 201
        )
    note = client.get("/transparency/checkpoint").content.decode()
    assert note == last.note + line
    assert witness.seen_at(text, line).timestamp() == now


def test_entries_that_stood_in_order_before_there_was_a_log_enter_it_in_batches(
    people: People, as_owner: Callable[[], Any]
) -> None:
    recorded(people.vela.analyst, 20)
    before = log.size()
    forged("ledger_commitment", "DELETE FROM ledger_commitment")
    assert log.size() == 0
    owner("DROP POLICY breach ON ledger_commitment", "ALTER TABLE ledger_commitment ENABLE TRIGGER USER")
    sequence_pending(batch=8)
    assert log.size() == 8
    sequence_pending(batch=8)
    sequence_pending(batch=8)
    assert log.size() == before


def test_the_verifier_is_there_for_anybody(client: Client) -> None:
    answer = client.get("/transparency/norms-verify.pyz")
    assert answer.status_code == 200 and answer.content == single.archive()
    page = client.get("/transparency/").content.decode()
    assert "/transparency/norms-verify.pyz" in page and hashlib.sha256(single.archive()).hexdigest()[:12] in page


def test_an_authority_outside_stamps_each_checkpoint_once(
    people: People, client: Client, settings: Any, tmp_path: Any
) -> None:
    recorded(people.vela.analyst, 3)
    assert log.stamp_newest() is False, "there is no checkpoint yet"
    last = log.publish_checkpoint()
    assert last is not None and log.stamp_newest() is False, "no authority is configured"
    with running() as authority:
        (tmp_path / "roots.pem").write_bytes(authority.root_pem)
        settings.TIMESTAMP_URL, settings.TIMESTAMP_ROOTS = authority.url, str(tmp_path / "roots.pem")
        authority.away = True
        stamp_checkpoint()  # the clock asks again later
        assert log.stamp_of(last) is None
        authority.away = False
        stamp_checkpoint()
        stamp_checkpoint()
        assert authority.asked == 2, "what is stamped is not asked for again"
    assert log.stamp_of(last) is not None
    token = log.ask("default", "SELECT token FROM ledger_checkpoint_stamp(%s)", last.size)[0][0]
    assert verify_stamp(token, sha256(last.note.encode()).digest(), trusted_roots()) == log.stamp_of(last)

"""The doors that are no address: what a worker is handed, and what the operator types. One closed list, like that of addresses.

Nothing a message says is believed: whom the work is for stands in a row of the database, and whether they may is asked when it
runs. `test_workers.py` fails when a task or a command is missing here, and runs every one of them for everybody in `cast.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from celery import current_app
from django.core import mail
from django.db import connection

from core.tenancy import acting_as
from documents import kinds
from documents.models import Job
from evidence import services as evidence
from evidence.models import IntakeJob, StoredFile
from keeping import exports, requests
from keeping.models import Delivery
from notifications.models import Delivery as Message
from organisations.actors import Actor, acting
from organisations.models import Membership
from organisations.roles import Action as A
from organisations.roles import Grade, Role
from publication import services as publication
from sealing.services import make_key
from signin.models import SignIn
from tests.evidence.builders import given, stored
from tests.people import People

from .world import World, shared


class As(Enum):
    """For whom a worker acts."""

    CLOCK = "nobody asked: the platform, holder after holder, and each is told what is theirs"
    ASKER = "whoever asked, as they stand when it runs: the row names them, and the arguments only if the row agrees"
    HOUSE = "the platform for the one house a thing belongs to, whatever house is named"
    READER = "whoever is written to"


@dataclass(frozen=True)
class Work:
    """A task: for whom it acts, what is asked of whoever asked for it when it runs, and why another way where it is another."""

    acts: As
    asks: A | None = None
    why: str = ""


CLOCK, HOUSE, READER = Work(As.CLOCK), Work(As.HOUSE), Work(As.READER)


def asker(asks: A) -> Work:
    """Done as whoever asked, who must be allowed this."""
    return Work(As.ASKER, asks)


TASKS = {
    "accountability.tasks.render_review": asker(A.REQUEST_REVIEW),
    "accountability.tasks.render_verification": asker(A.DOWNLOAD_EVIDENCE),
    "accreditation.tasks.warn": CLOCK,
    "attribution.tasks.flag_overdue": CLOCK,
    "attribution.tasks.free_seats": CLOCK,
    "attribution.tasks.pool_scores": CLOCK,
    "attribution.tasks.recompute_stale": CLOCK,
    "attribution.tasks.remind": CLOCK,
    "attribution.tasks.scan_reply_file": HOUSE,
    "documents.tasks.requeue_lost": CLOCK,
    "evidence.collecting.collect_unnamed": CLOCK,
    "evidence.collecting.expire_uploads": CLOCK,
    "evidence.tasks.make_redaction": asker(A.ADD_EVIDENCE),
    "evidence.tasks.remove_content": HOUSE,
    "evidence.tasks.seal_content": Work(
        As.ASKER,
        A.SEE_EVIDENCE,
        why="locking away hands nothing out: what was asked is done also when the asker may no more",
    ),
    "evidence.tasks.stamp": HOUSE,
    "evidence.tasks.stamp_missing": CLOCK,
    "evidence.tasks.sweep_integrity": CLOCK,
    "evidence.tasks.tidy_seals": CLOCK,
    "evidence.work.do": asker(A.ADD_EVIDENCE),
    "evidence.work.requeue_lost": CLOCK,
    "exchange.tasks.build_package": asker(A.EXPORT_EVIDENCE),
    "exchange.tasks.render_record": asker(A.DOWNLOAD_EVIDENCE),
    "exchange.tasks.take_in_package": asker(A.ADD_EVIDENCE),
    "incidents.tasks.expire_grants": CLOCK,
    "incidents.tasks.look_for_matches": CLOCK,
    "incidents.tasks.remind_deadlines": CLOCK,
    "incidents.tasks.tell_lapsed_shares": CLOCK,
    "keeping.tasks.make_delivery": asker(A.HANDLE_REQUESTS),
    "keeping.tasks.make_house_export": asker(A.MANAGE_ORGANISATION),
    "keeping.tasks.minimise": CLOCK,
    "keeping.tasks.requeue_lost": CLOCK,
    "ledger.tasks.make_months": CLOCK,
    "ledger.tasks.publish_checkpoint": CLOCK,
    "ledger.tasks.sequence_pending": CLOCK,
    "ledger.tasks.stamp_checkpoint": CLOCK,
    "notifications.tasks.deliver": HOUSE,
    "notifications.tasks.deliver_due": CLOCK,
    "notifications.tasks.forget": CLOCK,
    "notifications.tasks.pass_on": CLOCK,
    "notifications.tasks.send_digests": CLOCK,
    "notifications.tasks.send_each": CLOCK,
    "organisations.tasks.forget_submissions": CLOCK,
    "organisations.tasks.send_invitation": READER,
    "publication.tasks.prepare_release": asker(A.PREPARE_RELEASE),
    "signin.tasks.forget": CLOCK,
    "signin.tasks.send_notice": READER,
}


def tasks() -> dict[str, Any]:
    """Every task there is, except the queue’s own and those of tests."""
    current_app.loader.import_default_modules()
    current_app.finalize(auto=True)
    return {name: task for name, task in current_app.tasks.items() if not name.startswith(("celery.", "tests."))}


class Says(Enum):
    """What a command may print and write."""

    NAMED = "acts as the person named, and prints numbers and the references they asked with"
    FIGURES = "numbers, versions and hashes"
    OURS = "files of the project, drawn from the code"
    MADE_UP = "cases and accounts it makes up itself; not run here, because it takes minutes"


COMMANDS = {
    "import_eurepoc": (Says.NAMED, A.FILE),
    "prepare_release": (Says.NAMED, A.PREPARE_RELEASE),
    "bench": (Says.MADE_UP, None),
    "found_platform": (Says.FIGURES, None),
    "load_instruments": (Says.FIGURES, None),
    "minimise_personal_data": (Says.FIGURES, None),
    "seed_demo": (Says.MADE_UP, None),
    "seed_synthetic": (Says.MADE_UP, None),
    "verify_ledger": (Says.FIGURES, None),
    "verify_releases": (Says.FIGURES, None),
    "write_instrument_messages": (Says.OURS, None),
    "write_reference": (Says.OURS, None),
    "write_verifier": (Says.OURS, None),
}


# ── as the owner: what no tenant could do or see ─────────────────────────────────────────────────────────────────────


def by_owner(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """A statement past every policy: what is everywhere, and a row forged behind every service's back."""
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute("SET LOCAL ROLE norms_definer")
        cursor.execute(statement, list(values))
        rows = cursor.fetchall() if cursor.description else []
        cursor.execute("SET LOCAL ROLE norms_app")
        return rows


def let_the_owner_see() -> None:
    """For the rest of the test the role that passes every policy may read and write every table."""
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute("GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO norms_definer")
        cursor.execute("SET LOCAL ROLE norms_app")


@dataclass(frozen=True)
class Seen:
    """Everything that could have been written: each table's rows, the ledger's verbs, the store, the post."""

    tables: dict[str, int]
    entry: int
    files: frozenset[str]
    letters: int

    @classmethod
    def now(cls) -> "Seen":
        """Counted by the database itself, in this transaction."""
        rows = by_owner("SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables")
        ((entry,),) = by_owner("SELECT coalesce(max(id), 0) FROM ledger_entry")
        return cls(dict(rows), entry, frozenset(stored()), len(mail.outbox))

    def since(self, before: "Seen") -> set[str]:
        """What changed: tables, `verb` of each new entry of the ledger, files, letters."""
        found = {name for name, count in self.tables.items() if count != before.tables.get(name, 0)}
        verbs = by_owner("SELECT verb FROM ledger_entry WHERE id > %s", before.entry)
        found |= {f"verb {verb}" for (verb,) in verbs}
        found |= {f"file {name}" for name in self.files ^ before.files}
        return found | ({"letter"} if self.letters != before.letters else set())


# ── what waits for a worker ──────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Row:
    """Something asked for: where it stands, and how the row names who asked."""

    table: str
    pk: int
    person: str
    house: str = ""  # empty: the house of the row is part of what it is
    failed: tuple[str, ...] = ("failed",)
    waits: tuple[str, ...] = ("queued",)
    state: str = "state"
    names_asker: bool = False

    def asked_by(self, actor: Actor) -> None:
        """As if they had asked: it was theirs to ask once, or somebody forged it."""
        also = f", {self.house} = {actor.organisation.pk}" if self.house else ""
        by_owner(f"UPDATE {self.table} SET {self.person} = %s{also} WHERE id = %s", actor.user.pk, self.pk)

    def arguments(self, actor: Actor) -> tuple[int, ...]:
        """What the message holds."""
        return (self.pk, actor.user.pk, actor.organisation.pk) if self.names_asker else (self.pk,)

    def outcome(self) -> str:
        """What became of it: `waits`, `refused`, or `done`; also what failed for another reason was tried."""
        reason = {"documents_job": "error_code", "evidence_redaction": "problem"}.get(self.table)
        column = reason or ("error_code" if self.table.startswith(("keeping", "evidence_intake")) else "''")
        ((state, code),) = by_owner(f"SELECT {self.state}, {column} FROM {self.table} WHERE id = %s", self.pk)
        if state in self.waits:
            return "waits"
        return "refused" if code in ("no_access", "membership_ended") else "done"


MAIL = b"From: a@x.example\r\nTo: b@y.example\r\nSubject: Tormentil\r\nDate: Fri, 9 Feb 2018 11:00:00 +0000\r\n\r\nSaxifrage\r\n"


def redaction_asked(analyst: Actor, world: World) -> Row:
    """A version of a file without some words."""
    item = given(analyst, world.incident, title="Tormentil note", data=b"Tormentil said it.\n" * 9, name="note.txt")
    with acting_as(analyst.principal):
        redaction = evidence.propose_redaction(
            actor=analyst, reference=world.incident.reference, label=item.label, sha256=StoredFile.objects.get(item=item).sha256,
            title="Redacted", passages=[{"words": "Tormentil", "reason": "person_at_risk"}],
        )  # fmt: skip
    return Row(
        "evidence_redaction", redaction.pk, "proposed_by_id", "organisation_id", waits=("making",), names_asker=True
    )


def seal_asked(people: People, analyst: Actor, world: World) -> Row:
    """An item to be locked away, its shares with three houses."""
    item = given(
        analyst, world.incident, title="Tormentil account", data=b"Tormentil saw it.\n" * 9, name="account.txt"
    )
    custodians = [
        people.meridian.person(Role.FORENSIC_ASSESSOR), people.tessera.person(Role.LEGAL_ASSESSOR),
        people.amal.person(Role.HUMAN_RIGHTS_ASSESSOR),
    ]  # fmt: skip
    for each in custodians:
        shared(analyst, world.incident, each.organisation, Grade.ASSESS)
        with acting_as(each.principal):
            make_key(actor=each, passphrase="velvet anchor nine lanterns")
    with acting_as(analyst.principal):
        seal = evidence.seal_item(
            actor=analyst, reference=world.incident.reference, label=item.label, title="Account", summary="An account.",
            reason="Protects a person", threshold=2,
            custodians=[f"{each.user.pk}:{each.organisation.pk}" for each in custodians],
        )  # fmt: skip
    return Row("evidence_seal", seal.pk, "sealed_by_id", "organisation_id", waits=("sealing",), names_asker=True)


def delivery_asked(people: People, world: World) -> Row:
    """The package of a request that was granted."""
    admin, decider = people.vela.admin, people.vela.person(Role.CUSTODIAN)
    with acting_as(admin.principal):
        asked = requests.file_request(
            actor=admin, kind="authority", requester="Tormentil court", legal_basis="Campion act", asked="Saxifrage",
            incident=world.incident.reference,
        )  # fmt: skip
    with acting_as(decider.principal):
        requests.decide_request(
            actor=decider, number=asked.number, outcome="granted", reasons="Within the order", parts=["E-1"]
        )
        delivery = Delivery.objects.get(request=asked)
    return Row("keeping_delivery", delivery.pk, "asked_by_id", names_asker=True)


def asked_for(people: People, world: World) -> dict[str, list[Row]]:
    """Everything that waits for a worker as somebody who asked: by task, from the registries of work."""
    analyst, admin = people.vela.analyst, people.vela.admin
    found: dict[str, list[Row]] = {}
    with acting_as(analyst.principal):
        for kind, task in kinds.TASKS.items():
            job = Job.objects.get(kind=kind, state="queued")
            found[task] = [Row("documents_job", job.pk, "requested_by_id", "organisation_id")]
    letter = given(analyst, world.incident, title="Tormentil letter", data=MAIL, name="letter.eml")
    with acting_as(analyst.principal):
        file = StoredFile.objects.get(item=letter)
        scan, apart = (IntakeJob.objects.get(file=file, kind=kind) for kind in ("scan", "mail"))
    columns = ("requested_by_id", "organisation_id")
    found["evidence.work.do"] = [Row("evidence_intakejob", each.pk, *columns) for each in (scan, apart)]
    found["evidence.tasks.make_redaction"] = [redaction_asked(analyst, world)]
    found["evidence.tasks.seal_content"] = [seal_asked(people, analyst, world)]
    found["keeping.tasks.make_delivery"] = [delivery_asked(people, world)]
    with acting_as(admin.principal):
        export = exports.request_export(actor=admin, reason="Tormentil move")
    found["keeping.tasks.make_house_export"] = [Row("keeping_houseexport", export.pk, "asked_by_id", names_asker=True)]
    publisher = people.secretariat.person(Role.PUBLISHER)
    with acting(publisher):
        release = publication.begin_release(actor=publisher)
    with connection.cursor() as cursor:  # the database itself refuses to have another preparer written into a release
        cursor.execute("RESET ROLE")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE publication_release DISABLE TRIGGER USER")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("SET LOCAL ROLE norms_app")
    found["publication.tasks.prepare_release"] = [
        Row(
            "publication_release", release.pk, "prepared_by_id", "organisation_id", state="status", waits=("preparing",)
        )
    ]
    return found


def first_askers(people: People) -> dict[str, Callable[[], Actor]]:
    """Who asked for it, where it is nobody of the holder's analysts."""
    return {
        "keeping.tasks.make_delivery": lambda: people.vela.person(Role.CUSTODIAN),
        "keeping.tasks.make_house_export": lambda: people.vela.admin,
        "publication.tasks.prepare_release": lambda: people.secretariat.person(Role.PUBLISHER),
        "accountability.tasks.render_review": lambda: people.vela.coordinator,
    }


def belonging_to(people: People, world: World) -> dict[str, int]:
    """A thing of Vela's for each task that is handed a thing and a house."""
    analyst = people.vela.analyst
    gone = given(analyst, world.incident, title="Tormentil copy", data=b"Tormentil copy\n" * 9, name="copy.txt")
    by_owner("UPDATE evidence_evidenceitem SET status = 'disposed' WHERE id = %s", gone.pk)
    with acting_as(people.vela.admin.principal):
        message = Message.objects.get(pk=world.names["int:delivery_id"])
    with acting_as(analyst.principal):
        file = StoredFile.objects.filter(item__incident=world.incident, stamp__isnull=True).order_by("pk")[0]
    return {
        "attribution.tasks.scan_reply_file": world.names["int:file"],
        "evidence.tasks.remove_content": gone.pk,
        "evidence.tasks.stamp": file.pk,
        "notifications.tasks.deliver": message.pk,
    }


def sign_in_of(actor: Actor) -> int:
    """A sign-in of theirs."""
    with acting_as(actor.principal):
        return SignIn.objects.filter(user=actor.user).order_by("-pk")[0].pk


def membership_of(actor: Actor) -> Membership:
    """How they belong to their house."""
    with acting_as(actor.principal):
        return Membership.objects.get(user=actor.user, organisation=actor.organisation)

"""A case of Vela's with something in every room, for tests that try every address; and the address of each thing in it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.sessions.backends.db import SessionStore

from accountability import services as accountability
from accreditation.models import Attestation
from attribution import services as attribution
from attribution.services import answering
from core import clock
from core.tenancy import acting_as
from escalation import services as escalation
from evidence import services as evidence
from evidence.models import IntakeJob, SweepReport
from evidence.services.arriving import begin_upload
from evidence.uploads import Upload
from exchange import services as exchange
from incidents.handing import offer_case
from incidents.labels import make_label
from incidents.models import Incident, IncidentGroupPermission, PastGrant
from incidents.searching import save_search
from incidents.selectors import Wanted
from incidents.services import (
    add_statement,
    file_incident,
    grant_access,
    grant_person,
    open_draft,
    revoke_person,
    save_draft,
)
from keeping.requests import file_request
from ledger.models import Entry
from notifications import services as notifications
from notifications.duty import answer_token
from notifications.models import DutyStep, Notification, Watch
from notifications.services import tell
from organisations.actors import Actor
from organisations.keys import issue_token, make_service_account
from organisations.models import Membership, Organisation
from organisations.roles import Grade
from remediation import services as remediation
from signin import connections
from signin.models import SignIn
from tests.attribution.ground import Ground
from tests.evidence.builders import the_file
from tests.exchange.bags import packed
from tests.ledger.test_notes import GO_KEY
from tests.people import People
from tests.signin.passkeys import software_passkey

# Words that stand nowhere else: an answer that holds one of them tells of this case.
TITLE = "Quillwort dialysis outage"
SECRETS = ("Quillwort", "Bergamot", "Saxifrage", "Tormentil", "Campion")


@dataclass(frozen=True)
class World:
    """What is there, as addresses name it."""

    incident: Incident
    names: dict[str, Any]

    def arguments(self, address: str, wanted: dict[str, str]) -> dict[str, Any]:
        """Values for the parts of an address, by the part's name and converter; `recommendation-…` has its own number."""
        return {
            part: self.names.get(f"{address}:{kind}:{part}", self.names.get(f"{kind}:{part}"))
            for part, kind in wanted.items()
        }


def shared(actor: Actor, incident: Incident, organisation: Organisation, grade: int, **more: Any) -> Any:
    """The case shared."""
    with acting_as(actor.principal):
        return grant_access(
            actor=actor, reference=incident.reference, organisation=organisation, grade=grade, reason="Campion", **more
        )


def filing_of(actor: Actor, incident: Incident) -> int:
    """The ledger's entry of the filing."""
    with acting_as(actor.principal):
        return Entry.objects.get(root_id=incident.pk, verb="incident.filed").pk


def build(people: People) -> World:
    """The case, made by its people through the services."""
    analyst, coordinator = people.vela.analyst, people.vela.coordinator
    with acting_as(analyst.principal):
        incident = file_incident(
            actor=analyst,
            facts={
                "title": TITLE,
                "summary": "Bergamot ward stood still.",
                "victims": [{"sector": "health", "country": "KR"}],
                "services": [{"service": "hospital-care", "name": "Saxifrage clinic", "country": "KR", "people": {}}],
            },
        )
        reference = incident.reference
        service = incident.servicehits.get().pk
        draft = open_draft(actor=analyst)
        save_draft(actor=analyst, reference=draft.reference, answers={"title": "Tormentil draft"})
        search = save_search(actor=analyst, name="Tormentil search", wanted=Wanted(sector="health"))
        token, _key = issue_token(actor=analyst, name="Tormentil key")
        membership = Membership.objects.get(user=people.vela.admin.user)
        statement = add_statement(
            actor=analyst, reference=reference, statement={"kind": "own_assessment", "said_by": "Tormentil office"}
        )
        update = remediation.post_update(
            actor=analyst, reference=reference, service_id=service,
            update={"state": "down", "at": {"at": clock.now().isoformat(), "precision": "exact"}},
        )  # fmt: skip
        task = remediation.add_task(
            actor=analyst, reference=reference,
            task={
                "title": "Tormentil task",
                "organisation": people.vela.organisation.slug,
                "due": clock.today().replace(year=2030).isoformat(),
            },
        )  # fmt: skip
        upload = begin_upload(actor=analyst, reference=reference, name="Tormentil.log", size=10)
    grant: IncidentGroupPermission = shared(analyst, incident, people.palaver.organisation, Grade.SUMMARY)
    with acting_as(analyst.principal):
        named = grant_person(
            actor=analyst, reference=reference, email=people.brigid.analyst.user.email,
            organisation=people.brigid.organisation, grade=Grade.SUMMARY, reason="Campion",
        )  # fmt: skip
        ended = grant_person(
            actor=analyst, reference=reference, email=people.brigid.analyst.user.email,
            organisation=people.brigid.organisation, grade=Grade.EVIDENCE, reason="Campion",
        )  # fmt: skip
        revoke_person(actor=analyst, reference=reference, grant_id=ended.pk)
        past = PastGrant.objects.get(incident=incident)
    ground = Ground(people, incident)
    ground.ready()
    ground.convened()
    grader = ground.grader
    with acting_as(grader.principal):
        contest = attribution.contest_finding(
            actor=grader, reference=reference, label="F-1", kind="denial", text="Tormentil denial"
        )
    with acting_as(coordinator.principal):
        measure = escalation.propose_measure(
            actor=coordinator, reference=reference, proposal={"code": "R02", "title": "Tormentil measure"}
        )
        review = accountability.request_review(actor=coordinator, reference=reference, mark="TLP:AMBER")
        recommendation = accountability.add_recommendation(
            actor=coordinator, reference=reference, kind="strategic", text="Tormentil advice",
            owner=people.vela.organisation.slug, due=clock.today(),
        )  # fmt: skip
    with acting_as(analyst.principal):
        verification = accountability.request_report(actor=analyst, reference=reference, label="F-1", mark="TLP:AMBER")
        record = exchange.request_record(actor=analyst, reference=reference, label="E-1")
        exchange.request_package(
            actor=analyst, reference=reference, mark="TLP:RED", recipient="Tormentil court", purpose="Tormentil"
        )
        exchange.receive_package(
            actor=analyst, reference=reference, upload=Upload("tormentil.zip", iter([packed({"x": b"x"})]))
        )
        report = SweepReport.objects.create(
            organisation=people.vela.organisation, started_at=clock.now(), finished_at=clock.now(), files=1, size=1, matches=1,
            mismatches=0, unavailable=0,
        )  # fmt: skip
        hold = evidence.place_hold(
            actor=analyst, reference=reference, label="E-1", reason="Tormentil claim", authority="Court order"
        )
    with acting_as(people.vela.admin.principal):
        contact = notifications.add_contact(
            actor=people.vela.admin,
            facts={"email": "duty@vela.example", "name": "Tormentil duty", "weekdays": range(1, 8)},
        )
        notifications.try_rota(actor=people.vela.admin)
        endpoint, _secret = notifications.add_endpoint(
            actor=people.vela.admin, name="Tormentil hook", url="https://hook.example/", kinds=["watched.summary"]
        )
        delivery = notifications.try_endpoint(actor=people.vela.admin, endpoint_id=endpoint.pk)
        token_of_duty = answer_token(people.vela.organisation.pk, DutyStep.objects.get(contact=contact).pk)
        key = exchange.trust_key(
            actor=people.vela.admin, vkey=GO_KEY, whose="Tormentil body", how_known="Tormentil call"
        )
        program = make_service_account(actor=people.vela.admin, name="Tormentil relay", roles=["analyst"])
    tell(
        kind="watched.summary", to=[analyst.user], key="world", root_id=incident.pk, reference=reference,
        words={"verb": "incident.edited", "n": 1},
    )  # fmt: skip
    with acting_as(analyst.principal):
        notice = Notification.objects.get(kind="watched.summary")
        notifications.watch(actor=analyst, root_id=incident.pk, reference=reference, url="/inbox/")
        watch = Watch.objects.get()
        mute = notifications.mute_case(actor=analyst, notification_id=notice.pk)
        secret = notifications.make_calendar_address(actor=analyst)
    with acting_as(analyst.principal):
        attribution.open_notice(actor=analyst, reference=reference, label="F-1", text="Tormentil claim")
        invited = attribution.invite_to_reply(
            actor=analyst,
            reference=reference,
            label="F-1",
            party="named",
            name="Tormentil",
            contact="Bergamot",
            code_given="Campion",
        )
        heard = attribution.invite_to_reply(
            actor=analyst, reference=reference, label="F-1", party="victim", name="Tormentil", contact="Bergamot", code_given="Campion"
        )  # fmt: skip
        relies = attribution.note_sent(
            actor=analyst, reference=reference, label="F-1", addressee="Tormentil", channel="Campion"
        )
        job = IntakeJob.objects.create(
            incident=incident, item=ground.items[0], kind="scan", state="failed", error_code="no_scanner",
            requested_by=analyst.user, organisation=analyst.organisation,
        )  # fmt: skip
        offer = offer_case(
            actor=analyst, reference=reference, organisation=people.palaver.organisation, reason="Campion"
        )
        attestation = Attestation.objects.get(organisation=people.vela.organisation)
    with acting_as(analyst.principal):
        session = SessionStore()
        session.create()
        signed_in = SignIn.objects.create(
            user=analyst.user, key=session.session_key or "", way="password", agent="Tormentil"
        )
    with acting_as(people.vela.admin.principal):
        label = make_label(actor=people.vela.admin, name="Tormentil label")
        domain = connections.add_domain(actor=people.vela.admin, name="tormentil.example")
        file_request(
            actor=people.vela.admin, kind="authority", requester="Tormentil court", legal_basis="Campion act", asked="Saxifrage",
            incident=reference,
        )  # fmt: skip
    visit = answering.visit_by_secret(heard.secret)
    file = answering.attach_file(visit, Upload("tormentil.log", iter([b"Tormentil Bergamot Campion\n"])))
    answering.submit_reply(visit, text="Saxifrage agrees", position="comments")
    names = {
        "int:file": file.pk,
        "int:attestation_id": attestation.pk,
        "slug:house": "palaver",
        "grant-end-person:int:grant_id": named.pk,
        "preview-person:int:grant_id": named.pk,
        "api-person-grant:int:grant_id": named.pk,
        "int:past_id": past.pk,
        "int:offer_id": offer.pk,
        "slug:kind": "evidence",
        "str:label": "E-1",
        "int:session_id": signed_in.pk,
        "int:domain_id": domain.pk,
        "uuid:public_id": UUID(int=0),
        "int:pk": software_passkey(analyst.user).pk,
        "int:label_id": label.pk,
        "int:part": 1,
        "int:invitation": invited.invitation.pk,
        "int:relying": relies.pk,
        "slug:public_id": "nothing",
        "int:notice_id": notice.pk,
        "int:watch_id": watch.pk,
        "int:mute_id": mute.pk,
        "slug:secret": secret,
        "int:key_id": key.pk,
        "int:contact_id": contact.pk,
        "int:search_id": search.pk,
        "str:clock_code": "task.due",
        "str:key": task.reference,
        "int:endpoint_id": endpoint.pk,
        "int:delivery_id": delivery.pk,
        "slug:slug": people.vela.organisation.slug,
        "str:token": token_of_duty,
        "incident:reference": reference,
        "draft:draft": draft.reference,
        "slug:step": "what",
        "int:grant_id": grant.pk,
        "int:token_id": token.pk,
        "int:membership_id": membership.pk,
        "int:account_id": program.user_id,
        "int:service_id": service,
        "evidence:number": "E-1",
        "finding:number": "F-1",
        "slug:label": "H1",
        "int:contest": contest.pk,
        "int:panel": 1,
        "int:seat": 1,
        "measure:number": measure.label,
        "task:number": task.reference,
        "int:hold_id": hold.pk,
        "int:report_id": report.pk,
        "uuid:upload": upload.pk,
        "int:job": job.pk,
        "str:sha256": the_file(analyst, ground.items[0]).sha256,
        "int:redaction_id": 0,
        "int:request_id": 0,  # nothing was sealed here
        "int:number": review.number,
        "slug:code": verification.code,
        "int:record": record.number,
        "statement": statement.pk,
        "update": update.pk,
        "release:version": "2026-Q1",
        "figures:code": "incidents-by-sector-year",
        "int:entry": filing_of(analyst, incident),
        "int:level": 0,
        "tile:index": 0,
        "int:width": 1,
    }
    assert review.number == recommendation.number  # one name serves both
    return World(incident, names)

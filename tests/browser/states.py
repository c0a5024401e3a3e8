"""Things in the states some pages are for: sealed, redacted, handed over, asked for a reply, published.

Each is made through the services by the people who would do it; `rooms` says which page shows it, and to whom.
"""

from django.urls import reverse

from accreditation import services as accreditation
from accreditation.models import Attestation
from attribution import services as attribution
from attribution.models import FindingIssue
from core.tenancy import acting_as
from evidence import services as evidence
from evidence.models import EvidenceItem
from incidents import blind, hiding
from incidents.models import Incident
from organisations.actors import Actor
from organisations.roles import Grade
from tests.accreditation.test_services import sent
from tests.attribution.ground import Ground, as_
from tests.attribution.test_services_reply import ASK, answered, asked, noticed
from tests.browser.conftest import Cast
from tests.evidence.builders import given, shared
from tests.evidence.seals import Sealed
from tests.evidence.test_redaction import pdf, proposed
from tests.people import accredited, lapse
from tests.tenancy.test_walls import filed

Rooms = dict[str, tuple[str, Actor | None]]
"""The page's name → the address of the thing in the right state, and who opens it."""


def of_item(incident: Incident, item: EvidenceItem, name: str, **more: object) -> str:
    """An address under an item."""
    return reverse(name, kwargs={"reference": incident.reference, "number": item.label, **more})


def sealed(cast: Cast) -> Rooms:
    """An item under seal with one request waiting and two granted. Its people get their sealing keys here."""
    case = Sealed(cast)
    item = case.item
    case.sealed()
    granted, lifted = case.granted(), case.granted(case.depositor, "unseal")
    pending = case.request(case.custodians[0])
    opened = {"request_id": granted.pk}
    return {
        "evidence-seal-ask": (of_item(case.incident, item, "evidence-seal-ask"), case.custodians[1]),
        "evidence-seal-request": (of_item(case.incident, item, "evidence-seal-request", request_id=pending.pk), case.custodians[1]),
        "evidence-seal-answer": (of_item(case.incident, item, "evidence-seal-answer", request_id=pending.pk), case.custodians[1]),
        "evidence-seal-open": (
            of_item(case.incident, item, "evidence-seal-open", **opened, sha256=case.file.sha256), case.requester,
        ),
        "evidence-seal-facts": (of_item(case.incident, item, "evidence-seal-facts", **opened), case.requester),
        "evidence-seal-carry-out": (
            of_item(case.incident, item, "evidence-seal-carry-out", request_id=lifted.pk), case.depositor,
        ),
    }  # fmt: skip


def handled(cast: Cast) -> Rooms:
    """A redaction somebody else has to decide on, an item on its way to another organisation, one to be done away with."""
    analyst, custodian = cast.vela.analyst, cast.vela.person("custodian")
    incident = filed(analyst)
    shared(analyst, incident, cast.meridian.organisation, Grade.EVIDENCE)
    account = given(analyst, incident, data=pdf(), name="account.pdf")
    redaction = proposed(analyst, account)
    disk = given(analyst, incident, data=b"disk image one")
    spent = given(analyst, incident, data=b"disk image two")
    with acting_as(analyst.principal):
        evidence.release_item(
            actor=analyst, reference=incident.reference, label=disk.label, organisation="meridian", desk="",
            purpose="For examination",
        )  # fmt: skip
        evidence.propose_disposal(
            actor=analyst, reference=incident.reference, label=spent.label, reason="Its time is over",
            authority="Retention rule 4",
        )  # fmt: skip
    decides = {"redaction_id": redaction.pk}
    return {
        "evidence-redaction": (of_item(incident, account, "evidence-redaction", **decides), custodian),
        "evidence-redaction-decide": (of_item(incident, account, "evidence-redaction-decide", **decides), custodian),
        "evidence-receipt": (of_item(incident, disk, "evidence-receipt"), cast.meridian.analyst),
        "evidence-dispose": (of_item(incident, spent, "evidence-dispose"), custodian),
    }


def replied(cast: Cast) -> Rooms:
    """A finding published with the reply of the party it names, and one whose party is still asked."""
    published, waiting = (Ground(cast, filed(cast.vela.analyst)) for _each in range(2))
    for ground in (published, waiting):
        ground.ready()
        noticed(ground)
    answered(asked(published))
    colleague = cast.vela.another("analyst")
    with as_(colleague):
        issue: FindingIssue = attribution.publish_finding(actor=colleague, reference=published.reference, label="F-1")
    outside = asked(waiting)
    with as_(waiting.analyst):
        inside = attribution.invite_to_reply(
            actor=waiting.analyst, reference=waiting.reference, label="F-1",
            **{**ASK, "party": "quoted", "organisation": "palaver"},
        )  # fmt: skip
    return {
        "published-finding": (reverse("published-finding", args=[issue.public_id]), None),
        "reply": (reverse("reply", args=[outside.secret]), None),
        "reply-member": (reverse("reply-member", args=[inside.invitation.pk]), cast.palaver.person("mediator")),
    }


def attested(cast: Cast) -> Rooms:
    """An attestation being written, one with its reviewer, one in force; and shares with a house that lapsed."""
    ferrow, brigid, meridian = cast.ferrow.admin, cast.brigid.admin, cast.meridian.admin
    accredited(ferrow.organisation, cast.secretariat.organisation)
    incident = filed(cast.vela.analyst)
    shared(cast.vela.analyst, incident, ferrow.organisation, Grade.EVIDENCE)
    lapse(ferrow.organisation)
    with acting_as(ferrow.principal):
        draft = accreditation.begin_attestation(actor=ferrow)
    waiting = sent(brigid, meridian)
    with acting_as(meridian.principal):
        held = Attestation.objects.get(organisation=meridian.organisation)
    return {
        "attestation-answers": (reverse("attestation-answers", args=[draft.pk]), ferrow),
        "attestation-send": (reverse("attestation-send", args=[draft.pk]), ferrow),
        "attestation-decide": (reverse("attestation-decide", args=[waiting.pk]), meridian),
        "attestation": (reverse("attestation", args=[waiting.pk]), meridian),
        "attestation-end": (reverse("attestation-end", args=[held.pk]), meridian),
        "share-recall-all": (reverse("share-recall-all", args=["ferrow"]), cast.vela.analyst),
    }


def without_names(cast: Cast) -> Rooms:
    """A case worked without names, with a look behind a handle; the page to look is a keeper's."""
    analyst, keeper, seen = (
        cast.vela.analyst,
        cast.secretariat.person("name_keeper"),
        cast.meridian.person("coordinator"),
    )
    incident = filed(analyst, blind=True)
    shared(analyst, incident, cast.meridian.organisation, Grade.COORDINATE)
    with acting_as(analyst.principal):
        pair = (incident.pk, seen.user.pk)
        handle = blind.give_handles([pair])[pair]
    with acting_as(keeper.principal):
        hiding.look_up(
            actor=keeper, reference=incident.reference, handle=handle.slug, reason="Two seats for one person?"
        )
    return {
        "incident-names": (reverse("incident-names", args=[incident.reference]), cast.vela.coordinator),
        "name-looks": (reverse("name-looks"), seen),
        "name-look": (reverse("name-look"), keeper),
    }


def rooms(cast: Cast) -> Rooms:
    """Every such page."""
    return sealed(cast) | handled(cast) | replied(cast) | attested(cast) | without_names(cast)

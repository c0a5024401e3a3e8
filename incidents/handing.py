"""Who is in charge of a case, and handing it over to another organisation (SHR-2).

An organisation is offered a case it can see, and takes it or does not. Taking it is one change in the database: the holder,
the grants, and whatever follows the holder move together; the giver keeps the grade that was agreed.
"""

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from accreditation.errors import NotAccredited
from accreditation.selectors import is_accredited
from core import clock
from core.errors import Invalid, NotFound
from ledger.services import record
from organisations.actors import Actor
from organisations.models import Membership, Organisation, User
from organisations.roles import Action, Grade, Role

from . import errors, telling
from .access import get_incident_for
from .models import HandOver, Incident, IncidentGroupPermission

KEEPS = (Grade.SUMMARY, Grade.EVIDENCE, Grade.CONTRIBUTE, Grade.COORDINATE, Grade.OVERSEE)
CAN_LEAD = frozenset({Role.ANALYST, Role.COORDINATOR})


def leaders_of(organisation: Organisation) -> list[User]:
    """Who can be put in charge: analysts and coordinators of the house, and no program."""
    now = clock.now()
    found = Membership.objects.filter(
        organisation=organisation, roles__overlap=list(CAN_LEAD), suspended_at__isnull=True
    )
    found = found.exclude(until__lte=now).filter(user__is_active=True, user__service_of__isnull=True)
    found = found.select_related("user")
    return [membership.user for membership in found.order_by("user__name", "pk")]


@transaction.atomic
def put_in_charge(*, actor: Actor, reference: str, person_id: int | None) -> Incident:
    """Hands the case to a person of the house that holds it, or to nobody (None). They are told."""
    incident = get_incident_for(actor, reference, Action.SHARE, lock=True)
    if actor.organisation.pk != incident.holder_id:
        raise errors.OnlyHolder
    person = None
    if person_id is not None:
        person = next((each for each in leaders_of(actor.organisation) if each.pk == person_id), None)
        if person is None:
            raise errors.NotAMember
    before, incident.in_charge = incident.in_charge_id, person
    incident.save(update_fields=["in_charge"])
    record(
        actor=actor, verb="case.put_in_charge", subject=incident, root_id=incident.pk,
        payload={"before": before, "after": person.pk if person else None},
    )  # fmt: skip
    if person is not None and person.pk != actor.user.pk:
        telling.in_charge(incident, person)
    return incident


@transaction.atomic
def offer_case(
    *, actor: Actor, reference: str, organisation: Organisation, reason: str, keeps: int = Grade.OVERSEE
) -> HandOver:
    """Offers the case to an organisation that sees it, and is accredited: it would hold the evidence."""
    incident = get_incident_for(actor, reference, Action.SHARE, lock=True)
    if actor.organisation.pk != incident.holder_id:
        raise errors.OnlyHolder
    if organisation.pk == incident.holder_id:
        raise errors.HandOverToItself
    if not reason.strip():
        raise errors.GrantNeedsReason
    if keeps not in KEEPS:
        raise Invalid({"keeps": [_("Choose a grade from the list.")]})
    if not is_accredited(organisation):
        raise NotAccredited(organisation=organisation.slug)
    if HandOver.objects.filter(incident=incident, state=HandOver.State.OFFERED).exists():
        raise errors.HandOverOpen
    given = IncidentGroupPermission.objects.filter(
        content_object=incident, group__role_group__organisation=organisation
    )
    if not given.exclude(until__lte=clock.now()).exists():
        raise errors.MustSeeFirst
    offer = HandOver.objects.create(
        incident=incident, from_organisation=actor.organisation, to_organisation=organisation, keeps=keeps,
        reason=reason.strip(), offered_by=actor.user,
    )  # fmt: skip
    record(
        actor=actor, verb="case.offered", subject=offer, root_id=incident.pk,
        payload={"to": organisation.pk, "keeps": Grade(keeps).name.lower()},
    )  # fmt: skip
    telling.offered(incident, offer)
    return offer


def offer_for(actor: Actor, reference: str, offer_id: int) -> HandOver:
    """An offer of this case one's house made or was made; 404 for anybody else's."""
    incident = get_incident_for(actor, reference, Action.VIEW)
    found = HandOver.objects.filter(incident=incident, pk=offer_id)
    offer = found.select_related("from_organisation", "to_organisation", "offered_by", "incident").first()
    if offer is None or actor.organisation.pk not in (offer.from_organisation_id, offer.to_organisation_id):
        raise NotFound(offer_id)
    actor.require(Action.SHARE)
    return offer


def _must_be_open(offer: HandOver) -> None:
    if offer.state != HandOver.State.OFFERED:
        raise errors.HandOverAnswered


@transaction.atomic
def take_over_case(*, actor: Actor, reference: str, offer_id: int) -> Incident:
    """The organisation takes the case over, and holds it from this moment on."""
    offer = offer_for(actor, reference, offer_id)
    if actor.organisation.pk != offer.to_organisation_id:
        raise errors.OnlyHolder(_("The organisation it is offered to takes it or declines."))
    _must_be_open(offer)
    if not is_accredited(actor.organisation):
        raise NotAccredited(organisation=actor.organisation.slug)
    record(
        actor=actor, verb="case.taken_over", subject=offer, root_id=offer.incident_id,
        payload={"from": offer.from_organisation_id, "to": offer.to_organisation_id},
    )  # fmt: skip
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT incidents_take_over(%s)", [offer.pk])
            done = cursor.fetchone()[0]
    except IntegrityError as clash:
        raise errors.CannotMove from clash
    if not done:
        raise errors.HandOverAnswered
    telling.taken_over(offer)
    return get_incident_for(actor, reference, Action.VIEW)


@transaction.atomic
def decline_case(*, actor: Actor, reference: str, offer_id: int, answer: str = "") -> HandOver:
    """The organisation does not take the case; it may say why."""
    offer = offer_for(actor, reference, offer_id)
    if actor.organisation.pk != offer.to_organisation_id:
        raise errors.OnlyHolder(_("The organisation it is offered to takes it or declines."))
    return _answer(actor, offer, HandOver.State.DECLINED, "case.offer_declined", answer)


@transaction.atomic
def withdraw_offer(*, actor: Actor, reference: str, offer_id: int) -> HandOver:
    """The holder takes the offer back."""
    offer = offer_for(actor, reference, offer_id)
    if actor.organisation.pk != offer.from_organisation_id:
        raise errors.OnlyHolder
    return _answer(actor, offer, HandOver.State.WITHDRAWN, "case.offer_withdrawn", "")


def _answer(actor: Actor, offer: HandOver, state: HandOver.State, verb: str, answer: str) -> HandOver:
    _must_be_open(offer)
    offer.state, offer.answered_by, offer.answered_at, offer.answer = (
        state,
        actor.user,
        clock.now(),
        answer.strip()[:300],
    )
    offer.save(update_fields=["state", "answered_by", "answered_at", "answer"])
    record(actor=actor, verb=verb, subject=offer, root_id=offer.incident_id)
    telling.answered(offer)
    return offer


def offers_on(incident: Incident) -> list[HandOver]:
    """Offers of this case, newest first, as far as the reader's house made or was made them."""
    found = HandOver.objects.filter(incident=incident)
    return list(
        found.select_related("from_organisation", "to_organisation", "offered_by", "answered_by").order_by("-pk")
    )

"""Following a service from outage to restoration (REM-1)."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.errors import Invalid, NotAllowed
from incidents.access import case_for
from instruments.models import Instrument
from instruments.selectors import in_force
from ledger.services import record
from organisations.actors import Actor
from organisations.models import Organisation
from organisations.roles import Action

from .. import rules
from ..access import must_be_open, restoration_for
from ..checks import check_target, check_text, check_update
from ..errors import NotTheOwnersWord, RestorationBlocked
from ..history import believed, pairs
from ..metrics import goes_back
from ..models import RestorationUpdate, ServiceRestoration
from ..states import ConfirmedAs, ServiceState


def taxonomy_version() -> dict[str, str]:
    """The version of the service taxonomy this is decided under (GOV-1)."""
    return {"service-taxonomy": in_force(Instrument.Kind.SERVICE_TAXONOMY).version}


def view_for_rules(restoration: ServiceRestoration, state: str) -> rules.ServiceView:
    """The facts the rules ask for; the tier of restoration plays no part in a move."""
    return rules.ServiceView(
        key=str(restoration.service_id), restoration_tier=0, state=state,
        backup_integrity=restoration.backup_ok, confirmed_by_owner=restoration.confirmed_at is not None,
    )  # fmt: skip


def refuse(blocks: list[rules.Block]) -> None:
    """Raises RestorationBlocked with every reason, in words and by rule."""
    if not blocks:
        return
    words = dict(ServiceState.choices)
    told = [
        {
            "code": block.code,
            "message": _(block.message) % {name: words.get(value, value) for name, value in block.params.items()},
        }
        for block in blocks
    ]
    raise RestorationBlocked(" ".join(block["message"] for block in told), blocks=told)


def corrected_by(
    restoration: ServiceRestoration, held: list[RestorationUpdate], corrects: Any
) -> RestorationUpdate | None:
    """The update that a new one corrects: one that still holds."""
    if corrects in (None, ""):
        return None
    found = next((update for update in held if str(update.pk) == str(corrects)), None)
    if found is None:
        raise Invalid({"corrects": [_("Choose an update of this service that has not been corrected already.")]})
    return found


def in_order(held: list[RestorationUpdate]) -> None:
    """Moments that are known never go backwards, as far as their precision can tell."""
    known = [(update.at, update.at_precision) for update in held if update.at is not None]
    if goes_back(known):
        sentence = _(
            "This would stand before an earlier update, or after a later one. Check the date, or correct the other update."
        )
        raise Invalid({"at": [sentence]})


@transaction.atomic
def post_update(*, actor: Actor, reference: str, service_id: int, update: Mapping[str, Any]) -> RestorationUpdate:
    """Adds what is known about a service now, or corrects an update (`update["corrects"]`).

    Raises RestorationBlocked when the states do not know the move, or when a service would count as restored without a
    passed backup check (R4.2) and its owner's word (R4.3).
    """
    incident = case_for(actor, reference, Action.RESTORE).incident
    must_be_open(incident)
    facts = check_update(update)
    restoration = restoration_for(incident, service_id)
    held = believed(restoration.updates.order_by("pk"))
    wrong = corrected_by(restoration, held, update.get("corrects"))
    new = RestorationUpdate(
        incident=incident,
        restoration=restoration,
        by=actor.user,
        organisation=actor.organisation,
        corrects=wrong,
        **facts,
    )
    after = [new if each is wrong else each for each in held] if wrong else [*held, new]
    in_order(after)
    states = [each.state for each in after]
    blocks: list[rules.Block] = []
    for before, to in pairs(states):
        moves = rules.blocks_to_move(view_for_rules(restoration, before), to)
        blocks += [block for block in moves if block.code == "service_move"]
    if new.state in rules.IN_SERVICE and new.state != restoration.state:
        # A first report knows no state before; nothing is hardened that was never seen to work.
        before = held[-1].state if held else rules.DOWN
        blocks += [
            block
            for block in rules.blocks_to_move(view_for_rules(restoration, before), new.state)
            if block not in blocks
        ]
    refuse(blocks)
    new.save()
    settle(restoration, states[-1])
    record(
        actor=actor, verb="restoration.updated", subject=restoration, root_id=incident.pk, instruments=taxonomy_version(),
        payload={"update": new.pk, "state": new.state, "capacity": new.capacity, "corrects": wrong.pk if wrong else None},
    )  # fmt: skip
    return new


def settle(restoration: ServiceRestoration, state: str) -> None:
    """The state is that of the last update; a service that fell back has neither a checked backup nor its owner's word."""
    fell = restoration.state in rules.IN_SERVICE and state not in rules.IN_SERVICE
    restoration.state = state
    if fell:
        restoration.backup_ok = restoration.backup_checked_at = restoration.backup_checked_by = None
        restoration.confirmed_at = restoration.confirmed_by = None
        restoration.backup_note = restoration.confirmed_as = restoration.confirmed_words = ""
    restoration.save()


@transaction.atomic
def set_target(*, actor: Actor, reference: str, service_id: int, hours: Any) -> ServiceRestoration:
    """Sets the target time to recover, in hours from the outage; None takes it back."""
    incident = case_for(actor, reference, Action.RESTORE).incident
    must_be_open(incident)
    target = check_target(hours)
    restoration = restoration_for(incident, service_id)
    restoration.target = target
    restoration.save(update_fields=["target"])
    record(
        actor=actor, verb="restoration.target_set", subject=restoration, root_id=incident.pk,
        payload={"target_seconds": int(target.total_seconds()) if target else None},
    )  # fmt: skip
    return restoration


@transaction.atomic
def check_backup(*, actor: Actor, reference: str, service_id: int, passed: bool, note: Any) -> ServiceRestoration:
    """Records whether what the service is restored from was found whole, and how it was checked (R4.2, RC.RP-03)."""
    incident = case_for(actor, reference, Action.RESTORE).incident
    must_be_open(incident)
    text = check_text(note, "note", _("Say how the backup was checked."))
    restoration = restoration_for(incident, service_id)
    if not passed and restoration.state in rules.IN_SERVICE:
        raise RestorationBlocked(
            _("The service counts as restored. Report that it fell back before you record a failed check.")
        )
    restoration.backup_ok, restoration.backup_note = passed, text
    restoration.backup_checked_at, restoration.backup_checked_by = clock.now(), actor.user
    restoration.save()
    record(
        actor=actor, verb="restoration.backup_checked", subject=restoration, root_id=incident.pk,
        payload={"passed": passed}, instruments=taxonomy_version(),
    )  # fmt: skip
    return restoration


@transaction.atomic
def confirm_restoration(*, actor: Actor, reference: str, service_id: int, words: Any = "") -> ServiceRestoration:
    """Records the word of the service's owner that it works again (R4.3), and whose word it is.

    An operator of essential services who sees the case speaks for itself, at whatever grade; the holder of the case
    says which owner told them, and how. Nobody else can say it.
    """
    is_operator = actor.organisation.kind == Organisation.Kind.OPERATOR
    case = case_for(actor, reference, Action.SEE_REMEDIATION if is_operator else Action.RESTORE)
    if not actor.may(Action.RESTORE):
        raise NotAllowed(Action.RESTORE)
    incident = case.incident
    must_be_open(incident)
    if is_operator:
        said_as, text = ConfirmedAs.OPERATOR, check_words(words)
    elif actor.organisation.pk == incident.holder_id:
        said_as, text = (
            ConfirmedAs.HOLDER,
            check_text(words, "words", _("Say who of the owner confirmed it, and how you know.")),
        )
    else:
        raise NotTheOwnersWord
    restoration = restoration_for(incident, service_id)
    restoration.confirmed_at, restoration.confirmed_by = clock.now(), actor.user
    restoration.confirmed_as, restoration.confirmed_words = said_as, text
    restoration.save()
    record(
        actor=actor, verb="restoration.confirmed", subject=restoration, root_id=incident.pk,
        payload={"as": str(said_as)}, instruments=taxonomy_version(),
    )  # fmt: skip
    return restoration


def check_words(words: Any) -> str:
    """A remark that may be empty."""
    return check_text(words, "words", "") if words else ""

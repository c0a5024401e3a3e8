"""How whoever is asked to reply is found, and what may be done for them (ATT-11).

A visitor is nobody to the database. The address is looked up by its digest in one definer function that gives nothing but
the numbers of the invitation and of its holder; everything after that is done by the platform acting for the holder.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection

from core import clock
from core.errors import NotFound
from organisations.actors import Actor, acting

from .. import errors as rules_broken
from .. import reply_rules
from ..models import Invitation, Reply
from ..rules.reply import channel_ends
from .platform import system_for
from .replies import digest_of


@dataclass(frozen=True, slots=True)
class Visit:
    """An invitation as its addressee meets it: found, not necessarily proved to be theirs."""

    invitation_id: int
    holder_id: int


def visit_by_secret(secret: str) -> Visit:
    """By the secret address; 404 for any other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT invitation_id, holder_id FROM attribution_invitation_at(%s)", [digest_of(secret)])
        row = cursor.fetchone()
    if row is None:
        raise NotFound
    return Visit(*row)


def visit_by_member(actor: Actor, invitation_id: int) -> Visit:
    """By a member of the organisation asked: their sign-in is the second proof. 404 for anybody else."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT invitation_id, holder_id FROM attribution_invitation_of(%s)", [invitation_id])
        row = cursor.fetchone()
    if row is None:
        raise NotFound(invitation_id)
    return Visit(*row)


@contextmanager
def invited(visit: Visit, *, lock: bool = False) -> Iterator[tuple[Actor, Invitation]]:
    """The invitation, seen by the platform acting for the holder."""
    with acting(system_for(visit.holder_id)) as system:
        rows = Invitation.objects.select_related("notice__finding__hypothesis", "notice__holder", "incident")
        rows = rows.select_for_update(of=("self",)) if lock else rows
        yield system, rows.get(pk=visit.invitation_id)


def still_open(invitation: Invitation) -> None:
    """Refuses once the reply is given or the time for it is over."""
    rules = reply_rules.rules_of(invitation.notice.rules_version)
    if Reply.objects.filter(invitation=invitation).exists():
        raise rules_broken.AlreadyAnswered
    if clock.now() > channel_ends(invitation.notice.deadline, rules):
        raise rules_broken.ReplyChannelEnded

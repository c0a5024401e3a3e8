"""E-mail of what waits: sent as its reader, so that it is asked for in the database like the inbox itself.

Codes, labels and a link. At TLP:AMBER and above, whether the mark was so when it was told or is so now, an e-mail
carries the reference and the link and nothing else.
"""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from core import clock
from core.marks import Way, may_leave
from core.tenancy import Principal, acting_as
from organisations.actors import Actor, acting
from organisations.models import Membership, User

from .models import Notification, Preference
from .selectors import as_told, email_of, waiting


def people_to_mail(email: str) -> list[int]:
    """The numbers of people with something unsent who want it this way. What they may see is asked as them."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT notifications_people_to_mail(%s)", [email])
        return [row[0] for row in cursor.fetchall()]


def acting_ways(user: User) -> list[Actor]:
    """A person in each organisation they belong to now; whoever is shut out of one for now is written to by none of its cases."""
    with acting_as(Principal(user.pk)), transaction.atomic():
        held = Membership.objects.filter(user=user, suspended_at__isnull=True)
        held = held.select_related("organisation").order_by("pk")
        in_force = [each for each in held if each.until is None or each.until > clock.now()]
    return [Actor(user, each.organisation, tuple(each.roles)) for each in in_force]


def marks_now(roots: Sequence[int]) -> dict[int, str]:
    """The marks cases have now. The case's room stands above this one, so it is asked in SQL, under its own policy."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, mark FROM incidents_incident WHERE id = ANY (%s)", [list(roots)])
        return dict(cursor.fetchall())


def line(row: Notification, mark_now: str, address: str = "") -> dict[str, Any]:
    """What an e-mail may say of it."""
    address = address or f"{settings.BASE_URL}{reverse('inbox-open', args=[row.pk])}"
    marks = [mark for mark in (row.mark, mark_now) if mark]
    about_nothing = row.root_id is None and not row.reference
    reference = row.reference or f"#{row.pk}"
    if all(may_leave(mark, Way.CHANNEL) for mark in marks) and (marks or about_nothing):
        told = as_told(row)
        return {
            "address": address, "id": row.reference, "words": told.words, "subject": row.subject, "due_at": row.due_at,
            "title": " ".join(part for part in (row.reference, told.words) if part),
        }  # fmt: skip
    return {"address": address, "id": reference, "words": "", "title": reference}


def lines_for(rows: Sequence[Notification]) -> list[dict[str, Any]]:
    """What an e-mail may say of each."""
    marks = marks_now([row.root_id for row in rows if row.root_id is not None])
    return [line(row, marks.get(row.root_id or 0, "")) for row in rows]


def send(user: User, title: str, lines: list[dict[str, Any]], organisation: object) -> None:
    """One text message in the reader's language."""
    words = {"lines": lines, "user": user, "organisation": organisation,
             "settings_address": f"{settings.BASE_URL}{reverse('inbox-settings')}"}  # fmt: skip
    send_mail(title, render_to_string("notifications/mail/told.txt", words), None, [user.email])


def send_to(user_id: int, email: str) -> int:
    """Sends one person what waits for them; how many messages. What was sent is marked in the same transaction."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    messages = 0
    for actor in acting_ways(user) if user else []:
        with acting(actor), translation.override(actor.user.language):
            unsent = Notification.objects.filter(waiting(), recipient=actor.user, mailed_at__isnull=True)
            if email != email_of(actor):  # whoever is on duty is told at once, and of nothing else
                unsent = unsent.filter(at_once=True)
            rows = list(unsent.select_for_update(of=("self",), skip_locked=True).order_by("pk")[:200])
            lines = lines_for(rows)
            batches = [[each] for each in lines] if email == Preference.Email.EACH else [lines] if lines else []
            for batch in batches:
                digest = _("Your inbox at %(organisation)s") % {"organisation": actor.organisation}
                title = batch[0]["title"] if email == Preference.Email.EACH else digest
                send(actor.user, f"[Norms] {title}", batch, actor.organisation)
                messages += 1
            Notification.objects.filter(pk__in=[row.pk for row in rows]).update(mailed_at=clock.now())
    return messages

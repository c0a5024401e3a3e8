"""What this room hears: a sign-in by whatever way, and a member who leaves."""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.http import HttpRequest

from ledger.models import Entry
from organisations.models import User

from . import sessions


@receiver(user_logged_in, dispatch_uid="signin.signed_in")
def signed_in(request: HttpRequest, user: User, **_kwargs: Any) -> None:
    """Every sign-in, also one in the tests or by the admin site, begins a session that can be seen and ended."""
    sessions.begin(request, user)


@receiver(post_save, sender=Entry, dispatch_uid="signin.member_left")
def member_left(instance: Entry, **_kwargs: Any) -> None:
    """Whoever is a member of nothing any more, or shut out, is signed out everywhere, in the same transaction."""
    if instance.verb in {"member.ended", "member.suspended"}:
        sessions.end_of_leaver(int(instance.subject_id))

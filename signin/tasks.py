"""Clocks of signing in, and the notice of a sign-in from a new place."""

from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from core.tenancy import Principal, acting_as
from organisations.models import User

from .models import SignIn


@shared_task(
    name="signin.tasks.send_notice", ignore_result=True, acks_late=True, autoretry_for=(OSError,), retry_backoff=True,
    max_retries=5,
)  # fmt: skip
def send_notice(user_id: int, sign_in_id: int) -> None:
    """Tells a person that somebody signed in to their account from a browser or a place that is new."""
    with acting_as(Principal(user_id)), transaction.atomic():
        user = User.objects.get(pk=user_id)
        found = SignIn.objects.filter(pk=sign_in_id).first()
    if found is None or not user.is_active:
        return
    from .sessions import agent_words  # the services name this task

    with translation.override(user.language):
        words = {
            "user": user, "at": found.started_at, "address": found.address, "agent": agent_words(found.agent),
            "page": f"{settings.BASE_URL}{reverse('sessions')}",
        }  # fmt: skip
        subject = _("A new sign-in to your account")
        send_mail(subject, render_to_string("signin/mail/new_sign_in.txt", words), None, [user.email])


@shared_task(name="signin.tasks.forget", ignore_result=True)
def forget() -> None:
    """Forgets sessions ended or unused for ninety days, and text nobody came back for in an hour; safe to run twice."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT signin_forget()")

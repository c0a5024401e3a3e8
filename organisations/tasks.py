"""Clocks of the house."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from .actors import actor_for
from .models import Organisation, User


@shared_task(name="organisations.tasks.forget_submissions", ignore_result=True)
def forget_submissions() -> None:
    """Forgets keys of requests after two days; safe to run twice."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT submissions_forget()")


@shared_task(
    name="organisations.tasks.send_invitation", ignore_result=True, acks_late=True, autoretry_for=(OSError,),
    retry_backoff=True, max_retries=5,
)  # fmt: skip
def send_invitation(user_id: int, organisation_id: int) -> None:
    """Sends the link with which an invited person chooses a password; nothing once they have signed in, or are invited no more.

    The link is made here and not where it is asked for, so that it never stands in the queue.
    """
    with transaction.atomic():
        user = User.objects.get(pk=user_id)
        organisation = Organisation.objects.get(pk=organisation_id)
    invited = actor_for(user, organisation_id) if user.is_active and not user.has_usable_password() else None
    if invited is None or invited.organisation.pk != organisation_id:
        return
    key = default_token_generator.make_token(user)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
    with translation.override(user.language):
        words = {"user": user, "organisation": organisation, "address": f"{settings.BASE_URL}{path}"}
        send_mail(
            _("You are invited to %(organisation)s") % {"organisation": organisation.name},
            render_to_string("organisations/mail/invitation.txt", words), None, [user.email],
        )  # fmt: skip

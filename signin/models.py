"""What signing in leaves behind: sessions, an organisation's own sign-in, and text kept over an expiry."""

from __future__ import annotations

import secrets
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _


class SignIn(models.Model):
    """A session of a person: where, when, last used. `key` is the session's own, so that it can be ended.

    One that came by an organisation's own sign-in names who and which session this is there: it ends when that one does.
    """

    class Way(models.TextChoices):
        PASSWORD = "password", _("Password")
        PASSKEY = "passkey", _("Passkey")
        ORGANISATION = "organisation", _("Through the organisation")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=40, unique=True, editable=False)
    way = models.CharField(max_length=12, choices=Way)
    address = models.GenericIPAddressField(null=True)
    agent = models.CharField(max_length=200, blank=True)
    started_at = models.DateTimeField(db_default=Now(), editable=False)
    last_used_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)
    identity = models.ForeignKey("signin.Identity", models.CASCADE, null=True, related_name="+")
    session_there = models.CharField(max_length=255, blank=True, default="", editable=False)

    class Meta:
        indexes = [models.Index(fields=["user", "-started_at"], name="signin_of_person")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.started_at}"


def new_token() -> str:
    """What a domain has to show."""
    return secrets.token_urlsafe(24)


class Domain(models.Model):
    """A mail domain an organisation says is its own, and has shown to be by a file only its owner can put there."""

    organisation = models.ForeignKey("organisations.Organisation", models.CASCADE, related_name="+")
    name = models.CharField(_("domain"), max_length=253)
    token = models.CharField(max_length=40, default=new_token, editable=False)
    added_at = models.DateTimeField(db_default=Now(), editable=False)
    verified_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="domain_once_each"),
            # Whoever shows that a domain is theirs has it alone: accounts are linked by it.
            models.UniqueConstraint(
                fields=["name"], condition=Q(verified_at__isnull=False), name="domain_of_one_house"
            ),
            models.CheckConstraint(condition=Q(name=Lower("name")), name="domain_lower_case"),
        ]

    def __str__(self) -> str:
        return self.name


class Connection(models.Model):
    """An organisation's own sign-in: one OpenID Connect issuer or one SAML identity provider."""

    class Kind(models.TextChoices):
        OIDC = "oidc", "OpenID Connect"
        SAML = "saml", "SAML 2.0"

    organisation = models.OneToOneField("organisations.Organisation", models.CASCADE, related_name="+")
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=4, choices=Kind)
    issuer = models.CharField(max_length=500, help_text=_("The issuer, or the entity id of the identity provider."))
    client_id = models.CharField(max_length=300, blank=True)
    secret_box = models.TextField(blank=True, help_text=_("The client secret, encrypted with the platform’s key."))
    document = models.JSONField(default=dict, help_text=_("The discovery document, or what the metadata say."))
    metadata_url = models.CharField(
        max_length=1000, blank=True, default="", help_text=_("Where the metadata came from, to be read again.")
    )
    groups_claim = models.CharField(max_length=200, default="groups")
    groups = models.JSONField(default=dict, help_text=_("Roles by group."))
    second_factor = models.BooleanField(
        default=False, help_text=_("Whoever comes this way has shown a second factor there.")
    )
    is_on = models.BooleanField(default=True)
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["oidc", "saml"]), name="connection_kind"),
            models.CheckConstraint(
                condition=Q(secret_box="") | Q(secret_box__startswith="gAAAAA"),  # noqa: S106
                name="connection_secret_is_boxed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.issuer}"


class Identity(models.Model):
    """Who a person is at their organisation's sign-in: its own name for them, which never changes."""

    organisation = models.ForeignKey("organisations.Organisation", models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    issuer = models.CharField(max_length=500)
    subject = models.CharField(max_length=500)
    linked_at = models.DateTimeField(db_default=Now(), editable=False)
    last_used_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "issuer", "subject"], name="identity_of_one_person"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} @ {self.issuer}"


class KeptText(models.Model):
    """What was typed into a form that came after the session had ended: for its author alone, for an hour.

    Encrypted with a key that only the author's browser has (a cookie); the database alone cannot be read.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    box = models.BinaryField()
    kept_at = models.DateTimeField(db_default=Now(), editable=False)

    def __str__(self) -> str:
        return str(self.pk)

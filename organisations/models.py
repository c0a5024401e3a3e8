"""People and tenants: who there is, who belongs where, and with which keys they come in.

People and organisations share one number space (*principals*), so that a grant can name either (architecture, tenancy).
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import Group, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .roles import Role, Scope


def next_principal() -> Func:
    """The database's next number for a person or an organisation."""
    return Func(Value("principal_id_seq"), function="nextval", output_field=models.IntegerField())


class UserManager(BaseUserManager["User"]):
    """Makes accounts; the address is kept in lower case so that nobody has two."""

    def create_user(self, email: str, password: str | None = None, **extra: object) -> User:
        """An account; without a password nobody can sign in to it."""
        user = self.model(email=self.normalize_email(email).lower(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra: object) -> User:
        """An operator of the platform. Being one opens no case (architecture, tenancy)."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **extra)


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Signs in by e-mail; acts for one organisation at a time."""

    id = models.IntegerField(primary_key=True, db_default=next_principal(), editable=False)
    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(_("language"), max_length=10, default="en")
    time_zone = models.CharField(_("time zone"), max_length=40, default="UTC")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    is_system = models.BooleanField(default=False, help_text=_("Acts for the platform itself; cannot sign in."))
    service_of = models.ForeignKey(
        "Organisation", models.PROTECT, null=True, editable=False, related_name="service_accounts",
        help_text=_("A program’s account of this organisation: no password, keys only."),
    )  # fmt: skip
    date_joined = models.DateTimeField(db_default=Now(), editable=False)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_any_case"),
            # Django's mark of a password nobody can enter is a leading "!".
            models.CheckConstraint(
                name="service_account_has_no_way_in",
                condition=Q(service_of__isnull=True)
                | Q(password__startswith="!", is_staff=False, is_superuser=False, is_system=False),  # noqa: S106
            ),
        ]

    def __str__(self) -> str:
        name = self.name or self.email
        return gettext("%(name)s (service account)") % {"name": name} if self.is_service else name

    @property
    def is_service(self) -> bool:
        """Whether a program and no person acts here."""
        return self.service_of_id is not None

    def get_full_name(self) -> str:
        """The name as the person writes it."""
        return self.name


class Organisation(models.Model):
    """A tenant. What it holds, another sees only by a recorded grant (SHR-1)."""

    class Kind(models.TextChoices):
        STATE = "state", _("State body")
        ASSESSMENT_BODY = "assessment_body", _("Independent assessment body")
        CIVIL_SOCIETY = "civil_society", _("Civil society")
        REGIONAL = "regional", _("Regional or international organisation")
        MEDIATOR = "mediator", _("Neutral mediator")
        OPERATOR = "operator", _("Operator of essential services")

    id = models.IntegerField(primary_key=True, db_default=next_principal(), editable=False)
    slug = models.SlugField(unique=True)
    name = models.CharField(_("name"), max_length=160)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    country = models.CharField(_("country"), max_length=2, blank=True, help_text=_("ISO 3166 code; empty for none."))
    is_secretariat = models.BooleanField(default=False)
    second_factor_required = models.BooleanField(
        default=False, help_text=_("Members without a second factor are led to set one up and can do nothing else.")
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="organisation_kind",
                condition=Q(kind__in=["state", "assessment_body", "civil_society", "regional", "mediator", "operator"]),
            )
        ]

    def __str__(self) -> str:
        return self.name


class RoleGroup(models.Model):
    """The group a grant is given to: all of an organisation (`role` empty), or those in one role of it."""

    group = models.OneToOneField(Group, models.PROTECT, primary_key=True, related_name="role_group")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="role_groups")
    role = models.CharField(max_length=24, choices=Role, blank=True)
    principal = models.IntegerField(
        unique=True, db_default=next_principal(), help_text=_("The organisation's own number when `role` is empty.")
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "role"], name="one_group_per_role")]

    def __str__(self) -> str:
        return self.group.name


class Membership(models.Model):
    """A person in an organisation, with their roles there; ended, never deleted."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    roles = ArrayField(models.CharField(max_length=24, choices=Role), verbose_name=_("roles"))
    since = models.DateTimeField(db_default=Now(), editable=False)
    until = models.DateTimeField(_("until"), null=True, blank=True)
    suspended_at = models.DateTimeField(_("suspended"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "organisation"], name="one_membership_each"),
            models.CheckConstraint(
                name="membership_ends_after_start", condition=Q(until__isnull=True) | Q(until__gte=F("since"))
            ),
            models.CheckConstraint(
                name="guest_for_a_time_and_nothing_else",
                condition=~Q(roles__contains=["guest"]) | Q(roles=["guest"], until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} @ {self.organisation}"


class MembershipChange(models.Model):
    """What was done to a membership, by whom and why: read by the organisation, kept for ever, never changed."""

    class Act(models.TextChoices):
        INVITED = "invited", _("became a member")
        ROLES = "roles", _("was given other roles")
        SUSPENDED = "suspended", _("was suspended")
        RESTORED = "restored", _("was let in again")
        ENDED = "ended", _("left")

    membership = models.ForeignKey(Membership, models.PROTECT, related_name="changes")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    act = models.CharField(max_length=12, choices=Act)
    before = ArrayField(models.CharField(max_length=24, choices=Role), default=list)
    after = ArrayField(models.CharField(max_length=24, choices=Role), default=list)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="membership_change_act",
                condition=Q(act__in=["invited", "roles", "suspended", "restored", "ended"]),
            ),
            models.CheckConstraint(
                name="membership_change_says_why", condition=~Q(act__in=["suspended", "restored"]) | ~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.membership_id} {self.act}"


class ApiToken(models.Model):
    """A key for programs: acts as one person for one organisation, within its scopes, until it ends. Only its SHA-256 is stored."""

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    scopes = ArrayField(models.CharField(max_length=12, choices=Scope), verbose_name=_("scopes"))
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True, help_text=_("To the nearest five minutes."))

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="token_scopes", condition=Q(scopes__contained_by=Scope.values) & Q(scopes__len__gt=0)
            )
        ]

    def __str__(self) -> str:
        return self.name


class Submission(models.Model):
    """A request that must not happen twice: the second one gets the first one's answer (Idempotency-Key, double click)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    key = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=64, help_text=_("SHA-256 of method, address and body."))
    status = models.PositiveSmallIntegerField(null=True)
    location = models.CharField(max_length=400, blank=True)
    body = models.TextField(blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="submitted_once")]

    def __str__(self) -> str:
        return self.key

"""The case and what hangs on it.

Every table here is under forced row-level security. The `audience` columns that the policies read are not fields:
Django never reads or writes them, only the database's own triggers do (migration 0001).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from organisations.models import next_principal
from organisations.roles import Grade

from .marks import Mark
from .querysets import IncidentQuerySet
from .states import Status

if TYPE_CHECKING:
    from datetime import date, datetime

    from django.db.models.expressions import Combinable
    from django_stubs_ext import StrOrPromise


class Precision(models.TextChoices):
    """How exactly a moment is known. `unknown` goes with an empty moment: never a placeholder date."""

    EXACT = "exact", _("exact")
    HOUR = "hour", _("within an hour")
    DAY = "day", _("day only")
    MONTH = "month", _("month only")
    YEAR = "year", _("year only")
    UNKNOWN = "unknown", _("not known")


def moment(label: StrOrPromise) -> models.DateTimeField[str | datetime | date | Combinable | None, datetime | None]:
    """A moment that may not be known."""
    return models.DateTimeField(label, null=True, blank=True)


def precision() -> models.CharField[str | int | Combinable, str]:
    """How exactly the moment beside it is known."""
    return models.CharField(max_length=8, choices=Precision, default=Precision.UNKNOWN)


def known_together(name: str) -> models.CheckConstraint:
    """A moment is empty exactly when its precision says `unknown`."""
    return models.CheckConstraint(
        name=f"incident_{name}_known",
        condition=Q(**{f"{name}_at__isnull": True, f"{name}_precision": "unknown"})
        | (Q(**{f"{name}_at__isnull": False}) & ~Q(**{f"{name}_precision": "unknown"})),
    )


class Incident(models.Model):
    """A state-linked cyber incident that harms civilians, as it is known today.

    OPEN -> CLOSED -> OPEN. Who it was is not a field here: that is a finding, reached by rule.
    """

    reference = models.CharField(_("reference"), max_length=24, unique=True, editable=False)
    holder = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, related_name="+", verbose_name=_("held by")
    )
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("filed by"))
    in_charge = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("in charge"),
        help_text="A member of the organisation that holds the case; reassigned before they leave it.",
    )  # fmt: skip
    filed_at = models.DateTimeField(_("filed"), db_default=Now(), editable=False)
    changed_at = models.DateTimeField(_("last changed"), auto_now=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.OPEN)
    closed_at = models.DateTimeField(null=True, editable=False)
    mark = models.CharField(_("sharing mark"), max_length=20, choices=Mark, default=Mark.AMBER)
    is_exercise = models.BooleanField(_("exercise"), default=False)

    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(_("what happened"))
    harm = models.TextField(_("harm to civilians"), blank=True)

    first_access_at, first_access_precision = moment(_("first access")), precision()
    began_at, began_precision = moment(_("began")), precision()
    detected_at, detected_precision = moment(_("detected")), precision()
    ended_at, ended_precision = moment(_("ended")), precision()

    people_min = models.PositiveBigIntegerField(_("people affected, at least"), null=True, blank=True)
    people_best = models.PositiveBigIntegerField(_("people affected, best estimate"), null=True, blank=True)
    people_max = models.PositiveBigIntegerField(_("people affected, at most"), null=True, blank=True)
    people_source = models.TextField(_("where these numbers come from"), blank=True)

    external_reference = models.CharField(_("reference elsewhere"), max_length=80, blank=True)
    warnings = models.JSONField(_("warnings at import"), default=list, blank=True)
    search = models.GeneratedField(
        expression=SearchVector("reference", "title", "summary", "harm", config="simple"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects: ClassVar[IncidentQuerySet] = IncidentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        permissions = [
            ("grade_summary", "See the summary"),
            ("grade_evidence", "See evidence"),
            ("grade_contribute", "Contribute evidence"),
            ("grade_assess", "Assess"),
            ("grade_coordinate", "Coordinate the response"),
            ("grade_oversee", "Oversee"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["holder", "external_reference"],
                name="imported_once_per_holder",
                condition=~Q(external_reference=""),
            ),
            models.CheckConstraint(name="incident_status", condition=Q(status__in=["open", "closed"])),
            models.CheckConstraint(
                name="incident_closed_has_date",
                condition=Q(status="open", closed_at__isnull=True) | Q(status="closed", closed_at__isnull=False),
            ),
            models.CheckConstraint(name="incident_mark", condition=Q(mark__in=Mark.values)),
            models.CheckConstraint(
                name="incident_people_min_best",
                condition=Q(people_min__isnull=True)
                | Q(people_best__isnull=True)
                | Q(people_min__lte=F("people_best")),
            ),
            models.CheckConstraint(
                name="incident_people_best_max",
                condition=Q(people_best__isnull=True)
                | Q(people_max__isnull=True)
                | Q(people_best__lte=F("people_max")),
            ),
            models.CheckConstraint(
                name="incident_people_min_max",
                condition=Q(people_min__isnull=True) | Q(people_max__isnull=True) | Q(people_min__lte=F("people_max")),
            ),
            *(known_together(name) for name in ("first_access", "began", "detected", "ended")),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_status_display(self) -> str:  # type: ignore[no-redef]
        """The status in words. Django's own looks through all choices anew for every row of a list."""
        return str(Status(self.status).label)


class CaseRow(models.Model):
    """Anything that hangs on a case: seen by whoever may see that part of the case."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="%(class)ss")

    class Meta:
        abstract = True


class Victim(CaseRow):
    """A sector in a country that was hit. Country empty: not known."""

    sector = models.CharField(_("sector"), max_length=60)
    country = models.CharField(_("country"), max_length=2, blank=True)
    organisations_hit = models.PositiveIntegerField(_("organisations hit"), null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "sector", "country"], name="victim_once")]

    def __str__(self) -> str:
        return f"{self.sector} {self.country}"


class ServiceHit(CaseRow):
    """An essential service that was hit. Its way back is followed in remediation."""

    service = models.CharField(_("essential service"), max_length=60)
    name = models.CharField(_("name"), max_length=160)
    country = models.CharField(_("country"), max_length=2, blank=True)
    people_min = models.PositiveBigIntegerField(_("people without it, at least"), null=True, blank=True)
    people_best = models.PositiveBigIntegerField(_("people without it, best estimate"), null=True, blank=True)
    people_max = models.PositiveBigIntegerField(_("people without it, at most"), null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Statement(CaseRow):
    """What somebody said in public about who it was: kept in their words (R1.8), never merged, never deleted."""

    kind = models.CharField(_("kind"), max_length=40)
    said_by = models.CharField(_("said by"), max_length=200)
    said_at, said_precision = moment(_("said")), precision()
    names = models.JSONField(_("names"), default=list, blank=True, help_text=_("Countries or groups named."))
    wording = models.TextField(_("in their words"), blank=True)
    source = models.TextField(_("source"), blank=True)
    origin = models.CharField(
        _("origin"), max_length=120, blank=True, help_text=_("Statements with one origin count once (AT-03).")
    )
    external_reference = models.CharField(max_length=80, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "external_reference"],
                name="statement_imported_once",
                condition=~Q(external_reference=""),
            )
        ]

    def __str__(self) -> str:
        return f"{self.said_by}: {self.kind}"


class TimelineEntry(CaseRow):
    """Something that happened in the case's own time, apart from when we recorded it."""

    at, at_precision = moment(_("when")), precision()
    what = models.CharField(_("what"), max_length=300)
    source = models.TextField(_("source"), blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "timeline entries"

    def __str__(self) -> str:
        return self.what


class IncidentLink(CaseRow):
    """Two incidents that belong together: linked, not merged."""

    class Kind(models.TextChoices):
        SAME_EMERGENCY = "same_emergency", _("part of the same emergency")
        RECURRENCE = "recurrence", _("happened again")
        RELATED = "related", _("related")

    other = models.ForeignKey(Incident, models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "other"], name="linked_once")]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.kind} {self.other_id}"


class Label(models.Model):
    """A word an organisation sorts its cases by. Its own: no other organisation sees it or what it is on."""

    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    name = models.CharField(_("label"), max_length=60)
    meaning = models.CharField(_("what it means"), max_length=200, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now(), editable=False)
    retired_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("name"), "organisation", name="label_once", condition=Q(retired_at__isnull=True)
            ),
            models.CheckConstraint(name="label_has_a_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name


class LabelOn(models.Model):
    """A label on a case."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="labels")
    label = models.ForeignKey(Label, models.PROTECT, related_name="on")
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    put_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    put_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "label"], name="labelled_once")]
        verbose_name_plural = "labels on"

    def __str__(self) -> str:
        return f"{self.incident_id} {self.label_id}"


class Draft(models.Model):
    """A filing not yet sent. Nobody but its author sees it; it survives a lost session."""

    reference = models.CharField(max_length=16, unique=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    answers = models.JSONField(default=dict)
    saved_at = models.DateTimeField(auto_now=True)
    incident = models.OneToOneField(Incident, models.PROTECT, null=True, related_name="draft")

    def __str__(self) -> str:
        return self.reference


class IncidentGroupPermission(GroupObjectPermissionBase):
    """A grant to an organisation, or to one role in it: guardian's book, with who gave it, why and until when (SHR-2)."""

    content_object = models.ForeignKey(Incident, models.CASCADE)
    principal = models.IntegerField(editable=False, default=0, help_text="The grantee's number; set by the database.")
    holder_principal = models.IntegerField(
        editable=False, default=0, help_text="The holder's number; set by the database."
    )
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    granted_at = models.DateTimeField(db_default=Now(), editable=False)
    reason = models.CharField(max_length=300)
    until = models.DateTimeField(null=True, blank=True)
    may_export = models.BooleanField(
        _("may export"), db_default=False, help_text=_("A right of its own, beside the grade.")
    )
    standard = models.CharField(
        max_length=24, db_default="", editable=False,
        help_text="The evidence standard the grantee was accredited to; set by the database. Empty: the summary only, or given before.",
    )  # fmt: skip


class IncidentUserPermission(UserObjectPermissionBase):
    """A grant to a named person: the exception, with a reason. `organisation` is whom they act for, and who is accredited."""

    content_object = models.ForeignKey(Incident, models.CASCADE)
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, null=True, related_name="+")
    principal = models.IntegerField(editable=False, default=0)
    holder_principal = models.IntegerField(editable=False, default=0)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    granted_at = models.DateTimeField(db_default=Now(), editable=False)
    reason = models.CharField(max_length=300)
    until = models.DateTimeField(null=True, blank=True)
    may_export = models.BooleanField(db_default=False)
    standard = models.CharField(max_length=24, db_default="", editable=False)


class Access(models.Model):
    """Who may see which case, row by row: where every list starts. Written by the database from holders and grants.

    One row for each grade a principal holds, each with its own end: a summary without end stays when the evidence ends.
    """

    pk = models.CompositePrimaryKey("principal", "incident_id", "grade")
    principal = models.IntegerField()
    incident = models.ForeignKey(Incident, models.DO_NOTHING, related_name="access", db_constraint=False)
    grade = models.PositiveSmallIntegerField(choices=Grade)
    filed_at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    may_export = models.BooleanField(db_default=False)

    class Meta:
        verbose_name_plural = "access"

    def __str__(self) -> str:
        return f"{self.principal} {self.incident_id}"


class PastGrant(CaseRow):
    """A share that is over: what it was, and how it ended. Written by the database when it takes a grant out of the book."""

    class How(models.TextChoices):
        ENDED = "ended", _("ended")
        EXPIRED = "expired", _("ran out")

    principal = models.IntegerField()
    holder_principal = models.IntegerField()
    group = models.ForeignKey("auth.Group", models.PROTECT, null=True, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, null=True, related_name="+")
    grade = models.PositiveSmallIntegerField(choices=Grade)
    may_export = models.BooleanField()
    reason = models.CharField(max_length=300)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField()
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    how = models.CharField(max_length=8, choices=How)

    class Meta:
        constraints = [models.CheckConstraint(name="past_grant_how", condition=Q(how__in=["ended", "expired"]))]

    def __str__(self) -> str:
        return f"{self.principal} {self.incident_id} {self.grade}"


class HandOver(CaseRow):
    """A case offered to another organisation, which takes it or does not: nobody is given a case they did not accept."""

    class State(models.TextChoices):
        OFFERED = "offered", _("Offered")
        ACCEPTED = "accepted", _("Taken")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    from_organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    to_organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    keeps = models.PositiveSmallIntegerField(
        _("what the giver keeps"),
        choices=Grade,
        help_text=_("The grade the organisation that hands over has afterwards."),
    )
    reason = models.CharField(_("reason"), max_length=300)
    offered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    offered_at = models.DateTimeField(db_default=Now(), editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.OFFERED)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["incident"], name="one_open_hand_over", condition=Q(state="offered")),
            models.CheckConstraint(
                name="hand_over_state", condition=Q(state__in=["offered", "accepted", "declined", "withdrawn"])
            ),
            models.CheckConstraint(name="handed_to_another", condition=~Q(to_organisation=F("from_organisation"))),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} to {self.to_organisation_id}"


class Preview(CaseRow):
    """Looking at a case as somebody else would see it, for a while; only its viewer may use it (SHR-2).

    `number` is a principal nobody is: the database gives it the grades previewed on this one case and nothing else.
    """

    number = models.IntegerField(unique=True, db_default=next_principal(), editable=False)
    viewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    viewer_organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    roles = ArrayField(models.CharField(max_length=24))
    grades = ArrayField(models.PositiveSmallIntegerField())
    may_export = models.BooleanField(default=False)
    started_at = models.DateTimeField(db_default=Now(), editable=False)
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="preview_of_something", condition=~Q(grades=[]) & ~Q(roles=[])),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} as {self.organisation_id}"


class EmergencyOpening(CaseRow):
    """A case opened without a grant, in an emergency: by whom, why, until when. It stays on the case for ever (SHR-1)."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    opened_at = models.DateTimeField(db_default=Now(), editable=False)
    until = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="emergency_has_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="emergency_ends_within_a_day",
                condition=Q(until__gt=F("opened_at")) & Q(until__lte=F("opened_at") + timedelta(hours=24)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} by {self.person_id}"


class DeadlineChange(CaseRow):
    """A deadline of this case that was stopped, set going again or put off: who, when, why, and from when to when. Append-only.

    `clock` names the kind of deadline (incidents/deadlines.py) and `key` the one meant. A pause says until when the clock
    stands still, so that the new date is known at once; going on earlier is a row of its own.
    """

    class Act(models.TextChoices):
        PAUSED = "paused", _("Paused")
        RESUMED = "resumed", _("Going on")
        EXTENDED = "extended", _("Put off")

    clock = models.CharField(max_length=40)
    key = models.CharField(max_length=80)
    subject = models.CharField(_("what is due"), max_length=80)
    act = models.CharField(max_length=8, choices=Act)
    reason = models.TextField(_("reason"), blank=True)
    until = models.DateTimeField(_("paused until"), null=True)
    due_before = models.DateTimeField(_("was due"))
    due_after = models.DateTimeField(_("is due"))
    ends = models.OneToOneField("self", models.PROTECT, null=True, related_name="ended_by")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(name="deadline_act", condition=Q(act__in=["paused", "resumed", "extended"])),
            models.CheckConstraint(name="deadline_moved_with_reason", condition=Q(act="resumed") | ~Q(reason="")),
            models.CheckConstraint(
                name="deadline_paused_until",
                condition=Q(act="paused", until__isnull=False) | (~Q(act="paused") & Q(until__isnull=True)),
            ),
            models.CheckConstraint(
                name="deadline_resumes_a_pause",
                condition=Q(act="resumed", ends__isnull=False) | (~Q(act="resumed") & Q(ends__isnull=True)),
            ),
            models.CheckConstraint(
                name="deadline_never_nearer", condition=Q(act="resumed") | Q(due_after__gte=models.F("due_before"))
            ),
        ]
        indexes = [models.Index(fields=["incident", "clock", "key"], name="deadline_changes")]

    def __str__(self) -> str:
        return f"{self.clock} {self.key} {self.act}"


class SavedSearch(models.Model):
    """A list's filters under a name, watched by its owner: new matches are told once, as far as they may be seen then."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    organisation = models.ForeignKey("organisations.Organisation", models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=60)
    words = models.CharField(max_length=200, blank=True)
    sector = models.CharField(max_length=60, blank=True)
    country = models.CharField(max_length=2, blank=True)
    status = models.CharField(max_length=12, blank=True)
    saved_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name_plural = "saved searches"
        constraints = [
            models.CheckConstraint(name="saved_search_has_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="saved_search_asks_something", condition=~Q(words="", sector="", country="", status="")
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SearchMatch(models.Model):
    """A case a saved search has found already: it is told once, and those that were there from the start never."""

    search = models.ForeignKey(SavedSearch, models.CASCADE, related_name="matches")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    incident_id = models.BigIntegerField()

    class Meta:
        verbose_name_plural = "search matches"
        constraints = [models.UniqueConstraint(fields=["search", "incident_id"], name="found_once")]

    def __str__(self) -> str:
        return f"{self.search_id} {self.incident_id}"

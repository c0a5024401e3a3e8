"""Who may do what: the only table.

An act needs two yeses: the *role* a person has in the organisation they act for, and the *grade* that organisation
was granted on the case (the holder has every grade). Both sides read from here, at every door (SHR-2).
"""

from collections.abc import Iterable

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """What a member does in their organisation."""

    ANALYST = "analyst", _("Analyst")
    FORENSIC_ASSESSOR = "forensic_assessor", _("Digital forensics assessor")
    LEGAL_ASSESSOR = "legal_assessor", _("Law assessor")
    HUMAN_RIGHTS_ASSESSOR = "human_rights_assessor", _("Human rights assessor")
    COORDINATOR = "coordinator", _("Response coordinator")
    MEDIATOR = "mediator", _("Mediator")
    ORG_ADMIN = "org_admin", _("Organisation administrator")
    RESEARCHER = "researcher", _("Researcher")
    CUSTODIAN = "custodian", _("Evidence custodian")
    PUBLISHER = "publisher", _("Publisher of figures")
    EMERGENCY = "emergency", _("Emergency duty officer")
    GUEST = "guest", _("Guest")
    NAME_KEEPER = "name_keeper", _("Keeper of names")


# A guest is invited to one case and is nothing else; opening a case in an emergency is for a person and not for a house.
NOT_GRANTED_TO = frozenset({Role.GUEST, Role.EMERGENCY, Role.NAME_KEEPER})
GRANTED_TO = [(value, label) for value, label in Role.choices if value not in NOT_GRANTED_TO]
# What an administrator gives to members: a guest is invited from a case.
FOR_MEMBERS = [(value, label) for value, label in Role.choices if value != Role.GUEST]


class Grade(IntegerChoices):
    """How much of a case an organisation was granted; the number is what the database compares."""

    SUMMARY = 10, _("See the summary")
    EVIDENCE = 20, _("See evidence")
    CONTRIBUTE = 30, _("Contribute evidence")
    ASSESS = 40, _("Assess")
    COORDINATE = 50, _("Coordinate the response")
    OVERSEE = 60, _("Oversee")
    HOLD = 100, _("Hold the case")


class Action(TextChoices):
    """Acts on a case, named as the services are."""

    VIEW = "incident.view"
    FILE = "incident.file"
    EDIT = "incident.edit"
    SHARE = "incident.share"
    SEE_GRANTS = "incident.see_grants"
    HIDE_NAMES = "incident.hide_names"
    CLOSE = "incident.close"
    SEE_EVIDENCE = "evidence.view"
    ADD_EVIDENCE = "evidence.add"
    GRADE_EVIDENCE = "evidence.grade"
    OPEN_FILE = "evidence.open"
    DOWNLOAD_EVIDENCE = "evidence.download"
    EXPORT_EVIDENCE = "evidence.export"
    SEE_ATTRIBUTION = "attribution.view"
    ANALYSE = "attribution.analyse"
    PROPOSE_FINDING = "attribution.propose"
    CONVENE_PANEL = "attribution.convene"
    TAKE_SEAT = "attribution.sit"
    SEE_MEASURES = "measure.view"
    PROPOSE_MEASURE = "measure.propose"
    DECIDE_MEASURE = "measure.decide"
    SEE_REMEDIATION = "remediation.view"
    RESTORE = "remediation.restore"
    VERIFY_TASK = "remediation.verify"
    SEE_REVIEW = "review.view"
    REQUEST_REVIEW = "review.request"
    OPEN_IN_EMERGENCY = "incident.open_in_emergency"
    PREPARE_RELEASE = "release.prepare"
    PUBLISH_RELEASE = "release.publish"
    LOOK_UP_NAMES = "names.look_up"
    SEE_AUDIT = "audit.view"
    HANDLE_REQUESTS = "data_request.handle"
    MANAGE_ORGANISATION = "organisation.manage"
    ATTEST = "accreditation.attest"
    REVIEW_ATTESTATION = "accreditation.review"


A = Action
SEES = frozenset({A.VIEW, A.SEE_REMEDIATION})
READS = SEES | {
    A.SEE_EVIDENCE, A.OPEN_FILE, A.DOWNLOAD_EVIDENCE, A.SEE_ATTRIBUTION, A.SEE_MEASURES, A.SEE_REVIEW, A.SEE_GRANTS,
}  # fmt: skip
ASSESSES = READS | {A.ADD_EVIDENCE, A.GRADE_EVIDENCE, A.ANALYSE, A.TAKE_SEAT}

BY_ROLE: dict[str, frozenset[Action]] = {
    Role.ANALYST: READS
    | {
        A.FILE,
        A.EDIT,
        A.SHARE,
        A.CLOSE,
        A.ADD_EVIDENCE,
        A.GRADE_EVIDENCE,
        A.EXPORT_EVIDENCE,
        A.ANALYSE,
        A.PROPOSE_FINDING,
        A.CONVENE_PANEL,
        A.RESTORE,
        A.HIDE_NAMES,
    },
    Role.FORENSIC_ASSESSOR: ASSESSES,
    Role.LEGAL_ASSESSOR: ASSESSES,
    Role.HUMAN_RIGHTS_ASSESSOR: ASSESSES,
    Role.COORDINATOR: READS
    | {
        A.FILE,
        A.RESTORE,
        A.VERIFY_TASK,
        A.PROPOSE_MEASURE,
        A.DECIDE_MEASURE,
        A.REQUEST_REVIEW,
        A.CONVENE_PANEL,
        A.SHARE,
        A.HIDE_NAMES,
        A.SEE_AUDIT,
        A.HANDLE_REQUESTS,
    },
    Role.MEDIATOR: SEES | {A.SEE_MEASURES},
    Role.ORG_ADMIN: READS
    | {
        A.SHARE,
        A.REQUEST_REVIEW,
        A.MANAGE_ORGANISATION,
        A.CLOSE,
        A.SEE_AUDIT,
        A.HANDLE_REQUESTS,
        A.ATTEST,
        A.REVIEW_ATTESTATION,
        A.HIDE_NAMES,
    },
    Role.RESEARCHER: SEES,
    Role.CUSTODIAN: READS | {A.ADD_EVIDENCE, A.EXPORT_EVIDENCE, A.HANDLE_REQUESTS},
    Role.PUBLISHER: SEES | {A.PREPARE_RELEASE, A.PUBLISH_RELEASE},
    Role.EMERGENCY: READS - {A.SEE_GRANTS, A.OPEN_FILE, A.DOWNLOAD_EVIDENCE} | {A.OPEN_IN_EMERGENCY},
    # Looks, and changes nothing. Opens an original only where their own grant carries the right to export (`allowed`).
    Role.GUEST: READS - {A.SEE_GRANTS, A.DOWNLOAD_EVIDENCE},
    Role.NAME_KEEPER: frozenset({A.LOOK_UP_NAMES}),
}

BY_GRADE: dict[int, frozenset[Action]] = {
    Grade.SUMMARY: SEES,
    Grade.EVIDENCE: READS - {A.SEE_GRANTS},
    Grade.CONTRIBUTE: READS - {A.SEE_GRANTS} | {A.ADD_EVIDENCE, A.GRADE_EVIDENCE},
    Grade.ASSESS: ASSESSES - {A.SEE_GRANTS},
    Grade.COORDINATE: READS - {A.SEE_GRANTS}
    | {A.RESTORE, A.VERIFY_TASK, A.PROPOSE_MEASURE, A.DECIDE_MEASURE, A.REQUEST_REVIEW, A.HIDE_NAMES},
    Grade.OVERSEE: READS | {A.REQUEST_REVIEW, A.SEE_AUDIT, A.HIDE_NAMES},
}

# Acts that are not on a case: the role alone decides.
OWN_HOUSE = frozenset(
    {
        A.FILE,
        A.MANAGE_ORGANISATION,
        A.HANDLE_REQUESTS,
        A.ATTEST,
        A.REVIEW_ATTESTATION,
        A.OPEN_IN_EMERGENCY,
        A.LOOK_UP_NAMES,
    }
    | {A.PREPARE_RELEASE, A.PUBLISH_RELEASE}
)
BY_GRADE[Grade.HOLD] = frozenset(Action) - OWN_HOUSE | {A.FILE}


class Scope(TextChoices):
    """What a key for programs is for; every key may read."""

    READ = "read", _("Read cases and what is on them")
    EXPORT = "export", _("Take files and packages out")
    ACT = "act", _("File, change and add")
    DECIDE = "decide", _("Decide: opinions, measures, verification, publication")
    MANAGE = "manage", _("Manage the organisation")
    ACCOUNT = "account", _("Change the person’s own inbox and settings")


# A key of its own scope takes files out.
TAKES_OUT = frozenset({A.OPEN_FILE, A.DOWNLOAD_EVIDENCE, A.EXPORT_EVIDENCE})
DECISIONS = frozenset(
    {A.TAKE_SEAT, A.DECIDE_MEASURE, A.VERIFY_TASK, A.PUBLISH_RELEASE, A.LOOK_UP_NAMES, A.HANDLE_REQUESTS}
)
# An account without a person has none of the roles that sit on a panel, decide, verify, publish or administer.
SERVICE_ROLES = (Role.ANALYST, Role.RESEARCHER, Role.CUSTODIAN)
SERVICE_ROLE_CHOICES = [(role.value, role.label) for role in SERVICE_ROLES]


def actions_within(scopes: list[str]) -> frozenset[Action]:
    """Every action a key with these scopes may use, if its person may. What no scope names belongs to ACT."""
    by_scope = {
        Scope.READ: (READS - TAKES_OUT),
        Scope.EXPORT: TAKES_OUT,
        Scope.DECIDE: DECISIONS,
        Scope.MANAGE: frozenset({A.MANAGE_ORGANISATION}),
        Scope.ACCOUNT: frozenset(),
    }
    named = frozenset().union(*by_scope.values())
    by_scope[Scope.ACT] = frozenset(Action) - named
    return by_scope[Scope.READ].union(*(by_scope[Scope(scope)] for scope in scopes if scope in Scope.values))


def role_words(roles: Iterable[str]) -> str:
    """Roles in words."""
    return ", ".join(str(Role(role).label) for role in roles if role in Role.values)


def actions_of(roles: list[str]) -> frozenset[Action]:
    """Everything these roles may do somewhere."""
    return frozenset().union(*(BY_ROLE.get(role, frozenset()) for role in roles))


# Taking evidence out of the platform is a right of its own, beside the grade: one may see, and not export (SHR-2).
BY_EXPORT = frozenset({A.EXPORT_EVIDENCE})


def opened_by(grades: Iterable[int], *, export: bool = False) -> frozenset[Action]:
    """What these grades open, whoever uses them."""
    opened: frozenset[Action] = frozenset().union(*(BY_GRADE.get(grade, frozenset()) for grade in grades))
    return opened | BY_EXPORT if export and A.SEE_EVIDENCE in opened else opened


def allowed(roles: list[str], grades: list[int], *, export: bool = False) -> frozenset[Action]:
    """What a person with `roles` may do on a case their organisation holds `grades` on, and perhaps the right to export.

    A guest is of no organisation that answers for what leaves with them: they open originals with the right to export alone.
    """
    may = actions_of(roles) & opened_by(grades, export=export)
    return may - {A.OPEN_FILE} if roles == [Role.GUEST] and not export else may

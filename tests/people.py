"""The cast: the same few people in every test, the demo and the tutorial.

Vela holds the case. Orrin is a neighbour with nothing. Meridian and Tessera assess; Amal helps people; Saint Brigid runs
hospitals. Names say the part: `vela.analyst`, `orrin.analyst`. All of them are accredited to the evidence standard from their
founding on, except Ferrow, which never asked.
"""

from dataclasses import dataclass, field

from django.db import connection

from core.tenancy import Principal, acting_as
from organisations.actors import Actor
from organisations.models import Organisation, User
from organisations.roles import Role
from organisations.services import add_member, found_organisation

HOUSES = {
    "vela": ("Vela National CERT", "state"),
    "orrin": ("Orrin National CERT", "state"),
    "meridian": ("Meridian Assessment Body", "assessment_body"),
    "tessera": ("Tessera Institute", "assessment_body"),
    "amal": ("Amal Civil Society Network", "civil_society"),
    "brigid": ("Saint Brigid Hospitals", "operator"),
    "palaver": ("Palaver Mediation", "mediator"),
    "secretariat": ("Secretariat", "regional"),
    "ferrow": ("Ferrow Studio", "civil_society"),
}
NOT_ACCREDITED = {"ferrow", "secretariat"}


@dataclass
class House:
    """An organisation and its people, one per role, made when first asked for."""

    organisation: Organisation
    people: dict[str, Actor] = field(default_factory=dict)

    def person(self, role: str) -> Actor:
        """The member with this role."""
        if role not in self.people:
            self.people[role] = member(self.organisation, role)
        return self.people[role]

    def another(self, role: str) -> Actor:
        """A second person with the same role."""
        return member(self.organisation, role, suffix="2")

    @property
    def analyst(self) -> Actor:
        return self.person(Role.ANALYST)

    @property
    def coordinator(self) -> Actor:
        return self.person(Role.COORDINATOR)

    @property
    def admin(self) -> Actor:
        return self.person(Role.ORG_ADMIN)


def member(organisation: Organisation, role: str, suffix: str = "") -> Actor:
    """A person with one role, signed up as an operator would."""
    user = User.objects.create_user(
        f"{role}{suffix}@{organisation.slug}.example",
        "correct horse battery",
        name=f"{organisation.slug} {role}{suffix}",
    )
    with acting_as(Principal(user.pk, organisation.pk)):
        add_member(organisation=organisation, user=user, roles=[role])
    return Actor(user, organisation, (role,))


class People:
    """`people.vela.analyst`; houses are founded when first asked for."""

    def __init__(self) -> None:
        self._houses: dict[str, House] = {}

    def __getattr__(self, slug: str) -> House:
        if slug not in HOUSES:
            raise AttributeError(slug)
        if slug not in self._houses:
            name, kind = HOUSES[slug]
            known = Organisation.objects.filter(slug=slug).first()  # founded with the platform, in tests that do so
            self._houses[slug] = House(
                known or found_organisation(slug=slug, name=name, kind=kind, is_secretariat=slug == "secretariat")
            )
            if slug not in NOT_ACCREDITED:
                accredited(self._houses[slug].organisation, self.secretariat.organisation)
        return self._houses[slug]


def accredited(organisation: Organisation, reviewer: Organisation, until: str = "infinity") -> None:
    """What a review by the secretariat leaves, without the pages in between (those are in tests/accreditation)."""
    if until == "infinity":
        until = "2999-01-01T00:00:00Z"
    said, looked = (
        User.objects.get_or_create(email=f"{part}@accreditation.example", defaults={"name": part, "is_active": False})[
            0
        ].pk
        for part in ("attester", "reviewer")
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        role = cursor.fetchone()[0]
        cursor.execute("SET LOCAL ROLE norms_definer")
        cursor.execute(
            "WITH given AS (INSERT INTO accreditation_attestation (organisation_id, standard, rules, answers, state, begun_by_id,"
            " attested_by_id, attested_at, reviewer_id, reviewed_by_id, reviewed_at, note, valid_until, ended_why)"
            " VALUES (%(house)s, '2026.3', '2026.1', '{}', 'accredited', %(said)s, %(said)s, '2020-01-01', %(by)s, %(looked)s,"
            " '2020-01-01', 'Looked at it', %(until)s, '') RETURNING *)"
            " INSERT INTO accreditation_standing (organisation_id, attestation_id, standard, since, until)"
            " SELECT organisation_id, id, standard, reviewed_at, valid_until FROM given"
            " ON CONFLICT (organisation_id) DO UPDATE SET until = excluded.until, attestation_id = excluded.attestation_id",
            {"house": organisation.pk, "said": said, "looked": looked, "by": reviewer.pk, "until": until},
        )
        cursor.execute(f"SET LOCAL ROLE {role}")


def lapse(organisation: Organisation) -> None:
    """Its accreditation ended yesterday; nothing ran since."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        role = cursor.fetchone()[0]
        cursor.execute("SET LOCAL ROLE norms_definer")
        cursor.execute(
            "UPDATE accreditation_standing SET until = now() - interval '1 day' WHERE organisation_id = %s",
            [organisation.pk],
        )
        cursor.execute(f"SET LOCAL ROLE {role}")

"""The cast: the same few people in every test, the demo and the tutorial.

Vela holds the case. Orrin is a neighbour with nothing. Meridian and Tessera assess; Amal helps people; Saint Brigid runs
hospitals. Names say the part: `vela.analyst`, `orrin.analyst`.
"""

from dataclasses import dataclass, field

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
}


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
        return self._houses[slug]

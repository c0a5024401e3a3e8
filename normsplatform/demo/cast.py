"""Who plays: eight fictional organisations and the people in them. Cases are real, organisations and people are not."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import transaction

from core.tenancy import Principal, acting_as
from organisations import tokens
from organisations.actors import Actor, acting
from organisations.founding import found_platform
from organisations.keys import issue_token, make_service_account
from organisations.models import Membership, Organisation, User
from organisations.roles import Role
from organisations.selectors import service_accounts_of
from organisations.services import add_member, found_organisation, invite_member
from signin.connections import add_domain

from .accounts import Account, AccountBook


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the cast: the part they play is the first half of their address."""

    part: str
    name: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class House:
    """A fictional organisation. The first person administers it and invites the others."""

    slug: str
    name: str
    kind: str
    people: tuple[Person, ...]

    def address(self, person: Person) -> str:
        """`analyst@vela.example`."""
        return f"{person.part}@{self.slug}.example"


Kind = Organisation.Kind
HOUSES = (
    House(
        "vela", "Vela National CERT", Kind.STATE,
        (
            Person("admin", "Ines Quental", (Role.ORG_ADMIN,)),
            Person("analyst", "Tomas Arvid", (Role.ANALYST,)),
            Person("deputy", "Noor Halabi", (Role.ANALYST,)),
            Person("coordinator", "Mirela Sandu", (Role.COORDINATOR,)),
            Person("duty", "Joaquim Teles", (Role.COORDINATOR,)),
            Person("custodian", "Petra Lindqvist", (Role.CUSTODIAN,)),
        ),
    ),
    House(
        "orrin", "Orrin National CERT", Kind.STATE,
        (
            Person("admin", "Callum Reyes", (Role.ORG_ADMIN,)),
            Person("analyst", "Hana Okafor", (Role.ANALYST,)),
            Person("coordinator", "Stellan Bruun", (Role.COORDINATOR,)),
            Person("duty", "Aiko Marsh", (Role.COORDINATOR,)),
        ),
    ),
    House(
        "meridian", "Meridian Assessment Body", Kind.ASSESSMENT_BODY,
        (
            Person("admin", "Lucía Ferrand", (Role.ORG_ADMIN,)),
            Person("forensic", "Emeka Duarte", (Role.FORENSIC_ASSESSOR,)),
            Person("legal", "Ingrid Vasquez", (Role.LEGAL_ASSESSOR,)),
            Person("rights", "Samir Tennant", (Role.HUMAN_RIGHTS_ASSESSOR,)),
        ),
    ),
    House(
        "tessera", "Tessera Institute", Kind.ASSESSMENT_BODY,
        (
            Person("admin", "Oskar Nwosu", (Role.ORG_ADMIN,)),
            Person("forensic", "Yara Kimathi", (Role.FORENSIC_ASSESSOR,)),
            Person("legal", "Benedikt Sow", (Role.LEGAL_ASSESSOR,)),
            Person("rights", "Rosalind Achebe", (Role.HUMAN_RIGHTS_ASSESSOR,)),
        ),
    ),
    House(
        "amal", "Amal Civil Society Network", Kind.CIVIL_SOCIETY,
        (
            Person("admin", "Dalia Mansour", (Role.ORG_ADMIN,)),
            Person("analyst", "Mateus Oyelaran", (Role.ANALYST,)),
            Person("coordinator", "Leila Brandt", (Role.COORDINATOR,)),
            Person("rights", "Farid Castellano", (Role.HUMAN_RIGHTS_ASSESSOR,)),
            Person("researcher", "Wren Adeyemi", (Role.RESEARCHER,)),
        ),
    ),
    House(
        "brigid", "Saint Brigid Hospitals", Kind.OPERATOR,
        (
            Person("admin", "Sister Maeve Collins", (Role.ORG_ADMIN,)),
            Person("analyst", "Nikolai Frost", (Role.ANALYST,)),
            Person("coordinator", "Amina Deschamps", (Role.COORDINATOR,)),
        ),
    ),
    House(
        "palaver", "Palaver Mediation", Kind.MEDIATOR,
        (
            Person("admin", "Ruth Abernathy", (Role.ORG_ADMIN,)),
            Person("mediator", "Kofi Lindgren", (Role.MEDIATOR,)),
        ),
    ),
    House(
        "secretariat", "Secretariat", Kind.REGIONAL,
        (
            Person("admin", "Thandiwe Roux", (Role.ORG_ADMIN,)),
            Person("coordinator", "Pavel Iversen", (Role.COORDINATOR,)),
            Person("publisher", "Anneke Sorel", (Role.PUBLISHER,)),
            Person("second-publisher", "Idris Valente", (Role.PUBLISHER,)),
            Person("researcher", "Mei Castaldi", (Role.RESEARCHER,)),
            Person("emergency", "Lars Ngata", (Role.EMERGENCY,)),
            Person("keeper", "Aroha Lindgren", (Role.NAME_KEEPER,)),
        ),
    ),
)  # fmt: skip


class Cast:
    """`cast["vela.analyst"]`: everybody who plays, as actors."""

    def __init__(self, actors: dict[str, Actor], passphrases: dict[str, str]) -> None:
        self._actors = actors
        self._passphrases = passphrases

    def passphrase(self, name: str) -> str:
        """What opens the sealing key of this person, as the book has it."""
        return self._passphrases[name]

    def __getitem__(self, name: str) -> Actor:
        return self._actors[name]

    def of_each_house(self) -> Iterable[Actor]:
        """One person of every house."""
        return [self[f"{house.slug}.{house.people[0].part}"] for house in HOUSES]


def house_of(house: House) -> Organisation:
    """The organisation, founded when it is not there."""
    known = Organisation.objects.filter(slug=house.slug).first()
    return known or found_organisation(slug=house.slug, name=house.name, kind=house.kind)


def new_password() -> str:
    """A password of this installation alone: 74 bits, without letters that are taken for one another."""
    letters = "23456789abcdefghjkmnpqrstuvwxyz"
    return "-".join("".join(secrets.choice(letters) for _ in range(5)) for _ in range(3))


def hashed(password: str) -> str:
    """What is stored of it. A random password needs no slow hash, and Django puts its own in place at the first sign-in."""
    hasher = PBKDF2PasswordHasher()
    return hasher.encode(password, hasher.salt(), iterations=50_000)


def is_kept(account: Account | None) -> bool:
    """Whether the book's account is one of this database: its key is known here, and was issued with its password."""
    return account is not None and tokens.find(account.api_token) is not None


def member(organisation: Organisation, user: User, person: Person, admin: Actor | None) -> Actor:
    """The person as a member: the first by the operator of the platform, the others invited by the first."""
    actor = Actor(user, organisation, person.roles)
    with acting_as(Principal(user.pk, organisation.pk)):
        if Membership.objects.filter(user=user, organisation=organisation).exists():
            return actor
        if admin is None:
            add_member(organisation=organisation, user=user, roles=person.roles)
    if admin is not None:
        with acting(admin):
            invite_member(actor=admin, email=user.email, name=person.name, roles=person.roles)
    return actor


def enter(house: House, person: Person, password: str, admin: Actor | None) -> tuple[Actor, str]:
    """An account with this password, a membership and a fresh key: all of it or nothing."""
    with transaction.atomic():
        organisation = house_of(house)
        user = User.objects.filter(email=house.address(person)).first() or User(email=house.address(person))
        user.name, user.password = person.name, hashed(password)
        user.save()
        actor = member(organisation, user, person, admin)
        with acting(actor):
            _token, key = issue_token(actor=actor, name="demo-accounts.json")
    return actor, key


def passphrase_in(book: AccountBook, email: str) -> str:
    """The passphrase of this person's sealing key; a book from before there was one gets it now."""
    account = book.get(email)
    if account is None:
        raise KeyError(email)
    if not account.sealing_passphrase:
        account = replace(account, sealing_passphrase=new_password())
        book.put(account)
    return account.sealing_passphrase


def gather(book: AccountBook) -> Cast:
    """Brings the whole cast together and writes its accounts into the book; who is there already is left as they are."""
    found_platform()
    actors: dict[str, Actor] = {}
    passphrases: dict[str, str] = {}
    for house in HOUSES:
        admin: Actor | None = None
        for person in house.people:
            if is_kept(book.get(house.address(person))):
                user = User.objects.get(email=house.address(person))
                actor = Actor(user, house_of(house), person.roles)
            else:
                password = new_password()
                actor, key = enter(house, person, password, admin)
                book.put(
                    Account(
                        email=actor.user.email,
                        password=password,
                        organisation=house.name,
                        kind=str(house.kind),
                        roles=[str(role) for role in person.roles],
                        api_token=key,
                        sealing_passphrase=new_password(),
                    )
                )
            admin = admin or actor
            actors[f"{house.slug}.{person.part}"] = actor
            passphrases[f"{house.slug}.{person.part}"] = passphrase_in(book, actor.user.email)
        if house is HOUSES[0] and admin is not None:
            set_up_programs(house, admin)
    return Cast(actors, passphrases)


def set_up_programs(house: House, admin: Actor) -> None:
    """An account nobody's program works under, and a mail domain the house has yet to show to be its own; once."""
    with acting(admin):
        if not service_accounts_of(admin):
            program = make_service_account(actor=admin, name="Sensor relay", roles=["analyst"])
            issue_token(actor=admin, name="Sensors of the north", scopes=["read", "act"], account_id=program.user_id)
            add_domain(actor=admin, name=house.address(house.people[0]).partition("@")[2])

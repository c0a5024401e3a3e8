"""Every page there is, in a left-to-right and a right-to-left language, light and dark, wide and narrow.

The list is the address list itself: a page that is added is looked at from then on.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.db import transaction
from playwright.sync_api import Page

from attribution.services import declare_conflict
from core.tenancy import acting_as
from evidence.models import StoredFile
from evidence.services import verify_item
from incidents.models import Incident
from organisations.actors import Actor
from organisations.roles import Action
from tests.browser.checks import WIDTHS, axe_faults, inline_code, layout_faults, watch
from tests.browser.conftest import Cast, Sit
from tests.browser.states import Rooms, rooms
from tests.doors.addresses import READ, Address, Kind, walk
from tests.doors.cast import everything
from tests.doors.test_urls import url_of
from tests.doors.world import World, build
from tests.evidence.builders import tamper
from tests.publication.figures import Bureau

LANGUAGES = ("en", "ar")

# Addresses read with GET that are no page of their own: files, a part of a page, a step that leads elsewhere.
NO_PAGE = {
    "health-live",
    "incident-looks-csv",
    "organisation-export-part",
    "data-request-package",
    "data-held-json",
    "incident-looks-json",
    "organisation-audit-csv",
    "organisation-audit-json",
    "calendar-feed",
    "published-json",
    "reply-file",
    "log-checkpoint",
    "log-entries",
    "log-entries-part",
    "log-tile",
    "log-tile-part",
    "log-verifier",
    "health-ready",
    "release-archive",
    "release-changes",
    "release-document",
    "release-csv",
    "release-metadata",
    "release-progress",
    "review-progress",
    "review-document",
    "verification-progress",
    "verification-document",
    "verification-data",
    "custody-record-progress",
    "custody-record-document",
    "custody-record-data",
    "package-progress",
    "evidence-csv",
    "package-file",
    "received-package-progress",
    "attribution-matrix-csv",
    "mfa_download_recovery_codes",
    "mfa_login_webauthn",
    "metrics",
    "signin-oidc-answer",
    "signin-saml-finish",
    "signin-saml-metadata",
    "kept",
    "ui-catalogue",  # switched on for developers only; looked at in tests/design
}
# Signed in, these lead on to the first page.
FOR_VISITORS = {"signin-organisation", "signin-signed-out", "account_login", "account_signup", "account_reset_password"}


def pages() -> list[Address]:
    """Every address that answers GET with a page."""
    return [
        address
        for address in walk()
        if not address.is_api and READ in address.door.methods and address.name not in NO_PAGE
    ]


@dataclass
class House:
    """The case everybody looks at, and who looks."""

    world: World
    insider: Actor
    author: Actor
    publisher: Actor
    admin: Actor
    invited: Actor
    member: Actor
    # Things in the state some page is for: a closed case, a frozen item.
    instead: dict[str, dict[str, str]]
    # Pages of things in a state of their own, outside this case: where, and who opens them.
    rooms: Rooms

    def reader(self, address: Address) -> Actor | None:
        """Who opens an address: whoever may do everything in the house that holds the case, unless somebody is meant."""
        if address.name in self.rooms:
            return self.rooms[address.name][1]
        if address.name == "evidence-sweep":
            return self.admin
        if address.name in FOR_VISITORS or (address.door.kind is Kind.ANYONE and "release" in address.name):
            return None
        if address.name.startswith(("data-request", "organisation-")):
            return self.insider
        if address.name in {"opinion", "panel-discuss", "seat-declare"}:
            return self.invited if address.name == "seat-declare" else self.member
        if address.door.kind is Kind.OWN:
            return self.insider if address.door.methods[READ] is Action.MANAGE_ORGANISATION else self.author
        if address.name in SECOND_FACTOR | WITH_SEALING_KEY | ONCE_MORE:
            return self.author
        return self.publisher if address.door.kind is Kind.PUBLISHER else self.insider

    def url(self, address: Address) -> str:
        """The address of a thing in the right state."""
        if address.name in self.rooms:
            return self.rooms[address.name][0]
        return url_of(address, World(self.world.incident, {**self.world.names, **self.instead.get(address.name, {})}))


# Only for somebody who has a password, or something else, to show once more.
ONCE_MORE = {"account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"}
# Only for somebody who has switched a second factor on.
SECOND_FACTOR = {
    "mfa_edit_webauthn",
    "mfa_remove_webauthn",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
}


# Only for somebody who has a sealing key.
WITH_SEALING_KEY = {"sealing-key-change", "sealing-key-replace"}


def with_second_factor(actor: Actor) -> Actor:
    """The person with an authenticator app and recovery codes."""
    TOTP.activate(actor.user, generate_totp_secret())
    RecoveryCodes.activate(actor.user)
    return actor


def seat_taken(actor: Actor, reference: str) -> Actor:
    """The person declares no conflict and takes the second seat."""
    with acting_as(actor.principal):
        declare_conflict(actor=actor, reference=reference, seat=2, conflict=False, nationalities=["NZ"])
    return actor


def damaged(actor: Actor, incident: Incident, label: str) -> dict[str, str]:
    """An item whose file was changed on disk: frozen when it is next read."""
    with acting_as(actor.principal):
        tamper(StoredFile.objects.get(item__incident=incident, item__number=int(label[2:])))
        verify_item(actor=actor, reference=incident.reference, label=label)
    return {"evidence:number": label}


@pytest.fixture(scope="module")
def house(committed: str, cast: Cast) -> House:
    """Something in every room, a release of figures and one in preparation, and the readers."""
    with transaction.atomic():
        bureau = Bureau(cast)
        closed = bureau.cases(14)[0]
        release = bureau.publish(key_points="Health is hit most often.")
        world = build(cast)
        bureau.prepare(key_points="The next one.", revision_notes="A late case.")
        elsewhere = rooms(cast)  # whoever gave in the sealed item has a sealing key from then on
        return House(
            rooms=elsewhere,
            world=replace(world, names={**world.names, "release:version": release.version}),
            insider=everything(cast.vela, "insider"),
            author=with_second_factor(cast.vela.analyst),
            publisher=bureau.first,
            admin=cast.vela.admin,
            invited=cast.meridian.person("forensic_assessor"),
            member=seat_taken(cast.tessera.person("legal_assessor"), world.incident.reference),
            instead={
                "incident-reopen": {"incident:reference": closed.reference},
                "evidence-restore": damaged(cast.vela.analyst, world.incident, "E-3"),
            },
        )


@dataclass
class Seat:
    """A browser of one reader in one language, and what it complained about."""

    page: Page
    complaints: list[str]


Seats = Callable[[Actor | None, str], Seat]


@pytest.fixture(scope="module")
def seats(sit: Sit, site: str) -> Seats:
    """One browser for each reader and language, kept from page to page."""
    taken: dict[tuple[int, str], Seat] = {}

    def seat(actor: Actor | None, language: str) -> Seat:
        key = (actor.user.pk if actor else 0, language)
        if key not in taken:
            context = sit(actor)
            context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": site}])
            page = context.new_page()
            taken[key] = Seat(page, watch(page))
        return taken[key]

    return seat


def faults_of(seat: Seat, url: str, language: str, axe: set[tuple[str, str, int]]) -> list[str]:
    """Everything wrong with a page in one language."""
    seat.complaints.clear()
    answer = seat.page.goto(url)
    assert answer is not None
    if answer.status != 200:
        return [f"{language}: answers {answer.status}"]
    faults = [f"{language}: {found}" for found in inline_code(answer.text())]
    for theme, width in VIEWS:
        faults += layout_faults(seat.page, language, theme, width)
        if (language, theme, width) in axe:
            faults += [f"{language} {theme} {width}: {found}" for found in axe_faults(seat.page)]
    return faults + [f"{language}: {said}" for said in seat.complaints]


VIEWS = [(theme, width) for theme in ("light", "dark") for width in WIDTHS]
# Two opposite corners. axe reads the pages people work on in both, and the others (mostly one form) in one, in turn.
CORNERS = [("en", "light", 1280), ("ar", "dark", 320)]
MAIN_PAGES = {
    "front", "data", "release", "organisation", "incident-list", "draft-step", "incident", "evidence-item", "attribution",
    "attribution-matrix", "finding", "panel", "escalation", "measure", "remediation", "task", "review",
}  # fmt: skip
EVERY = pages()


@pytest.mark.duty("GOV-4")
@pytest.mark.parametrize("address", EVERY, ids=lambda address: address.name)
def test_every_page_in_every_dress(house: House, seats: Seats, address: Address) -> None:
    url, reader = house.url(address), house.reader(address)
    corners = set(CORNERS) if address.name in MAIN_PAGES else {CORNERS[EVERY.index(address) % 2]}
    faults = [fault for each in LANGUAGES for fault in faults_of(seats(reader, each), url, each, corners)]
    assert not faults, "\n".join(faults)

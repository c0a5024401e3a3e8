"""The organisation's pages: members and roles, switching, one's own keys (SHR-1)."""

import re
from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client

from core import clock
from core.tenancy import acting_as
from ledger.models import Entry
from organisations import tokens
from organisations.actors import Actor
from organisations.models import ApiToken, Membership, User
from organisations.services import add_member
from tests.people import People

pytestmark = [pytest.mark.duty("SHR-1"), pytest.mark.django_db]

SignIn = Callable[[Actor], Client]


def membership_of(actor: Actor) -> Membership:
    """The actor's own membership where they act."""
    with acting_as(actor.principal):
        return Membership.objects.get(user=actor.user, organisation=actor.organisation)


def verbs(actor: Actor) -> list[str]:
    """What the ledger says was done by the actor's organisation."""
    with acting_as(actor.principal):
        return list(Entry.objects.order_by("pk").values_list("verb", flat=True))


def test_members_are_listed_with_their_roles_in_words(sign_in: SignIn, people: People) -> None:
    people.vela.person("legal_assessor")
    stranger = people.orrin.analyst
    page = sign_in(people.vela.analyst).get("/organisation/members/").content.decode()
    for words in ("Vela National CERT", "State body", "vela legal_assessor", "Law assessor", "Keys for programs"):
        assert words in page, words
    assert stranger.user.email not in page
    assert "Invite a member" not in page and "Change roles" not in page


def test_an_administrator_invites_a_person_who_then_chooses_a_password(
    sign_in: SignIn, people: People, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    client = sign_in(people.vela.admin)
    given = {"email": "New.Person@vela.example", "name": "New <b>Person</b>", "roles": ["analyst", "custodian"]}
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        assert client.post("/organisation/members/invite/", given).status_code == 303
    user = User.objects.get(email="new.person@vela.example")
    assert not user.has_usable_password()
    with acting_as(people.vela.admin.principal):
        assert Membership.objects.get(user=user).roles == ["analyst", "custodian"]
    page = client.get("/organisation/members/").content.decode()
    assert "New &lt;b&gt;Person&lt;/b&gt;" in page and "New <b>Person" not in page
    assert verbs(people.vela.admin) == ["member.invited"]

    assert [message.to for message in mail.outbox] == [["new.person@vela.example"]]
    link = re.search(r"https?://[^/\s]+(/accounts/password/reset/key/\S+)", str(mail.outbox[0].body))
    assert link is not None
    visitor = Client()
    form = visitor.get(link[1], follow=True)
    assert form.status_code == 200
    chosen = visitor.post(
        form.request["PATH_INFO"], {"password1": "seven green otters 41", "password2": "seven green otters 41"}
    )
    assert chosen.status_code == 302
    user.refresh_from_db()
    assert user.check_password("seven green otters 41")


def test_inviting_a_member_twice_or_a_former_one(sign_in: SignIn, people: People) -> None:
    client = sign_in(people.vela.admin)
    analyst = people.vela.analyst
    again = {"email": analyst.user.email, "name": "x", "roles": ["analyst"]}
    refused = client.post("/organisation/members/invite/", again)
    assert refused.status_code == 422 and "This person is a member already." in refused.content.decode()
    assert client.post(f"/organisation/members/{membership_of(analyst).pk}/end/").status_code == 303
    assert client.post("/organisation/members/invite/", {**again, "roles": ["coordinator"]}).status_code == 303
    assert (membership_of(analyst).until, membership_of(analyst).roles) == (None, ["coordinator"])


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"email": "nonsense"}, "Enter a valid email address."),
        ({"roles": []}, "“Roles” needs an answer."),
        ({"roles": ["emperor"]}, "Select a valid choice."),
        ({"name": ""}, "“Name” needs an answer."),
    ],
)
def test_an_invitation_that_cannot_be_is_refused_beside_its_field(
    sign_in: SignIn, people: People, change: dict[str, object], sentence: str
) -> None:
    refused = sign_in(people.vela.admin).post(
        "/organisation/members/invite/", {"email": "a@b.example", "name": "A", "roles": ["analyst"], **change}
    )
    assert refused.status_code == 422
    assert refused.content.decode().count(sentence) == 2


def test_a_change_of_roles_holds_from_the_next_request_on(sign_in: SignIn, people: People) -> None:
    admin, analyst = people.vela.admin, people.vela.analyst
    assert sign_in(analyst).get("/incidents/new/").status_code == 200
    changed = sign_in(admin).post(
        f"/organisation/members/{membership_of(analyst).pk}/", {"roles": ["researcher"], "reason": "Moved"}
    )
    assert changed.status_code == 303
    assert sign_in(analyst).get("/incidents/new/").status_code == 403
    assert verbs(admin) == ["member.roles_changed"]


def test_an_ended_membership_ends_access_and_keys_at_once(sign_in: SignIn, people: People) -> None:
    admin, analyst = people.vela.admin, people.vela.analyst
    client = sign_in(analyst)
    client.post("/organisation/keys/", {"name": "Export", "scopes": ["read"]})
    key = re.search(
        r"norms_[\w-]+", client.post("/organisation/keys/", {"name": "Other", "scopes": ["read"]}).content.decode()
    )
    assert key is not None
    headers = {"Authorization": f"Token {key[0]}"}
    assert Client().get("/api/v1/me/", headers=headers).status_code == 200
    page = sign_in(admin).get(f"/organisation/members/{membership_of(analyst).pk}/end/").content.decode()
    assert "End this membership?" in page
    assert sign_in(admin).post(f"/organisation/members/{membership_of(analyst).pk}/end/").status_code == 303
    assert sign_in(analyst).get("/incidents/").status_code == 403
    assert Client().get("/api/v1/me/", headers=headers).status_code == 401


def test_an_organisation_keeps_an_administrator(sign_in: SignIn, people: People) -> None:
    admin = people.vela.admin
    mine = membership_of(admin).pk
    client = sign_in(admin)
    for answer in (
        client.post(f"/organisation/members/{mine}/", {"roles": ["analyst"], "reason": "x"}),
        client.post(f"/organisation/members/{mine}/end/"),
    ):
        assert answer.status_code == 409 and "last administrator" in answer.content.decode()
    people.vela.another("org_admin")
    assert (
        client.post(f"/organisation/members/{mine}/", {"roles": ["analyst"], "reason": "Two of us now"}).status_code
        == 303
    )


@pytest.mark.duty("SHR-7")
def test_the_members_of_another_organisation_are_not_found(sign_in: SignIn, people: People) -> None:
    theirs = membership_of(people.orrin.analyst).pk
    client = sign_in(people.vela.admin)
    for address in (f"/organisation/members/{theirs}/", f"/organisation/members/{theirs}/end/"):
        assert client.get(address).status_code == 404
        assert client.post(address, {"roles": ["analyst"]}).status_code == 404
    assert membership_of(people.orrin.analyst).until is None


@pytest.mark.parametrize("address", ["members/invite/", "members/1/", "members/1/end/"])
def test_only_an_administrator_manages_members(sign_in: SignIn, people: People, address: str) -> None:
    client = sign_in(people.vela.analyst)
    assert client.get(f"/organisation/{address}").status_code == 403
    assert client.post(f"/organisation/{address}", {"roles": ["org_admin"]}).status_code == 403


def test_a_member_of_two_organisations_acts_for_one_at_a_time(sign_in: SignIn, people: People) -> None:
    analyst = people.vela.analyst
    with acting_as(people.orrin.admin.principal):
        add_member(organisation=people.orrin.organisation, user=analyst.user, roles=["researcher"])
    client = sign_in(analyst)
    assert "Orrin National CERT" in client.get("/organisation/").content.decode()
    switched = client.post("/organisation/switch/", {"organisation": str(people.orrin.organisation.pk)})
    assert switched.status_code == 303
    assert "<h1><bdi>Orrin National CERT</bdi></h1>" in client.get("/organisation/").content.decode()
    assert client.get("/incidents/new/").status_code == 403  # a researcher there

    for made_up in (str(people.meridian.organisation.pk), "", "abc"):
        assert client.post("/organisation/switch/", {"organisation": made_up}).status_code == 409
    assert client.get("/organisation/switch/").status_code == 405


def test_a_key_is_shown_once_and_revoked(sign_in: SignIn, people: People) -> None:
    client = sign_in(people.vela.analyst)
    made = client.post("/organisation/keys/", {"name": "Nightly <i>export</i>", "scopes": ["read", "act"]})
    key = re.search(r"norms_[\w-]+", made.content.decode())
    assert made.status_code == 201 and key is not None
    assert "no-store" in made["Cache-Control"]
    token = tokens.find(key[0])
    assert token is not None and token.digest != key[0]
    later = client.get("/organisation/keys/").content.decode()
    assert key[0] not in later and "Nightly &lt;i&gt;export&lt;/i&gt;" in later
    assert (
        Client().get("/api/v1/me/", headers={"Authorization": f"Token {key[0]}"}).json()["email"]
        == people.vela.analyst.user.email
    )

    assert "Revoke this key?" in client.get(f"/organisation/keys/{token.pk}/revoke/").content.decode()
    assert client.post(f"/organisation/keys/{token.pk}/revoke/").status_code == 303
    assert Client().get("/api/v1/me/", headers={"Authorization": f"Token {key[0]}"}).status_code == 401
    assert verbs(people.vela.analyst) == ["token.issued", "token.revoked"]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"name": "", "scopes": "read"}, "needs an answer"),
        ({"name": "x"}, "needs an answer"),
        ({"name": "x", "scopes": "everything"}, "Select a valid choice"),
        ({"name": "x", "scopes": "read", "until": "2001-01-01"}, "must end in the future"),
        ({"name": "x", "scopes": "read", "until": "2101-01-01"}, "after 365 days at the latest"),
    ],
)
def test_a_key_that_cannot_be_is_refused(sign_in: SignIn, people: People, data: dict[str, str], sentence: str) -> None:
    refused = sign_in(people.vela.analyst).post("/organisation/keys/", data)
    assert refused.status_code == 422 and sentence in refused.content.decode()
    assert not ApiToken.objects.exists()


@pytest.mark.duty("SHR-7")
def test_another_persons_key_is_not_found(sign_in: SignIn, people: People) -> None:
    sign_in(people.vela.analyst).post("/organisation/keys/", {"name": "Mine", "scopes": ["read"]})
    token = ApiToken.objects.get()
    for other in (people.vela.another("analyst"), people.orrin.analyst):
        client = sign_in(other)
        assert client.post(f"/organisation/keys/{token.pk}/revoke/").status_code == 404
        assert client.delete(f"/api/v1/tokens/{token.pk}/").status_code == 404
        assert "Mine" not in client.get("/organisation/keys/").content.decode()
    token.refresh_from_db()
    assert token.revoked_at is None


def test_the_admin_site_changes_accounts_only_by_shutting_them(sign_in: SignIn, people: People) -> None:
    analyst = people.vela.analyst
    operator = User.objects.create_superuser("operator@platform.example", "correct horse battery", name="Operator")
    client = Client()
    client.force_login(operator, backend="allauth.account.auth_backends.AuthenticationBackend")
    index = client.get("/admin/")
    assert index.status_code == 200
    listed = set(re.findall(r'href="/admin/([a-z]+/[a-z]+)/"', index.content.decode()))
    assert {"organisations/user", "organisations/organisation", "organisations/membership"} <= listed
    assert not any(
        name.split("/")[0] in {"incidents", "evidence", "attribution", "escalation", "remediation", "ledger"}
        for name in listed
    )
    assert client.get("/admin/organisations/organisation/add/").status_code == 403
    assert (
        client.post(f"/admin/organisations/organisation/{analyst.organisation.pk}/change/", {"name": "x"}).status_code
        == 403
    )
    address = f"/admin/organisations/user/{analyst.user.pk}/change/"
    assert client.post(address, {"email": "stolen@example.org", "is_superuser": "on"}).status_code == 302
    analyst.user.refresh_from_db()
    assert (analyst.user.is_active, analyst.user.is_superuser) == (False, False)
    assert analyst.user.email == "analyst@vela.example"
    assert clock.now() > analyst.user.date_joined

"""Webhooks: signed, retried, visible, and never more than the organisation may see at that moment (SHR-5, SHR-7)."""

import json
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from core import outward, vault
from core.errors import Invalid, NotAllowed, NotFound
from core.tenancy import acting_as
from incidents.models import Incident
from incidents.services import edit_incident, revoke_grant
from ledger.models import Entry
from notifications import errors, hooks, sending, services
from notifications.kinds import KINDS, Kind, Reason
from notifications.models import Attempt, Delivery, Endpoint, EndpointSecret, Notification
from notifications.services import tell
from notifications.tasks import deliver, deliver_due
from organisations.actors import Actor
from organisations.founding import found_platform
from organisations.roles import Grade
from tests.doors.world import shared
from tests.people import House, People
from tests.tenancy.test_walls import filed

from .webhook_server import Receiver, receiving

pytestmark = [pytest.mark.duty("SHR-5"), pytest.mark.django_db]
SignIn = Callable[[Actor], Client]
NEWS = Kind("test.news", Reason.DEADLINE, "Review of %(subject)s is due", "Saved.", Grade.EVIDENCE)


@pytest.fixture(autouse=True)
def _ground(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    found_platform()
    cache.clear()
    monkeypatch.setitem(KINDS, NEWS.code, NEWS)


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    with receiving() as found:
        settings.WEBHOOK_ALLOW = [found.host]
        yield found


def hooked(house: House, receiver: Receiver, *kinds: str) -> tuple[Endpoint, str]:
    with acting_as(house.admin.principal):
        return services.add_endpoint(actor=house.admin, name="Ours", url=receiver.url, kinds=kinds or ["test.news"])


def news(house: House, incident: Incident | None = None, key: str = "n", **more: Any) -> None:
    about: dict[str, Any] = (
        {"root_id": incident.pk, "reference": incident.reference, "mark": incident.mark} if incident else {}
    )
    tell(
        kind="test.news",
        to=[house.organisation],
        key=key,
        subject="F-1",
        url="/incidents/x/findings/F-1/",
        **about,
        **more,
    )


def states(house: House) -> list[str]:
    with acting_as(house.admin.principal):
        return list(Delivery.objects.order_by("pk").values_list("state", flat=True))


def later(**ahead: float) -> Any:
    return time_machine.travel(datetime.now(UTC) + timedelta(**ahead), tick=False)


def test_what_an_organisation_is_told_its_program_is_told_signed(people: People, receiver: Receiver) -> None:
    incident = filed(people.vela.analyst)
    _endpoint, secret = hooked(people.vela, receiver)
    news(people.vela, incident)
    deliver_due()
    ((headers, body),) = receiver.got
    told = Webhook(secret).verify(body, headers)
    assert incident.mark == "TLP:AMBER"
    assert set(told) == {"type", "timestamp", "data"} and told["type"] == "notice"
    assert told["data"] == {"id": incident.reference, "link": "http://127.0.0.1:8000/incidents/x/findings/F-1/"}
    assert incident.title not in body.decode()
    with pytest.raises(WebhookVerificationError):
        Webhook(hooks.new_secret()).verify(body, headers)
    assert states(people.vela) == ["delivered"]
    deliver_due()
    assert len(receiver.got) == 1


def test_only_under_open_marks_does_it_say_what_kind_and_of_which_thing(people: People, receiver: Receiver) -> None:
    incident = filed(people.vela.analyst)
    with acting_as(people.vela.analyst.principal):
        edit_incident(
            actor=people.vela.analyst,
            reference=incident.reference,
            version=incident.version,
            facts={"mark": "TLP:GREEN"},
            mark_reason="It was published.",
        )
    _endpoint, secret = hooked(people.vela, receiver)
    incident.mark = "TLP:GREEN"
    news(people.vela, incident)
    incident.mark = "TLP:RED"
    news(people.vela, incident, key="red")
    deliver_due()
    told = [Webhook(secret).verify(body, headers) for headers, body in receiver.got]
    assert [each["type"] for each in told] == ["test.news", "notice"]
    assert told[0]["data"]["subject"] == "F-1" and "subject" not in told[1]["data"]


def test_an_endpoint_hears_what_it_chose_and_only_its_own_organisations_news(
    people: People, receiver: Receiver
) -> None:
    hooked(people.vela, receiver, "finding.overdue")
    hooked(people.orrin, receiver)
    news(people.vela)
    tell(kind="test.news", to=[people.orrin.analyst.user], key="to a person")
    deliver_due()
    assert receiver.got == [] and states(people.vela) == [] and states(people.orrin) == []


def test_a_change_of_a_case_reaches_every_organisation_that_may_see_it_and_no_other(
    people: People, receiver: Receiver
) -> None:
    incident = filed(people.vela.analyst)
    for house in (people.vela, people.orrin, people.amal):
        hooked(house, receiver, "watched.summary")
    shared(people.vela.analyst, incident, people.orrin.organisation, Grade.SUMMARY)
    with acting_as(people.vela.analyst.principal):
        edit_incident(
            actor=people.vela.analyst, reference=incident.reference, version=incident.version, facts={"title": "New"}
        )
    deliver_due()
    assert len(receiver.got) == 2 and states(people.amal) == []
    assert all(json.loads(body)["data"]["id"] == incident.reference for _headers, body in receiver.got)


@pytest.mark.duty("SHR-7")
def test_what_may_not_be_seen_any_more_when_it_is_sent_is_not_sent_and_not_listed(
    people: People, receiver: Receiver
) -> None:
    incident = filed(people.vela.analyst)
    grant = shared(people.vela.analyst, incident, people.orrin.organisation, Grade.EVIDENCE)
    hooked(people.orrin, receiver)
    news(people.orrin, incident)
    assert states(people.orrin) == ["pending"]
    with acting_as(people.vela.analyst.principal):
        revoke_grant(actor=people.vela.analyst, reference=incident.reference, grant_id=grant.pk)
    assert states(people.orrin) == []
    deliver_due()
    assert receiver.got == [] and states(people.orrin) == []
    shared(people.vela.analyst, incident, people.orrin.organisation, Grade.SUMMARY)
    news(people.orrin, incident, key="above its grade")
    deliver_due()
    assert receiver.got == []
    shared(people.vela.analyst, incident, people.orrin.organisation, Grade.EVIDENCE)
    assert states(people.orrin) == ["withheld"]


@pytest.mark.duty("SHR-7")
def test_a_grant_to_a_role_opens_nothing_to_programs(people: People, receiver: Receiver) -> None:
    incident = filed(people.vela.analyst)
    shared(people.vela.analyst, incident, people.orrin.organisation, Grade.EVIDENCE, role="analyst")
    hooked(people.orrin, receiver)
    news(people.orrin, incident)
    deliver_due()
    assert receiver.got == [] and states(people.orrin) == []


def test_a_failure_is_tried_again_under_the_same_id_until_it_arrives(people: People, receiver: Receiver) -> None:
    hooked(people.vela, receiver)
    receiver.status = 500
    news(people.vela)
    deliver_due()
    deliver_due()
    assert len(receiver.got) == 1, "not before its time"
    with acting_as(people.vela.admin.principal):
        row = Delivery.objects.get()
        wait = row.next_at - datetime.now(UTC)  # type: ignore[operator]
        assert (row.tries, row.last_status) == (1, 500) and timedelta(seconds=5) < wait < timedelta(seconds=13)
        assert Endpoint.objects.get().failing_since is not None
    receiver.status = 200
    with later(seconds=200):
        deliver_due()
    assert [headers["webhook-id"] for headers, _body in receiver.got] == [row.message_id] * 2
    with acting_as(people.vela.admin.principal):
        assert list(Attempt.objects.values_list("status", flat=True)) == [500, 200]
        assert Endpoint.objects.get().failing_since is None
    assert states(people.vela) == ["delivered"]


def test_it_is_given_up_at_the_published_end_and_an_administrator_sends_it_again(
    people: People, receiver: Receiver
) -> None:
    endpoint, _secret = hooked(people.vela, receiver)
    receiver.status = 503
    news(people.vela)
    for turn in range(18):
        with later(hours=5.5 * turn):
            deliver_due()
    assert len(receiver.got) == hooks.MOST_TRIES and states(people.vela) == ["failed"]
    receiver.status = 200
    admin = people.vela.admin
    with acting_as(admin.principal):
        row = Delivery.objects.get()
        services.redeliver(actor=admin, endpoint_id=endpoint.pk, delivery_id=row.pk)
    deliver_due()
    assert states(people.vela) == ["delivered"]
    assert {headers["webhook-id"] for headers, _body in receiver.got} == {row.message_id}


def test_an_endpoint_nothing_reaches_for_days_is_disabled_with_a_notice_and_what_waits_waits(
    people: People, receiver: Receiver
) -> None:
    endpoint, _secret = hooked(people.vela, receiver)
    receiver.status = 500
    admin = people.vela.admin
    news(people.vela)
    deliver_due()
    with later(days=hooks.FAILING_DAYS + 1):
        deliver_due()
        deliver_due()
        news(people.vela, key="meanwhile")
        deliver_due()
    assert len(receiver.got) == 2
    with acting_as(admin.principal):
        assert Endpoint.objects.get().disabled_because == "failing"
        assert Notification.objects.get(kind="webhook.disabled").subject == "Ours"
        with pytest.raises(errors.EndpointDisabled):
            services.try_endpoint(actor=admin, endpoint_id=endpoint.pk)
        services.enable_endpoint(actor=admin, endpoint_id=endpoint.pk)
    receiver.status = 200
    with later(days=hooks.FAILING_DAYS + 2):
        deliver_due()
    assert states(people.vela) == ["delivered", "delivered"]


def test_a_server_that_says_it_is_gone_is_believed(people: People, receiver: Receiver) -> None:
    hooked(people.vela, receiver)
    receiver.status = 410
    news(people.vela)
    deliver_due()
    with acting_as(people.vela.admin.principal):
        assert Endpoint.objects.get().disabled_because == "gone"


def test_after_a_rotation_both_secrets_verify_for_a_day(people: People, receiver: Receiver) -> None:
    endpoint, first = hooked(people.vela, receiver)
    admin = people.vela.admin
    with acting_as(admin.principal):
        second = services.rotate_secret(actor=admin, endpoint_id=endpoint.pk)
        assert all(secret not in row.sealed for row in EndpointSecret.objects.all() for secret in (first, second))
    news(people.vela)
    deliver_due()
    headers, body = receiver.got[-1]
    assert len(headers["webhook-signature"].split()) == 2
    for secret in (first, second):
        Webhook(secret).verify(body, headers)
    with later(hours=25):
        news(people.vela, key="tomorrow")
        deliver_due()
        headers, body = receiver.got[-1]
        Webhook(second).verify(body, headers)
        with pytest.raises(WebhookVerificationError):
            Webhook(first).verify(body, headers)
    with acting_as(admin.principal):
        third = services.rotate_secret(actor=admin, endpoint_id=endpoint.pk)
        services.rotate_secret(actor=admin, endpoint_id=endpoint.pk)
        assert len(sending.secrets_of(endpoint.pk, datetime.now(UTC))) == 2
        assert sending.secrets_of(endpoint.pk, datetime.now(UTC))[1] == third


def test_sent_twice_it_is_one_message_by_its_id(people: People, receiver: Receiver, monkeypatch: Any) -> None:
    """Killed after sending and before noting: the claim runs out, and the message goes again under the same id."""
    hooked(people.vela, receiver)
    news(people.vela)

    class Killed(BaseException):
        pass

    def killed(*_args: Any, **_kwargs: Any) -> str:
        raise Killed

    with monkeypatch.context() as context:
        context.setattr(sending, "note", killed)
        with pytest.raises(Killed):
            deliver_due()
    assert states(people.vela) == ["pending"]
    deliver_due()
    assert len(receiver.got) == 1, "claimed still"
    with later(minutes=3):
        deliver_due()
    assert len(receiver.got) == 2 and states(people.vela) == ["delivered"]
    assert len({headers["webhook-id"] for headers, _body in receiver.got}) == 1
    with acting_as(people.vela.admin.principal):
        row = Delivery.objects.get()
    deliver(row.pk, people.vela.organisation.pk)
    assert len(receiver.got) == 2, "a task handed out twice finds nothing to do"


@pytest.mark.duty("SHR-7")
def test_no_webhook_knocks_inside_the_house(
    people: People, receiver: Receiver, settings: Any, monkeypatch: Any
) -> None:
    """Neither by number, nor by a name, nor by a name that answers differently the second time; and no redirect is followed."""
    settings.WEBHOOK_ALLOW = []
    admin = people.vela.admin
    with acting_as(admin.principal):
        for url in (
            "http://example.org/", "https://127.0.0.1/", "https://10.0.0.1/", "https://169.254.169.254/latest/", "https://[::1]/",
            "https://[::ffff:127.0.0.1]/", "https://localhost/", "https://db.internal/", "ftp://example.org/", "https://user:a@example.org/",
            "https://example.org:5432/", receiver.url, "nonsense", "https://example.org/" + "a" * 600,
        ):  # fmt: skip
            with pytest.raises(Invalid) as caught:
                services.add_endpoint(actor=admin, name="x", url=url, kinds=["test.news"])
            assert set(caught.value.fields) == {"url"}
        services.add_endpoint(actor=admin, name="x", url="https://rebinding.example/", kinds=["test.news"])
    asked: list[str] = []

    def resolve(host: str, port: int, *_args: Any, **_kwargs: Any) -> Any:
        asked.append(host)
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14" if len(asked) == 1 else "127.0.0.1", port))
        ]

    reached: list[Any] = []

    def connect(address: Any, *_args: Any, **_kwargs: Any) -> Any:
        reached.append(address)
        raise OSError("unplugged")

    with monkeypatch.context() as context:
        context.setattr("core.outward.socket.getaddrinfo", resolve)
        context.setattr("core.outward.socket.create_connection", connect)
        news(people.vela)
        deliver_due()
        assert reached == [("93.184.215.14", 443)] and asked == ["rebinding.example"], "the address that was judged"
        with later(minutes=1):
            deliver_due()
        assert len(reached) == 1, "the second answer was not public"
    with acting_as(admin.principal):
        assert list(Attempt.objects.values_list("problem", flat=True)) == ["unreachable", "not_public"]


def test_a_redirect_is_an_answer_and_nothing_is_sent_where_it_leads(people: People, receiver: Receiver) -> None:
    with receiving() as elsewhere:
        receiver.status, receiver.location = 307, elsewhere.url
        hooked(people.vela, receiver)
        news(people.vela)
        deliver_due()
        assert len(receiver.got) == 1 and elsewhere.got == []
    with acting_as(people.vela.admin.principal):
        assert Delivery.objects.get().last_status == 307 and states(people.vela) == ["pending"]


def test_a_server_that_dribbles_or_pours_is_cut_off(people: People, receiver: Receiver, monkeypatch: Any) -> None:
    monkeypatch.setattr(hooks, "SECONDS", 0.5)
    hooked(people.vela, receiver)
    receiver.dribble = True
    news(people.vela)
    deliver_due()
    with acting_as(people.vela.admin.principal):
        attempt = Attempt.objects.get()
        assert attempt.problem == "too_slow" and attempt.milliseconds < 5000
    receiver.dribble, receiver.large, receiver.status = False, True, 200
    answer = outward.post(receiver.url, b"{}", {}, allow=[receiver.host], seconds=10, most_bytes=hooks.MOST_ANSWER)
    assert len(answer.body) == hooks.MOST_ANSWER


def test_only_administrators_and_only_their_own(people: People, receiver: Receiver) -> None:
    endpoint, _secret = hooked(people.vela, receiver)
    with acting_as(people.vela.analyst.principal):
        for act in (services.rotate_secret, services.end_endpoint, services.try_endpoint, services.disable_endpoint):
            with pytest.raises(NotAllowed):
                act(actor=people.vela.analyst, endpoint_id=endpoint.pk)
        with pytest.raises(NotAllowed):
            services.add_endpoint(actor=people.vela.analyst, name="a", url=receiver.url, kinds=["test.news"])
    orrin = people.orrin.admin
    with acting_as(orrin.principal):
        assert not Endpoint.objects.exists() and not EndpointSecret.objects.exists()
        with pytest.raises(NotFound):
            services.rotate_secret(actor=orrin, endpoint_id=endpoint.pk)
        with pytest.raises(DatabaseError), transaction.atomic():
            Delivery.objects.create(
                endpoint=endpoint, organisation=people.vela.organisation, message_id="x", key="x", kind="x", grade=10,
                next_at=datetime.now(UTC),
            )  # fmt: skip
    with acting_as(people.vela.admin.principal):
        services.end_endpoint(actor=people.vela.admin, endpoint_id=endpoint.pk)
        with pytest.raises(NotFound):
            services.rotate_secret(actor=people.vela.admin, endpoint_id=endpoint.pk)
        verbs = set(Entry.objects.filter(verb__startswith="webhook").values_list("verb", flat=True))
        assert verbs == {"webhook.added", "webhook.ended"}
    news(people.vela)
    assert states(people.vela) == []


def test_a_person_keeps_webhooks_on_pages(people: People, receiver: Receiver, sign_in: SignIn) -> None:
    client = sign_in(people.vela.admin)
    assert "There are no webhooks" in client.get("/organisation/webhooks/").content.decode()
    new = "/organisation/webhooks/new/"
    assert "Review of … is due" in client.get(new).content.decode()
    wrong = client.post(new, {"name": "Mine", "url": "https://10.1.1.1/", "events_other": ["test.news"]})
    assert (
        wrong.status_code == 422
        and "not on the public internet" in wrong.content.decode()
        and "Mine" in wrong.content.decode()
    )
    assert client.post(new, {"name": "Mine", "url": receiver.url}).status_code == 422
    made = client.post(new, {"name": "Mine", "url": receiver.url, "events_other": ["test.news"]})
    assert (
        made.status_code == 201 and "whsec_" in made.content.decode() and made["Cache-Control"].startswith("max-age=0")
    )
    assert "whsec_" not in client.get("/organisation/webhooks/").content.decode()
    with acting_as(people.vela.admin.principal):
        where = f"/organisation/webhooks/{Endpoint.objects.get().pk}/"
    assert client.post(f"{where}test/").status_code == 303
    deliver_due()
    page = client.get(where).content.decode()
    assert "Delivered" in page and "204" in page
    with acting_as(people.vela.admin.principal):
        message = f"{where}deliveries/{Delivery.objects.get().pk}/"
    assert "HTTP 204" in client.get(message).content.decode()
    assert client.post(f"{message}again/").status_code == 303
    deliver_due()
    assert len(receiver.got) == 2
    rotated = client.post(f"{where}rotate/")
    assert rotated.status_code == 201 and "whsec_" in rotated.content.decode()
    changed = client.post(
        f"{where}change/", {"name": "Yours", "url": receiver.url, "events_finding": ["finding.overdue"]}
    )
    assert changed.status_code == 303 and "Yours" in client.get(where).content.decode()
    for act in ("disable", "enable", "end"):
        assert client.post(f"{where}{act}/").status_code == 303
    assert client.get(where).status_code == 404


def test_a_program_keeps_webhooks_too(people: People, receiver: Receiver, sign_in: SignIn) -> None:
    client = sign_in(people.vela.admin)

    def send(method: str, url: str, body: Any = None) -> Any:
        return client.generic(method, url, json.dumps(body), content_type="application/json")

    body = {"name": "Mine", "url": receiver.url, "kinds": ["test.news"]}
    made = send("POST", "/api/v1/webhooks/", body)
    assert made.status_code == 201 and made.json()["secret"].startswith("whsec_")
    where = f"/api/v1/webhooks/{made.json()['id']}/"
    assert "secret" not in client.get(where).json() and len(client.get("/api/v1/webhooks/").json()) == 1
    assert send("POST", "/api/v1/webhooks/", {**body, "kinds": ["no.such"]}).status_code == 400
    assert send("PUT", where, {**body, "name": "Yours"}).json()["name"] == "Yours"
    test = send("POST", f"{where}test/")
    assert test.status_code == 202
    deliver_due()
    (row,) = client.get(f"{where}deliveries/").json()["results"]
    assert (row["state"], row["message_id"]) == ("delivered", test.json()["message_id"])
    one = f"{where}deliveries/{row['id']}/"
    assert [each["status"] for each in client.get(one).json()["attempts"]] == [204]
    assert send("POST", one).status_code == 202
    assert send("POST", f"{where}rotate/").json()["secret"].startswith("whsec_")
    assert send("PATCH", where, {"enabled": False}).json()["disabled_because"] == "by_hand"
    refused = send("POST", f"{where}test/")
    assert (refused.status_code, refused.json()["code"]) == (409, "webhook_disabled")
    assert send("PATCH", where, {"enabled": True}).json()["disabled_at"] is None
    assert send("DELETE", where).status_code == 204 and client.get(where).status_code == 404


@given(tries=st.integers(1, 30), chance=st.floats(0, 1, exclude_max=True))
def test_waits_grow_to_a_bound_and_end(tries: int, chance: float) -> None:
    wait, before = hooks.wait_after(tries, chance), hooks.wait_after(tries - 1, 0) if tries > 1 else None
    if tries >= hooks.MOST_TRIES:
        assert wait is None
        return
    assert wait is not None
    assert hooks.FIRST_WAIT <= wait <= hooks.LONGEST_WAIT * (1 + hooks.JITTER)
    assert before is None or wait >= before


def test_a_stored_secret_opens_under_its_own_purpose_and_key_alone(settings: Any) -> None:
    token = vault.close("whsec_x", "webhooks")
    assert vault.open_(token, "webhooks") == "whsec_x" and "whsec" not in token
    with pytest.raises(vault.InvalidToken):
        vault.open_(token, "another")
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "a new key of the platform"
    assert vault.open_(token, "webhooks") == "whsec_x"
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(vault.InvalidToken):
        vault.open_(token, "webhooks")


def test_nothing_of_a_message_is_rewritten(people: People, receiver: Receiver) -> None:
    hooked(people.vela, receiver)
    news(people.vela)
    deliver_due()
    with acting_as(people.vela.admin.principal):
        for rows, change in (
            (Delivery.objects, {"url": "/elsewhere/"}), (Delivery.objects, {"message_id": "x"}),
            (EndpointSecret.objects, {"sealed": "x"}),
        ):  # fmt: skip
            with pytest.raises(DatabaseError), transaction.atomic():
                rows.update(**change)
        assert Attempt.objects.update(status=200) == 0 == Attempt.objects.all()._raw_delete("default")


def test_what_waits_for_a_disabled_webhook_is_dropped_after_thirty_days(people: People, receiver: Receiver) -> None:
    endpoint, _secret = hooked(people.vela, receiver)
    admin = people.vela.admin
    with acting_as(admin.principal):
        for days in (29, 31):
            Delivery.objects.create(
                endpoint=endpoint, organisation=admin.organisation, message_id=f"msg_{days}", key=f"waits:{days}", kind="test.news",
                grade=10, next_at=datetime.now(UTC), made_at=datetime.now(UTC) - timedelta(days=days),
            )  # fmt: skip
        for act, expected in ((None, ["pending", "pending"]), (services.disable_endpoint, ["pending", "failed"])):
            if act:
                act(actor=admin, endpoint_id=endpoint.pk)
            with connection.cursor() as cursor:
                cursor.execute("SELECT notifications_forget()")
            assert states(people.vela) == expected
        services.enable_endpoint(actor=admin, endpoint_id=endpoint.pk)
    deliver_due()
    assert states(people.vela) == ["delivered", "failed"]

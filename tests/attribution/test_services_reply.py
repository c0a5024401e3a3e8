"""The right of reply: asked by two ways, answered once, printed with the finding; publication waits for it (ATT-11)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction

from attribution import errors, services
from attribution.models import Contest, Finding, FindingIssue, Invitation, Notice, RelyingParty, Reply
from attribution.services import answering
from core import clock
from core.errors import Invalid, NotAllowed, NotFound
from core.tenancy import acting_as
from incidents.services import revoke_grant
from ledger.models import Entry
from notifications import selectors as inbox
from notifications import services as notifications
from notifications.models import Notification
from organisations.actors import Actor
from organisations.roles import Grade
from tests.doors.world import shared

from .ground import Ground, as_

pytestmark = [pytest.mark.django_db, pytest.mark.duty("ATT-11")]

ASK: dict[str, Any] = {
    "party": "named", "name": "Ministry of Foreign Affairs", "contact": "Note verbale to the permanent mission",
    "code_given": "Read out to the duty officer on the mission’s listed number",
}  # fmt: skip


def named(ground: Ground, actor: Actor) -> dict[str, Any]:
    return {"actor": actor, "reference": ground.reference, "label": "F-1"}


def noticed(ground: Ground, text: str = "The unit ran it.") -> Notice:
    with as_(ground.analyst):
        return services.open_notice(**named(ground, ground.analyst), text=text)


def asked(ground: Ground, **more: Any) -> services.Asked:
    with as_(ground.analyst):
        return services.invite_to_reply(**named(ground, ground.analyst), **{**ASK, **more})


def answered(invitation: services.Asked, position: str = "denies", text: str = "We had no part in it.") -> Reply:
    with acting_as(None), transaction.atomic():
        visit = answering.visit_by_secret(invitation.secret)
        assert answering.prove(visit, invitation.code)
        return answering.submit_reply(visit, text=text, position=position)


def publishes(ground: Ground, actor: Actor) -> FindingIssue:
    with as_(actor):
        return services.publish_finding(**named(ground, actor))


def time_passes(notice: Notice) -> None:
    """As if the deadline had passed: only the owner of the tables can do that to the record."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("RESET ROLE")
        cursor.execute("ALTER TABLE attribution_notice DISABLE TRIGGER USER")
        cursor.execute("SELECT set_config('app.org_ids', %s, true)", [str(notice.holder_id)])
        cursor.execute("SET LOCAL ROLE norms_definer")
        cursor.execute(
            "UPDATE attribution_notice SET deadline = now() - interval '1 second' WHERE id = %s", [notice.pk]
        )
        assert cursor.rowcount == 1
        cursor.execute("RESET ROLE")
        cursor.execute("ALTER TABLE attribution_notice ENABLE TRIGGER USER")
        cursor.execute("SET LOCAL ROLE norms_app")


def bars(error: Any) -> list[str]:
    return list(error.value.details["findings"][0]["bars"])


def test_publication_waits_for_the_party_named(ground: Ground, found: Finding, publisher: Actor) -> None:
    with pytest.raises(errors.NoNotice):
        publishes(ground, publisher)
    notice = noticed(ground)
    with pytest.raises(errors.ReplyAwaited) as refused:
        publishes(ground, publisher)
    assert bars(refused) == ["party_not_asked"]
    invitation = asked(ground)
    with pytest.raises(errors.ReplyAwaited) as refused:
        publishes(ground, publisher)
    assert bars(refused) == ["reply_awaited"]
    with as_(publisher), pytest.raises(errors.ReplyAwaited):
        services.require_replies(ground.incident)
    answered(invitation)
    issue = publishes(ground, publisher)
    assert issue.content["claim"] == notice.claim
    (printed,) = issue.content["replies"]
    assert (printed["text"], printed["position"], printed["late"]) == ("We had no part in it.", "denies", False)
    with as_(publisher):
        services.require_replies(ground.incident)
        with pytest.raises(errors.AlreadyPublished):
            services.publish_finding(**named(ground, publisher))


def test_whoever_stays_silent_until_the_deadline_holds_up_nothing(
    ground: Ground, found: Finding, publisher: Actor
) -> None:
    notice = noticed(ground)
    late = asked(ground)
    time_passes(notice)
    assert publishes(ground, publisher).content["replies"] == []
    reply = answered(late)
    assert reply.late
    with as_(publisher):
        issues = list(FindingIssue.objects.order_by("number"))
    assert issues[0].content["replies"] == [] and len(issues[-1].content["replies"]) == 1
    assert len({each.public_id for each in issues}) == 1, "a late reply is printed in a further issue"


def test_a_reply_is_waived_with_reasons_by_somebody_else_than_the_proposer(
    ground: Ground, found: Finding, publisher: Actor
) -> None:
    noticed(ground)
    invitation = asked(ground)
    with as_(ground.analyst), pytest.raises(errors.WaivedByProposer):
        services.waive_reply(**named(ground, ground.analyst), invitation_id=invitation.invitation.pk, reasons="No time")
    with as_(publisher):
        with pytest.raises(Invalid):
            services.waive_reply(**named(ground, publisher), invitation_id=invitation.invitation.pk, reasons=" ")
        services.waive_reply(
            **named(ground, publisher), invitation_id=invitation.invitation.pk, reasons="Mission closed"
        )
    with pytest.raises(errors.PublishedByProposer):
        publishes(ground, ground.analyst)
    issue = publishes(ground, publisher)
    assert issue.content["waived"] == [{"party": "named", "reason": "Mission closed"}]
    assert answered(invitation).text, "who was waived may still answer"


def test_a_denial_opens_a_contest_by_itself_and_deletes_nothing(ground: Ground, found: Finding) -> None:
    noticed(ground)
    reply = answered(asked(ground))
    with as_(ground.analyst):
        contest = Contest.objects.get(kind="denial")
        assert contest.text == "We had no part in it." and contest.resolved_at is None
        assert Reply.objects.get(pk=reply.pk).contest_id == contest.pk
        assert Finding.objects.get(pk=found.pk).statement == found.statement
        verbs = list(Entry.objects.filter(root_id=ground.incident.pk).order_by("pk").values_list("verb", flat=True))
        assert "reply.received" in verbs and "finding.contested" in verbs


def test_a_comment_opens_none(ground: Ground, found: Finding) -> None:
    noticed(ground)
    assert answered(asked(ground), position="comments").contest is None


def test_secret_and_code_are_kept_as_digests_and_wrong_codes_lock(ground: Ground, found: Finding) -> None:
    noticed(ground)
    invitation = asked(ground)
    with as_(ground.analyst):
        row = Invitation.objects.get()
        kept = " ".join(str(getattr(row, field.attname)) for field in row._meta.concrete_fields)
    assert invitation.secret not in kept and invitation.code not in kept and len(invitation.secret) >= 43
    with acting_as(None):
        with pytest.raises(NotFound):
            answering.visit_by_secret(invitation.secret + "x")
        visit = answering.visit_by_secret(invitation.secret)
        for _try in range(5):
            assert answering.prove(visit, "WRONG22222") is None
        assert answering.prove(visit, invitation.code) is None, "locked, also for the right code"
        assert answering.look(visit).locked
    with as_(ground.analyst):
        assert Notification.objects.filter(kind="reply.locked").count() == 1
        renewed = services.renew_invitation(**named(ground, ground.analyst), invitation_id=row.pk)
    with acting_as(None):
        with pytest.raises(NotFound):
            answering.visit_by_secret(invitation.secret)
        spelled = f" {renewed.code[:5].lower()}-{renewed.code[5:].lower()} "
        assert answering.prove(answering.visit_by_secret(renewed.secret), spelled)


def test_a_reply_is_given_once_and_a_draft_is_nobodys_business(ground: Ground, found: Finding) -> None:
    noticed(ground)
    invitation = asked(ground)
    with acting_as(None):
        visit = answering.visit_by_secret(invitation.secret)
        answering.save_draft(visit, text="Half a sen", position="nonsense")
        assert answering.look(visit).invitation.draft == "Half a sen"
        with pytest.raises(Invalid):
            answering.submit_reply(visit, text=" ", position="denies")
        with pytest.raises(Invalid):
            answering.submit_reply(visit, text="x", position="nonsense")
    answered(invitation)
    with acting_as(None):
        for act in (answering.submit_reply, answering.save_draft):
            with pytest.raises(errors.AlreadyAnswered):
                act(visit, text="Another", position="denies")
    with as_(ground.analyst):
        with pytest.raises(errors.AlreadyAnswered):
            services.renew_invitation(**named(ground, ground.analyst), invitation_id=invitation.invitation.pk)
        with pytest.raises(DatabaseError), transaction.atomic():
            Reply.objects.update(text="We did it.")
        with pytest.raises(DatabaseError), transaction.atomic():
            Reply.objects.all().delete()


def test_nobody_but_the_holder_learns_who_was_asked(ground: Ground, found: Finding) -> None:
    shared(ground.analyst, ground.incident, ground.people.amal.organisation, Grade.ASSESS)
    noticed(ground)
    ground.people.brigid.coordinator  # noqa: B018  (somebody to ask)
    asked(ground)
    asked(ground, party="victim", name="", contact="", code_given="", organisation="brigid")
    reader = ground.people.amal.person("human_rights_assessor")
    with as_(reader):
        assert not Notice.objects.exists() and not Invitation.objects.exists()
        verbs = set(Entry.objects.filter(root_id=ground.incident.pk).values_list("verb", flat=True))
        with connection.cursor() as cursor:
            cursor.execute("SELECT verb FROM incident_activity(%s, 500, NULL, '')", [ground.incident.pk])
            verbs |= {row[0] for row in cursor.fetchall()}
        assert not {verb for verb in verbs if verb.startswith("reply.")}
        with pytest.raises(NotAllowed):
            services.open_notice(**named(ground, reader), text="x")


def test_an_organisation_of_the_platform_is_told_and_its_members_need_no_code(ground: Ground, found: Finding) -> None:
    ground.people.brigid.coordinator  # noqa: B018  (somebody to tell)
    notice = noticed(ground)
    invitation = asked(ground, party="victim", name="", contact="", code_given="", organisation="brigid")
    theirs, other = ground.people.brigid.analyst, ground.people.orrin.analyst
    with as_(ground.people.brigid.coordinator):
        told = Notification.objects.get()
        assert (told.kind, told.due_at, told.root_id) == ("reply.invited", notice.deadline, None)
        assert inbox.as_told(told).words == "Your organisation may reply to F-1 before it is published"
    with as_(theirs):
        visit = answering.visit_by_member(theirs, invitation.invitation.pk)
        assert answering.submit_reply(visit, text="The date is wrong.", position="corrects").party == "victim"
    with as_(other), pytest.raises(NotFound):
        answering.visit_by_member(other, invitation.invitation.pk)


def test_the_database_itself_refuses_publication_before_the_reply(
    ground: Ground, found: Finding, publisher: Actor
) -> None:
    notice = noticed(ground)

    def force(**more: Any) -> None:
        values = {
            "incident": ground.incident, "finding": found, "notice": notice, "public_id": "x", "number": 1, "mark": notice.mark,
            "content": {"claim": notice.claim, "replies": []}, "sha256": "0" * 64, "tier": "T1", "standing": "current",
            "contested": False, "cause": "x", "issued_by": publisher.user, **more,
        }  # fmt: skip
        with transaction.atomic():
            FindingIssue.objects.create(**values)

    with as_(publisher), pytest.raises(DatabaseError, match="right of reply"):
        force()
    invitation = asked(ground)
    with as_(publisher):
        with pytest.raises(DatabaseError, match="right of reply"):
            force()
        with pytest.raises(DatabaseError, match="only what the parties were shown"):
            force(content={"claim": {**notice.claim, "text": "Worse"}})
        with pytest.raises(DatabaseError):
            Notice.objects.update(deadline=clock.now())
    with as_(ground.analyst), pytest.raises(DatabaseError, match="whole time"), transaction.atomic():
        Notice.objects.create(
            incident=ground.incident, finding=found, number=9, holder=ground.people.vela.organisation, text="x", claim={}, sha256="0",
            mark="TLP:CLEAR", rules_version="2026.1", reply_days=14, names_party=True, opened_by=ground.analyst.user,
            opened_at=clock.now(), deadline=clock.now() + timedelta(days=13),
        )  # fmt: skip
    answered(invitation)
    with as_(ground.analyst), pytest.raises(DatabaseError, match="proposed"):
        force(issued_by=ground.analyst.user)
    with as_(publisher):
        force()


def test_what_changed_since_the_parties_saw_it_is_not_published(
    ground: Ground, found: Finding, publisher: Actor
) -> None:
    noticed(ground)
    answered(asked(ground), position="accepts")
    with as_(ground.analyst):
        services.amend_finding(
            **named(ground, ground.analyst), facts={"likelihood": "highly_likely", "confidence": "moderate", "reasons": "More"},
            why="New logs",
        )  # fmt: skip
    with pytest.raises(errors.ReplyAwaited) as refused:
        publishes(ground, publisher)
    assert bars(refused) == ["claim_changed"]


# ── who relies on it, and recall ─────────────────────────────────────────────────────────────────────────────────────


def withdrawn(ground: Ground) -> None:
    with as_(ground.analyst):
        services.withdraw_finding(**named(ground, ground.analyst), reason="The logs were forged")


def relying(ground: Ground) -> dict[str, tuple[bool, bool]]:
    with as_(ground.analyst):
        _finding, _change, rows = services.relying_on(**named(ground, ground.analyst))
    return {row.name: (row.asked, row.acknowledged_at is not None) for row in rows}


def test_whoever_was_shown_a_finding_is_told_when_it_falls_and_acknowledges(ground: Ground, found: Finding) -> None:
    shared(ground.analyst, ground.incident, ground.people.amal.organisation, Grade.EVIDENCE)
    amal = ground.people.amal.analyst
    for _again in range(3):
        with as_(amal):
            services.note_shown(amal, found)
    with as_(amal):
        assert RelyingParty.objects.count() == 1, "one row a person and version"
    assert relying(ground) == {"amal analyst": (False, False)}
    withdrawn(ground)
    with as_(amal):
        told = Notification.objects.get(kind="finding.recalled")
        assert told.acknowledge and "F-1" in inbox.as_told(told).words
    assert relying(ground) == {"amal analyst": (True, False)}
    with as_(amal):
        notifications.acknowledge(actor=amal, notification_id=told.pk)
        with pytest.raises(NotAllowed):
            services.relying_on(**named(ground, amal))
    assert relying(ground) == {"amal analyst": (True, True)}


def test_who_lost_access_learns_that_it_changed_and_nothing_of_the_case(ground: Ground, found: Finding) -> None:
    grant = shared(ground.analyst, ground.incident, ground.people.amal.organisation, Grade.EVIDENCE)
    amal = ground.people.amal.analyst
    with as_(amal):
        services.note_shown(amal, found)
    with as_(ground.analyst):
        revoke_grant(actor=ground.analyst, reference=ground.reference, grant_id=grant.pk)
    withdrawn(ground)
    with as_(amal):
        told = Notification.objects.get()
        assert (told.kind, told.url, told.root_id, told.words) == ("finding.recalled_unseen", "", None, {})
        assert "withdrawn" not in inbox.as_told(told).words


def test_an_addressee_outside_is_told_by_the_way_it_was_sent(
    ground: Ground, found: Finding, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    with as_(ground.analyst):
        for addressee, channel in (("A newspaper", "desk@paper.example"), ("An embassy", "Note verbale 7")):
            for _again in range(2):
                services.note_sent(**named(ground, ground.analyst), addressee=addressee, channel=channel)
        assert RelyingParty.objects.count() == 2
    with django_capture_on_commit_callbacks(execute=True):
        withdrawn(ground)
    assert [message.to for message in mail.outbox] == [["desk@paper.example"]]
    assert found.statement not in str(mail.outbox[0].body) and ground.reference in str(mail.outbox[0].body)
    assert relying(ground) == {"A newspaper": (True, False), "An embassy": (True, False)}
    with as_(ground.analyst):
        row = RelyingParty.objects.get(addressee="An embassy")
        for _again in range(2):
            services.note_outside_acknowledgement(
                **named(ground, ground.analyst), relying_id=row.pk, note="Their note of 3 December"
            )
    assert relying(ground)["An embassy"] == (True, True)


def test_what_was_published_is_issued_anew_when_it_falls(ground: Ground, found: Finding, publisher: Actor) -> None:
    noticed(ground)
    answered(asked(ground), position="comments")
    publishes(ground, publisher)
    withdrawn(ground)
    with as_(publisher):
        newest = FindingIssue.objects.order_by("-number").first()
    assert newest is not None
    assert (newest.number, newest.standing, newest.content["standing_reason"]) == (
        2,
        "withdrawn",
        "The logs were forged",
    )

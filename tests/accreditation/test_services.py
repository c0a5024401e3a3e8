"""Accreditation: attested, reviewed by another, for a time; and what hangs on it (SHR-3, AT-09)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from accreditation import errors, selectors, services
from accreditation.models import Attestation, Standing
from accreditation.tasks import warn
from core.errors import Invalid, NotAllowed, NotFound
from core.tenancy import acting_as
from incidents import recall
from incidents.hiding import set_blind
from incidents.models import Incident, IncidentGroupPermission
from incidents.tasks import tell_lapsed_shares
from ledger.models import Entry
from notifications.models import Notification
from organisations.actors import Actor
from organisations.founding import found_platform
from organisations.roles import Action, Grade, Role
from tests.incidents.cases import filed, shared
from tests.people import People, accredited, lapse

pytestmark = [pytest.mark.django_db, pytest.mark.duty("SHR-3")]


def answered(actor: Actor, **different: dict[str, str]) -> Attestation:
    """A draft of the actor's organisation with every requirement answered."""
    with acting_as(actor.principal):
        begun = services.begin_attestation(actor=actor)
        codes = [row["code"] for row in selectors.requirements(begun.rules)]
        full = {code: {"answer": "met", "how": "Written down in our handbook"} for code in codes} | different
        return services.answer_attestation(actor=actor, attestation_id=begun.pk, answers=full)


def sent(actor: Actor, reviewer: Actor, **different: dict[str, str]) -> Attestation:
    """With the reviewer."""
    draft = answered(actor, **different)
    with acting_as(actor.principal):
        return services.send_attestation(actor=actor, attestation_id=draft.pk, reviewer=reviewer.organisation)


def decide(actor: Actor, attestation: Attestation, *, accredit: bool = True) -> Attestation:
    with acting_as(actor.principal):
        return services.decide_attestation(
            actor=actor, attestation_id=attestation.pk, accredit=accredit, note="Read the handbook"
        )


def verbs(actor: Actor) -> list[str]:
    with acting_as(actor.principal):
        return list(Entry.objects.order_by("pk").values_list("verb", flat=True))


def test_an_organisation_attests_another_reviews_and_evidence_may_be_shared(people: People) -> None:
    ferrow, meridian = people.ferrow.admin, people.meridian.admin
    incident = filed(people.vela.analyst)
    with pytest.raises(errors.NotAccredited), transaction.atomic():
        shared(people.vela.analyst, incident, people.ferrow.organisation, Grade.EVIDENCE)
    attestation = sent(ferrow, meridian)
    with acting_as(meridian.principal):
        told = Notification.objects.get(recipient=meridian.user)
        assert told.kind == "accreditation.review_asked"
    decided = decide(meridian, attestation)
    assert decided.valid_until - decided.reviewed_at == timedelta(days=730)  # type: ignore[operator]
    with acting_as(ferrow.principal):
        assert selectors.is_accredited(people.ferrow.organisation)
        assert Notification.objects.get(recipient=ferrow.user).kind == "accreditation.given"
    grant = shared(people.vela.analyst, incident, people.ferrow.organisation, Grade.EVIDENCE)
    with acting_as(people.vela.analyst.principal):
        grant.refresh_from_db()
        assert grant.standard == attestation.standard
    assert verbs(ferrow)[:2] == ["attestation.begun", "attestation.sent"]
    assert verbs(meridian) == ["accreditation.given"]


def test_nobody_reviews_themselves(people: People) -> None:
    vela = people.vela.admin
    draft = answered(vela)
    with acting_as(vela.principal):
        with pytest.raises(errors.OwnReview):
            services.send_attestation(actor=vela, attestation_id=draft.pk, reviewer=vela.organisation)
        with pytest.raises(DatabaseError), transaction.atomic():
            Attestation.objects.filter(pk=draft.pk).update(reviewer=vela.organisation)
    attestation = sent(people.ferrow.admin, people.meridian.admin)
    with pytest.raises(errors.OwnReview):
        decide(people.ferrow.admin, attestation)
    # The same person in both houses is still one person.
    both = Actor(people.ferrow.admin.user, people.meridian.organisation, (Role.ORG_ADMIN,))
    with pytest.raises(errors.OwnReview):
        decide(both, attestation)


def test_the_reviewing_body_is_accredited_when_it_is_asked_and_when_it_decides(people: People) -> None:
    ferrow, meridian = people.ferrow.admin, people.meridian.admin
    draft = answered(ferrow)
    lapse(people.tessera.organisation)
    with acting_as(ferrow.principal), pytest.raises(errors.ReviewerNotAccredited):
        services.send_attestation(actor=ferrow, attestation_id=draft.pk, reviewer=people.tessera.organisation)
    with acting_as(ferrow.principal):
        services.send_attestation(actor=ferrow, attestation_id=draft.pk, reviewer=meridian.organisation)
    lapse(people.meridian.organisation)
    with pytest.raises(errors.ReviewerNotAccredited):
        decide(meridian, draft)
    with acting_as(meridian.principal), pytest.raises(DatabaseError), transaction.atomic():
        Attestation.objects.filter(pk=draft.pk).update(
            state="accredited",
            reviewed_by=meridian.user,
            reviewed_at="2026-01-01T00:00Z",
            valid_until="2027-01-01T00:00Z",
        )


def test_the_secretariat_reviews_the_first(people: People) -> None:
    """No organisation is accredited yet: the secretariat is, by its office (docs/decisions)."""
    found_platform()
    attestation = sent(people.ferrow.admin, people.secretariat.admin)
    assert decide(people.secretariat.admin, attestation).state == "accredited"


def test_every_requirement_is_answered_before_it_is_sent_and_nothing_typed_is_lost(people: People) -> None:
    ferrow = people.ferrow.admin
    with acting_as(ferrow.principal):
        begun = services.begin_attestation(actor=ferrow)
        services.answer_attestation(
            actor=ferrow,
            attestation_id=begun.pk,
            answers={"custody": {"answer": "", "how": "A form, and"}, "nonsense": {"how": "x"}},
        )
        kept = services.answer_attestation(
            actor=ferrow, attestation_id=begun.pk, answers={"marks": {"answer": "met", "how": "As is"}}
        )
        assert kept.answers == {
            "custody": {"answer": "", "how": "A form, and"},
            "marks": {"answer": "met", "how": "As is"},
        }
        with pytest.raises(Invalid) as refused:
            services.send_attestation(actor=ferrow, attestation_id=begun.pk, reviewer=people.meridian.organisation)
        assert {"custody_answer", "marks_how", "law_answer", "law_how"} <= set(refused.value.fields)
        with pytest.raises(errors.OneAtATime):
            services.begin_attestation(actor=ferrow)


def test_a_requirement_that_is_not_kept_is_not_accredited(people: People) -> None:
    attestation = sent(
        people.ferrow.admin, people.meridian.admin, recall={"answer": "not_met", "how": "Not yet possible"}
    )
    with pytest.raises(errors.RequirementNotMet) as refused:
        decide(people.meridian.admin, attestation)
    assert refused.value.details == {"requirements": ["recall"]}
    assert decide(people.meridian.admin, attestation, accredit=False).state == "refused"
    with acting_as(people.ferrow.admin.principal):
        assert not selectors.is_accredited(people.ferrow.organisation)


def test_what_was_attested_is_fixed_and_nobody_else_reads_it(people: People) -> None:
    ferrow = people.ferrow.admin
    attestation = sent(ferrow, people.meridian.admin)
    with acting_as(ferrow.principal):
        with pytest.raises(errors.AlreadySent):
            services.answer_attestation(actor=ferrow, attestation_id=attestation.pk, answers={})
        with pytest.raises(DatabaseError), transaction.atomic():
            Attestation.objects.filter(pk=attestation.pk).update(answers={})
    for outsider in (people.vela.admin, people.tessera.admin):
        with acting_as(outsider.principal), pytest.raises(NotFound):
            selectors.attestation_for(outsider, attestation.pk, Action.VIEW)
    with acting_as(people.meridian.analyst.principal), pytest.raises(NotAllowed):
        services.decide_attestation(
            actor=people.meridian.analyst, attestation_id=attestation.pk, accredit=True, note="x"
        )
    with acting_as(ferrow.principal):
        back = services.take_back_attestation(actor=ferrow, attestation_id=attestation.pk)
        assert (back.state, back.reviewer) == ("draft", None)
    with acting_as(people.meridian.admin.principal), pytest.raises(NotFound):
        selectors.attestation_for(people.meridian.admin, attestation.pk, Action.VIEW)


def test_the_application_writes_no_standing(people: People) -> None:
    with acting_as(people.ferrow.admin.principal), pytest.raises(DatabaseError), transaction.atomic():
        Standing.objects.filter(organisation=people.vela.organisation).update(until="2999-01-01T00:00Z")


@pytest.mark.parametrize("grade", [grade for grade in Grade if Grade.EVIDENCE <= grade < Grade.HOLD])
def test_every_grade_from_evidence_on_needs_accreditation_and_the_summary_does_not(
    people: People, grade: Grade
) -> None:
    incident, ferrow = filed(people.vela.analyst), people.ferrow.organisation
    with pytest.raises(errors.NotAccredited), transaction.atomic():
        shared(people.vela.analyst, incident, ferrow, grade)
    shared(people.vela.analyst, incident, ferrow, Grade.SUMMARY)


def test_a_lapse_is_a_date_and_nothing_has_to_run(people: People) -> None:
    """AT-09: new shares stop at once, also to the database; what was given goes on and is listed."""
    incident, other = filed(people.vela.analyst), filed(people.vela.analyst)
    grant = shared(people.vela.analyst, incident, people.amal.organisation, Grade.CONTRIBUTE)
    lapse(people.amal.organisation)
    with pytest.raises(errors.NotAccredited), transaction.atomic():
        shared(people.vela.analyst, other, people.amal.organisation, Grade.EVIDENCE)
    with pytest.raises(errors.NotAccredited), transaction.atomic():  # prolonging is sharing anew
        shared(people.vela.analyst, incident, people.amal.organisation, Grade.CONTRIBUTE)
    with acting_as(people.vela.analyst.principal):
        with pytest.raises(DatabaseError), transaction.atomic():
            IncidentGroupPermission.objects.create(
                group_id=grant.group_id, permission=grant.permission, content_object=other,
                granted_by=people.vela.analyst.user, reason="Around the service",
            )  # fmt: skip
        listed = recall.lapsed_shares(people.vela.analyst)
        assert [(each.grant.pk, each.organisation.slug, each.given_before) for each in listed] == [
            (grant.pk, "amal", False)
        ]


def test_the_holders_coordinator_is_told_once(people: People) -> None:
    found_platform()
    coordinator = people.vela.coordinator
    shared(people.vela.analyst, filed(people.vela.analyst), people.amal.organisation, Grade.EVIDENCE)
    tell_lapsed_shares()
    with acting_as(coordinator.principal):
        assert not Notification.objects.filter(kind="shares.recall").exists()
    lapse(people.amal.organisation)
    tell_lapsed_shares()
    tell_lapsed_shares()
    with acting_as(coordinator.principal):
        told = Notification.objects.get(kind="shares.recall")
        assert (told.subject, told.words, told.url) == (
            "Amal Civil Society Network",
            {"shares": 1},
            "/organisation/shares/recall/",
        )


def test_nobody_but_the_clock_asks_for_everybodys_lapses(people: People) -> None:
    shared(people.vela.analyst, filed(people.vela.analyst), people.amal.organisation, Grade.EVIDENCE)
    lapse(people.amal.organisation)
    with acting_as(people.orrin.analyst.principal), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM incidents_lapsed_shares()")
        assert cursor.fetchall() == []


def test_the_holder_recalls_all_with_one_organisation(people: People) -> None:
    vela = people.vela.analyst
    incident = filed(vela)
    shared(vela, incident, people.amal.organisation, Grade.EVIDENCE)
    summary = shared(vela, incident, people.amal.organisation, Grade.SUMMARY)
    kept = shared(vela, incident, people.tessera.organisation, Grade.EVIDENCE)
    lapse(people.amal.organisation)
    with acting_as(vela.principal):
        assert recall.recall_shares(actor=vela, organisation=people.amal.organisation) == 1
        assert set(IncidentGroupPermission.objects.values_list("pk", flat=True)) == {summary.pk, kept.pk}
        assert Entry.objects.filter(verb="grant.recalled", root_id=incident.pk).count() == 1
        with pytest.raises(NotFound):
            recall.recall_shares(actor=vela, organisation=people.tessera.organisation)
    with acting_as(people.orrin.analyst.principal):
        assert recall.lapsed_shares(people.orrin.analyst) == []
    with acting_as(people.vela.person(Role.RESEARCHER).principal), pytest.raises(NotAllowed):
        recall.lapsed_shares(people.vela.person(Role.RESEARCHER))


@pytest.mark.duty("SHR-1")
def test_in_a_case_without_names_a_lapsed_house_stays_a_handle(
    people: People, sign_in: Callable[[Actor], Client]
) -> None:
    found_platform()
    vela, coordinator = people.vela.analyst, people.vela.coordinator
    incident, named = filed(vela), filed(vela)
    with acting_as(vela.principal):
        set_blind(actor=vela, reference=incident.reference, hidden=True)
    grant = shared(vela, incident, people.amal.organisation, Grade.EVIDENCE)
    lapse(people.amal.organisation)
    tell_lapsed_shares()
    with acting_as(coordinator.principal):
        told = Notification.objects.get(kind__startswith="shares.recall")
        assert (told.kind, told.reference) == ("shares.recall_without_names", incident.reference)
    with acting_as(vela.principal):
        [row] = recall.lapsed_shares(vela)
        assert (str(row.organisation).startswith("Organisation "), row.since, row.hidden) == (True, None, True)
        with pytest.raises(NotFound):  # as for a house that has nothing: ending all of them would tell
            recall.recall_shares(actor=vela, organisation=people.amal.organisation)
    client, house = sign_in(vela), "Amal Civil Society Network"
    page = client.get("/organisation/shares/recall/").content.decode()
    assert incident.reference in page and house not in page and "amal" not in page
    [line] = client.get("/api/v1/shares/recall/").json()
    assert line["organisation"].startswith("organisation-") and line["lapsed_at"] is None
    assert client.get("/organisation/shares/recall/amal/").status_code == 404
    assert client.get(f"/organisation/shares/recall/{line['organisation']}/").status_code == 404
    ending = client.get(f"/incidents/{incident.reference}/sharing/{grant.pk}/end/")
    assert ending.status_code == 200 and house not in ending.content.decode()
    shared_before_it_lapsed(people, named)
    with acting_as(
        vela.principal
    ):  # where names are shown the same house is named, and only that share ends with all of it
        assert [(str(each.organisation) == house, each.hidden) for each in recall.lapsed_shares(vela)] == [
            (True, False), (False, True),
        ]  # fmt: skip
        assert recall.recall_shares(actor=vela, organisation=people.amal.organisation) == 1
        assert IncidentGroupPermission.objects.filter(pk=grant.pk).exists()


def shared_before_it_lapsed(people: People, incident: Incident) -> None:
    """Shared while it was accredited, which it was until yesterday."""
    accredited(people.amal.organisation, people.secretariat.organisation)
    shared(people.vela.analyst, incident, people.amal.organisation, Grade.EVIDENCE)
    lapse(people.amal.organisation)


def test_an_accreditation_is_ended_by_whoever_gave_it_or_has_it(people: People) -> None:
    attestation = sent(people.ferrow.admin, people.meridian.admin)
    decide(people.meridian.admin, attestation)
    with acting_as(people.meridian.admin.principal):
        ended = services.end_accreditation(actor=people.meridian.admin, attestation_id=attestation.pk, why="A breach")
        assert ended.state == "ended"
        with pytest.raises(errors.NotInForce):
            services.end_accreditation(actor=people.meridian.admin, attestation_id=attestation.pk, why="Again")
    # It begins anew with what it answered before.
    with acting_as(people.ferrow.admin.principal):
        assert not selectors.is_accredited(people.ferrow.organisation)
        again = services.begin_attestation(actor=people.ferrow.admin)
        assert again.answers == attestation.answers


def test_an_organisation_is_warned_once_before_its_accreditation_ends(people: People) -> None:
    found_platform()
    admin = people.amal.admin
    warn()
    with acting_as(admin.principal):
        assert not Notification.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE norms_definer")
        cursor.execute(
            "UPDATE accreditation_standing SET until = now() + interval '9 days' WHERE organisation_id = %s",
            [admin.organisation.pk],
        )
        cursor.execute("SET LOCAL ROLE norms_app")
    warn()
    warn()
    with acting_as(admin.principal):
        assert Notification.objects.get().kind == "accreditation.ending"


def test_the_directory_says_who_is_accredited(people: People) -> None:
    ferrow, vela = people.ferrow.organisation, people.vela.organisation
    with acting_as(people.vela.analyst.principal):
        assert {place.organisation.slug for place in selectors.directory() if not place.accredited} == {"ferrow"}
        assert ferrow not in selectors.reviewers_for(vela)
        assert vela not in selectors.reviewers_for(vela)
    with acting_as(None):
        assert not Standing.objects.exists()

"""The pages of attribution: everything a person needs, without JavaScript, and nothing that is sealed."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from attribution.models import Finding, Hypothesis, Opinion, Rating, Seat
from core import clock
from organisations.actors import Actor
from organisations.roles import Grade
from tests.evidence.builders import shared

from .ground import FINDING, OPINION, Ground, as_

pytestmark = [pytest.mark.django_db, pytest.mark.duty("ATT-6")]
SignIn = Callable[[Actor], Client]
PROPOSED = {
    **{name: value for name, value in FINDING.items() if name != "likelihood"},
    "likelihood_phia": "likely",
}


def url(ground: Ground, rest: str = "") -> str:
    return f"/incidents/{ground.reference}/attribution/{rest}"


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer.content.decode()


@pytest.mark.duty("ATT-5")
def test_a_hypothesis_is_added_and_the_alternatives_stand_beside_it(ground: Ground, sign_in: SignIn) -> None:
    client = sign_in(ground.analyst)
    assert "No hypothesis yet" in page(client, url(ground))
    answer = client.post(
        url(ground, "hypotheses/new/"),
        {"leg": "operator", "kind": "state", "country": "RU", "actor": "GRU Unit 74455", "article": "4"},
    )
    assert (answer.status_code, answer["Location"]) == (303, url(ground))
    body = page(client, url(ground))
    for words in (
        "H1",
        "GRU Unit 74455",
        "Another State",
        "Another group, not a State",
        "A false flag",
        "An actor not known",
    ):
        assert words in body
    wrong = client.post(
        url(ground, "hypotheses/new/"), {"leg": "operator", "kind": "non_state", "country": "RU", "actor": ""}
    )
    assert wrong.status_code == 422
    assert "Only a hypothesis that names a State has a country." in wrong.content.decode()


@pytest.mark.duty("ATT-5")
def test_the_matrix_is_saved_whole_and_keeps_blanks(ground: Ground, sign_in: SignIn) -> None:
    ground.evidence()
    ground.hypotheses()
    client = sign_in(ground.analyst)
    assert page(client, url(ground, "matrix/")).count('<select form="ratings" name="E-') == 15
    answer = client.post(
        url(ground, "matrix/"), {"E-1.H1": "CC", "E-1.H2": "II", "E-2.H1": "C", "E-2.H2": "C", "E-3.H1": ""}
    )
    assert answer.status_code == 303
    with as_(ground.analyst):
        assert Rating.objects.count() == 4
    body = page(client, url(ground, "matrix/"))
    rows = re.findall(r'<th scope="row" id="e-(E-\d)">', body)
    assert rows == ["E-1", "E-3", "E-2"]  # most separating first, useless last
    assert "No: the same everywhere" in body
    wrong = client.post(url(ground, "matrix/"), {"E-1.H1": "XX"})
    assert wrong.status_code == 422 and "Choose one from the list." in wrong.content.decode()


def test_a_refused_finding_keeps_what_was_typed_and_says_what_is_missing(ground: Ground, sign_in: SignIn) -> None:
    ground.hypotheses()
    answer = sign_in(ground.analyst).post(url(ground, "findings/new/"), PROPOSED)
    body = answer.content.decode()
    assert answer.status_code == 409
    assert "At least 1 graded item supports the proposition" in body
    assert FINDING["statement"] in body
    wrong = sign_in(ground.analyst).post(url(ground, "findings/new/"), {**PROPOSED, "likelihood_phia": ""})
    assert wrong.status_code == 422 and "Choose a term of the scale you chose." in wrong.content.decode()


@pytest.mark.duty("ATT-9")
@pytest.mark.duty("ATT-12")
def test_a_finding_page_says_tier_likelihood_confidence_clock_and_every_requirement(
    ground: Ground, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    ground.evidence()
    ground.hypotheses()
    ground.rated()
    client = sign_in(ground.analyst)
    assert client.post(url(ground, "findings/new/"), PROPOSED).status_code == 303
    body = page(client, url(ground, "findings/F-1/"))
    for words in (
        "Provisional", "Likely / probable (55–75 %)", "Moderate", "Stands without any one source.",
        "No panel has been convened.", "Signed by the seat: Law", "At least 2 independent origins", "E-1",
    ):  # fmt: skip
        assert words in body, words
    later = clock.today() + timedelta(days=17)
    monkeypatch.setattr("core.clock.today", lambda: later)
    for address in (url(ground), url(ground, "findings/F-1/")):
        assert "Overdue by 3 days" in page(client, address)
    assert "Corroborate it: convene a panel." in page(client, url(ground, "findings/F-1/"))


def test_lists_and_pages_keep_their_budget(ground: Ground, sign_in: SignIn, django_assert_max_num_queries: Any) -> None:
    ground.corroborated()
    client = sign_in(ground.analyst)
    for rest, budget in (("", 14), ("findings/F-1/", 22), ("matrix/", 21), ("panels/1/", 16)):
        page(client, url(ground, rest))
        with django_assert_max_num_queries(budget):
            page(client, url(ground, rest))


@pytest.mark.duty("ATT-7")
def test_the_whole_way_in_a_browser(ground: Ground, sign_in: SignIn) -> None:
    ground.ready()
    client = sign_in(ground.analyst)
    day = (clock.today() + timedelta(days=5)).isoformat()
    assert client.post(url(ground, "findings/F-1/panel/"), {"deadline": day, "quorum": "3"}).status_code == 303
    for house, discipline in (
        ("meridian", "digital_forensics"),
        ("tessera", "international_law_state_responsibility"),
        ("amal", "human_rights"),
    ):
        organisation = getattr(ground.people, house).organisation
        sent = {"organisation": organisation.pk, "discipline": discipline, "about": "Did the GRU do it?"}
        assert client.post(url(ground, "panels/1/invite/"), sent).status_code == 303
    assert "Still without a member" in page(client, url(ground, "panels/1/"))

    for number, member in enumerate(ground.members, start=1):
        client = sign_in(member)
        assert "Invitation to a panel" in page(client, url(ground))
        assert page(client, f"/incidents/{ground.reference}/").count(url(ground)) >= 1  # the way there
        assert "Did the GRU do it?" in page(client, url(ground, f"seats/{number}/"))
        page(client, url(ground, "findings/F-1/"), 403)
        page(client, f"/incidents/{ground.reference}/evidence/E-1/", 403)
        assert (
            client.post(url(ground, f"seats/{number}/"), {"conflict": "no", "nationalities": "NZ"}).status_code == 303
        )
        page(client, f"/incidents/{ground.reference}/evidence/E-1/")
        page(client, url(ground, "findings/F-1/"))
    for member in ground.members:
        client = sign_in(member)
        assert client.post(url(ground, "panels/1/opinion/"), OPINION).status_code == 303
        assert OPINION["reasons"] in page(client, url(ground, "panels/1/opinion/"))  # one's own can be read again
    assert client.post(url(ground, "panels/1/reveal/")).status_code == 303
    assert page(client, url(ground, "panels/1/")).count(OPINION["reasons"]) == 3
    assert "Put my name to this finding" in page(client, url(ground, "findings/F-1/"))
    assert client.post(url(ground, "findings/F-1/corroborate/")).status_code == 303
    assert "Corroborated" in page(client, url(ground, "findings/F-1/"))
    assert ground.finding().tier == "T2"


@pytest.mark.duty("ATT-7")
def test_a_declared_conflict_steps_out_and_closes_the_room(ground: Ground, sign_in: SignIn) -> None:
    ground.ready()
    ground.convened()
    client = sign_in(ground.members[0])
    wrong = client.post(url(ground, "seats/1/"), {"conflict": "yes", "text": ""})
    assert wrong.status_code == 422 and "Say what the conflict is." in wrong.content.decode()
    assert client.post(url(ground, "seats/1/"), {"conflict": "yes", "text": "I advised them."}).status_code == 303
    page(client, url(ground, "findings/F-1/"), 403)
    with as_(ground.analyst):
        assert Seat.objects.get(number=1).conflict == "declared"


@pytest.mark.duty("ATT-7")
def test_no_page_gives_a_sealed_opinion_away(ground: Ground, sign_in: SignIn) -> None:
    """Two cases alike but for what one member sealed give every reader the same pages."""
    ground.ready()
    ground.seated()
    member, *others = ground.members
    addresses = [
        url(ground),
        url(ground, "findings/F-1/"),
        url(ground, "panels/1/"),
        url(ground, "matrix/"),
        f"/incidents/{ground.reference}/activity/",
        f"/incidents/{ground.reference}/sharing/",
    ]
    told: list[list[str]] = []
    sealed: tuple[dict[str, Any], ...] = (
        {"position": "dissent", "dissent": "XYZZY", "confidence": "low"},
        {"position": "concur"},
    )
    for facts in sealed:
        ground.opines(member, **facts)
        told.append([])
        for reader in (*others, ground.analyst):
            client = sign_in(reader)
            for address in addresses:
                answer = client.get(address)
                body = answer.content.decode()
                assert "XYZZY" not in body
                told[-1].append(scrubbed(body))
        for reader in (*others, ground.analyst):
            assert sign_in(reader).get(url(ground, "panels/1/opinion/")).content.decode().count("XYZZY") == 0
    # All pages but the activity (one entry more for the second sealing) are the same to the letter.
    for one, other, address in zip(*told, addresses * 3, strict=True):
        if not address.endswith("activity/"):
            assert one == other, address


def scrubbed(body: str) -> str:
    """A page without what differs at every request: tokens, keys, times, and the hash that tells nothing."""
    body = re.sub(r'(csrfmiddlewaretoken|csrf-token|once)"[^>]*', "", body)
    return re.sub(r"[0-9a-f]{64}|[0-9a-f]{8}…[0-9a-f]{8}|\d\d:\d\d(:\d\d)?", "", body)


def test_another_tenant_gets_404_a_summary_reader_403_at_every_page(ground: Ground, sign_in: SignIn) -> None:
    ground.ready()
    ground.seated()
    shared(ground.analyst, ground.incident, ground.people.brigid.organisation, Grade.SUMMARY)
    reads = [
        "",
        "matrix/",
        "findings/F-1/",
        "panels/1/",
        "panels/1/opinion/",
        "hypotheses/new/",
        "findings/new/",
        "findings/F-1/change/",
        "findings/F-1/extend/",
        "findings/F-1/contest/",
        "findings/F-1/withdraw/",
        "findings/F-1/replace/",
        "findings/F-1/panel/",
        "panels/1/invite/",
        "panels/1/objections/1/",
        "hypotheses/H1/reject/",
    ]
    posts = [
        "hypotheses/H1/reconsider/",
        "findings/F-1/corroborate/",
        "panels/1/reveal/",
        "panels/1/close/",
        "panels/1/seats/1/release/",
    ]
    for actor, status in ((ground.people.orrin.analyst, 404), (ground.people.brigid.analyst, 403)):
        client = sign_in(actor)
        for rest in reads:
            assert client.get(url(ground, rest)).status_code == status, rest
        for rest in posts:
            assert client.post(url(ground, rest)).status_code == status, rest
        assert client.get(url(ground, "seats/1/")).status_code == 404


def test_what_is_not_there_is_404(ground: Ground, sign_in: SignIn) -> None:
    ground.ready()
    client = sign_in(ground.analyst)
    for rest in (
        "findings/F-9/",
        "panels/9/",
        "seats/9/",
        "findings/F-1/contests/9/resolve/",
        "hypotheses/H99/reject/",
        "hypotheses/x/reject/",
        "hypotheses/H1%27/reject/",
    ):
        assert client.get(url(ground, rest)).status_code == 404, rest


def test_markup_is_shown_as_typed(ground: Ground, sign_in: SignIn) -> None:
    ground.evidence()
    ground.hypotheses()
    ground.rated()
    ground.proposed(statement="<script>alert(1)</script>", reasons="<b>bold</b>", false_flag_check="<img src=x>")
    body = page(sign_in(ground.analyst), url(ground, "findings/F-1/"))
    assert "<script>alert" not in body and "<b>bold" not in body and "<img src=x" not in body
    assert "&lt;script&gt;alert(1)" in body


def test_a_rule_that_says_no_is_a_409_page_with_its_reasons(ground: Ground, sign_in: SignIn) -> None:
    ground.ready()
    ground.sealed()
    client = sign_in(ground.members[0])
    answer = client.post(url(ground, "findings/F-1/corroborate/"))
    assert answer.status_code == 409
    assert "The opinions are still sealed." in answer.content.decode()
    with as_(ground.members[0]):
        assert Opinion.objects.count() == 1 and Hypothesis.objects.count() == 5 and Finding.objects.count() == 1


@pytest.mark.duty("ATT-8")
def test_a_contest_is_opened_and_resolved_on_pages(ground: Ground, sign_in: SignIn) -> None:
    ground.ready()
    client = sign_in(ground.analyst)
    assert (
        client.post(url(ground, "findings/F-1/contest/"), {"kind": "denial", "text": "Denied at once."}).status_code
        == 303
    )
    body = page(client, url(ground, "findings/F-1/"))
    assert "Contested" in body and "Denied at once." in body and "Resolve with reasons" not in body
    client = sign_in(ground.grader)
    found = re.search(r"contests/(\d+)/resolve/", page(client, url(ground, "findings/F-1/")))
    assert found is not None
    assert (
        client.post(
            url(ground, f"findings/F-1/contests/{found[1]}/resolve/"), {"reasons": "No facts given."}
        ).status_code
        == 303
    )
    assert "No facts given." in page(client, url(ground, "findings/F-1/"))


def test_changes_extension_replacement_and_withdrawal_on_pages(ground: Ground, sign_in: SignIn) -> None:
    ground.ready()
    ground.proposed(statement="A narrower finding.")
    client = sign_in(ground.analyst)
    form = {
        **{k: FINDING[k] for k in ("likelihood", "confidence", "reasons", "false_flag_check")},
        "factor_consultations": "Asked on 1 March.",
    }
    assert client.post(url(ground, "findings/F-1/change/"), form).status_code == 303
    assert ground.finding().norm_13b == {"consultations": "Asked on 1 March."}
    unexplained = client.post(url(ground, "findings/F-1/change/"), {**form, "confidence": "high"})
    assert unexplained.status_code == 422
    day = (clock.today() + timedelta(days=20)).isoformat()
    assert (
        client.post(url(ground, "findings/F-1/extend/"), {"review_on": day, "reasons": "A lab report"}).status_code
        == 303
    )
    assert "A lab report" in page(client, url(ground, "findings/F-1/"))
    assert client.post(url(ground, "findings/F-1/replace/"), {"by": "F-2", "reason": "Narrower"}).status_code == 303
    assert client.post(url(ground, "findings/F-2/withdraw/"), {"reason": "Wrong premise"}).status_code == 303
    assert "Superseded" in page(client, url(ground, "findings/F-1/"))
    assert "Wrong premise" in page(client, url(ground, "findings/F-2/"))

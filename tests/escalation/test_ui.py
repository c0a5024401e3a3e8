"""Pages of escalation: the ladder says why not, a refusal says by which article, and nothing typed is lost."""

from collections.abc import Callable
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.utils.html import strip_tags

from escalation import services
from escalation.rules import measures
from escalation.selectors import ladder
from escalation.ui.forms import ProposalForm
from organisations.actors import Actor
from organisations.roles import Grade

from .conftest import SOUND, Case, sound
from .test_services import rests_on

pytestmark = [pytest.mark.django_db, pytest.mark.duty("ESC-1"), pytest.mark.duty("ESC-3")]

SignIn = Callable[[Actor], Client]


def at(case: Case, path: str = "") -> str:
    """An address of escalation under the case."""
    return f"/incidents/{case.reference}/escalation/{path}"


def words(response: Any) -> str:
    """What a page says, in one line."""
    return " ".join(unescape(strip_tags(response.content.decode().replace("<", " <"))).split())


class Reader(HTMLParser):
    """The tags of a page with their attributes, and the text that follows each."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.texts.append("")

    def handle_data(self, data: str) -> None:
        if self.texts:
            self.texts[-1] += data


def tags(response: Any, tag: str, **wanted: str) -> list[dict[str, str | None]]:
    """Every such tag of a page whose attributes are these."""
    reader = Reader()
    reader.feed(response.content.decode())
    return [attrs for name, attrs in reader.tags if name == tag and wanted.items() <= attrs.items()]


def current_step(response: Any) -> str:
    """What the ladder marks as the level reached."""
    reader = Reader()
    reader.feed(response.content.decode())
    place = next(place for place, (_tag, attrs) in enumerate(reader.tags) if attrs.get("aria-current") == "step")
    return reader.texts[place + 1]


def typed(**changes: Any) -> dict[str, Any]:
    """SOUND as a browser sends it: yes and no in words, each prohibition answered for itself."""
    answers = {
        name: {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
        for name, value in SOUND.items()
    }
    prohibited = {f"touches_X{number:02}": "no" for number in range(1, 11)}
    return {**answers, **prohibited, "once": "k", **changes}


# --- the ladder -------------------------------------------------------------------------------------------------------


def test_the_ladder_shows_every_measure_and_why_not(case: Case, sign_in: SignIn) -> None:
    page = sign_in(case.coordinator).get(at(case))
    assert page.status_code == 200
    text = words(page)
    for measure in measures(ladder().content).values():
        assert measure["code"] in text
    assert "The measure needs a finding at T3 or above; it is at T0. Rule R2.13" in text
    assert "No State is found responsible. ILC Articles on State Responsibility, article 49(1)" in text
    links = {str(link["href"]).partition("code=")[2] for link in tags(page, "a") if "?code=" in str(link.get("href"))}
    assert links == {"R01", "R02", "R03", "R04", "R05", "R06", "R07", "R10", "R90", "R91"}
    assert len(tags(page, "h1")) == 1
    assert current_step(page) == "1. Routine Now"


def test_who_may_not_propose_gets_no_links_but_the_same_words(case: Case, sign_in: SignIn) -> None:
    page = sign_in(case.people.vela.analyst).get(at(case))
    assert b"?code=" not in page.content
    assert "A response coordinator" in words(page)


def test_the_level_reached_is_shown(case: Case, sign_in: SignIn) -> None:
    measure = case.propose("R05")
    case.act(services.start_measure, measure, case.coordinator)
    assert current_step(sign_in(case.coordinator).get(at(case))) == "3. Consultation Now"


# --- proposing --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "asked", "not_asked"),
    [
        ("R01", {"aimed_at", "interrupts"}, {"target_state", "necessity", "touches", "touches_X01", "notified_on"}),
        ("R09", {"target_state", "touches"}, {"necessity", "notified_on", "touches_X01"}),
        ("R17", {"necessity", "expires_on", "touches_X01"}, {"notified_on", "reversal_plan", "touches"}),
        (
            "R21",
            {"notified_on", "negotiation_offered_on", "reversal_plan", "urgency_reason", "touches_X10"},
            {"touches"},
        ),
        ("R22", {"consultation_only", "target_state"}, {"necessity"}),
    ],
)
def test_a_measure_is_asked_what_its_class_needs_and_no_more(
    case: Case, code: str, asked: set[str], not_asked: set[str]
) -> None:
    form = ProposalForm(measure=measures(ladder().content)[code], ladder=ladder().content)
    assert asked <= set(form.fields)
    assert not not_asked & set(form.fields)
    assert len(form.field_groups()) >= 2


def test_a_proposal_in_the_browser(case: Case, sign_in: SignIn) -> None:
    case.found("T3")
    client = sign_in(case.coordinator)
    assert client.get(at(case, "new/?code=R21")).status_code == 200
    answer = client.post(at(case, "new/?code=R21"), typed())
    assert (answer.status_code, answer["Location"]) == (303, at(case, "measures/M-1/"))
    page = client.get(answer["Location"])
    text = words(page)
    assert "Another person decides on it" in text
    assert "You proposed this measure, so somebody else has to decide on it." in text
    assert "North Korea" in text
    assert "Three weeks without customs data" in text
    assert "Stopped, no override" not in text


def test_what_one_person_may_decide_is_approved_at_once(case: Case, sign_in: SignIn) -> None:
    client = sign_in(case.coordinator)
    assert "approved as soon as it is proposed" in words(client.get(at(case, "new/?code=R02")))
    answer = client.post(at(case, "new/?code=R02"), {"title": "Cut the tunnel"}, follow=True)
    assert "The measure is approved." in words(answer)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"notified_on": ""}, "article 52(1)(b)"),
        ({"reversal_plan": ""}, "article 49(3)"),
        ({"aimed_at": ["health"]}, "UN norm 13(f)"),
        ({"touches_X03": "yes"}, "UN Charter art 2(4)"),
        ({"touches_X05": ""}, "article 50"),
    ],
)
def test_a_refusal_names_the_article_and_loses_nothing(
    case: Case, sign_in: SignIn, changes: dict[str, Any], said: str
) -> None:
    """AT-05, AT-06."""
    case.found("T3")
    page = sign_in(case.coordinator).post(at(case, "new/?code=R21"), typed(**changes))
    assert page.status_code == 409
    text = words(page)
    assert "The guardrails refuse this measure" in text
    assert "guardrails_refused" in text
    assert said in text
    assert SOUND["necessity"] in text
    assert tags(page, "input", name="title", value=SOUND["title"])
    assert "KP" in [option["value"] for option in tags(page, "option") if "selected" in option]
    assert any(str(link.get("href")).endswith("?code=R09") for link in tags(page, "a"))
    assert [measure.status for measure in case.measures()] == ["refused"]
    assert case.verbs() == ["measure.refused"]


def test_page_and_api_give_the_same_answer(case: Case, sign_in: SignIn) -> None:
    case.found("T1", country="", leg="operator", article=None)
    client = sign_in(case.coordinator)
    page = client.post(at(case, "new/?code=R16"), typed())
    api = client.post(f"/api/v1{at(case, 'measures/')}", {"code": "R16", **sound()}, content_type="application/json")
    assert page.status_code == api.status_code == 409
    assert api.json()["code"] in words(page)
    first, second = case.measures()
    assert first.report == second.report


def test_a_mistake_stands_beside_its_field(case: Case, sign_in: SignIn) -> None:
    page = sign_in(case.coordinator).post(at(case, "new/?code=R21"), typed(title="", notified_on="2999-01-01"))
    assert page.status_code == 422
    assert "There is a problem" in words(page)
    assert SOUND["necessity"] in words(page)
    page = sign_in(case.coordinator).post(at(case, "new/?code=R21"), typed(notified_on="2999-01-01"))
    assert page.status_code == 422
    assert tags(page, "input", name="notified_on")[0].get("aria-invalid") == "true"
    assert case.measures() == []


def test_what_nobody_answered_is_shown_as_not_answered(case: Case, sign_in: SignIn) -> None:
    case.propose("R21", **sound(clear_of=["X01"], touches=["X02"]))
    text = words(sign_in(case.coordinator).get(at(case, "measures/M-1/")))
    assert "X01 Indiscriminate retaliation No" in text
    assert "humanitarian) Yes, it touches this" in text
    assert "X03 Threat or use of force as countermeasure (ARSIWA 50(1)(a)) Not answered" in text
    assert "Has the responsible State complied? Not answered" in text


def test_a_double_click_proposes_once(case: Case, sign_in: SignIn) -> None:
    client = sign_in(case.coordinator)
    for _time in range(2):
        assert client.post(at(case, "new/?code=R07"), {"title": "A statement", "once": "twice"}).status_code == 303
    assert len(case.measures()) == 1


def test_markup_is_text(case: Case, sign_in: SignIn) -> None:
    client = sign_in(case.coordinator)
    page = client.post(at(case, "new/?code=R07"), {"title": "<script>alert(1)</script>"}, follow=True)
    assert b"<script>alert" not in page.content
    assert "<script>alert(1)</script>" in words(page)


def test_a_measure_the_ladder_does_not_have_is_not_found(case: Case, sign_in: SignIn) -> None:
    client = sign_in(case.coordinator)
    assert client.get(at(case, "new/?code=R99")).status_code == 404
    assert client.get(at(case, "new/")).status_code == 302


# --- deciding ---------------------------------------------------------------------------------------------------------


def test_approving_putting_in_force_and_ending_in_the_browser(case: Case, sign_in: SignIn) -> None:
    measure = case.propose("R07")
    url = at(case, f"measures/{measure.label}/")
    client = sign_in(case.people.vela.another("coordinator"))
    for act, more in (("approve", {}), ("start", {}), ("end", {"reason": "It has done its work."})):
        assert client.get(f"{url}{act}/").status_code == 200
        answer = client.post(f"{url}{act}/", more)
        assert (answer.status_code, answer["Location"]) == (303, url)
    assert "It has done its work." in words(client.get(url))
    assert case.verbs() == ["measure.proposed", "measure.approved", "measure.started", "measure.ended"]


@pytest.mark.parametrize("act", ["decline", "withdraw"])
def test_turning_down_needs_a_reason(case: Case, sign_in: SignIn, act: str) -> None:
    measure = case.propose("R07")
    url = at(case, f"measures/{measure.label}/{act}/")
    client = sign_in(case.people.vela.another("coordinator"))
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "A call would do."}).status_code == 303


def test_approving_what_the_guardrails_now_refuse_shows_every_check(case: Case, sign_in: SignIn) -> None:
    finding = case.found("T3")
    measure = case.propose("R21", **sound())
    case.falls(finding, "T1")
    page = sign_in(case.people.vela.another("coordinator")).post(at(case, f"measures/{measure.label}/approve/"))
    assert page.status_code == 409
    assert "The measure needs a finding at T3 or above; it is at T1." in words(page)
    assert case.measures()[0].status == "proposed"


def test_the_proposer_gets_the_rule_in_words(case: Case, sign_in: SignIn) -> None:
    measure = case.propose("R07")
    page = sign_in(case.coordinator).post(at(case, f"measures/{measure.label}/approve/"))
    assert page.status_code == 409
    assert "four_eyes_required" in words(page)


# --- who may, and who may not even know -------------------------------------------------------------------------------

ADDRESSES = [
    "",
    "new/?code=R07",
    "measures/M-1/",
    *(f"measures/M-1/{act}/" for act in ("approve", "decline", "start", "withdraw", "end")),
]


@pytest.mark.duty("SHR-1")
@pytest.mark.parametrize("address", ADDRESSES)
def test_another_tenant_finds_nothing_here(case: Case, sign_in: SignIn, address: str) -> None:
    case.propose("R07")
    client = sign_in(case.people.orrin.coordinator)
    assert client.get(at(case, address)).status_code == 404
    if address:
        assert client.post(at(case, address), {"reason": "No."}).status_code in {404, 405}


@pytest.mark.parametrize(
    ("address", "answer"), [(each, 200 if each in {"", "measures/M-1/"} else 403) for each in ADDRESSES]
)
def test_an_analyst_reads_and_does_not_act(case: Case, sign_in: SignIn, address: str, answer: int) -> None:
    case.propose("R07")
    assert sign_in(case.people.vela.analyst).get(at(case, address)).status_code == answer


def test_a_mediator_sees_the_measures_of_a_case_opened_to_them(case: Case, sign_in: SignIn) -> None:
    case.propose("R07")
    case.share(case.people.palaver.organisation, Grade.EVIDENCE)
    client = sign_in(case.people.palaver.person("mediator"))
    assert "M-1" in words(client.get(at(case)))
    assert client.get(at(case, "measures/M-1/")).status_code == 200
    assert client.get(at(case, "new/?code=R01")).status_code == 403


def test_pages_cost_the_same_whatever_the_number_of_measures(
    case: Case, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    for _time in range(30):
        case.propose("R01")
    client = sign_in(case.coordinator)
    with django_assert_max_num_queries(14):
        assert "M-30" in words(client.get(at(case)))
    assert "M-5" in words(client.get(at(case, "?page=2")))
    with django_assert_max_num_queries(12):
        client.get(at(case, "measures/M-1/"))


@pytest.mark.duty("SHR-4")
def test_the_page_says_what_may_be_done_and_what_forbids_it(case: Case, sign_in: SignIn) -> None:
    finding = case.found("T3")
    item = rests_on(case, finding, "PAP:RED")
    client = sign_in(case.coordinator)
    shown = words(client.get(at(case)))
    assert f"above PAP:GREEN: {item.label}." in shown
    answer = client.post(at(case, "new/?code=R11"), {"title": "Seize the servers"})
    assert answer.status_code == 409
    assert f"above PAP:GREEN: {item.label}." in words(answer)
    assert "Permissible Actions Protocol" in words(answer)
    told = client.post(
        f"/api/v1/incidents/{case.reference}/escalation/measures/",
        {"code": "R11", "title": "Seize"},
        "application/json",
    )
    assert told.status_code == 409
    number = told.json()["details"]["measure"]
    assert client.get(f"/api/v1/incidents/{case.reference}/escalation/measures/{number}/").json()["pap"] == "PAP:RED"
    assert "PAP:RED" in words(client.get(at(case, f"measures/{number}/")))

"""The board of hypotheses in the browser and over the API: rating without a script, each view, and nothing sealed in any."""

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from attribution import services
from attribution.models import Hypothesis, Rating, StandingChange
from organisations.actors import Actor

from .ground import Ground, as_
from .test_ui_attribution import page, url

pytestmark = [pytest.mark.django_db, pytest.mark.duty("ATT-5"), pytest.mark.duty("ATT-8")]
SignIn = Callable[[Actor], Client]
VIEWS = ("own", "group", "compare", "sensitivity")


def api(ground: Ground, rest: str) -> str:
    return f"/api/v1/incidents/{ground.reference}/attribution/{rest}"


def rated_by(ground: Ground, actor: Actor, cells: dict[str, dict[str, str]]) -> None:
    with as_(actor):
        services.rate_evidence(actor=actor, reference=ground.reference, ratings=cells)


def row_of(body: str, item: str) -> str:
    """The text of one row."""
    found = re.search(rf'<tr[^>]*><th scope="row" id="e-{item}">.*?</tr>', body, re.S)
    assert found, item
    return found[0]


def test_one_cell_is_saved_and_answered_with_what_it_changes(ground: Ground, sign_in: SignIn) -> None:
    ground.ready()
    client = sign_in(ground.analyst)
    body = page(client, url(ground, "matrix/?leg=operator"))
    assert body.count('data-hx-post="" data-hx-target="#s-E-1"') == 5
    answer = client.post(url(ground, "matrix/?leg=operator"), {"E-1.H2": "II"}, headers={"HX-Request": "true"})
    told = answer.content.decode()
    assert answer.status_code == 200 and "<html" not in told and "<select" not in told
    assert 'id="s-E-1"' in told and 'id="t-H2"' in told and "data-hx-swap-oob" in told
    with as_(ground.analyst):
        assert Rating.objects.get(item=ground.items[0], hypothesis__number=2).value == "II"
    assert client.post(url(ground, "matrix/"), {"E-1.H2": "maybe"}, headers={"HX-Request": "true"}).status_code == 422


def test_the_whole_form_works_without_a_script_and_every_cell_has_a_name(ground: Ground, sign_in: SignIn) -> None:
    ground.ready()
    body = page(sign_in(ground.analyst), url(ground, "matrix/"))
    cells = re.findall(r"<select [^>]*>", body)
    named = [cell for cell in cells if 'form="ratings"' in cell]
    assert len(named) == 15
    for cell in named:
        for key in re.search(r'aria-labelledby="([^"]+)"', cell)[1].split():  # type: ignore[index]
            assert f'id="{key}"' in body
    assert re.search(r'<button class="primary" form="ratings">', body)


def test_a_row_that_fits_everything_is_marked_useless_and_comes_last(ground: Ground, sign_in: SignIn) -> None:
    ground.ready()
    rated_by(ground, ground.analyst, {"E-1": dict.fromkeys(("H1", "H2", "H3", "H4", "H5"), "C")})
    body = page(sign_in(ground.analyst), url(ground, "matrix/?view=group"))
    order = re.findall(r'id="e-(E-\d)"', body)
    assert order == ["E-2", "E-3", "E-1"]
    assert "No: the same everywhere" in row_of(body, "E-1") and 'class="useless"' in row_of(body, "E-1")
    assert re.findall(r'id="e-(E-\d)"', page(sign_in(ground.analyst), url(ground, "matrix/?sort=number"))) == [
        "E-1",
        "E-2",
        "E-3",
    ]


def test_disagreement_is_said_in_words_and_never_called_probability(ground: Ground, sign_in: SignIn) -> None:
    ground.ready()
    rated_by(ground, ground.grader, {"E-1": {"H1": "II", "H2": "I"}})
    client = sign_in(ground.analyst)
    group = page(client, url(ground, "matrix/?view=group"))
    first = row_of(group, "E-1")
    assert "CC·II" in first and "split" in first and "apart-4" in first
    assert "apart-" not in row_of(group, "E-2")  # one person alone agrees with nobody
    rated_by(ground, ground.grader, {"E-2": {"H1": "CC"}})
    assert "apart-0" in row_of(page(client, url(ground, "matrix/?view=group")), "E-2")
    assert "Inconsistency (weighted)" in group
    assert "not probabilities" in group and "robability" not in group.replace("not probabilities", "")
    compared = page(client, url(ground, f"matrix/?view=compare&with={ground.grader.user.pk}"))
    assert "CC · II" in row_of(compared, "E-1") and "split" in row_of(compared, "E-1")
    assert str(ground.grader.user) in compared
    told = client.get(api(ground, "board/?leg=operator")).json()
    assert told["assessors"] == [{"id": ground.grader.user.pk, "name": str(ground.grader.user)}]
    rows = client.get(api(ground, f"ratings/?leg=operator&with={ground.grader.user.pk}")).json()
    assert {row["item"]: row["cells"][0]["other"] for row in rows}["E-1"] == "II"
    own = page(client, url(ground, "matrix/?view=own"))
    assert "split" not in row_of(own, "E-1")


def test_one_item_at_a_time_with_a_choice_for_each_hypothesis(ground: Ground, sign_in: SignIn) -> None:
    ground.ready()
    client = sign_in(ground.grader)
    body = page(client, url(ground, "matrix/items/E-2/?leg=operator"))
    assert body.count('type="radio"') == 5 * 7 and body.count("<fieldset") == 5
    answer = client.post(url(ground, "matrix/items/E-2/?leg=operator"), {"E-2.H1": "C", "E-2.H2": ""})
    assert (answer.status_code, answer["Location"]) == (303, url(ground, "matrix/items/E-3/?leg=operator"))
    with as_(ground.grader):
        assert [row.value for row in Rating.objects.filter(assessor=ground.grader.user)] == ["C"]
    assert client.get(url(ground, "matrix/items/E-99/")).status_code == 404
    assert client.post(url(ground, "matrix/items/E-2/"), {"E-2.H1": "perhaps"}).status_code == 422


def test_trying_out_saves_nothing_and_says_what_would_change(ground: Ground, sign_in: SignIn) -> None:
    ground.ready()
    client = sign_in(ground.analyst)
    with as_(ground.analyst):
        before = (Rating.objects.count(), StandingChange.objects.count())
    body = page(client, url(ground, "matrix/what-if/?leg=operator"))
    assert body.count('name="without"') == 3
    sent = {"without": ["E-1", "E-2"], "E-3.H1": "II", "E-3.H2": "C"}
    answer = client.post(url(ground, "matrix/what-if/?leg=operator"), sent)
    told = answer.content.decode()
    assert answer.status_code == 200
    assert "Another hypothesis would have least against it." in told and "F-1" in told
    with as_(ground.analyst):
        assert (Rating.objects.count(), StandingChange.objects.count()) == before
    tried = client.post(
        api(ground, "board/what-if/?leg=operator"),
        {"without": ["E-1"], "ratings": {"E-3": {"H1": "II"}}},
        "application/json",
    ).json()
    assert tried["changes"] and tried["then"]["inconsistency"]["H1"] == 2 and tried["now"]["inconsistency"]["H1"] == 0
    assert tried["findings"][0]["number"] == "F-1" and tried["findings"][0]["contested"]
    same = client.post(api(ground, "board/what-if/?leg=operator"), {}, "application/json").json()
    assert not same["changes"] and same["now"] == same["then"]


def test_sensitivity_names_what_the_lead_hangs_on(ground: Ground, sign_in: SignIn) -> None:
    ground.evidence()
    ground.hypotheses()
    rated_by(
        ground,
        ground.analyst,
        {"E-1": {"H1": "CC", "H2": "II", "H3": "I", "H4": "I"}, "E-2": {"H1": "I", "H3": "I", "H4": "I"}},
    )
    client = sign_in(ground.analyst)
    body = page(client, url(ground, "matrix/?view=sensitivity"))
    assert "Fragile." in body and "Item E-1: without it another hypothesis has least against it." in body
    told = client.get(api(ground, "board/?leg=operator")).json()
    assert told["least"] == ["H1"]
    assert {"item", "origin", "class"} == {row["kind"] for row in told["without"] if row["changes"]}


def test_the_table_is_exported_with_whose_view_it_is_and_no_formula(ground: Ground, sign_in: SignIn) -> None:
    ground.ready()
    with as_(ground.analyst):
        services.add_hypothesis(
            actor=ground.analyst, reference=ground.reference, facts={"kind": "non_state", "actor": "=HYPERLINK(1)"}
        )
    answer = sign_in(ground.analyst).get(url(ground, "matrix.csv?leg=operator&view=own"))
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert answer["Content-Type"] == "text/csv; charset=utf-8" and "attachment" in answer["Content-Disposition"]
    assert [ground.reference] == lines[0][1:2] and str(ground.analyst.user) in lines[4]
    assert {row[0]: row[4] for row in lines if row and row[0].startswith("E-")} == {
        "E-1": "CC",
        "E-2": "CC",
        "E-3": "CC",
    }
    assert not [cell for row in lines for cell in row if cell.startswith("=")]


# ── sealed until the round opens ─────────────────────────────────────────────────────────────────────────────────────


def everything_shown(client: Client, ground: Ground, other: Actor) -> str:
    """What a reader gets from every view of the board, every export and every answer of the API."""
    pages = [url(ground, f"matrix/?view={view}&with={other.user.pk}") for view in VIEWS]
    pages += [url(ground, f"matrix.csv?view={view}&with={other.user.pk}") for view in VIEWS]
    pages += [
        url(ground, "matrix/what-if/"),
        url(ground, "matrix/items/E-1/"),
        url(ground),
        url(ground, "findings/F-1/"),
    ]
    pages += [url(ground, "findings/F-1/replay/")]
    pages += [
        api(ground, rest)
        for rest in (
            "ratings/",
            f"ratings/?with={other.user.pk}",
            "board/",
            "findings/F-1/",
            "findings/F-1/report/",
            "legs/",
        )
    ]
    bodies = [client.get(address).content.decode() for address in pages]
    bodies.append(client.post(url(ground, "matrix/what-if/"), {"without": ["E-2"]}).content.decode())
    bodies.append(client.post(api(ground, "board/what-if/"), {"without": ["E-2"]}, "application/json").content.decode())
    told = "\n".join(bodies)
    for changing in (r'name="once" value="[^"]*"', r'name="csrfmiddlewaretoken" value="[^"]*"', r'content="[^"]*"',
                     r"\d{4}-\d\d-\d\dT[\d:.+Z]*", r'datetime="[^"]*"', r"<time.*?</time>", r"Nothing was changed\."):  # fmt: skip
        told = re.sub(changing, "", told, flags=re.S)
    return told


@pytest.mark.duty("ATT-7")
def test_no_view_lets_anybody_learn_a_sealed_rating_before_the_round_opens(ground: Ground, sign_in: SignIn) -> None:
    """Every page, table and answer is byte for byte what it was before a sitting member rated, for all but that member."""
    ground.ready()
    ground.seated()
    member, colleague = ground.members[0], ground.members[1]
    readers = {"analyst": ground.analyst, "member": colleague}
    before = {name: everything_shown(sign_in(reader), ground, member) for name, reader in readers.items()}
    rated_by(ground, member, {"E-1": {"H1": "II", "H2": "CC"}})
    for name, reader in readers.items():
        after = everything_shown(sign_in(reader), ground, member)
        assert after == before[name], name
        assert str(member.user) not in page(sign_in(reader), url(ground, "matrix/?view=compare"))
    own = page(sign_in(member), url(ground, "matrix/?view=own"))
    assert '<option value="II" selected>' in row_of(own, "E-1")
    for one in ground.members:
        ground.opines(one)
    with as_(ground.analyst):
        services.reveal_panel(actor=ground.analyst, reference=ground.reference, panel=1)
    group = page(sign_in(ground.analyst), url(ground, "matrix/?view=group"))
    assert "CC·II" in row_of(group, "E-1")
    assert str(member.user) in page(sign_in(ground.analyst), url(ground, "matrix/?view=compare"))


def test_a_leg_shows_its_own_hypotheses_only(ground: Ground, sign_in: SignIn) -> None:
    ground.ready()
    with as_(ground.analyst):
        services.add_hypothesis(
            actor=ground.analyst,
            reference=ground.reference,
            facts={"leg": "event", "kind": "attack", "actor": "Sabotage"},
        )
        labels = [row.label for row in Hypothesis.objects.filter(incident=ground.incident, leg="event")]
    client = sign_in(ground.analyst)
    body = page(client, url(ground, "matrix/?leg=event"))
    assert re.findall(r'id="h-(H\d+)"', body) == labels
    assert {cell["hypothesis"] for cell in client.get(api(ground, "ratings/?leg=event")).json()[0]["cells"]} == set(
        labels
    )
    assert client.get(api(ground, "board/?leg=arm")).status_code == 400
    side_by_side = page(client, url(ground))
    for words in ("What happened", "Activity cluster", "Operator", "Sponsor", "State responsibility", "Political"):
        assert words in side_by_side
    assert [row["leg"] for row in client.get(api(ground, "legs/")).json()] == [
        "event", "technical", "operator", "sponsor", "legal", "political",
    ]  # fmt: skip


@pytest.mark.duty("ATT-6")
def test_the_finding_shows_what_is_left_and_what_one_item_would_change(ground: Ground, sign_in: SignIn) -> None:
    ground.ready()
    client = sign_in(ground.analyst)
    body = page(client, url(ground, "findings/F-1/"))
    assert '<svg xmlns="http://www.w3.org/2000/svg"' in body and "What is left without any one source or class" in body
    assert "Without the origin A bank" in body.replace("&#x27;", "'")
    assert "Which single new item would change it" in body
    told: dict[str, Any] = client.get(api(ground, "findings/F-1/")).json()["explanation"]
    assert {row["kind"] for row in told["without"]} == {"origin", "class"}
    assert all({"speaks", "origin", "classes", "tier", "contested"} == set(row) for row in told["effects"])
    days = client.get(api(ground, "findings/F-1/replay/")).json()
    assert days[-1]["items"] and days[-1]["tier"] == "T1"
    assert "As it was recorded here" in page(client, url(ground, "findings/F-1/replay/"))

"""Attribution, in the order in which each case grew: hypotheses, ratings, findings, what was overturned, and panels."""

from collections.abc import Mapping
from typing import Any

from attribution import services
from attribution.models import Hypothesis
from organisations.actors import Actor

from .. import cases
from ..stage import Stage, house
from ..story import Names
from .evidence import label_of

Row = Mapping[str, Any]


def add_hypotheses(stage: Stage, given: Row) -> None:
    """The explanations somebody proposes; the alternatives come with them."""

    def act(actor: Actor) -> Names:
        names: Names = {}
        for row in given["rows"]:
            facts = {name: value for name, value in row.items() if name != "key"}
            names[row["key"]] = services.add_hypothesis(actor=actor, reference=stage.reference, facts=facts).label
        alternatives = Hypothesis.objects.filter(incident__reference=stage.reference, is_alternative=True)
        return names | {row.kind: row.label for row in alternatives}

    stage.tell("hypotheses", given["by"], act)


def rate(stage: Stage, given: Row) -> None:
    """One assessor's view of what each item means for each hypothesis."""

    def act(actor: Actor) -> None:
        labels = stage.named("hypotheses")
        ratings = {
            label_of(stage, item): {labels[key]: code for key, code in cells.items()}
            for item, cells in given["cells"].items()
        }
        services.rate_evidence(actor=actor, reference=stage.reference, ratings=ratings)

    stage.tell(f"rated/{given['key']}", given["by"], act)


def propose(stage: Stage, given: Row) -> None:
    """A finding: provisional, with a date on which it is looked at again."""

    def act(actor: Actor) -> Names:
        facts = dict(given["facts"])
        facts["review_on"] = cases.in_days(facts.pop("review_in_days")).date()
        facts["hypothesis"] = stage.named("hypotheses")[given["hypothesis"]]
        finding = services.propose_finding(actor=actor, reference=stage.reference, facts=facts)
        return {"label": finding.label}

    stage.tell(f"finding/{given['key']}", given["by"], act)


def reject(stage: Stage, given: Row) -> None:
    """A hypothesis set aside with its reason; it stays in the list."""

    def act(actor: Actor) -> None:
        label = stage.named("hypotheses")[given["hypothesis"]]
        services.reject_hypothesis(actor=actor, reference=stage.reference, label=label, reason=given["reason"])

    stage.tell(f"rejected/{given['hypothesis']}", given["by"], act)


def convene(stage: Stage, given: Row) -> None:
    """A panel from outside: invited, seated after each has declared no conflict, opinions given blind, opened at once."""
    finding = stage.named(f"finding/{given['finding']}")["label"]
    step = f"panel/{given['finding']}"

    def invite(actor: Actor) -> Names:
        panel = services.convene_panel(
            actor=actor, reference=stage.reference, finding=finding, deadline=cases.in_days(given["deadline_in_days"])
        )
        seats = {
            seat["key"]: services.invite_seat(
                actor=actor, reference=stage.reference, panel=panel.number, organisation=house(seat["house"]),
                discipline=seat["discipline"],
            ).number
            for seat in given["seats"]
        }  # fmt: skip
        return {"panel": panel.number, "seats": seats}

    panel = stage.tell(step, given["by"], invite)
    members = {seat["key"]: seat["member"] for seat in given["seats"]}
    for key, member in members.items():

        def declare(actor: Actor, number: int = panel["seats"][key]) -> None:
            services.declare_conflict(actor=actor, reference=stage.reference, seat=number, conflict=False)

        stage.tell(f"{step}/seated/{key}", member, declare)
    for opinion in given["opinions"]:

        def seal(actor: Actor, facts: Row = opinion["facts"]) -> None:
            services.seal_opinion(actor=actor, reference=stage.reference, panel=panel["panel"], facts=facts)

        stage.tell(f"{step}/sealed/{opinion['seat']}", members[opinion["seat"]], seal)

    def reveal(actor: Actor) -> None:
        services.reveal_panel(actor=actor, reference=stage.reference, panel=panel["panel"])

    def corroborate(actor: Actor) -> Names:
        return {"tier": services.corroborate_finding(actor=actor, reference=stage.reference, label=finding).tier}

    if "reveal" in given:
        stage.tell(f"{step}/opened", given["reveal"], reveal)
    if "corroborate" in given:
        stage.tell(f"{step}/corroborated", given["corroborate"], corroborate)


ACTS = {"hypotheses": add_hypotheses, "rate": rate, "propose": propose, "reject": reject, "panel": convene}


def tell(stage: Stage) -> None:
    """The whole station, act by act."""
    for row in stage.rows("attribution"):
        for name, given in row.items():
            ACTS[name](stage, given)

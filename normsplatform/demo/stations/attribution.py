"""Attribution, in the order in which each case grew: hypotheses, ratings, findings, what was overturned, and panels."""

from collections.abc import Mapping
from typing import Any

from attribution import services
from attribution.models import Hypothesis
from attribution.services import answering
from organisations.actors import Actor

from .. import cases
from ..stage import Stage, house
from ..story import Names
from .evidence import label_of

Row = Mapping[str, Any]


def add_hypotheses(stage: Stage, given: Row) -> None:
    """The explanations somebody proposes on a leg; the alternatives come with them. What stands there already is taken up."""
    leg = given.get("leg", "operator")

    def act(actor: Actor) -> Names:
        names: Names = {}
        on_leg = Hypothesis.objects.filter(incident__reference=stage.reference, leg=leg)
        for row in given["rows"]:
            facts = {name: value for name, value in row.items() if name != "key"} | {"leg": leg}
            said = {name: facts.get(name, "") for name in ("kind", "country", "actor")}
            there = on_leg.filter(**said).first()
            added = there or services.add_hypothesis(actor=actor, reference=stage.reference, facts=facts)
            names[row["key"]] = added.label
        return names | {row.kind: row.label for row in on_leg.filter(is_alternative=True)}

    stage.tell(f"hypotheses/{given['key']}" if "key" in given else "hypotheses", given["by"], act)


def label_in(stage: Stage, name: str) -> str:
    """The label of a hypothesis: `ru` of the first leg told, `legal.ru` of another."""
    leg, dot, key = name.rpartition(".")
    return str(stage.named(f"hypotheses/{leg}" if dot else "hypotheses")[key])


def open_leg(stage: Stage, given: Row) -> None:
    """A leg with the standard of proof it is held to."""

    def act(actor: Actor) -> None:
        facts = {name: given[name] for name in ("leg", "proof", "claim") if name in given}
        services.open_leg(actor=actor, reference=stage.reference, **facts)

    stage.tell(f"leg/{given['key']}", given["by"], act)


def rate(stage: Stage, given: Row) -> None:
    """One assessor's view of what each item means for each hypothesis."""

    def act(actor: Actor) -> None:
        ratings = {
            label_of(stage, item): {label_in(stage, name): code for name, code in cells.items()}
            for item, cells in given["cells"].items()
        }
        services.rate_evidence(actor=actor, reference=stage.reference, ratings=ratings)

    stage.tell(f"rated/{given['key']}", given["by"], act)


def propose(stage: Stage, given: Row) -> None:
    """A finding: provisional, with a date on which it is looked at again."""

    def act(actor: Actor) -> Names:
        facts = dict(given["facts"])
        facts["review_on"] = cases.in_days(facts.pop("review_in_days")).date()
        facts["hypothesis"] = label_in(stage, given["hypothesis"])
        finding = services.propose_finding(actor=actor, reference=stage.reference, facts=facts)
        return {"label": finding.label}

    stage.tell(f"finding/{given['key']}", given["by"], act)


def reason(stage: Stage, given: Row) -> None:
    """A lawyer's reasons for the article a finding claims."""
    label = stage.named(f"finding/{given['finding']}")["label"]

    def act(actor: Actor) -> None:
        services.reason_article(actor=actor, reference=stage.reference, label=label, **given["facts"])

    stage.tell(f"reasoned/{given['finding']}", given["by"], act)


def reject(stage: Stage, given: Row) -> None:
    """A hypothesis set aside with its reason; it stays in the list."""

    def act(actor: Actor) -> None:
        label = label_in(stage, given["hypothesis"])
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
            services.declare_conflict(
                actor=actor, reference=stage.reference, seat=number, conflict=False, nationalities=["NZ"]
            )

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
    for place, said in enumerate(given.get("discussion", ())):

        def speak(actor: Actor, text: str = said["text"]) -> None:
            services.add_remark(actor=actor, reference=stage.reference, panel=panel["panel"], text=text)

        stage.tell(f"{step}/discussed/{place}", members[said["seat"]], speak)
    if "second_round" in given:
        second_round(stage, given, panel["panel"], members)


def second_round(stage: Stage, given: Row, panel: int, members: dict[str, str]) -> None:
    """The same members once more, sealed again, after they have spoken with each other."""
    second, step = given["second_round"], f"panel/{given['finding']}/second"

    def begin(actor: Actor) -> None:
        services.begin_second_round(
            actor=actor, reference=stage.reference, panel=panel, deadline=cases.in_days(second["deadline_in_days"])
        )

    stage.tell(step, given["by"], begin)
    for opinion in second["opinions"]:

        def seal(actor: Actor, facts: Row = opinion["facts"]) -> None:
            services.seal_opinion(actor=actor, reference=stage.reference, panel=panel, facts=facts)

        stage.tell(f"{step}/sealed/{opinion['seat']}", members[opinion["seat"]], seal)


def fix_notice(stage: Stage, given: Row) -> None:
    """What is to be published of a finding, before anybody is asked."""
    label = stage.named(f"finding/{given['finding']}")["label"]

    def act(actor: Actor) -> None:
        services.open_notice(actor=actor, reference=stage.reference, label=label, text=given["text"])

    stage.tell(f"notice/{given['finding']}", given["by"], act)


def ask(stage: Stage, given: Row) -> None:
    """A party asked to reply. Address and code are told to nobody here: the page makes new ones."""
    label = stage.named(f"finding/{given['finding']}")["label"]

    def act(actor: Actor) -> Names:
        asked = services.invite_to_reply(actor=actor, reference=stage.reference, label=label, **given["party"])
        return {"invitation": asked.invitation.pk}

    stage.tell(f"asked/{given['key']}", given["by"], act)


def reply(stage: Stage, given: Row) -> None:
    """What one of them answers, as a member of the organisation asked."""
    number = stage.named(f"asked/{given['key']}")["invitation"]

    def act(actor: Actor) -> None:
        visit = answering.visit_by_member(actor, number)
        answering.submit_reply(visit, text=given["text"], position=given["position"])

    stage.tell(f"replied/{given['key']}", given["by"], act)


ACTS = {
    "notice": fix_notice,
    "ask": ask,
    "reply": reply,
    "hypotheses": add_hypotheses,
    "open_leg": open_leg,
    "rate": rate,
    "reason": reason,
    "propose": propose,
    "reject": reject,
    "panel": convene,
}


def tell(stage: Stage) -> None:
    """The whole station, act by act."""
    for row in stage.rows("attribution"):
        for name, given in row.items():
            ACTS[name](stage, given)

"""Filing: the case, what was said and what happened, who it is shared with, what it belongs to; and one draft left open."""

from collections.abc import Mapping
from typing import Any

from incidents import services
from incidents.facts import MOMENTS
from incidents.models import Statement
from organisations.actors import Actor
from organisations.roles import Grade

from .. import cases
from ..cast import Cast
from ..stage import Stage, house
from ..story import Names, Story


def facts_of(written: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as the services take them, from facts as the files write them."""
    return {**written, **{name: cases.moment(written[name]) for name in MOMENTS if name in written}}


def file_case(stage: Stage) -> None:
    """Files the case as its holder's analyst would."""
    filing = stage.case["filing"]

    def act(actor: Actor) -> Names:
        return {"reference": services.file_incident(actor=actor, facts=facts_of(filing["facts"])).reference}

    stage.tell("filed", filing["by"], act)


def keep_statements(stage: Stage) -> None:
    """What was said in public, in the words it was said in."""
    said = stage.case.get("statements")
    if said is None:
        return

    def act(actor: Actor) -> Names:
        names = {}
        for row in said["rows"]:
            statement: Statement = services.add_statement(
                actor=actor, reference=stage.reference, statement={**row, "said": cases.moment(row["said"])}
            )
            names[row["key"]] = statement.pk
        return names

    stage.tell("statements", said["by"], act)


def keep_timeline(stage: Stage) -> None:
    """What happened, in the case's own time."""
    timeline = stage.case.get("timeline")
    if timeline is None:
        return

    def act(actor: Actor) -> None:
        for row in timeline["rows"]:
            entry = {**row, "at": cases.moment(row["at"])}
            services.add_timeline_entry(actor=actor, reference=stage.reference, entry=entry)

    stage.tell("timeline", timeline["by"], act)


def share(stage: Stage) -> None:
    """Who else sees the case, how much of it, why and until when (SHR-2)."""
    grants = stage.case.get("grants")
    if grants is None:
        return

    def act(actor: Actor) -> None:
        for row in grants["rows"]:
            services.grant_access(
                actor=actor, reference=stage.reference, organisation=house(row["to"]), grade=Grade[row["grade"]],
                reason=row["reason"], role=row.get("role", ""), until=cases.in_days(row["days"]) if "days" in row else None,
            )  # fmt: skip

    stage.tell("shared", grants["by"], act)


def link_cases(story: Story, cast: Cast) -> None:
    """Cases that belong together, once both are filed: linked, not merged."""
    for row in cases.read("order")["links"]:

        def act(actor: Actor, row: Mapping[str, Any] = row) -> None:
            services.link_incidents(
                actor=actor, reference=story.names(f"{row['case']}/filed")["reference"],
                other_reference=story.names(f"{row['other']}/filed")["reference"], kind=row["kind"],
            )  # fmt: skip

        story.tell(f"{row['case']}/linked/{row['other']}", cast[row["by"]], act)


def leave_draft(story: Story, cast: Cast) -> None:
    """A filing begun and not sent."""
    draft = cases.read("order")["draft"]

    def act(actor: Actor) -> Names:
        opened = services.open_draft(actor=actor)
        services.save_draft(actor=actor, reference=opened.reference, answers=facts_of(draft["answers"]))
        return {"draft": opened.reference}

    story.tell("draft", cast[draft["by"]], act)


def close(stage: Stage) -> None:
    """Ends a case whose work is done."""
    closing = stage.case.get("closing")
    if closing is None:
        return

    def act(actor: Actor) -> None:
        services.close_incident(actor=actor, reference=stage.reference)

    stage.tell("closed", closing["by"], act)

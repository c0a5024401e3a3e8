"""Evidence: items with files written for the demo, graded by somebody who did not give them in, and their lineage."""

import json
from collections.abc import Mapping
from typing import Any

from core import clock
from evidence import services
from evidence.uploads import Upload
from organisations.actors import Actor

from ..stage import Stage, name_of
from ..story import Names

# On top of every file: nobody shall take it for the document it tells of.
NOTE = "Written for the demo of this platform after public sources. It is not the original document."


def content_of(file: Mapping[str, Any]) -> bytes:
    """The bytes of a file: a note that says what it is, then what it tells."""
    if "json" in file:
        return json.dumps({"about": NOTE, **file["json"]}, indent=2, ensure_ascii=False).encode()
    return "\n".join([NOTE, "", *file["text"], ""]).encode()


def give_in(stage: Stage, row: Mapping[str, Any]) -> None:
    """Takes one item in, with its file if it has one."""

    def act(actor: Actor) -> Names:
        facts = {
            "collection_method": "Read at the source named and summarised by hand.",
            "collected": {"at": clock.now().isoformat(), "precision": "exact"},
            "collected_by": name_of(actor),
            **row["facts"],
        }
        if "statement" in facts:
            facts["statement"] = stage.named("statements")[facts["statement"]]
        file = row.get("file")
        upload = Upload(file["name"], [content_of(file)]) if file else None
        item = services.add_item(actor=actor, reference=stage.reference, facts=facts, upload=upload)
        return {"label": item.label}

    stage.tell(f"evidence/{row['key']}", row["by"], act)


def label_of(stage: Stage, key: str) -> str:
    """`E-3`: the item this key stands for."""
    return str(stage.named(f"evidence/{key}")["label"])


def grade(stage: Stage, row: Mapping[str, Any]) -> None:
    """Source and information judged apart, with a sentence each."""
    given = dict(row["grade"])
    by = given.pop("by")

    def act(actor: Actor) -> None:
        services.grade_item(actor=actor, reference=stage.reference, label=label_of(stage, row["key"]), **given)

    stage.tell(f"graded/{row['key']}", by, act)


def link(stage: Stage, row: Mapping[str, Any]) -> None:
    """Says how two items hang together."""

    def act(actor: Actor) -> None:
        services.link_lineage(
            actor=actor, reference=stage.reference, label=label_of(stage, row["item"]), kind=row["kind"],
            other=label_of(stage, row["other"]), note=row.get("note", ""),
        )  # fmt: skip

    stage.tell(f"lineage/{row['item']}/{row['other']}", row["by"], act)


def hand_over(stage: Stage, row: Mapping[str, Any]) -> None:
    """Passes an item to another side; where the story says who accepted it, the receipt follows."""

    def release(actor: Actor) -> None:
        services.release_item(
            actor=actor, reference=stage.reference, label=label_of(stage, row["item"]), organisation=row["to"],
            desk=row.get("desk", ""), purpose=row["purpose"],
        )  # fmt: skip

    def accept(actor: Actor) -> None:
        services.answer_release(
            actor=actor, reference=stage.reference, label=label_of(stage, row["item"]), answer="accepted"
        )

    stage.tell(f"released/{row['item']}", row["by"], release)
    if "accepted_by" in row:
        stage.tell(f"accepted/{row['item']}", row["accepted_by"], accept)


def hold(stage: Stage, row: Mapping[str, Any]) -> None:
    """A legal hold on an item, or on all of the case."""

    def act(actor: Actor) -> None:
        label = label_of(stage, row["item"]) if "item" in row else ""
        services.place_hold(
            actor=actor, reference=stage.reference, label=label, reason=row["reason"], authority=row["authority"]
        )

    stage.tell(f"hold/{row.get('item', 'all')}", row["by"], act)


def tell(stage: Stage) -> None:
    """The whole station."""
    for row in stage.rows("evidence"):
        give_in(stage, row)
        if "grade" in row:
            grade(stage, row)
    for row in stage.rows("lineage"):
        link(stage, row)
    for row in stage.rows("transfers"):
        hand_over(stage, row)
    for row in stage.rows("holds"):
        hold(stage, row)

"""Restoration: services on their way back, and tasks done by one and verified by another. Nobody asks who did it."""

from collections.abc import Mapping
from typing import Any

from incidents.models import ServiceHit
from organisations.actors import Actor
from remediation import services

from .. import cases
from ..stage import Stage
from ..story import Act, Names
from .evidence import label_of

PLAYED = "Played for this demo by fictional organisations."


def service_id(stage: Stage, place: int) -> int:
    """The number of the service at this place in the case's file; asked inside a step."""
    hits = ServiceHit.objects.filter(incident__reference=stage.reference).order_by("pk")
    return int(hits.values_list("pk", flat=True)[place])


def restore(stage: Stage, place: int, row: Mapping[str, Any]) -> None:
    """One act on a service: a target, an update, a check of what it is restored from, or its owner's word."""

    def act(actor: Actor) -> None:
        about: dict[str, Any] = {
            "actor": actor, "reference": stage.reference, "service_id": service_id(stage, row["service"])
        }  # fmt: skip
        if "target_hours" in row:
            services.set_target(**about, hours=row["target_hours"])
        if "update" in row:
            services.post_update(**about, update={**row["update"], "at": cases.moment(row["update"]["at"])})
        if "backup" in row:
            services.check_backup(**about, **row["backup"])
        if "confirm" in row:
            services.confirm_restoration(**about, words=row["confirm"])

    stage.tell(f"restoration/{place}", row["by"], act)


def task_number(stage: Stage, key: str) -> str:
    """`R-2`: the task this key stands for."""
    return str(stage.named(f"task/{key}")["number"])


def propose(stage: Stage, row: Mapping[str, Any]) -> None:
    """A task with its owner, due date, service and what it waits for."""

    def act(actor: Actor) -> Names:
        facts: dict[str, Any] = {
            "title": row["title"],
            "description": "\n\n".join(filter(None, [row.get("description", ""), PLAYED])),
            "organisation": row["house"],
            "due": cases.in_days(row["due_in_days"]).date() if "due_in_days" in row else None,
            "service": service_id(stage, row["service"]) if "service" in row else None,
            "depends_on": [task_number(stage, key) for key in row.get("depends_on", ())],
        }
        return {"number": services.add_task(actor=actor, reference=stage.reference, task=facts).reference}

    stage.tell(f"task/{row['key']}", row["by"], act)


def follow(stage: Stage, row: Mapping[str, Any]) -> None:
    """The task on its way: agreed, begun, done with what shows it, verified by somebody else. As far as the file says."""

    def about(actor: Actor) -> dict[str, Any]:
        return {"actor": actor, "reference": stage.reference, "number": task_number(stage, row["key"])}

    def move(to: str) -> Act:
        def act(actor: Actor) -> None:
            services.move_task(**about(actor), to=to)

        return act

    def complete(actor: Actor) -> None:
        shown = label_of(stage, row["done"]["evidence"]) if "evidence" in row["done"] else ""
        services.complete_task(**about(actor), completion=row["done"]["completion"], evidence_number=shown)

    def verify(actor: Actor) -> None:
        services.verify_task(**about(actor), accepted=True, verification=row["verify"]["words"])

    if "agree" in row:
        stage.tell(f"task/{row['key']}/agreed", row["agree"], move("agreed"))
    if "start" in row:
        stage.tell(f"task/{row['key']}/begun", row["start"], move("in_progress"))
    if "done" in row:
        stage.tell(f"task/{row['key']}/done", row["done"]["by"], complete)
    if "verify" in row:
        stage.tell(f"task/{row['key']}/verified", row["verify"]["by"], verify)


def tell(stage: Stage) -> None:
    """The whole station."""
    for place, row in enumerate(stage.rows("restoration")):
        restore(stage, place, row)
    for row in stage.rows("tasks"):
        propose(stage, row)
        follow(stage, row)

"""Evidence given out: a custody record and a package, asked for by whoever gave the first item in. A worker makes them, once one runs."""

from exchange import services
from organisations.actors import Actor

from ..stage import Stage
from ..story import Names


def tell(stage: Stage) -> None:
    """The whole station, for the case that has a review too."""
    if stage.case.get("review") is None:
        return
    first = stage.rows("evidence")[0]

    def print_custody(actor: Actor) -> Names:
        label = str(stage.named(f"evidence/{first['key']}")["label"])
        return {"record": services.request_record(actor=actor, reference=stage.reference, label=label).number}

    def export(actor: Actor) -> Names:
        package = services.request_package(
            actor=actor, reference=stage.reference, mark="TLP:RED", recipient="Registry of the tribunal (demo)",
            purpose="Annex to the memorial",
        )  # fmt: skip
        return {"package": package.number}

    stage.tell("custody-record", first["by"], print_custody)
    stage.tell("package", first["by"], export)

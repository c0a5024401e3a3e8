"""The account: recommendations with owners, a review and a verification report asked for. A worker makes them, once one runs."""

from accountability import services
from organisations.actors import Actor

from .. import cases
from ..stage import Stage
from ..story import Names


def tell(stage: Stage) -> None:
    """The whole station."""
    review = stage.case.get("review")
    if review is None:
        return

    def recommend(actor: Actor) -> None:
        for row in review["recommendations"]:
            services.add_recommendation(
                actor=actor, reference=stage.reference, kind=row["kind"], text=row["text"], owner=row["owner"],
                due=cases.in_days(row["in_days"]).date(),
            )  # fmt: skip

    def ask(actor: Actor) -> Names:
        asked = services.request_review(
            actor=actor, reference=stage.reference, mark=review["mark"], texts=review["texts"]
        )
        return {"number": asked.number}

    def verify(actor: Actor) -> Names:
        report = services.request_report(actor=actor, reference=stage.reference, label="F-1", mark=review["mark"])
        return {"code": report.code}

    stage.tell("recommended", review["by"], recommend)
    stage.tell("review", review["by"], ask)
    stage.tell("verification", review["by"], verify)

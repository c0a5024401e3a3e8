"""One class for each rule of reviews and verification reports that can be broken."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class MarkBelowCase(DomainError):
    code = "mark_below_case"
    message = _(
        "A review is marked at least as strictly as its case. Relax the case's mark first; only its holder can (R2.9)."
    )


class ReviewInProgress(DomainError):
    code = "review_in_progress"
    message = _("A review with this mark and language, but other texts, is being made. Wait until it is ready.")


class RecommendationClosed(DomainError):
    code = "recommendation_closed"
    message = _("This recommendation is closed already. Make a new one if it has to be taken up again.")


class NotReady(DomainError):
    code = "review_not_ready"
    message = _("This review has no document yet.")


class ReviewOvertaken(DomainError):
    """Raised with what became stricter in `details`."""

    code = "review_overtaken"

    def __init__(self, labels: list[str]) -> None:
        words = _(
            "Since this review was made, %(items)s was sealed or marked more strictly. It is not handed out any more; ask for a new one."
        )
        super().__init__(words % {"items": ", ".join(labels)}, items=labels)


class ReportMarkBelowCase(DomainError):
    code = "verification_mark_below_case"
    message = _(
        "A verification report is marked at least as strictly as its case. Relax the case's mark first; only its holder can (R2.9)."
    )


class ReportNotReady(DomainError):
    code = "verification_not_ready"
    message = _("This verification report is not ready yet. Wait until it has been made.")


class ReportOvertaken(DomainError):
    """Raised with what has moved in `details`."""

    code = "verification_overtaken"

    def __init__(self, labels: list[str]) -> None:
        words = _(
            "Since this report was made, %(things)s was sealed or marked more strictly. It is not handed out any more; ask for a new one."
        )
        super().__init__(words % {"things": ", ".join(labels)}, things=labels)

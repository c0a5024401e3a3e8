"""The whole demo, in the order it is told."""

from . import cases
from .cast import Cast
from .stage import Stage
from .stations import (
    accrediting,
    attribution,
    escalation,
    evidence,
    exchange,
    figures,
    filing,
    keeping,
    marks,
    names,
    reaching,
    remediation,
    review,
    sealing,
    sharing,
)
from .story import Story


def tell(story: Story, cast: Cast) -> None:
    """Tells what was not told before. The made-up cases come first: the real ones stand above them in every list."""
    accrediting.tell(story, cast)
    figures.fill(story, cast)
    stages = [Stage(story, cast, case) for case in cases.all_cases()]
    for stage in stages:
        filing.file_case(stage)
        filing.keep_statements(stage)
        filing.keep_timeline(stage)
        filing.share(stage)
    filing.link_cases(story, cast)
    sharing.tell(story, cast)
    for stage in stages:
        evidence.tell(stage)
        remediation.tell(stage)
        attribution.tell(stage)
        escalation.tell(stage)
        review.tell(stage)
        exchange.tell(stage)
        sealing.tell(stage)
    for stage in stages:
        filing.close(stage)
    marks.tell(story, cast)
    names.tell(story, cast)
    reaching.tell(story, cast)
    figures.release(story, cast)
    filing.leave_draft(story, cast)
    keeping.tell(story, cast)

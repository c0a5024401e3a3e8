"""From a case to the content of its review: read as the person who asked, at one moment, never above the review's mark."""

from collections.abc import Callable

from django.utils import translation
from django.utils.translation import gettext as _

from core import clock
from core.errors import NotFound
from core.marks import strictest_pap
from documents.blocks import Content
from documents.models import Document, Job
from documents.rendering import Rendered, Tick, render_content
from documents.services import Issue
from evidence.models import EvidenceItem
from incidents.access import CaseAccess, case_for
from organisations.actors import Actor
from organisations.roles import Action

from .clearance import stop_above
from .hearing import hear_first
from .models import Review
from .sections import Material, build
from .sections.words import stamp

TEMPLATE = "accountability/pdf/review.html"
STYLESHEET = "pdf/document.css"


def series_of(review: Review) -> str:
    """Issues with the same case, mark and language supersede one another."""
    return f"review/{review.incident_id}/{review.mark}/{review.language}"


def reference_of(review: Review) -> str:
    """As it is cited."""
    return f"{review.incident.reference}/REV-{review.number}"


def pap_of(case: CaseAccess) -> str:
    """What may be done with a paper made of the whole case: the strictest of its parts (R2.8)."""
    items = EvidenceItem.objects.filter(incident=case.incident).values_list("pap", flat=True)
    return strictest_pap(case.incident.pap, *items)


def content_of(actor: Actor, case: CaseAccess, review: Review) -> Content:
    """The whole review as plain values, in its language."""
    with translation.override(review.language):
        material = Material(actor, case, review, clock.now())
        before = Document.objects.filter(series=series_of(review)).order_by("-issue").first()
        about = [
            (_("Reference"), reference_of(review)),
            (_("Case"), case.incident.reference),
            (_("Case held by"), case.incident.holder.name),
            (_("Asked for by"), review.organisation.name),
            (_("Record as of"), stamp(material.at)),
            (_("Sharing mark"), review.mark),
            (_("Permissible actions"), pap_of(case)),
            (_("Review template"), review.template_version),
        ]
        if before:
            about.append((_("Supersedes"), before.reference))
        if case.incident.is_exercise:
            about.append((_("Exercise"), _("This case is an exercise. Nothing in it happened.")))
        return Content(
            reference=reference_of(review),
            title=_("Post-incident review"),
            subtitle=case.incident.title,
            language=review.language,
            mark=review.mark,
            about=tuple(about),
            sections=build(material),
        )


def keep_below_mark(content: Content, case: CaseAccess) -> None:
    """Stops a review that would contain anything marked above its own mark: the last look before it is set in type."""
    marked = [(case.incident.reference, case.incident.mark)]
    marked += [(section.title, block.mark) for section in content.sections for block in section.blocks if block.mark]
    stop_above(marked, content.mark)


def prepare_review(actor: Actor, job: Job) -> tuple[Issue, Callable[[Tick], Rendered]]:
    """Reads the record now; sets it in type when called."""
    review = Review.objects.select_related("incident__holder", "organisation", "asked_by").filter(job=job).first()
    if review is None:
        raise NotFound(job.key)
    case = case_for(actor, review.incident.reference, Action.REQUEST_REVIEW)
    hear_first(case, review.mark)
    content = content_of(actor, case, review)
    keep_below_mark(content, case)
    issue = Issue(
        kind=job.kind, reference=content.reference, title=f"{content.title}: {content.subtitle}", language=content.language,
        mark=content.mark, series=series_of(review), holder_id=case.incident.holder_id,
    )  # fmt: skip

    def render(tick: Tick) -> Rendered:
        return render_content(content, template=TEMPLATE, stylesheet=STYLESHEET, tick=tick)

    return issue, render

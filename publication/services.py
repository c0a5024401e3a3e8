"""What is done to releases: begun by one publisher, counted by a worker, published by another publisher."""

from typing import Any

from celery import current_app
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from core import clock
from core.errors import Invalid
from incidents.facts import clean_text
from instruments.models import Instrument
from instruments.selectors import in_force, version_of
from ledger.services import record
from organisations.actors import Actor, actor_for
from organisations.models import User
from organisations.roles import Action

from . import access, gathering, storing
from .attack import difference_attack
from .disclosure import DisclosureRefused, Isolated, build_release
from .errors import AnotherPending, FiguresChanged, NotPending, NotPrepared, SamePerson, StillWorking, WouldIsolate
from .method import kept, method_text
from .models import Release
from .release import Release as Figures
from .states import PENDING, Status

KIND = Instrument.Kind.DISCLOSURE_RULES
TASK = "publication.tasks.prepare_release"
MOST_TEXT = 2_000
# A worker that is at it for longer has been lost.
PATIENCE_SECONDS = 120


def quarter_before(on: Any) -> str:
    """The last quarter that is over: `2026-Q3` from October to December 2026."""
    quarter = (on.month - 1) // 3
    return f"{on.year}-Q{quarter}" if quarter else f"{on.year - 1}-Q4"


def _texts(key_points: str, revision_notes: str, *, is_revision: bool) -> dict[str, str]:
    errors: dict[str, list[Any]] = {}
    texts = {
        name: clean_text(text, name, errors)
        for name, text in (("key_points", key_points), ("revision_notes", revision_notes))
    }
    for name, text in texts.items():
        if len(text) > MOST_TEXT:
            errors.setdefault(name, []).append(_("Shorten this to %(limit)d characters.") % {"limit": MOST_TEXT})
    if is_revision and not texts["revision_notes"]:
        errors.setdefault("revision_notes", []).append(
            _("The figures of this quarter were published before. Say what is revised and why.")
        )
    if errors:
        raise Invalid(errors)
    return texts


@transaction.atomic
def begin_release(*, actor: Actor, key_points: str = "", revision_notes: str = "") -> Release:
    """Begins the release of the last full quarter, or a revision of it, and hands the counting to a worker."""
    access.require_publisher(actor, Action.PREPARE_RELEASE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('publication_release'))")
    if Release.objects.filter(organisation=actor.organisation, status__in=PENDING).exists():
        raise AnotherPending
    on = clock.today()
    quarter = quarter_before(on)
    before = Release.objects.filter(status=Status.PUBLISHED, version__startswith=quarter).order_by("-number").first()
    texts = _texts(key_points, revision_notes, is_revision=before is not None)
    rules = in_force(KIND)
    issues = Release.objects.filter(status=Status.PUBLISHED, version__startswith=quarter).count()
    release = Release.objects.create(
        version=f"{quarter}-r{issues + 1}" if issues else quarter,
        on=on,
        organisation=actor.organisation,
        prepared_by=actor.user,
        sent_at=clock.now(),
        rules_version=rules.version,
        rules=kept(rules.content),
        method=method_text(rules.content),
        labels={"sector": _sector_names()},
        revision_of=before,
        **texts,
    )
    record(
        actor=actor, verb="release.begun", subject=release, payload={"version": release.version},
        instruments={KIND.value: rules.version},
    )  # fmt: skip
    _send(release)
    return release


def _sector_names() -> dict[str, str]:
    content = in_force(Instrument.Kind.SERVICE_TAXONOMY).content
    return {str(sector["code"]): str(sector["name"]) for sector in content["sectors"]}


def _send(release: Release) -> None:
    task: Any = current_app.tasks[TASK]
    task.delay_on_commit(release.pk)


@transaction.atomic
def send_again(*, actor: Actor, version: str) -> Release:
    """Hands the counting to a worker once more, when the first one seems lost. Counting twice stores once."""
    release = access.release_for(actor, version, Action.PREPARE_RELEASE, lock=True)
    if release.status != Status.PREPARING:
        raise NotPending
    if (clock.now() - release.sent_at).total_seconds() < PATIENCE_SECONDS:
        raise StillWorking
    release.sent_at = clock.now()
    release.save(update_fields=["sent_at"])
    _send(release)
    return release


def preparer_of(release_id: int) -> Actor | None:
    """Whoever began it, as they are now; None when it is not being counted, or they are no longer a member."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT user_id, organisation_id FROM publication_preparer(%s)", [release_id])
        found = cursor.fetchone()
    user = User.objects.filter(pk=found[0], is_active=True).first() if found else None
    actor = actor_for(user, found[1]) if user else None
    return actor if actor and actor.organisation.pk == found[1] else None


def published_before(release: Release) -> list[tuple[Release, Figures]]:
    """Every release published so far, oldest first, with its figures as they stand."""
    rows = Release.objects.filter(status=Status.PUBLISHED).exclude(pk=release.pk).order_by("number")
    return [(row, storing.load(row)) for row in rows]


@transaction.atomic
def prepare_release(*, actor: Actor, release_id: int) -> Release | None:
    """Counts, protects, compares with every earlier release, and stores what may be published, or why nothing may be.

    None when there is nothing left to do: another worker was faster, or it was discarded.
    """
    access.require_publisher(actor, Action.PREPARE_RELEASE)
    release = (
        Release.objects.select_for_update(of=("self",)).filter(pk=release_id, organisation=actor.organisation).first()
    )
    if release is None or release.status != Status.PREPARING:
        return None
    rules = version_of(KIND, release.rules_version)
    earlier = published_before(release)
    release.compared_with = [row.version for row, _figures in earlier]
    try:
        figures = build_release(
            gathering.records(release.on, rules.version),
            rules.content,
            on=release.on,
            secret=gathering.RECORD_KEY_LABEL,
            earlier=[figures for _row, figures in earlier],
            categories=gathering.categories(),
        )
    except DisclosureRefused as refused:
        return _refuse(actor, release, refused)
    return _keep(actor, release, figures)


def _refuse(actor: Actor, release: Release, refused: DisclosureRefused) -> Release:
    release.status = Status.REFUSED
    release.refusal = [_finding_as_json(finding) for finding in refused.findings]
    release.save(update_fields=["status", "refusal", "compared_with"])
    record(
        actor=actor, verb="release.refused", subject=release,
        payload={"version": release.version, "figures": len(release.refusal), "compared_with": release.compared_with},
        instruments={KIND.value: release.rules_version},
    )  # fmt: skip
    return release


def _finding_as_json(finding: object) -> dict[str, Any]:
    """Which figure would be given away; never how many."""
    if isinstance(finding, Isolated):
        return {"measure": finding.measure, "figure": dict(finding.figure), "went": finding.went}
    return {"figure": dict(finding)} if isinstance(finding, tuple) else {"figure": {}}


def _keep(actor: Actor, release: Release, figures: Figures) -> Release:
    storing.store(release, figures)
    cells = [cell for table in figures.tables for cell in table.cells.values()]
    release.status = Status.PREPARED
    release.prepared_at = clock.now()
    release.sha256 = storing.checksum(figures)
    release.figures_count = len(cells)
    release.hidden_count = sum(cell.mark == "c" for cell in cells)
    release.save(update_fields=["status", "prepared_at", "sha256", "figures_count", "hidden_count", "compared_with"])
    record(
        actor=actor, verb="release.prepared", subject=release,
        payload={"version": release.version, "sha256": release.sha256, "compared_with": release.compared_with},
        instruments={KIND.value: release.rules_version},
    )  # fmt: skip
    return release


@transaction.atomic
def publish_release(*, actor: Actor, version: str) -> Release:
    """Opens the figures to everyone, as they were checked, for good. A second person does it, and the checks run again."""
    release = access.release_for(actor, version, Action.PUBLISH_RELEASE, lock=True)
    if release.status != Status.PREPARED:
        raise NotPrepared
    if release.prepared_by_id == actor.user.pk:
        raise SamePerson
    figures = storing.load(release)
    if storing.checksum(figures) != release.sha256:
        raise FiguresChanged
    earlier = published_before(release)
    rules = version_of(KIND, release.rules_version).content
    if any(difference_attack(before, figures, rules) for _row, before in earlier):
        raise WouldIsolate
    release.status = Status.PUBLISHED
    release.checked_by = actor.user
    release.published_at = clock.now()
    release.number = len(earlier) + 1
    release.save(update_fields=["status", "checked_by", "published_at", "number"])
    record(
        actor=actor, verb="release.published", subject=release,
        payload={
            "version": release.version, "sha256": release.sha256,
            "revision_of": release.revision_of.version if release.revision_of else "",
        },
        instruments={KIND.value: release.rules_version},
    )  # fmt: skip
    return release


@transaction.atomic
def discard_release(*, actor: Actor, version: str, reason: str) -> Release:
    """Ends a release that shall not be published. It stays on record, closed to the public."""
    release = access.release_for(actor, version, Action.PREPARE_RELEASE, lock=True)
    if release.status not in PENDING:
        raise NotPending
    errors: dict[str, list[Any]] = {}
    reason = clean_text(reason, "reason", errors, required=True)
    if len(reason) > MOST_TEXT:
        errors.setdefault("reason", []).append(_("Shorten this to %(limit)d characters.") % {"limit": MOST_TEXT})
    if errors:
        raise Invalid(errors)
    release.status, release.discarded_by, release.discarded_because = Status.DISCARDED, actor.user, reason
    release.save(update_fields=["status", "discarded_by", "discarded_because"])
    record(actor=actor, verb="release.discarded", subject=release, payload={"version": release.version})
    return release

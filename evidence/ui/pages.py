"""What an item's page is drawn from."""

import json
from typing import Any

from django.utils.translation import gettext as _

from core.templatetags.norms import moment, pap, tlp
from incidents.access import CaseAccess
from organisations.actors import Actor
from organisations.roles import Action

from .. import hands, selectors, standard
from ..counting import TierStanding, standings
from ..custody import HANDED, is_complete, runs_backwards
from ..earlier import parts_of
from ..mending import mending_address
from ..models import (
    Custodian,
    CustodyEntry,
    EvidenceItem,
    GradeEntry,
    Integrity,
    Lineage,
    Redaction,
    Seal,
    SealedFile,
    SealRequest,
    StoredFile,
)
from ..services.grades import gave_it_in
from ..services.stamps import Shown, shown
from ..states import ENDED, SealState, Status
from ..tree import Family, family_of, lineage_figure
from ..words import STATUS_WORDS, class_name, current, kind_name, statement_name

INTEGRITY_TAGS = {
    Integrity.MATCHES: "good",
    Integrity.UNCHECKED: "info",
    Integrity.UNAVAILABLE: "warn",
    Integrity.MISMATCH: "bad",
    Integrity.REMOVED: "warn",
}


def row(item: EvidenceItem) -> dict[str, Any]:
    """An item as a row of the list."""
    integrity = selectors.integrity_of(item.files.all())
    return {
        "item": item,
        "kind": kind_name(item),
        "evidence_class": class_name(item),
        "received": selectors.received_of(item),
        "integrity": integrity.label if integrity else "",
        "integrity_tag": INTEGRITY_TAGS.get(integrity, "") if integrity else "",
    }


def may_change(actor: Actor, case: CaseAccess, item: EvidenceItem) -> bool:
    """Whether the buttons of change are drawn; the services ask again."""
    return (
        case.may(Action.ADD_EVIDENCE)
        and actor.organisation.pk in {case.incident.holder_id, item.organisation_id}
        and item.status not in ENDED
        and case.incident.status == "open"
    )


def fact_rows(item: EvidenceItem) -> list[dict[str, Any]]:
    """What is said of the item; what is not known says so."""
    content = current()
    names = standard.detail_fields(content)
    types = dict(standard.statement_types(content))
    rows: list[dict[str, Any]] = [
        {"label": _("Kind"), "value": kind_name(item)},
        {"label": _("Evidence class"), "value": class_name(item)},
        {"label": _("Source"), "value": item.source or None},
        {"label": _("How it was collected"), "value": item.collection_method or None},
        {"label": _("Collected"), "value": moment(item.collected_at, item.collected_precision)},
        {"label": _("Collected by"), "value": item.collected_by or None},
        {"label": _("Origin"), "value": item.origin},
        {"label": _("Contributed by"), "value": f"{item.organisation} · {item.uploaded_by}"},
        {"label": _("Received"), "value": moment(item.received_at, "exact")},
        {"label": _("Sharing mark"), "value": tlp(item.mark)},
        {"label": _("Permissible actions"), "value": pap(item.pap)},
    ]
    if "clock" in standard.required_fields(content, item.kind) or item.clock_zone or item.clock_source:
        offset = item.clock_offset_seconds
        told = _("%(seconds)d s behind UTC") if (offset or 0) < 0 else _("%(seconds)d s ahead of UTC")
        apart = None if offset is None else told % {"seconds": abs(offset)}
        clock = " · ".join(text for text in (item.clock_zone, apart, item.clock_source) if text)
        rows.append({"label": _("Clock"), "value": clock or None})
    if item.statement:
        rows.append({"label": _("Statement"), "value": statement_name(item.statement)})
    if item.statement_type:
        rows.append({"label": _("Type of statement"), "value": _(types.get(item.statement_type, item.statement_type))})
    asked = [code for code in standard.required_fields(content, item.kind) if code in names]
    shown = list(dict.fromkeys([*asked, *item.details]))
    spoken = standard.FROM_STATEMENT if item.statement else frozenset()
    rows += [
        {"label": _(names.get(code, code)), "value": item.details.get(code) or None}
        for code in shown
        if item.details.get(code) or code not in spoken
    ]
    return rows


def lineage_rows(item: EvidenceItem, family: Family) -> list[dict[str, Any]]:
    """Every link of the item, told from its own side."""
    backwards = {
        Lineage.Kind.DERIVED_FROM: _("is the source of"),
        Lineage.Kind.CORROBORATED_BY: _("corroborates"),
    }
    return [
        {
            "words": Lineage.Kind(kind).label
            if side == "says"
            else backwards.get(Lineage.Kind(kind), Lineage.Kind(kind).label),
            "other": other,
            "note": note,
        }
        for kind, side, other, note in family.of(item)
    ]


def requirement_rows(item: EvidenceItem, *, mends: bool) -> list[dict[str, Any]]:
    """The standard's fields for this kind, met or missing; for whoever may mend them, with the address of the question."""
    content = current()
    missing = {lack.code for lack in selectors.lacks_of(item, content)}
    return [
        {
            "code": "",
            "text": _(content["fields"].get(code, code)),
            "met": code not in missing,
            "missing": "",
            "url": mending_address(item, item.incident.reference, code) if mends and code in missing else "",
        }
        for code in standard.required_fields(content, item.kind)
    ]


def stamp_of(file: StoredFile) -> Shown | None:
    """The file's time stamp, verified now; None without one."""
    stamp = getattr(file, "stamp", None)
    return shown(stamp, file.sha256) if stamp is not None else None


def tier_rows(item: EvidenceItem, toward: list[TierStanding], *, mends: bool) -> list[dict[str, Any]]:
    """The item toward each tier: counts, or what is missing and where it is mended."""
    return [
        {
            "name": standing.name,
            "counts": standing.counts,
            "missing": [
                {
                    "text": lack.text,
                    "url": mending_address(item, item.incident.reference, lack.fields[0])
                    if mends and lack.fields
                    else "",
                }
                for lack in standing.missing
            ],
        }
        for standing in toward
    ]


def hands_of(
    actor: Actor, case: CaseAccess, item: EvidenceItem, custody: list[CustodyEntry], beside: selectors.Around
) -> dict[str, Any]:
    """In whose hands the item is, what waits for an answer, what forbids its end. Asked only where there is something: most items never moved."""
    acts = {entry.act for entry in custody}
    moved = bool(acts & HANDED)
    waiting = hands.open_transfer(item) if moved else None
    side = hands.in_hands_of(item) if moved else hands.Side(item.organisation, "")
    ours, owner = actor.organisation.pk, {case.incident.holder_id, item.organisation_id}
    may_end = case.may(Action.ADD_EVIDENCE) and actor.organisation.pk in owner and item.status != Status.DISPOSED
    return {
        "side": side,
        "waiting": waiting,
        "may_release": case.may(Action.DOWNLOAD_EVIDENCE)
        and waiting is None
        and side.organisation.pk == ours
        and item.status != Status.DISPOSED
        and case.incident.status == "open",
        "may_answer": waiting is not None
        and case.may(Action.DOWNLOAD_EVIDENCE)
        and ours in {waiting.to_organisation_id, waiting.from_organisation_id}
        and waiting.released_by_id != actor.user.pk,
        "holds": hands.holds_on(item) if beside.held and item.status != Status.DISPOSED else [],
        "proposal": hands.disposal_of(item) if beside.ending else None,
        "may_end": may_end,
        "backwards": runs_backwards(selectors.custody_links(custody)),
    }


def seal_panel(actor: Actor, case: CaseAccess, item: EvidenceItem) -> dict[str, Any]:
    """The seal of an item, those who hold its shares, and what was asked of them. Three statements more, for a sealed item."""
    owner = actor.organisation.pk == item.organisation_id
    if not item.sealed:
        held = item.status == Status.HELD and case.incident.status == "open"
        return {"may_seal": owner and held and case.may(Action.ADD_EVIDENCE)}
    seal = Seal.objects.filter(item=item).exclude(state=SealState.UNSEALED).first()
    if seal is None:
        return {}
    asked = SealRequest.objects.filter(seal=seal).select_related("requested_by", "organisation")[:20]
    sealed = seal.state == SealState.SEALED and item.status == Status.HELD
    return {
        "seal": seal,
        "holders": list(
            Custodian.objects.filter(seal=seal, replaced_at__isnull=True).select_related("user", "organisation")
        ),
        "seal_requests": list(asked),
        "plaintext_left": sealed and SealedFile.objects.filter(seal=seal, plaintext_removed_at__isnull=True).exists(),
        "may_ask": sealed and case.may(Action.DOWNLOAD_EVIDENCE),
        "may_unseal": sealed and owner and case.may(Action.DOWNLOAD_EVIDENCE),
    }


def earlier_parts(item: EvidenceItem) -> list[dict[str, Any]]:
    """Custody before the item came here, newest first like our own, each platform's part by itself."""
    received = selectors.told_before(item)
    if received is None:
        return []
    acts = dict(CustodyEntry.Act.choices)
    return [
        {
            "part": part,
            "links": [
                {
                    **link,
                    "what": acts.get(link["act"], link["act"]),
                    "file": part.files.get(link["file_id"], ""),
                    "person": part.people.get(str(link["actor_id"]), str(link["actor_id"])),
                    "organisation": part.organisations.get(str(link["organisation_id"]), str(link["organisation_id"])),
                    "when": link["at"].replace("T", " ").partition(".")[0],
                }
                for link in reversed(part.links)
            ],
        }
        for part in parts_of(received.sender, received.signed_by, received.label, received.content)
    ]


def their_grades(item: EvidenceItem) -> list[dict[str, Any]]:
    """How the sender graded the item: their word, and no grade of ours."""
    received = selectors.told_before(item)
    said = json.loads(received.said) if received else {}
    return [grade for grade in said.get("grades", []) if isinstance(grade, dict)]


def item_page(actor: Actor, case: CaseAccess, item: EvidenceItem) -> dict[str, Any]:
    """Everything on an item's page. Five statements beyond the item itself: files, custody, grades, links, what is beside it; more once it moved or is held."""
    files = list(item.files.all())
    family = family_of(item)
    custody = selectors.custody_of(item, actor)
    integrity = selectors.integrity_of(files)
    beside = selectors.around(family.items[item.pk])
    mine = may_change(actor, case, item)
    own = gave_it_in(actor, item)
    requirements = requirement_rows(item, mends=mine)
    links = selectors.custody_links(custody)
    complete = is_complete(links, {file.pk: file.sha256 for file in files})
    return {
        **hands_of(actor, case, item, custody, beside),
        "item": item,
        "files": [
            {"file": file, "tag": INTEGRITY_TAGS[Integrity(file.integrity)], "stamp": stamp_of(file)} for file in files
        ],
        "integrity": integrity,
        "integrity_tag": INTEGRITY_TAGS.get(integrity, "") if integrity else "",
        "status_words": STATUS_WORDS[item.status],
        "facts": fact_rows(item),
        "requirements": requirements,
        "tiers": tier_rows(item, standings(item, family.weighables(item, custody_complete=complete)), mends=mine),
        "lacking": sum(not requirement["met"] for requirement in requirements),
        "grades": list(GradeEntry.objects.filter(item=item).select_related("graded_by", "organisation")),
        "lineage": lineage_rows(item, family),
        "tree": lineage_figure(item, family),
        "custody": list(reversed(custody)),
        "received": selectors.received_of(item),
        "earlier": earlier_parts(item),
        "their_grades": their_grades(item),
        "custody_fault": selectors.custody_fault(custody),
        "before": beside.before,
        "after": beside.after,
        "may_change": mine,
        "may_restore": mine and item.status == Status.FROZEN,
        "may_grade": case.may(Action.GRADE_EVIDENCE) and not own and item.status == Status.HELD,
        "gave_it_in": own and case.may(Action.GRADE_EVIDENCE) and item.status == Status.HELD,
        "may_link": case.may(Action.ADD_EVIDENCE) and item.status not in ENDED,
        "may_print": case.may(Action.DOWNLOAD_EVIDENCE),
        **seal_panel(actor, case, item),
        "redactions": list(Redaction.objects.filter(item=item)[:20])
        if beside.redacted and files and case.may(Action.DOWNLOAD_EVIDENCE)
        else [],
        "may_redact": mine and bool(files) and item.status == Status.HELD and not item.sealed,
        "may_open": not item.sealed
        and case.may(Action.OPEN_FILE)
        and item.status not in {Status.FROZEN, Status.DISPOSED},
    }

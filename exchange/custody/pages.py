"""A custody record as pages."""

from typing import Any

from django.utils.translation import gettext as _

from core.marks import strictest, strictest_pap
from documents.blocks import Block, Content, Facts, Heading, Nothing, Points, Section, Table, Text
from evidence.earlier import parts_of
from evidence.models import CustodyEntry, EvidenceItem
from evidence.words import STATUS_WORDS, class_name, kind_name
from incidents.access import CaseAccess

from ..models import CustodyRecord

DATA_NAME = "custody.json"


def reference_of(record: CustodyRecord, item: EvidenceItem) -> str:
    """As it is cited: `INC-2026-000042/E-1/CR-2`."""
    return f"{item.incident.reference}/{item.label}/{record}"


def named(names: dict[str, str], number: int) -> str:
    """The name a number stands for; the number where it has none any more."""
    return names.get(str(number), str(number))


def rows(data: dict[str, Any]) -> tuple[tuple[str, ...], ...]:
    """The links as a table prints them, oldest first: a record is read from receipt on."""
    names = {file["file_id"]: file["name"] for file in data["files"]}
    acts = dict(CustodyEntry.Act.choices)
    return tuple(
        (
            str(link["place"]),
            link["at"].replace("T", "\n"),
            "\n".join(filter(None, (str(acts.get(link["act"], link["act"])), names.get(link["file_id"], "")))),
            f"{named(data['people'], link['actor_id'])}\n{named(data['organisations'], link['organisation_id'])}",
            _("Withheld: the item is sealed") if link.get("note_withheld") else link["note"] or "–",
            link["sha256_seen"] or "–",
            link["hash"],
        )
        for link in data["links"]
    )


def state_of(data: dict[str, Any]) -> Text:
    """Whether the chain holds, in a sentence."""
    if data["fault"]:
        return Text(_("The chain of custody is broken: %(fault)s.") % {"fault": data["fault"]})
    return Text(
        _("Every link was computed again when this record was made, and each carries the hash of the one before: nothing was changed, added in between or dropped.")
    )  # fmt: skip


def files_of(data: dict[str, Any]) -> Block:
    """What the item consists of."""
    if not data["files"]:
        return Nothing(_("This item has no file."))
    table = tuple((file["name"], file["media_type"], str(file["size"]), file["sha256"]) for file in data["files"])
    return Table(
        "files", _("Files of this item"), (_("File"), _("Format"), _("Size in bytes"), "SHA-256"), table, code=(3,)
    )


def earlier_of(data: dict[str, Any]) -> list[Block]:
    """Custody before the item came here: the oldest platform first, as a record is read from receipt on."""
    before = data["earlier"]
    if before is None:
        return []
    heads = (
        _("Link"), _("When (UTC)"), _("What"), _("Who"), _("Purpose or note"), _("Hash of the file seen"), _("Hash of the link"),
    )  # fmt: skip
    parts = parts_of(before["sender"], before["signed_by"], before["label"], before["content"])
    blocks: list[Block] = []
    for number, part in reversed(list(enumerate(parts))):
        if part.signed_by:
            words = _("Kept word for word as it came, signed by %(key)s; every link was computed again.") % {
                "key": part.signed_by
            }
        else:
            words = _(
                "Kept word for word as it came; every link was computed again. Nobody trusted here vouches for who kept it."
            )
        told = {
            "files": [{"file_id": key, "name": name} for key, name in part.files.items()], "links": part.links,
            "people": part.people, "organisations": part.organisations,
        }  # fmt: skip
        caption = _("Custody at %(sender)s, as %(label)s") % {"sender": part.sender, "label": part.label}
        blocks += [Heading(caption), Text(words), Table(f"custody-{number}", caption, heads, rows(told), code=(5, 6))]
    return [*blocks, Heading(_("Custody here"))]


def content_of(
    case: CaseAccess, item: EvidenceItem, record: CustodyRecord, data: dict[str, Any], digest: str
) -> Content:
    """The whole record as plain values, in the language that is set."""
    heads = (
        _("Link"), _("When (UTC)"), _("What"), _("Who"), _("Purpose or note"), _("Hash of the file seen"), _("Hash of the link"),
    )  # fmt: skip
    about = (
        (_("Reference"), reference_of(record, item)),
        (_("Case"), case.incident.reference),
        (_("Case held by"), case.incident.holder.name),
        (_("Asked for by"), f"{record.asked_by}, {record.organisation}"),
        (_("Record as of"), data["as_of"]),
        (_("Sharing mark"), strictest(case.incident.mark, item.mark)),
        (_("Permissible actions"), strictest_pap(case.incident.pap, item.pap)),
    )
    facts = (
        (_("Item"), item.label),
        (_("Title"), item.title),
        (_("Kind"), kind_name(item)),
        (_("Evidence class"), class_name(item)),
        (_("Contributed by"), item.organisation.name),
        (_("State"), str(STATUS_WORDS[item.status])),
        (_("Links of custody"), str(len(data["links"]))),
        (_("Hash of the last link"), data["links"][-1]["hash"] if data["links"] else "–"),
    )
    check = Points(
        (
            _("Save the attached file %(name)s. Its SHA-256 is %(sha256)s.") % {"name": DATA_NAME, "sha256": digest},
            _("It holds every field of every link exactly as it was hashed, and says in words how a hash is computed."),
            _("Compute each link's hash, compare it with the one printed here, and see that each link carries the hash of the one before."),
            _("Compute the SHA-256 of the file you hold and compare it with the one printed under Files."),
        )
    )  # fmt: skip
    return Content(
        reference=reference_of(record, item),
        title=_("Custody record"),
        subtitle=f"{item.label} {item.title}",
        language=record.language,
        mark=strictest(case.incident.mark, item.mark),
        about=about,
        sections=(
            Section("item", _("The item"), (Facts(_("What this record is about"), facts),)),
            Section("files", _("Files"), (files_of(data),)),
            Section(
                "custody",
                _("Chain of custody"),
                (*earlier_of(data), state_of(data), Table("custody", _("Everybody who had this item in hand, from receipt on"), heads, rows(data), code=(5, 6))),
            ),
            Section("check", _("How to check this record"), (check,)),
        ),
    )  # fmt: skip

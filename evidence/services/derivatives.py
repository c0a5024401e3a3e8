"""Items made of other items. The original is never touched; what is made of it has a file, a hash and a custody of its own (R1.17)."""

import re
from typing import Any

import pycountry
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid
from incidents.facts import clean_choice, clean_text
from instruments.models import Instrument
from instruments.selectors import in_force
from ledger.services import record
from organisations.actors import Actor
from organisations.roles import Action

from ..access import item_for, must_be_open, must_stand
from ..errors import ItemFrozen, ItemSealed
from ..models import CustodyEntry, EvidenceItem, Lineage, Translation
from ..states import Status
from ..uploads import Upload
from .handling import add_custody
from .intake import keep_file
from .transfers import clean_line

LANGUAGE = re.compile(r"([a-z]{2,3})(-[A-Za-z0-9]{2,8}){0,4}")
# What a translation is of the same sort as: it says the same, of the same things, from the same place.
SHARED = (
    "kind", "evidence_class", "description", "source", "origin", "statement", "statement_type", "clock_zone",
    "clock_offset_seconds", "clock_source", "details", "mark", "pap",
)  # fmt: skip


def clean_language(value: Any, field: str, errors: dict[str, list[Any]]) -> str:
    """A language by its BCP 47 tag, such as ar or pt-BR."""
    text = clean_line(value, field, errors, 35)
    found = LANGUAGE.fullmatch(text)
    known = found and (pycountry.languages.get(alpha_2=found[1]) or pycountry.languages.get(alpha_3=found[1]))
    if not known:
        errors.setdefault(field, []).append(_("Enter the code of a language, such as ar, fr or pt-BR."))
    return text


@transaction.atomic
def add_translation(
    *, actor: Actor, reference: str, label: str, language: str, translator: str, method: str, upload: Upload | None
) -> EvidenceItem:
    """Adds a translation as an item of its own: derived from the original, marked as strictly, its file hashed on arrival.

    The original's custody says that a copy was translated. The new item is graded on its own: a translation can be wrong.
    """
    case, original = item_for(actor, reference, label, Action.ADD_EVIDENCE, lock=True)
    must_be_open(case)
    must_stand(original)
    if original.sealed:
        raise ItemSealed  # whoever opened it may not put its content beside it in the open
    if original.status == Status.FROZEN:
        raise ItemFrozen
    errors: dict[str, list[Any]] = {}
    said = {
        "language": clean_language(language, "language", errors),
        "translator": clean_line(
            clean_text(translator, "translator", errors, required=True), "translator", errors, 200
        ),
        "method": clean_choice(method, "method", errors, [(code, code) for code in Translation.Method.values]),
    }
    if upload is None:
        errors.setdefault("file", []).append(_("Choose the file with the translation."))
    if errors or upload is None:
        raise Invalid(errors)
    standard = in_force(Instrument.Kind.EVIDENCE_STANDARD)
    ending = f" [{said['language']}]"
    item = EvidenceItem.objects.create(
        incident=case.incident, uploaded_by=actor.user, organisation=actor.organisation, standard_version=standard.version,
        title=original.title[: 200 - len(ending)] + ending, collected_by=said["translator"],
        collection_method=f"{original.label} → {said['language']} ({said['method']})",
        **{name: getattr(original, name) for name in SHARED},
    )  # fmt: skip
    add_custody(actor=actor, item=item, act=CustodyEntry.Act.RECEIVED, note=f"{original.label} → {said['language']}")
    Lineage.objects.create(
        incident=case.incident, item=item, other=original, kind=Lineage.Kind.DERIVED_FROM, added_by=actor.user
    )
    Translation.objects.create(incident=case.incident, item=item, original=original, added_by=actor.user, **said)
    keep_file(actor=actor, item=item, upload=upload)
    link = add_custody(
        actor=actor, item=original, act=CustodyEntry.Act.COPIED, note=f"→ {item.label} ({said['language']})"
    )
    record(
        actor=actor, verb="evidence.translated", subject=item, root_id=item.incident_id,
        payload={"item": item.label, "original": original.label, "language": said["language"], "custody": link.hash},
        instruments={"evidence-standard": standard.version},
    )  # fmt: skip
    return item

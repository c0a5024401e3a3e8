"""Adoption: a document becomes the norm."""

import hashlib
import json
from pathlib import Path
from typing import Any

import jsonschema
import rfc8785

from . import selectors
from .models import Instrument

SHELF = Path(__file__).parent / "data"


class ChangedAfterAdoption(Exception):
    """A document on the shelf differs from the version adopted under the same name."""


def adopt_document(document: dict[str, Any], schema: dict[str, Any], *, using: str) -> bool:
    """Adopts one version; False when it was adopted before. An adopted version is never altered: write a new one."""
    jsonschema.validate(document, schema)
    digest = hashlib.sha256(rfc8785.dumps(document["content"])).hexdigest()
    known = Instrument.objects.using(using).filter(kind=document["kind"], version=document["version"]).first()
    if known is not None:
        if known.sha256 != digest:
            raise ChangedAfterAdoption(f"{known} was adopted with other content; give the document a new version.")
        return False
    source = document["source"]
    Instrument.objects.using(using).create(
        kind=document["kind"], version=document["version"], title=document["title"],
        source=source if isinstance(source, str) else json.dumps(source),
        effective_from=document["effective_from"], content=document["content"], sha256=digest,
    )  # fmt: skip
    selectors.forget()
    return True


def adopt_shelf(*, using: str = "owner") -> int:
    """Adopts every document of the repository that is not adopted yet; how many."""
    adopted = 0
    for schema_file in sorted(SHELF.glob("*/schema.json")):
        schema = json.loads(schema_file.read_text())
        for file in sorted(schema_file.parent.glob("[0-9]*.json")):
            adopted += adopt_document(json.loads(file.read_text()), schema, using=using)
    return adopted

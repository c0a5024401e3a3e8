"""Sealing: people with keys of their own, a redacted version approved by a second person, and an item that nobody opens alone."""

from collections.abc import Mapping
from typing import Any

from core.errors import NotFound
from evidence import services
from evidence.models import Redaction, Seal, StoredFile
from evidence.states import RedactionState, SealState
from organisations.actors import Actor, acting
from sealing.services import make_key

from ..stage import Stage
from ..story import Names
from .evidence import label_of


def key_for(stage: Stage, who: str) -> None:
    """A sealing key for somebody of the cast; its passphrase is in the book of accounts."""

    def act(actor: Actor) -> Names:
        key, _code = make_key(actor=actor, passphrase=stage.cast.passphrase(who))
        return {"fingerprint": key.fingerprint}

    stage.story.tell(f"sealing-key/{who}", stage.cast[who], act)


def redact(stage: Stage, row: Mapping[str, Any]) -> None:
    """Proposed, made, approved by another, and marked less strictly by those it came from."""
    label = label_of(stage, row["item"])

    def propose(actor: Actor) -> Names:
        file = StoredFile.objects.get(
            item__incident__reference=stage.reference, item__number=int(label.removeprefix("E-"))
        )
        proposed = services.propose_redaction(
            actor=actor,
            reference=stage.reference,
            label=label,
            sha256=file.sha256,
            title=row["title"],
            passages=row["passages"],
        )
        return {"redaction": proposed.pk}

    redaction = stage.tell(f"redaction/{row['item']}", row["by"], propose)["redaction"]
    services.carry_out_redaction(stage.cast[row["by"]], redaction)  # nothing, when a worker was faster

    def approve(actor: Actor) -> Names:
        decided = services.decide_redaction(
            actor=actor, reference=stage.reference, label=label, redaction_id=redaction, approve=True
        )
        if decided.result is None:
            raise NotFound(redaction)
        services.change_mark(
            actor=actor,
            reference=stage.reference,
            label=decided.result.label,
            mark=row["mark"],
            reason="The passages that had to stay closed are no longer in it.",
        )
        return {"label": decided.result.label}

    with acting(stage.cast[row["approved_by"]]):
        ready = Redaction.objects.filter(pk=redaction, state=RedactionState.READY).exists()
    if ready:
        stage.tell(f"redacted/{row['item']}", row["approved_by"], approve)


def seal(stage: Stage, row: Mapping[str, Any]) -> None:
    """Sealed, asked for, and agreed to by one of the two who have to."""
    label = label_of(stage, row["item"])
    custodians = [stage.cast[who] for who in row["custodians"]]

    def close(actor: Actor) -> Names:
        made = services.seal_item(
            actor=actor, reference=stage.reference, label=label, threshold=row["threshold"], title=row["title"],
            summary=row["summary"], reason=row["reason"],
            custodians=[f"{custodian.user.pk}:{custodian.organisation.pk}" for custodian in custodians],
        )  # fmt: skip
        return {"seal": made.pk}

    by = stage.cast[row["by"]]
    number = stage.tell(f"sealed/{row['item']}", row["by"], close)["seal"]
    services.carry_out(by, number)  # nothing, when a worker was faster
    with acting(by):
        if not Seal.objects.filter(pk=number, state=SealState.SEALED).exists():
            return  # a worker is at it: the rest is told at the next start

    def ask(actor: Actor) -> Names:
        asked = services.ask_custodians(
            actor=actor, reference=stage.reference, label=label, kind="open", purpose=row["purpose"]
        )
        return {"request": asked.pk}

    request = stage.tell(f"seal-asked/{row['item']}", row["asked_by"], ask)["request"]

    def agree(actor: Actor) -> None:
        services.answer_request(
            actor=actor, reference=stage.reference, label=label, request_id=request, approve=True,
            reason=row["agreed"]["reason"], passphrase=stage.cast.passphrase(row["agreed"]["by"]),
        )  # fmt: skip

    stage.tell(f"seal-agreed/{row['item']}", row["agreed"]["by"], agree)


def tell(stage: Stage) -> None:
    """The whole station."""
    for row in stage.rows("redactions"):
        redact(stage, row)
    for row in stage.rows("seals"):
        for who in (*row["custodians"], row["asked_by"], row["by"]):
            key_for(stage, who)
        seal(stage, row)

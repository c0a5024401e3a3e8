"""Whose changes are kept, old and new: set anew after each migration, so that no column of a watched table is forgotten.

A table of a case that can be changed is here or in `UNWATCHED` with its reason; `tests/ledger/test_changes.py` walks them all.
"""

from typing import Any

from django.db import connections

# Columns the database or a clock keeps, on every table.
KEPT = {"audience", "evidence_audience", "search", "version", "changed_at", "saved_at"}

# The table, the column that names its case, the events, and columns besides KEPT that say nothing a person did.
WATCHED: dict[str, tuple[str, str, frozenset[str]]] = {
    "incidents_incident": ("id", "UPDATE", frozenset()),
    "incidents_victim": ("incident_id", "INSERT OR UPDATE OR DELETE", frozenset()),
    "incidents_servicehit": ("incident_id", "UPDATE", frozenset()),
    "evidence_evidenceitem": ("incident_id", "UPDATE", frozenset()),
    "evidence_legalhold": ("incident_id", "UPDATE", frozenset()),
    "evidence_disposal": ("incident_id", "UPDATE", frozenset()),
    "evidence_redaction": ("incident_id", "UPDATE", frozenset()),
    "attribution_hypothesis": ("incident_id", "UPDATE", frozenset()),
    "attribution_finding": (
        "incident_id", "UPDATE", frozenset({"explanation", "computed_at", "stale_since", "stale_because", "marked_items"}),
    ),
    "attribution_contest": ("incident_id", "UPDATE", frozenset()),
    "attribution_panel": ("incident_id", "UPDATE", frozenset()),
    "escalation_measure": ("incident_id", "UPDATE", frozenset()),
    "accountability_recommendation": ("incident_id", "UPDATE", frozenset()),
    "remediation_servicerestoration": ("incident_id", "UPDATE", frozenset()),
    "remediation_remediationtask": ("incident_id", "UPDATE", frozenset()),
}  # fmt: skip

UNWATCHED = {
    "attribution_invitation": "holds the digest of a secret address; what happens to it is in the ledger",
    "attribution_opinion": "sealed until it is revealed, and never changed after",
    "attribution_rating": "an assessor’s own until the board opens it; the board keeps every round",
    "accountability_verificationreport": "a worker’s state; what was issued is never changed",
    "attribution_replyfile": "the files of the party named, theirs alone until they are sent",
    "attribution_reply": "the words of the party named, theirs alone until they are sent",
    "attribution_seat": "a declaration of conflicts may hold private matters; each step is in the ledger",
    "documents_document": "never changed",
    "documents_job": "a worker’s state",
    "incidents_handover": "an offer to another house; each step is in the ledger",
    "incidents_preview": "a look through somebody else’s eyes, and its end",
    "evidence_custodian": "a share of a key",
    "evidence_intakejob": "a worker’s state",
    "evidence_pendingupload": "a transfer under way",
    "evidence_seal": "sealed; each step is in the ledger and in custody",
    "evidence_sealedfile": "sealed",
    "evidence_sealrequest": "sealed; each step is in the ledger",
    "evidence_storedfile": "fixed at receipt; what may change of it is written in custody",
    "exchange_custodyrecord": "written once, when it is made",
    "exchange_package": "written once, when it is made",
    "exchange_receivedpackage": "a worker’s state",
}

COLUMNS = """
SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
 WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attname <> ALL (%s)
"""


def watch_changes(*, using: str, **_: Any) -> None:
    """Sets every trigger anew; harmless to repeat. One names its columns, so that moving `audience` does not wake it."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT to_regprocedure('public.ledger_keep_change()')")
        if cursor.fetchone() == (None,):
            return
        for table, (root, events, besides) in WATCHED.items():
            unwatched = sorted(KEPT | besides)
            cursor.execute(COLUMNS, [f"public.{table}", unwatched])
            (columns,) = cursor.fetchone() or (None,)
            if columns:
                events = events.replace("UPDATE", f"UPDATE OF {columns}")
                cursor.execute(
                    f"DROP TRIGGER IF EXISTS keeps_changes ON public.{table};"
                    f"CREATE TRIGGER keeps_changes AFTER {events} ON public.{table} FOR EACH ROW"
                    f" EXECUTE FUNCTION ledger_keep_change('{root}', '{','.join(unwatched)}')"
                )

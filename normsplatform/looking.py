"""Which requests are looks at a case, and what kind: reading is one; what is changed stands in the ledger already."""

from django.http import HttpRequest

from ledger.looks import Visit
from ledger.models import Look

# Content that leaves as a file or as data. Some are asked for with a reason, by POST.
EXPORTED = frozenset(
    {
        "evidence-open", "api-evidence-content", "evidence-csv", "package-file", "api-package-file", "custody-record-document",
        "custody-record-data", "api-custody-record-document", "api-custody-record-data", "review-document", "api-review-document",
        "attribution-matrix-csv", "evidence-seal-open", "api-evidence-seal-open", "api-finding-report", "incident-looks-csv",
        "incident-looks-json", "verification-document", "verification-data", "api-verification-document", "api-verification-data",
    }
)  # fmt: skip
# Looked into without taking it: a redaction's pages, what would follow from a change.
PREVIEWED = frozenset({"evidence-redaction", "api-evidence-redaction", "attribution-what-if"})
# Parts a page asks for again and again while somebody waits: the page itself was the look.
PARTS = frozenset(
    {
        "package-progress", "custody-record-progress", "review-progress", "received-package-progress", "api-evidence-work",
        "verification-progress",
    }
)  # fmt: skip
SAFE = frozenset({"GET", "HEAD"})
# The part of an address that names the thing below the case, as people write it.
NAMED = ("label", "number", "code", "panel", "seat", "record", "request_id", "redaction_id", "sha256")


def visit_of(request: HttpRequest) -> Visit | None:
    """What this request came for; None when it is no look."""
    match = request.resolver_match
    if match is None or match.url_name is None:
        return None
    name = match.url_name
    if name in PARTS or (request.method not in SAFE and name not in EXPORTED):
        return None
    act = Look.Act.EXPORTED if name in EXPORTED else Look.Act.PREVIEWED if name in PREVIEWED else Look.Act.OPENED
    door = Look.Door.API if request.path.startswith("/api/") else Look.Door.PAGE
    subject = " ".join(str(match.kwargs[part])[:64] for part in NAMED if part in match.kwargs)
    return Visit(act, door, name, subject)

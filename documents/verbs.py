"""What can be recorded about a document."""

from django.utils.translation import gettext_lazy as _

from ledger.verbs import declare

declare(
    {
        "document.issued": _("issued a document"),
        "document.failed": _("could not make a document"),
        "document.retried": _("asked for the document again"),
        "document.downloaded": _("downloaded a document"),
    }
)

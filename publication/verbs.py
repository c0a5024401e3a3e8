"""What can be recorded about public figures."""

from django.utils.translation import gettext_lazy as _

from ledger.verbs import declare

declare(
    {
        "release.begun": _("began a release of public figures"),
        "release.prepared": _("prepared a release of public figures"),
        "release.refused": _("was refused a release of public figures"),
        "release.discarded": _("discarded a release of public figures"),
        "release.published": _("published a release of public figures"),
    }
)

"""What the composition itself records."""

from django.utils.translation import gettext_lazy as _

from ledger.verbs import declare

declare({"demo.told": _("told a part of the demo")})

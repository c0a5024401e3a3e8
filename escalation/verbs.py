"""What can be recorded about measures. Payloads name numbers, codes and rules, never what somebody wrote."""

from django.utils.translation import gettext_lazy as _

from ledger.verbs import declare

declare(
    {
        "measure.proposed": _("proposed a measure"),
        "measure.refused": _("proposed a measure that the guardrails refused"),
        "measure.approved": _("approved a measure"),
        "measure.declined": _("declined a measure"),
        "measure.withdrawn": _("withdrew a measure"),
        "measure.started": _("put a measure in force"),
        "measure.ended": _("ended a measure"),
    }
)

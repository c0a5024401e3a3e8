"""What can be recorded about restoration."""

from django.utils.translation import gettext_lazy as _

from ledger.verbs import declare

declare(
    {
        "restoration.updated": _("reported the state of a service"),
        "restoration.target_set": _("set the target time to recover"),
        "restoration.backup_checked": _("recorded the check of a backup"),
        "restoration.confirmed": _("recorded that the owner confirms the service"),
        "task.added": _("added a remediation task"),
        "task.changed": _("changed a remediation task"),
        "task.moved": _("moved a remediation task"),
        "task.done": _("completed a remediation task"),
        "task.sent_back": _("sent a remediation task back"),
        "task.verified": _("verified a remediation task"),
        "task.cancelled": _("cancelled a remediation task"),
    }
)

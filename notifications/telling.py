"""What this room itself tells: that somebody is called on duty, and that nobody answered."""

from django.utils.translation import gettext_lazy as _

from organisations.roles import Grade

from .kinds import Kind, Reason, declare

ON_DUTY = _("You are your organisation’s duty contact at this moment. Acknowledge it, or it passes on to the next.")
declare(
    Kind(
        "duty.called", Reason.ANSWER, _("%(house)s asks your organisation to get in touch about %(reference)s"), ON_DUTY,
        Grade.SUMMARY,
    ),
    Kind("duty.test", Reason.ANSWER, _("A test of your duty rota: acknowledge it"), ON_DUTY, personal=True),
    Kind(
        "duty.unanswered", Reason.ESCALATED, _("No duty contact of %(house)s has acknowledged: %(asked)d asked"),
        _("You administer the organisation, or yours asked for the acknowledgement."), Grade.SUMMARY,
    ),
    Kind(
        "webhook.disabled", Reason.WARNING, _("The webhook “%(subject)s” was disabled: nothing reaches it any more"),
        _("You administer the organisation. Mend the address, then enable it again: what waits is sent then."),
        personal=True,
    ),
)  # fmt: skip

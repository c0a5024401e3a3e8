"""What can be recorded about the inbox: acts others rely on. How somebody keeps their own inbox is their own affair."""

from django.utils.translation import gettext_lazy as _

from ledger.verbs import declare

declare(
    {
        "notification.acknowledged": _("acknowledged what they were told"),
        "duty.contact_added": _("put a contact on the duty rota"),
        "duty.contact_changed": _("changed a contact on the duty rota"),
        "duty.contact_ended": _("took a contact off the duty rota"),
        "duty.tested": _("tested the duty rota"),
        "duty.called": _("called another organisation’s duty contact"),
        "duty.passed_on": _("passed a notice on to the next duty contact"),
        "duty.unanswered": _("found that no duty contact had acknowledged a notice"),
        "duty.lapsed": _("ended a duty call: the case is not seen any more"),
        "duty.acknowledged": _("took a duty mailbox’s acknowledgement"),
        "webhook.added": _("added a webhook"),
        "webhook.changed": _("changed a webhook"),
        "webhook.rotated": _("gave a webhook a new secret"),
        "webhook.disabled": _("disabled a webhook"),
        "webhook.enabled": _("enabled a webhook again"),
        "webhook.ended": _("ended a webhook"),
        "webhook.tested": _("tested a webhook"),
        "webhook.redelivered": _("sent a webhook message again"),
        "calendar.opened": _("made a calendar address"),
        "calendar.revoked": _("ended a calendar address"),
    }
)

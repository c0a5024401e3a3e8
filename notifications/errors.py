"""What the inbox refuses."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class NothingAsked(DomainError):
    """There is nothing to acknowledge."""

    code = "nothing_asked"
    message = _("Nobody asked for an acknowledgement of this.")


class NoCase(DomainError):
    """Only a case can be muted."""

    code = "no_case"
    message = _("This is about no case: there is nothing to mute.")


class NobodyOnDuty(DomainError):
    """Nobody can be tried out."""

    code = "nobody_on_duty"
    message = _("Nobody is on duty at this moment, so there is nobody to test. Add a contact whose hours include now.")


class TooManyEndpoints(DomainError):
    """A house keeps so many webhooks and no more."""

    code = "too_many_webhooks"
    message = _("Your organisation has as many webhooks as it can have. End one first.")


class EndpointDisabled(DomainError):
    """Nothing is sent to what is disabled."""

    code = "webhook_disabled"
    message = _("This webhook is disabled. Enable it first.")

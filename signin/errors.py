"""One class for each rule of signing in that can be broken."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class SecondFactorRequired(DomainError):
    code = "second_factor_required"
    status = 403
    message = _("Your organisation asks for a second factor. Set one up first: sign in on the pages.")


class SignInRefused(DomainError):
    """The organisation's own sign-in said something that lets nobody in here. What exactly is for the log, not for the page."""

    code = "sign_in_refused"
    message = _("Signing in through your organisation did not work. Try again, or ask its administrator.")


class NoRoleThere(DomainError):
    code = "no_role"
    message = _("Your organisation let you in, but none of your groups there has a role here. Ask its administrator.")


class TooOften(DomainError):
    code = "too_often"
    status = 429
    message = _("That was asked too often. Wait a minute, then try again.")


class DomainTaken(DomainError):
    code = "domain_taken"
    message = _("This domain cannot be added.")


class DomainNotShown(DomainError):
    code = "domain_not_shown"
    message = _("The file was not found there, or says something else. Put it there and try again.")


class MetadataChanged(DomainError):
    code = "metadata_changed"
    message = _("The metadata say something else by now than what you were shown. Look again.")


class ProviderUnreachable(DomainError):
    code = "provider_unreachable"
    message = _("The address could not be asked, or its answer cannot be used.")

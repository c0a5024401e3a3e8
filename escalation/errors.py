"""One class for each rule of measures that can be broken."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class GuardrailsRefused(DomainError):
    """ESC-3: the same code whether a proposal is refused or an approval that comes too late; `details` holds every check."""

    code = "guardrails_refused"
    message = _(
        "The guardrails refuse this measure. The report says which article or rule, and what may be done instead."
    )


class MeasureMoveRefused(DomainError):
    code = "measure_move"
    message = _("The measure cannot move there from where it stands now.")


class FourEyesRequired(DomainError):
    """R3.7: a step up needs two persons."""

    code = "four_eyes_required"
    message = _("You proposed this measure, so somebody else has to decide on it.")


class NotYet(DomainError):
    """52(1)(b): the notice period is waited for."""

    code = "measure_not_yet"
    message = _("This measure starts later: its notice has to run first.")


class Expired(DomainError):
    """ESC-4: a measure ends on its date unless renewed."""

    code = "measure_expired"
    message = _("The end date of this measure has come. Propose it again if it is still needed.")

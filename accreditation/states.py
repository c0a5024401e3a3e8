"""States of an attestation."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    """DRAFT -> SENT -> ACCREDITED or REFUSED; SENT -> DRAFT when taken back; ACCREDITED -> ENDED before its time.

    Lapsing is no state: it is a date, and holds whether or not anything ran on that day.
    """

    DRAFT = "draft", _("Being written")
    SENT = "sent", _("With the reviewer")
    ACCREDITED = "accredited", _("Accredited")
    REFUSED = "refused", _("Refused")
    ENDED = "ended", _("Ended")


class Answer(TextChoices):
    """What an organisation says of a requirement. No answer is not a "no"."""

    MET = "met", _("We keep to it")
    NOT_MET = "not_met", _("Not yet")

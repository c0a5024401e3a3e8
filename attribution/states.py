"""The states of findings, hypotheses and panels, and nothing else.

A finding's *tier* is not a state: it is computed by `attribution.rules` and only ever stored beside its reasons.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Standing(TextChoices):
    """How a finding stands on the record. Nothing is deleted; "contested" stands beside it and hides nothing."""

    CURRENT = "current", _("Current")
    REVISED = "revised", _("Revised")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    SUPERSEDED = "superseded", _("Superseded")


TRANSITIONS: dict[str, set[str]] = {
    Standing.CURRENT: {Standing.REVISED, Standing.WITHDRAWN, Standing.SUPERSEDED},
    Standing.REVISED: {Standing.REVISED, Standing.WITHDRAWN, Standing.SUPERSEDED},
    Standing.WITHDRAWN: set(),
    Standing.SUPERSEDED: set(),
}


class HypothesisStatus(TextChoices):
    """A rejected hypothesis stays in the list and in every computation."""

    ACTIVE = "active", _("Under consideration")
    REJECTED = "rejected", _("Rejected")


class Round(TextChoices):
    """A panel: seats are filled, opinions are given blind, all are opened at once; after the discussion a second round may
    be sealed and opened in the same way; it ends."""

    INVITING = "inviting", _("Filling seats")
    SEALED = "sealed", _("Opinions are being given, sealed")
    REVEALED = "revealed", _("Opinions are open")
    CLOSED = "closed", _("Ended")


PANEL_TRANSITIONS: dict[str, set[str]] = {
    Round.INVITING: {Round.SEALED, Round.CLOSED},
    Round.SEALED: {Round.REVEALED, Round.CLOSED},
    Round.REVEALED: {Round.SEALED, Round.CLOSED},
    Round.CLOSED: set(),
}


class Conflict(TextChoices):
    """What an invited person said about their interests, before any evidence opens."""

    UNDECLARED = "undeclared", _("Not declared yet")
    NONE = "none", _("No conflict of interest")
    DECLARED = "declared", _("Conflict of interest: stepped out")

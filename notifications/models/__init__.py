"""What is stored of telling: inboxes, rotas of duty contacts."""

from .duty import DutyCall, DutyContact, DutyStep
from .inbox import CalendarAddress, Mute, Notification, Preference, Watch

__all__ = [
    "CalendarAddress",
    "DutyCall",
    "DutyContact",
    "DutyStep",
    "Mute",
    "Notification",
    "Preference",
    "Watch",
]

"""What is stored of telling: inboxes, rotas of duty contacts, webhooks."""

from .duty import DutyCall, DutyContact, DutyStep
from .hooks import Attempt, Delivery, Endpoint, EndpointSecret
from .inbox import CalendarAddress, Mute, Notification, Preference, Watch

__all__ = [
    "Attempt",
    "CalendarAddress",
    "Delivery",
    "DutyCall",
    "DutyContact",
    "DutyStep",
    "Endpoint",
    "EndpointSecret",
    "Mute",
    "Notification",
    "Preference",
    "Watch",
]

"""Which fields of this room are about people."""

from core.personal import MEMBER, WITH_THE_RECORD, nobodys, personal

# Kept by the organisation itself, which changes and ends them as its rota changes.
personal("notifications.DutyContact", MEMBER, WITH_THE_RECORD, "name", "email", "phone")
nobodys("notifications.Endpoint", "what a program is called", "name")

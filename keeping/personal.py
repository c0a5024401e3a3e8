"""Which fields of this room are about people."""

from core.personal import OUTSIDER, personal

personal("keeping.DataRequest", OUTSIDER, "request", "requester", "contact", "asked", "reasons", "delivered_how")

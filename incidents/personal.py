"""Which fields of this room are about people."""

from core.personal import OUTSIDER, SPEAKER, WITH_THE_RECORD, nobodys, personal

personal("incidents.Statement", SPEAKER, WITH_THE_RECORD, "said_by", "wording")
personal("incidents.Incident", OUTSIDER, WITH_THE_RECORD, "harm")
nobodys("incidents.SavedSearch", "what a search is called", "name")
nobodys("incidents.Label", "a word for sorting cases", "name")
nobodys("incidents.ServiceHit", "an essential service", "name")

"""Which fields of this room are about people."""

from core.personal import SPEAKER, WITH_THE_RECORD, nobodys, personal

personal("attribution.Invitation", SPEAKER, "contact", "contact")
personal("attribution.Reply", SPEAKER, WITH_THE_RECORD, "name")
personal("attribution.RelyingParty", SPEAKER, WITH_THE_RECORD, "addressee")
nobodys("attribution.Invitation", "the party that is asked", "name")
nobodys("attribution.ReplyFile", "what a file is called", "name", "name_given")

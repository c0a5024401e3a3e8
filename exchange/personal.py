"""Which fields of this room are about people."""

from core.personal import SPEAKER, WITH_THE_RECORD, nobodys, personal

personal("exchange.Package", SPEAKER, WITH_THE_RECORD, "recipient")
personal("exchange.TrustedKey", SPEAKER, WITH_THE_RECORD, "whose")
nobodys("exchange.Package", "why names are told: of the case and not of a person", "names_reason")
nobodys("exchange.TrustedKey", "what a key is called", "name")
nobodys("exchange.ReceivedPackage", "what a file and a key are called", "name", "signed_by")

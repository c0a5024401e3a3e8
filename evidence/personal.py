"""Which fields of this room are about people."""

from core.personal import OUTSIDER, WITH_THE_RECORD, nobodys, personal

personal("evidence.EvidenceItem", OUTSIDER, WITH_THE_RECORD, "collected_by", "source", "description")
personal("evidence.ReceivedCustody", OUTSIDER, WITH_THE_RECORD, "signed_by")
for files in ("evidence.StoredFile", "evidence.PendingUpload"):
    nobodys(files, "what a file is called", "name", "name_given")
nobodys("evidence.FileScan", "what malware is called", "name")
nobodys("evidence.Origin", "where items come from: a log, a report", "name")
nobodys("evidence.Redaction", "what a file is called", "draft_name")

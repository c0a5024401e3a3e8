"""What can be recorded about evidence."""

from django.utils.translation import gettext_lazy as _

from ledger.verbs import declare

declare(
    {
        "evidence.added": _("added an evidence item"),
        "evidence.described": _("changed the description of an evidence item"),
        "evidence.file_stored": _("stored a file of an evidence item"),
        "evidence.marked": _("changed the sharing mark of an evidence item"),
        "evidence.dangerous": _("marked a file of an evidence item as dangerous"),
        "evidence.scanned": _("had a file of an evidence item scanned for malware"),
        "evidence.taken_apart": _("took a message apart into derived evidence items"),
        "evidence.captured": _("captured a web page as evidence"),
        "evidence.work_failed": _("could not finish work on an evidence item"),
        "evidence.work_repeated": _("asked again for work on an evidence item"),
        "evidence.graded": _("graded an evidence item"),
        "evidence.linked": _("linked two evidence items"),
        "evidence.opened": _("opened a file of an evidence item"),
        "evidence.verified": _("checked the files of an evidence item against their hashes"),
        "evidence.swept": _("checked held files against their hashes"),
        "evidence.frozen": _("froze an evidence item whose file does not match its hash"),
        "evidence.restored": _("took an evidence item back into use"),
        "evidence.withdrawn": _("withdrew an evidence item"),
        "evidence.released": _("released an evidence item to another side"),
        "evidence.receipt_accepted": _("accepted an evidence item that was released"),
        "evidence.receipt_refused": _("refused to accept an evidence item that was released"),
        "evidence.came_back": _("recorded that an evidence item came back without a receipt"),
        "evidence.hold_placed": _("placed a legal hold on evidence"),
        "evidence.hold_lifted": _("lifted a legal hold on evidence"),
        "evidence.disposal_proposed": _("proposed to dispose of an evidence item"),
        "evidence.disposal_refused": _("refused the disposal of an evidence item"),
        "evidence.disposed": _("disposed of the content of an evidence item"),
        "evidence.translated": _("added a translation of an evidence item"),
        "evidence.stamped": _("kept a time stamp of a file from an outside authority"),
        "evidence.seal_asked": _("asked to have an evidence item sealed"),
        "evidence.sealed": _("sealed an evidence item"),
        "evidence.seal_request": _("asked the custodians of a sealed evidence item"),
        "evidence.seal_agreed": _("agreed as a custodian of a sealed evidence item"),
        "evidence.seal_declined": _("refused as a custodian of a sealed evidence item"),
        "evidence.seal_request_ended": _("ended a request to the custodians of a sealed evidence item"),
        "evidence.seal_request_expired": _("a request to the custodians of a sealed evidence item expired"),
        "evidence.seal_opened": _("opened a file of a sealed evidence item"),
        "evidence.unsealed": _("ended the seal of an evidence item"),
        "evidence.seal_reshared": _("replaced a custodian of a sealed evidence item"),
        "evidence.redaction_proposed": _("proposed a redacted version of a file"),
        "evidence.redaction_made": _("had a redacted version of a file made"),
        "evidence.redaction_approved": _("approved a redacted version of a file"),
        "evidence.redaction_declined": _("declined a redacted version of a file"),
        "evidence.handled": _("added a custody entry to an evidence item"),
    }
)

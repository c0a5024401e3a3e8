"""One class for each rule of evidence that can be broken."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError, Invalid


class ItemFrozen(DomainError):
    code = "evidence_frozen"
    message = _(
        "This item is frozen: a file of it does not match its hash. It cannot be opened or used until it is restored."
    )


class ItemSealed(DomainError):
    code = "evidence_sealed"
    message = _(
        "This item is sealed. Its content is opened by agreement of its custodians only: ask them on the item’s page."
    )


class ItemNotSealed(DomainError):
    code = "evidence_not_sealed"
    message = _("This item is not sealed, or not yet.")


class AlreadySealed(DomainError):
    code = "evidence_already_sealed"
    message = _("This item is sealed already, or is being sealed.")


class CopyElsewhere(DomainError):
    code = "evidence_copy_elsewhere"
    message = _(
        "Another item of your organisation holds the same bytes, and they would stay readable there. Seal nothing"
        " twice: dispose of the other copy first, or keep this item open."
    )


class TooFewCustodians(DomainError):
    code = "evidence_too_few_custodians"
    message = _("Without you, fewer custodians are left than must agree. They cannot agree to this.")


class RequestOver(DomainError):
    code = "evidence_seal_request_over"
    message = _("This request has been decided, has ended or has expired.")


class NotAgreed(DomainError):
    code = "evidence_seal_not_agreed"
    message = _("The custodians have not agreed to this, or their agreement has ended.")


class AlreadyAnswered(DomainError):
    code = "evidence_seal_answered"
    message = _("You have answered this request already.")


class NotYourOwnRequest(DomainError):
    code = "evidence_seal_own_request"
    message = _("Nobody agrees to their own request.")


class OldKey(DomainError):
    code = "evidence_seal_old_key"
    message = _(
        "This was meant for another sealing key of yours than the one you have now. Ask again, or ask the depositor to"
        " give you a new share."
    )


class RedactedByProposer(DomainError):
    code = "evidence_redaction_by_proposer"
    message = _("You proposed this redaction. Another person has to approve it.")


class RedactionOver(DomainError):
    code = "evidence_redaction_over"
    message = _("This redaction is not ready to be decided, or was decided already.")


class SealDamaged(DomainError):
    """The sealed content did not open to what was sealed; answered, not raised, because the freeze must be kept."""

    code = "evidence_seal_damaged"
    message = _(
        "The sealed content is not what was sealed: it was changed, cut short or put in another order. Nothing of it was"
        " handed out. The item is frozen now, and every finding that uses it is marked."
    )


class ItemWithdrawn(DomainError):
    code = "evidence_withdrawn"
    message = _("This item was withdrawn. It stays on record and is not used.")


class ItemDisposed(DomainError):
    code = "evidence_disposed"
    message = _(
        "This item was disposed of: its content is gone. The record, the hashes and the custody stay as they are."
    )


class ItemNotFrozen(DomainError):
    code = "evidence_not_frozen"
    message = _("This item is not frozen.")


class StillDamaged(DomainError):
    code = "evidence_still_damaged"
    message = _(
        "A file of this item still does not match its hash. Bring back the original before you restore the item."
    )


class IntegrityLost(DomainError):
    """Found while somebody asked for a file; answered, not raised, because the freeze must be kept."""

    code = "evidence_integrity_lost"
    message = _(
        "This file is not the one that was received: it does not match its hash. It was not handed out. The item is"
        " frozen now, and every finding that uses it is marked."
    )


class OriginalUnavailable(DomainError):
    code = "evidence_original_unavailable"
    message = _(
        "The original cannot be read from the store at the moment. Nothing was changed; tell whoever runs the platform."
    )


class FileAlreadyHeld(DomainError):
    code = "evidence_file_already_held"
    message = _("This item holds exactly these bytes already.")


class GradedByUploader(DomainError):
    code = "evidence_graded_by_uploader"
    message = _("You gave this item in or collected it. Somebody else in your organisation has to grade it (R1.1).")


class CorroborationNeeded(DomainError):
    code = "evidence_corroboration_needed"
    message = _(
        "“Confirmed by other sources” needs a linked item of another lineage (R1.2). Link one that corroborates this"
        " item first, or choose another grade."
    )


class LineageCircle(DomainError):
    code = "evidence_lineage_circle"
    message = _("The other item is derived from this one already. An item cannot come from itself.")


class AlreadyLinked(DomainError):
    code = "evidence_already_linked"
    message = _("These two items are linked in this way already.")


class OnlyOriginatorRelaxes(DomainError):
    code = "evidence_only_originator_relaxes"
    message = _("Only the organisation that gave the item in may lower its mark (R2.9).")


class ParentsStricter(DomainError):
    code = "evidence_parents_stricter"
    message = _(
        "This item is derived from one that is marked more strictly by another organisation (R2.8). It must keep that mark."
    )


class StoreFull(Invalid):
    """The disk is full: nothing was kept of this file, and nothing else was lost."""

    code = "evidence_store_full"

    def __init__(self) -> None:
        super().__init__(
            {
                "file": [
                    _(
                        "There is no room left to keep this file. Nothing of it was stored. Tell whoever runs the platform, then try again."
                    )
                ]
            }
        )


class ReleaseOpen(DomainError):
    code = "evidence_release_open"
    message = _("This item was released already, and the other side has not answered yet (R1.13).")


class NothingReleased(DomainError):
    code = "evidence_nothing_released"
    message = _("No release of this item waits for an answer.")


class OwnReceipt(DomainError):
    code = "evidence_own_receipt"
    message = _("You released this item. Somebody else has to record what became of it.")


class LegalHoldForbids(DomainError):
    code = "evidence_legal_hold"
    message = _("A legal hold forbids the disposal of this item. It has to be lifted first, with a reason.")


class DisposalProposed(DomainError):
    code = "evidence_disposal_proposed"
    message = _("The disposal of this item is proposed already, and waits for a second person.")


class NoDisposalProposed(DomainError):
    code = "evidence_no_disposal_proposed"
    message = _("No disposal of this item waits for a second person.")


class DisposalNeedsTwo(DomainError):
    code = "evidence_disposal_needs_two"
    message = _("You proposed this disposal. A second person has to carry it out.")


class HoldLifted(DomainError):
    code = "evidence_hold_lifted"
    message = _("This legal hold was lifted already.")


class UploadBusy(DomainError):
    """Two writers would mix their bytes."""

    code = "upload_busy"
    status = 423
    message = _("This file is being sent from somewhere else at this moment. Wait a minute, then go on.")


class WrongOffset(DomainError):
    code = "upload_offset"
    message = _("More or less of this file has arrived than the sender thinks. Ask where to go on, then send the rest.")


class UploadExpired(DomainError):
    code = "upload_expired"
    status = 410
    message = _("This upload was left for too long and was cleared away. Choose the file again.")


class ChecksumMismatch(DomainError):
    """A piece was changed on its way: nothing of it is kept (tus: 460)."""

    code = "upload_checksum"
    status = 460
    message = _("This piece was changed on its way. It was not kept; send it again.")


class UploadTooLong(DomainError):
    code = "upload_too_long"
    status = 413
    message = _("This is more than the file was said to be.")


class QuotaReached(Invalid):
    """So many unfinished files that the disk would fill with them."""

    code = "upload_quota"

    def __init__(self) -> None:
        super().__init__(
            {
                "file": [
                    _(
                        "Your organisation has too many unfinished uploads. Finish or remove some, or wait until they run out."
                    )
                ]
            }
        )


class WorkNotFailed(DomainError):
    code = "evidence_work_not_failed"
    message = _("This work has not failed: there is nothing to repeat.")


class NoMessage(DomainError):
    code = "evidence_no_message"
    message = _("This file is not an e-mail message.")


class AlreadyTakenApart(DomainError):
    code = "evidence_taken_apart_already"
    message = _("This message was taken apart already. Its parts are linked to this item.")


class CaptureNotConfigured(DomainError):
    code = "evidence_capture_not_configured"
    message = _("No capture tool is set up on this platform. Capture the page yourself and add the files as an item.")


class TouchForbidden(DomainError):
    code = "pap_forbids"
    message = _(
        "This case allows nothing that the other side could notice (PAP), and fetching a page is seen by whoever serves it. "
        "Give in a copy that somebody has already, or have the holder relax the mark."
    )

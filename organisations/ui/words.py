"""What each act of the table of rights is called, for the page that prints the table."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from ..roles import Action

WORDS: dict[Action, Any] = {
    Action.VIEW: _("See the summary of a case"),
    Action.FILE: _("File an incident"),
    Action.EDIT: _("Change the facts of a case"),
    Action.SHARE: _("Share a case and end a share"),
    Action.SEE_GRANTS: _("See whom a case is shared with"),
    Action.HIDE_NAMES: _("Hide the names in a case and show them again"),
    Action.CLOSE: _("Close a case and open it again"),
    Action.SEE_EVIDENCE: _("See evidence"),
    Action.ADD_EVIDENCE: _("Add evidence"),
    Action.GRADE_EVIDENCE: _("Grade evidence"),
    Action.OPEN_FILE: _("Open files of evidence"),
    Action.DOWNLOAD_EVIDENCE: _("Check evidence, pass it on and print its custody"),
    Action.EXPORT_EVIDENCE: _("Export evidence as a package"),
    Action.SEE_ATTRIBUTION: _("See findings"),
    Action.ANALYSE: _("Weigh evidence against hypotheses"),
    Action.PROPOSE_FINDING: _("Propose a finding"),
    Action.CONVENE_PANEL: _("Convene a panel"),
    Action.TAKE_SEAT: _("Sit on a panel"),
    Action.SEE_MEASURES: _("See measures"),
    Action.PROPOSE_MEASURE: _("Propose a measure"),
    Action.DECIDE_MEASURE: _("Decide on a measure"),
    Action.SEE_REMEDIATION: _("See restoration and remediation"),
    Action.RESTORE: _("Report on services and tasks"),
    Action.VERIFY_TASK: _("Verify a task somebody else did"),
    Action.SEE_REVIEW: _("Read reviews"),
    Action.REQUEST_REVIEW: _("Ask for a review document"),
    Action.PREPARE_RELEASE: _("Prepare public figures"),
    Action.PUBLISH_RELEASE: _("Publish figures"),
    Action.SEE_AUDIT: _("See who looked at a case and what was changed"),
    Action.HANDLE_REQUESTS: _("File and decide requests for data"),
    Action.LOOK_UP_NAMES: _("Look behind the handle of a case without names"),
    Action.OPEN_IN_EMERGENCY: _("Open a case in an emergency"),
    Action.MANAGE_ORGANISATION: _("Administer the organisation"),
    Action.OPEN_IN_EMERGENCY: _("Open a case in an emergency, without a grant"),
    Action.ATTEST: _("Attest to the evidence standard for the organisation"),
    Action.REVIEW_ATTESTATION: _("Review the attestation of another organisation"),
}


def words_of(action: Action) -> str:
    """The act in words."""
    return str(WORDS.get(action, action.label))

"""Why a passage may be taken out: a closed list, each with where it stands. Another list is another version.

Whoever reads a redacted version reads the code in the marker and can ask whether that reason was a good one.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

VERSION = "2026.1"


@dataclass(frozen=True, slots=True)
class Reason:
    """A code, its words, and its source."""

    code: str
    words: Any
    source: str


REASONS = (
    Reason(
        "person_at_risk", _("Would put a victim, a witness or another person at risk"),
        "Rome Statute art. 68(1) and (5); ICC Rules of Procedure and Evidence, rule 81(4)",
    ),
    Reason("child", _("Identifies a child"), "Convention on the Rights of the Child art. 16"),
    Reason("personal_data", _("Personal data that is not needed"), "Regulation (EU) 2016/679 art. 5(1)(c)"),
    Reason("special_data", _("Health data or other data of a special category"), "Regulation (EU) 2016/679 art. 9(1)"),
    Reason(
        "given_in_confidence", _("Given on condition of confidentiality, or would reveal a source"),
        "Rome Statute art. 54(3)(e); ICC Rules of Procedure and Evidence, rule 82",
    ),
    Reason("ongoing_inquiry", _("Would harm an inquiry that is going on"), "ICC Rules of Procedure and Evidence, rule 81(2)"),
    Reason("national_security", _("National security of a State that asked for it"), "Rome Statute art. 72"),
    Reason("privilege", _("Privileged communication"), "ICC Rules of Procedure and Evidence, rule 73"),
    Reason("security_sensitive", _("Would help an attack: credentials, weaknesses not mended yet"), "ISO/IEC 29147:2018"),
    Reason("trade_secret", _("Trade secret"), "Directive (EU) 2016/943 art. 2(1)"),
)  # fmt: skip
BY_CODE = {reason.code: reason for reason in REASONS}


def choices() -> list[tuple[str, Any]]:
    """For a form."""
    return [(reason.code, reason.words) for reason in REASONS]

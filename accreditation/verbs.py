"""What can be recorded about accreditation."""

from django.utils.translation import gettext_lazy as _

from ledger.verbs import declare

declare(
    {
        "attestation.begun": _("began an attestation to the evidence standard"),
        "attestation.sent": _("attested to the evidence standard"),
        "attestation.taken_back": _("took an attestation back"),
        "accreditation.given": _("accredited an organisation to the evidence standard"),
        "accreditation.refused": _("refused an accreditation"),
        "accreditation.ended": _("ended an accreditation"),
    }
)

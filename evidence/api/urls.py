"""Addresses of evidence under /api/v1/incidents/<reference>/."""

from django.db.transaction import non_atomic_requests
from django.urls import path

from . import custody, gathering, redactions, seals, uploads, views

ITEM = "evidence/<evidence:number>/"
REDACTION = f"{ITEM}redactions/<int:redaction_id>/"
REQUEST = f"{ITEM}seal/requests/<int:request_id>/"

urlpatterns = [
    path("evidence/", views.EvidenceList.as_view(), name="api-evidence-list"),
    path("evidence/transfers/", custody.EvidenceTransfers.as_view(), name="api-evidence-transfers"),
    path("evidence/holds/", custody.EvidenceHolds.as_view(), name="api-evidence-holds"),
    path("evidence/holds/<int:hold_id>/lift/", custody.EvidenceHoldLift.as_view(), name="api-evidence-hold-lift"),
    path("evidence/uploads/", non_atomic_requests(uploads.Uploads.as_view()), name="api-evidence-uploads"),
    path(
        "evidence/uploads/<uuid:upload>/",
        non_atomic_requests(uploads.UploadDetail.as_view()),
        name="api-evidence-upload",
    ),
    path("evidence/indicators/", gathering.Indicators.as_view(), name="api-evidence-indicators"),
    path("evidence/capture/", gathering.Capture.as_view(), name="api-evidence-capture"),
    path(f"{ITEM}files/<str:sha256>/dangerous/", gathering.Dangerous.as_view(), name="api-evidence-dangerous"),
    path(f"{ITEM}files/<str:sha256>/take-apart/", gathering.TakeApart.as_view(), name="api-evidence-take-apart"),
    path(f"{ITEM}work/", gathering.Work.as_view(), name="api-evidence-work"),
    path(f"{ITEM}work/<int:job>/repeat/", gathering.WorkRepeat.as_view(), name="api-evidence-work-repeat"),
    path("evidence/batch/", views.EvidenceBatch.as_view(), name="api-evidence-batch"),
    path(ITEM, views.EvidenceDetail.as_view(), name="api-evidence-item"),
    path(f"{ITEM}files/", views.EvidenceFiles.as_view(), name="api-evidence-files"),
    path(f"{ITEM}files/<str:sha256>/content/", views.EvidenceContent.as_view(), name="api-evidence-content"),
    path(f"{ITEM}grades/", views.EvidenceGrades.as_view(), name="api-evidence-grades"),
    path(f"{ITEM}custody/", views.EvidenceCustody.as_view(), name="api-evidence-custody"),
    path(f"{ITEM}lineage/", views.EvidenceLineage.as_view(), name="api-evidence-lineage"),
    path(f"{ITEM}mark/", views.EvidenceMark.as_view(), name="api-evidence-mark"),
    path(f"{ITEM}withdraw/", views.EvidenceWithdraw.as_view(), name="api-evidence-withdraw"),
    path(f"{ITEM}restore/", views.EvidenceRestore.as_view(), name="api-evidence-restore"),
    path(f"{ITEM}verify/", views.EvidenceVerify.as_view(), name="api-evidence-verify"),
    path(f"{ITEM}release/", custody.EvidenceRelease.as_view(), name="api-evidence-release"),
    path(f"{ITEM}receipt/", custody.EvidenceReceipt.as_view(), name="api-evidence-receipt"),
    path(f"{ITEM}disposal/", custody.EvidenceDisposal.as_view(), name="api-evidence-disposal"),
    path(
        f"{ITEM}disposal/decision/", custody.EvidenceDisposalDecision.as_view(), name="api-evidence-disposal-decision"
    ),
    path(f"{ITEM}redactions/", redactions.EvidenceRedactions.as_view(), name="api-evidence-redactions"),
    path(REDACTION, redactions.EvidenceRedaction.as_view(), name="api-evidence-redaction"),
    path(f"{REDACTION}compare/", redactions.RedactionCompare.as_view(), name="api-evidence-redaction-compare"),
    path(f"{REDACTION}draft/", redactions.RedactionDraft.as_view(), name="api-evidence-redaction-draft"),
    path(f"{REDACTION}decision/", redactions.RedactionDecision.as_view(), name="api-evidence-redaction-decision"),
    path(f"{ITEM}seal/", seals.EvidenceSeal.as_view(), name="api-evidence-seal"),
    path(f"{ITEM}seal/candidates/", seals.SealCandidates.as_view(), name="api-evidence-seal-candidates"),
    path(f"{ITEM}seal/requests/", seals.SealRequests.as_view(), name="api-evidence-seal-requests"),
    path(REQUEST, seals.OneSealRequest.as_view(), name="api-evidence-seal-request"),
    path(f"{REQUEST}answer/", seals.SealRequestAnswer.as_view(), name="api-evidence-seal-answer"),
    path(f"{REQUEST}end/", seals.SealRequestEnd.as_view(), name="api-evidence-seal-end"),
    path(f"{REQUEST}open/<str:sha256>/", seals.SealedContent.as_view(), name="api-evidence-seal-open"),
    path(f"{REQUEST}facts/", seals.SealedFacts.as_view(), name="api-evidence-seal-facts"),
    path(f"{REQUEST}carry-out/", seals.SealCarryOut.as_view(), name="api-evidence-seal-carry-out"),
]

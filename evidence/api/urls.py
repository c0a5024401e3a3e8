"""Addresses of evidence under /api/v1/incidents/<reference>/."""

from django.urls import path

from . import views

ITEM = "evidence/<evidence:number>/"

urlpatterns = [
    path("evidence/", views.EvidenceList.as_view(), name="api-evidence-list"),
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
]

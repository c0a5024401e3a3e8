"""Addresses of evidence, under its case."""

from django.urls import path

from . import acts, custody, gathering, intake, redactions, seals, views

ITEM = "evidence/<evidence:number>/"
REDACTION = f"{ITEM}redactions/<int:redaction_id>/"
REQUEST = f"{ITEM}seal/requests/<int:request_id>/"

urlpatterns = [
    path("evidence/", views.evidence_list, name="evidence-list"),
    path("evidence/new/", intake.evidence_new, name="evidence-new"),
    path("evidence/custody/", custody.evidence_custody, name="evidence-custody"),
    path("evidence/hold/", custody.evidence_hold_case, name="evidence-hold-case"),
    path("evidence/holds/<int:hold_id>/lift/", custody.evidence_hold_lift, name="evidence-hold-lift"),
    path("evidence/indicators/", gathering.evidence_indicators, name="evidence-indicators"),
    path("evidence/capture/", gathering.evidence_capture, name="evidence-capture"),
    path(f"{ITEM}files/<str:sha256>/dangerous/", gathering.evidence_dangerous, name="evidence-dangerous"),
    path(f"{ITEM}files/<str:sha256>/take-apart/", gathering.evidence_take_apart, name="evidence-take-apart"),
    path(f"{ITEM}work/<int:job>/repeat/", gathering.evidence_work_repeat, name="evidence-work-repeat"),
    path(ITEM, views.evidence_item, name="evidence-item"),
    path(f"{ITEM}edit/", intake.evidence_edit, name="evidence-edit"),
    path(f"{ITEM}files/add/", intake.evidence_file_add, name="evidence-file-add"),
    path(f"{ITEM}files/<str:sha256>/open/", acts.evidence_open, name="evidence-open"),
    path(f"{ITEM}grade/", acts.evidence_grade, name="evidence-grade"),
    path(f"{ITEM}link/", acts.evidence_link, name="evidence-link"),
    path(f"{ITEM}mark/", acts.evidence_mark, name="evidence-mark"),
    path(f"{ITEM}verify/", acts.evidence_verify, name="evidence-verify"),
    path(f"{ITEM}withdraw/", acts.evidence_withdraw, name="evidence-withdraw"),
    path(f"{ITEM}restore/", acts.evidence_restore, name="evidence-restore"),
    path(f"{ITEM}release/", custody.evidence_release, name="evidence-release"),
    path(f"{ITEM}receipt/", custody.evidence_receipt, name="evidence-receipt"),
    path(f"{ITEM}dispose/", custody.evidence_dispose, name="evidence-dispose"),
    path(f"{ITEM}hold/", custody.evidence_hold, name="evidence-hold"),
    path(f"{ITEM}files/<str:sha256>/redact/", redactions.evidence_redact, name="evidence-redact"),
    path(REDACTION, redactions.evidence_redaction, name="evidence-redaction"),
    path(f"{REDACTION}compare/", redactions.evidence_redaction_compare, name="evidence-redaction-compare"),
    path(f"{REDACTION}draft/", redactions.evidence_redaction_draft, name="evidence-redaction-draft"),
    path(f"{REDACTION}decide/", redactions.evidence_redaction_decide, name="evidence-redaction-decide"),
    path(f"{ITEM}seal/", seals.evidence_seal, name="evidence-seal"),
    path(f"{ITEM}seal/requests/new/", seals.evidence_seal_ask, name="evidence-seal-ask"),
    path(REQUEST, seals.evidence_seal_request, name="evidence-seal-request"),
    path(f"{REQUEST}answer/", seals.evidence_seal_answer, name="evidence-seal-answer"),
    path(f"{REQUEST}end/", seals.evidence_seal_end, name="evidence-seal-end"),
    path(f"{REQUEST}open/<str:sha256>/", seals.evidence_seal_open, name="evidence-seal-open"),
    path(f"{REQUEST}facts/", seals.evidence_seal_facts, name="evidence-seal-facts"),
    path(f"{REQUEST}carry-out/", seals.evidence_seal_carry_out, name="evidence-seal-carry-out"),
]

"""Addresses of the case's own pages."""

from django.urls import path

from . import (
    activity,
    additions,
    deadlines,
    editing,
    emergency,
    filing,
    handing,
    labels,
    looks,
    names,
    previews,
    recall,
    searches,
    sharing,
    views,
    watching,
)

CASE = "incidents/<incident:reference>/"
DRAFT = "incidents/new/<draft:draft>/"

urlpatterns = [
    path("incidents/", views.incident_list, name="incident-list"),
    path("search/", views.search, name="search"),
    path("incidents/new/", filing.draft_new, name="draft-new"),
    path(DRAFT, filing.draft_tasks, name="draft"),
    path(f"{DRAFT}check/", filing.draft_check, name="draft-check"),
    path(f"{DRAFT}sent/", filing.draft_sent, name="draft-sent"),
    path(f"{DRAFT}discard/", filing.draft_discard, name="draft-discard"),
    path(f"{DRAFT}<slug:step>/", filing.draft_step, name="draft-step"),
    path(f"{DRAFT}<slug:step>/save/", filing.draft_autosave, name="draft-autosave"),
    path("organisation/labels/", labels.organisation_labels, name="organisation-labels"),
    path("organisation/labels/<int:label_id>/", labels.label_change, name="label-change"),
    path(CASE, views.incident_summary, name="incident"),
    path(f"{CASE}labels/", labels.incident_labels, name="incident-labels"),
    path(f"{CASE}change/<slug:step>/", editing.incident_change, name="incident-change"),
    path(f"{CASE}close/", views.incident_close, name="incident-close"),
    path(f"{CASE}reopen/", views.incident_reopen, name="incident-reopen"),
    path(f"{CASE}statements/new/", additions.statement_new, name="statement-new"),
    path(f"{CASE}timeline/new/", additions.timeline_new, name="timeline-new"),
    path(f"{CASE}links/new/", additions.link_new, name="link-new"),
    path(f"{CASE}sharing/", sharing.incident_grants, name="incident-grants"),
    path(f"{CASE}sharing/new/", sharing.grant_new, name="grant-new"),
    path(f"{CASE}sharing/<int:grant_id>/end/", sharing.grant_end, name="grant-end"),
<<<<<<< HEAD
    path(f"{CASE}names/", names.incident_names, name="incident-names"),
    path("names/", names.name_looks, name="name-looks"),
    path("names/look/", names.name_look, name="name-look"),
=======
>>>>>>> main
    path(f"{CASE}sharing/<int:grant_id>/preview/", previews.preview_grant, name="preview-grant"),
    path(f"{CASE}sharing/people/<int:grant_id>/end/", sharing.grant_end_person, name="grant-end-person"),
    path(f"{CASE}sharing/people/<int:grant_id>/preview/", previews.preview_person, name="preview-person"),
    path(f"{CASE}sharing/past/<int:past_id>/undo/", sharing.grant_undo, name="grant-undo"),
    path(f"{CASE}sharing/guests/new/", sharing.guest_new, name="guest-new"),
    path(f"{CASE}sharing/preview/", previews.preview_new, name="preview-new"),
    path(f"{CASE}sharing/who/<slug:kind>/<str:label>/", sharing.who_sees, name="who-sees"),
    path(f"{CASE}sharing/in-charge/", handing.in_charge, name="in-charge"),
    path(f"{CASE}sharing/hand-over/", handing.hand_over_new, name="hand-over-new"),
    path(f"{CASE}sharing/hand-over/<int:offer_id>/", handing.hand_over_answer, name="hand-over-answer"),
    path("preview/end/", previews.preview_end, name="preview-end"),
    path("emergency/", emergency.emergency_open, name="emergency-open"),
<<<<<<< HEAD
=======
    path(f"{CASE}names/", names.incident_names, name="incident-names"),
    path("names/", names.name_looks, name="name-looks"),
    path("names/look/", names.name_look, name="name-look"),
>>>>>>> main
    path("organisation/shares/recall/", recall.share_recall, name="share-recall"),
    path("organisation/shares/recall/<slug:house>/", recall.share_recall_all, name="share-recall-all"),
    path(f"{CASE}watch/", watching.incident_watch, name="incident-watch"),
    path("incidents/searches/", searches.searches, name="searches"),
    path("incidents/searches/save/", searches.search_save, name="search-save"),
    path("incidents/searches/<int:search_id>/drop/", searches.search_drop, name="search-drop"),
    path("deadlines/", deadlines.deadline_list, name="deadline-list"),
    path(f"{CASE}deadlines/", deadlines.incident_deadlines, name="incident-deadlines"),
    path(f"{CASE}deadlines/<str:clock_code>/<str:key>/", deadlines.deadline, name="deadline"),
    path("organisation/audit/", looks.organisation_audit, name="organisation-audit"),
    path("organisation/audit/looks.csv", looks.organisation_audit_csv, name="organisation-audit-csv"),
    path("organisation/audit/looks.json", looks.organisation_audit_json, name="organisation-audit-json"),
    path(f"{CASE}looks/", looks.incident_looks, name="incident-looks"),
    path(f"{CASE}looks/looks.csv", looks.incident_looks_csv, name="incident-looks-csv"),
    path(f"{CASE}looks/looks.json", looks.incident_looks_json, name="incident-looks-json"),
    path(f"{CASE}changes/", looks.incident_changes, name="incident-changes"),
    path(f"{CASE}activity/", activity.incident_activity, name="incident-activity"),
]

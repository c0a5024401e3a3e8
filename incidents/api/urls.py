"""Addresses under /api/v1/."""

from django.urls import path

from . import additions, deadlines, drafts, handing, labels, looks, recall, searches, sharing, views, watching

CASE = "incidents/<incident:reference>/"

urlpatterns = [
    path("incidents/", views.IncidentList.as_view(), name="api-incident-list"),
    path("labels/", labels.LabelList.as_view(), name="api-label-list"),
    path("labels/<int:label_id>/", labels.LabelDetail.as_view(), name="api-label"),
    path(f"{CASE}labels/", labels.CaseLabels.as_view(), name="api-incident-labels"),
    path(CASE, views.IncidentDetail.as_view(), name="api-incident"),
    path(f"{CASE}close/", views.IncidentMove.as_view(move="close"), name="api-incident-close"),
    path(f"{CASE}reopen/", views.IncidentMove.as_view(move="reopen"), name="api-incident-reopen"),
    path(f"{CASE}grants/", sharing.GrantList.as_view(), name="api-grant-list"),
    path(f"{CASE}grants/<int:grant_id>/", sharing.GrantDetail.as_view(), name="api-grant"),
    path(f"{CASE}grants/people/", sharing.PersonGrantList.as_view(), name="api-person-grant-list"),
    path(f"{CASE}grants/people/<int:grant_id>/", sharing.PersonGrantDetail.as_view(), name="api-person-grant"),
    path(f"{CASE}grants/guests/", sharing.GuestList.as_view(), name="api-guest-list"),
    path(f"{CASE}grants/past/", sharing.PastGrantList.as_view(), name="api-past-grant-list"),
    path(f"{CASE}grants/past/<int:past_id>/restore/", sharing.PastGrantRestore.as_view(), name="api-grant-restore"),
    path(f"{CASE}who/<slug:kind>/<str:label>/", sharing.WhoSees.as_view(), name="api-who-sees"),
    path(f"{CASE}preview/", sharing.PreviewBegin.as_view(), name="api-preview"),
    path(f"{CASE}in-charge/", handing.InCharge.as_view(), name="api-in-charge"),
    path(f"{CASE}hand-over/", handing.HandOverList.as_view(), name="api-hand-over-list"),
    path(f"{CASE}hand-over/<int:offer_id>/", handing.HandOverAnswer.as_view(), name="api-hand-over"),
    path(f"{CASE}emergencies/", handing.EmergencyList.as_view(), name="api-emergency-list"),
    path("emergency/", handing.EmergencyOpen.as_view(), name="api-emergency-open"),
    path(f"{CASE}statements/", additions.StatementList.as_view(), name="api-statement-list"),
    path(f"{CASE}timeline/", additions.TimelineList.as_view(), name="api-timeline-list"),
    path(f"{CASE}links/", additions.LinkList.as_view(), name="api-link-list"),
    path(f"{CASE}watch/", watching.CaseWatch.as_view(), name="api-incident-watch"),
    path("organisation/looks/", looks.OrganisationLooks.as_view(), name="api-organisation-looks"),
    path(f"{CASE}looks/", looks.IncidentLooks.as_view(), name="api-incident-looks"),
    path(f"{CASE}changes/", looks.IncidentChanges.as_view(), name="api-incident-changes"),
    path(f"{CASE}activity/", additions.ActivityList.as_view(), name="api-activity"),
    path("searches/", searches.SearchList.as_view(), name="api-search-list"),
    path("searches/<int:search_id>/", searches.SearchDetail.as_view(), name="api-search"),
    path("deadlines/", deadlines.DeadlineList.as_view(), name="api-deadline-list"),
    path(f"{CASE}deadlines/", deadlines.CaseDeadlineList.as_view(), name="api-case-deadlines"),
    path(f"{CASE}deadlines/<str:clock_code>/<str:key>/", deadlines.DeadlineDetail.as_view(), name="api-case-deadline"),
    path("shares/recall/", recall.RecallList.as_view(), name="api-share-recall"),
    path("drafts/", drafts.DraftList.as_view(), name="api-draft-list"),
    path("drafts/<draft:draft>/", drafts.DraftDetail.as_view(), name="api-draft"),
    path("drafts/<draft:draft>/file/", drafts.DraftFile.as_view(), name="api-draft-file"),
]

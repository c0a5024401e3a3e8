"""Addresses under /api/v1/."""

from django.urls import path

from . import duty, views

urlpatterns = [
    path("inbox/", views.Inbox.as_view(), name="api-inbox"),
    path("inbox/<int:notice_id>/", views.InboxItem.as_view(), name="api-inbox-item"),
    path("inbox/settings/", views.Settings.as_view(), name="api-inbox-settings"),
    path("inbox/calendar/", views.CalendarDoor.as_view(), name="api-inbox-calendar"),
    path("inbox/muted/<int:mute_id>/", views.Muted.as_view(), name="api-inbox-muted"),
    path("inbox/watched/<int:watch_id>/", views.Watched.as_view(), name="api-inbox-watched"),
    path("duty/", duty.Duty.as_view(), name="api-duty"),
    path("duty/test/", duty.DutyTest.as_view(), name="api-duty-test"),
    path("duty/calls/", duty.DutyCalls.as_view(), name="api-duty-calls"),
    path("duty/<int:contact_id>/", duty.DutyContactDoor.as_view(), name="api-duty-contact"),
    path("organisations/<slug:slug>/duty/", duty.DutyOf.as_view(), name="api-duty-of"),
]

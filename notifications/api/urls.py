"""Addresses under /api/v1/."""

from django.urls import path

from . import duty, hooks, views

urlpatterns = [
    path("inbox/", views.Inbox.as_view(), name="api-inbox"),
    path("inbox/done/", views.InboxDone.as_view(), name="api-inbox-done"),
    path("inbox/<int:notice_id>/", views.InboxItem.as_view(), name="api-inbox-item"),
    path("inbox/settings/", views.Settings.as_view(), name="api-inbox-settings"),
    path("inbox/calendar/", views.CalendarDoor.as_view(), name="api-inbox-calendar"),
    path("inbox/muted/<int:mute_id>/", views.Muted.as_view(), name="api-inbox-muted"),
    path("inbox/watched/<int:watch_id>/", views.Watched.as_view(), name="api-inbox-watched"),
    path("duty/", duty.Duty.as_view(), name="api-duty"),
    path("duty/test/", duty.DutyTest.as_view(), name="api-duty-test"),
    path("duty/calls/", duty.DutyCalls.as_view(), name="api-duty-calls"),
    path("duty/<int:contact_id>/", duty.DutyContactDoor.as_view(), name="api-duty-contact"),
    path("webhooks/", hooks.Webhooks.as_view(), name="api-webhooks"),
    path("webhooks/<int:endpoint_id>/", hooks.Webhook.as_view(), name="api-webhook"),
    path("webhooks/<int:endpoint_id>/rotate/", hooks.WebhookRotate.as_view(), name="api-webhook-rotate"),
    path("webhooks/<int:endpoint_id>/test/", hooks.WebhookTest.as_view(), name="api-webhook-test"),
    path("webhooks/<int:endpoint_id>/deliveries/", hooks.Deliveries.as_view(), name="api-webhook-deliveries"),
    path(
        "webhooks/<int:endpoint_id>/deliveries/<int:delivery_id>/",
        hooks.DeliveryDoor.as_view(),
        name="api-webhook-delivery",
    ),
    path("organisations/<slug:slug>/duty/", duty.DutyOf.as_view(), name="api-duty-of"),
]

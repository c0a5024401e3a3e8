"""Addresses of the inbox."""

from django.urls import path

from . import duty, hooks, settings, views

NOTICE = "inbox/<int:notice_id>/"
WEBHOOK = "organisation/webhooks/<int:endpoint_id>/"

urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/done/", views.inbox_done_several, name="inbox-done-several"),
    path("inbox/undo/", views.inbox_undo_several, name="inbox-undo-several"),
    path(f"{NOTICE}open/", views.inbox_open, name="inbox-open"),
    path(f"{NOTICE}done/", views.inbox_done, name="inbox-done"),
    path(f"{NOTICE}undo/", views.inbox_undo, name="inbox-undo"),
    path(f"{NOTICE}later/", views.inbox_snooze, name="inbox-snooze"),
    path(f"{NOTICE}mute/", views.inbox_mute, name="inbox-mute"),
    path(f"{NOTICE}acknowledge/", views.inbox_acknowledge, name="inbox-acknowledge"),
    path("inbox/settings/", settings.inbox_settings, name="inbox-settings"),
    path("inbox/settings/calendar/", settings.calendar_new, name="calendar-new"),
    path("inbox/settings/calendar/end/", settings.calendar_end, name="calendar-end"),
    path("inbox/muted/<int:mute_id>/end/", settings.unmute, name="inbox-unmute"),
    path("inbox/watched/<int:watch_id>/end/", settings.unwatch, name="inbox-unwatch"),
    path("organisation/duty/", duty.duty, name="duty"),
    path("organisation/duty/new/", duty.duty_new, name="duty-new"),
    path("organisation/duty/test/", duty.duty_test, name="duty-test"),
    path("organisation/duty/<int:contact_id>/", duty.duty_change, name="duty-change"),
    path("organisation/duty/<int:contact_id>/end/", duty.duty_end, name="duty-end"),
    path("organisations/<slug:slug>/duty/", duty.duty_of, name="duty-of"),
    path("duty/<str:token>/", duty.duty_answer, name="duty-answer"),
    path("organisation/webhooks/", hooks.webhooks, name="webhooks"),
    path("organisation/webhooks/new/", hooks.webhook_new, name="webhook-new"),
    path(WEBHOOK, hooks.webhook, name="webhook"),
    path(f"{WEBHOOK}change/", hooks.webhook_change, name="webhook-change"),
    path(f"{WEBHOOK}rotate/", hooks.webhook_rotate, name="webhook-rotate"),
    path(f"{WEBHOOK}test/", hooks.webhook_test, name="webhook-test"),
    path(f"{WEBHOOK}disable/", hooks.webhook_disable, name="webhook-disable"),
    path(f"{WEBHOOK}enable/", hooks.webhook_enable, name="webhook-enable"),
    path(f"{WEBHOOK}end/", hooks.webhook_end, name="webhook-end"),
    path(f"{WEBHOOK}deliveries/<int:delivery_id>/", hooks.webhook_delivery, name="webhook-delivery"),
    path(f"{WEBHOOK}deliveries/<int:delivery_id>/again/", hooks.webhook_redeliver, name="webhook-redeliver"),
    path("calendar/<slug:secret>.ics", settings.calendar_feed, name="calendar-feed"),
]

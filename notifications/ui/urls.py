"""Addresses of the inbox."""

from django.urls import path

from . import settings, views

NOTICE = "inbox/<int:notice_id>/"

urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
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
    path("calendar/<slug:secret>.ics", settings.calendar_feed, name="calendar-feed"),
]

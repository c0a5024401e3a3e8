"""Every address there is. Pages of a case are `/incidents/<reference>/<section>/`; the API nests the same way."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from core import converters

from . import health
from .metrics import door

converters.register()
# The admin site's own sign-in would pass by the limits on guessing and the second factor.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

CASE = "incidents/<incident:reference>/"

# Rooms whose pages hang under a case: each has `ui/urls.py` and `api/urls.py`.
CASE_ROOMS = ["evidence", "attribution", "escalation", "remediation", "accountability", "exchange"]

api: list[URLPattern | URLResolver] = [
    path("schema/", login_not_required(SpectacularAPIView.as_view()), name="api-schema"),
    path("docs/", login_not_required(SpectacularSwaggerSplitView.as_view(url_name="api-schema")), name="api-docs"),
    path("", include("ledger.api.urls")),
    path("", include("organisations.api.urls")),
    path("", include("signin.api.urls")),
    path("", include("sealing.api.urls")),
    path("", include("notifications.api.urls")),
    path("", include("accreditation.api.urls")),
    path("", include("incidents.api.urls")),
    path("", include("attribution.api.open_urls")),
    path("", include("publication.api.urls")),
    path("", include("exchange.api.house")),
    path("", include("evidence.api.house_urls")),
    path("", include("keeping.api.urls")),
    *(path(CASE, include(f"{room}.api.urls")) for room in CASE_ROOMS),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("metrics", door.metrics, name="metrics"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include(api)),
    path("", include("core.ui.urls")),
    path("", include("ledger.ui.urls")),
    path("", include("organisations.ui.urls")),
    path("", include("signin.ui.urls")),
    path("", include("sealing.ui.urls")),
    path("", include("notifications.ui.urls")),
    path("", include("accreditation.ui.urls")),
    path("", include("incidents.ui.urls")),
    path("", include("attribution.ui.open_urls")),
    path("", include("publication.ui.urls")),
    path("", include("exchange.ui.house")),
    path("", include("evidence.ui.house_urls")),
    path("", include("keeping.ui.urls")),
    *(path(CASE, include(f"{room}.ui.urls")) for room in CASE_ROOMS),
]

handler400 = "core.ui.errors.bad_request"
handler403 = "core.ui.errors.permission_denied"
handler404 = "core.ui.errors.not_found"
handler500 = "core.ui.errors.server_error"

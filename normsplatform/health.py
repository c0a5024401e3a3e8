"""Is it alive, and can it work?"""

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

from ledger.log import state as log_state
from ledger.selectors import delay

ALARM_SECONDS = 60


@login_not_required
def live(request: HttpRequest) -> JsonResponse:
    """This process answers."""
    return JsonResponse({"status": "ok"})


@login_not_required
def ready(request: HttpRequest) -> JsonResponse:
    """Database, queue and ledger can be used; 503 names what cannot."""
    parts: dict[str, str] = {}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        waiting = delay()
        late = waiting.oldest_seconds > ALARM_SECONDS
        parts["database"] = "ok"
        parts["ledger"] = "late" if late else "ok"
        parts["log"] = log_state()
    except DatabaseError:
        parts["database"] = "down"
    try:
        cache.set("health", "ok", 10)
        parts["queue"] = "ok" if cache.get("health") == "ok" else "down"
    except Exception:  # noqa: BLE001  any failure of the cache means the same here
        parts["queue"] = "down"
    healthy = all(state == "ok" for state in parts.values())
    return JsonResponse({"status": "ok" if healthy else "unready", **parts}, status=200 if healthy else 503)

"""Where a capture may go: public web servers, and what `CAPTURE_ALLOW` names as host:port."""

from django.conf import settings

from core import outward


def target(host: str, port: int) -> outward.Target:
    """The server behind a name, resolved once and judged (core/outward.py)."""
    return outward.target(host, port, settings.CAPTURE_ALLOW)

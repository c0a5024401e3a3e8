"""`/metrics`: for a collector on this machine. Whoever comes from elsewhere finds what is at any address where nothing is."""

from ipaddress import IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from prometheus_client.exposition import choose_encoder

from .present import registry

# What proxies add. A request that has passed one came from somewhere else, whatever its last hop.
PASSED_ON = ("Forwarded", "Via", "X-Real-Ip", "X-Client-Ip", "True-Client-Ip")
PASSED_ON_PREFIX = "X-Forwarded"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def is_local(request: HttpRequest) -> bool:
    """Whether the request came straight from an address in `METRICS_FROM`, and not by the name the public knows."""
    if any(name in PASSED_ON or name.startswith(PASSED_ON_PREFIX) for name in request.headers):
        return False
    called, public = (urlsplit(url).hostname for url in (f"//{request.get_host()}", settings.BASE_URL))
    if called == public and called not in LOOPBACK:
        return False
    try:
        peer = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:  # a socket file: only a proxy comes by one
        return False
    if isinstance(peer, IPv6Address) and peer.ipv4_mapped is not None:
        peer = peer.ipv4_mapped
    return any(peer in ip_network(network) for network in settings.METRICS_FROM)


@csrf_exempt
@login_not_required
@transaction.non_atomic_requests
def metrics(request: HttpRequest) -> HttpResponse:
    """In the form Prometheus reads, or OpenMetrics where that is asked for. To anybody else it is not there, by any method."""
    if request.method not in ("GET", "HEAD") or not is_local(request):
        raise Http404
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    return HttpResponse(encode(registry()), content_type=content_type, headers={"Cache-Control": "no-store"})

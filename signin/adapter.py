"""What allauth asks us: who gets an account, and what follows on signing out."""

from django.http import HttpRequest
from django.urls import reverse

from organisations.accounts import InvitedOnlyAdapter

from . import leaving


class Adapter(InvitedOnlyAdapter):
    """Whoever came by their organisation's own sign-in is offered to sign out there too."""

    def logout(self, request: HttpRequest) -> None:
        """The session ends, and everything in it; the way out is kept for the one that begins."""
        way = leaving.way_out(request)
        super().logout(request)
        if way is not None:
            leaving.begin(request, way)

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        """Asked before the session ends."""
        if leaving.way_out(request) is not None:
            return reverse("signin-signed-out")
        return str(super().get_logout_redirect_url(request))

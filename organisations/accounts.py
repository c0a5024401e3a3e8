"""How allauth makes accounts: not at all by itself."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class InvitedOnlyAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up: an organisation's administrator invites."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

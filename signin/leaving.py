"""Signing out of an organisation's OpenID Connect issuer as well as of the platform, whichever comes first.

OpenID Connect RP-Initiated Logout 1.0: whoever signs out here is offered to sign out there. OpenID Connect Back-Channel Logout
1.0: whoever was signed out there is signed out here, by a token the issuer signs and sends from server to server.
"""

import secrets
import time
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from django.core.cache import cache
from django.db import connection as database
from django.db import transaction
from django.http import HttpRequest

from core import vault
from core.tenancy import acting_as
from ledger.services import record
from organisations.actors import system_for
from organisations.models import User

from . import connections, oidc
from .models import Connection
from .said import Said, Untrue
from .sessions import THERE, forget

# What is kept between signing out here and there, in the session that begins after it; and for how long.
LEAVING, SECONDS = "signin.leaving", 600
PURPOSE = "signed in there"


def remember(request: HttpRequest, connection: Connection, said: Said) -> None:
    """Keeps in the session who this is there, for the day it ends. The token holds a name and an address: it is encrypted."""
    request.session[THERE] = {
        "connection": str(connection.public_id), "issuer": said.issuer, "subject": said.subject, "session": said.session,
        "token": vault.close(said.token, PURPOSE) if said.token else "",
    }  # fmt: skip


def way_out(request: HttpRequest) -> dict[str, Any] | None:
    """Where to sign out at the organisation too; None when the session did not come from there, or it has no such address."""
    there = request.session.get(THERE)
    connection = connections.at(there["connection"]) if there else None
    if there is None or connection is None or connection.kind != Connection.Kind.OIDC or not there["token"]:
        return None
    try:
        token = vault.open_(there["token"], PURPOSE)
    except vault.InvalidToken:
        return None
    state = secrets.token_urlsafe(24)
    address = oidc.end(
        connection.document,
        connection.client_id,
        token,
        connections.signed_out_uri(),
        state,
    )
    if address is None:
        return None
    return {"address": address, "state": state, "house": connection.organisation.name, "at": time.time()}


def begin(request: HttpRequest, leaving: dict[str, Any]) -> None:
    """Keeps the way out in the session of whoever has just signed out: nobody's, and for a few minutes."""
    request.session[LEAVING] = leaving


def going(request: HttpRequest) -> dict[str, Any] | None:
    """The way out, while it can still be taken; with the host to show."""
    found = request.session.get(LEAVING)
    if found is None or found["at"] < time.time() - SECONDS:
        return None
    return {**found, "host": urlsplit(found["address"]).hostname}


def came_back(request: HttpRequest) -> bool:
    """Whether the issuer sent this browser back from signing out; true once."""
    found, state = going(request), request.GET.get("state", "")
    if found is None or not secrets.compare_digest(state.encode(), found["state"].encode()):
        return False
    del request.session[LEAVING]
    return True


@transaction.atomic
def end_sessions(connection: Connection, token: str) -> int:
    """Ends here what the issuer says has ended there: one session of theirs, or all of a person; how many there were. Raises Untrue.

    Only sessions that came by this connection: the issuer says nothing about any other way in.
    """
    told = oidc.ended(connection.document, connection.client_id, token)
    house = connection.organisation_id
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT key, user_id FROM signin_ended_there(%s, %s, %s, %s)",
            [house, connection.issuer, told.subject, told.session],
        )
        found = cursor.fetchall()
    # Known by now to be the issuer's own word; said twice it is a repetition, and asks for nothing new.
    if not cache.add(told.place, 1, oidc.FRESH * 2):
        raise Untrue("said before")
    with acting_as(system_for(house).principal):
        actor = system_for(house)
        for user in User.objects.filter(pk__in={user_id for _key, user_id in found}):
            number = sum(user_id == user.pk for _key, user_id in found)
            record(actor=actor, verb="session.ended_there", subject=user, payload={"sessions": number})
    transaction.on_commit(partial(forget, [key for key, _user in found]))
    return len(found)

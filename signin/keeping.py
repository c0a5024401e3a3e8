"""A form that comes after the session has ended loses nothing (interface, point 11).

The fields (no files, no passwords) are encrypted with a key made for them and put into the database; the key goes to the
browser as a cookie and nowhere else, for an hour. They belong to the person whose session ended, whom a signed cookie
names: after that person has signed in again the form is shown with everything in its place. Nothing is ever sent by itself.
"""

import base64
import json
import os
import uuid
from dataclasses import dataclass, field
from datetime import timedelta

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.signing import BadSignature
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict

from core import clock
from core.tenancy import Principal, acting_as
from organisations.models import User

from .models import KeptText

KEPT, WHO = "norms_kept", "norms_who"
SALT = "signin.who"
FOR = timedelta(hours=1)
KNOWN_FOR = timedelta(days=7)
NONCE = 12
# What is ours and not the person's, and what is never kept.
OURS = {"csrfmiddlewaretoken", "once", "confirmed"}
SECRET = ("password", "passphrase", "credential", "secret")
MOST_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Kept:
    """What was typed, where, and what could not be kept."""

    path: str
    values: QueryDict
    files: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def remember(request: HttpRequest, response: HttpResponse) -> None:
    """Says in a signed cookie whose browser this is, so that what is typed after the session ended has an owner."""
    known = who_was(request)
    user = request.user
    if isinstance(user, User) and known != user.pk:
        response.set_signed_cookie(
            WHO, str(user.pk), salt=SALT, max_age=KNOWN_FOR, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
        )  # fmt: skip


def forget_browser(response: HttpResponse) -> None:
    """Whoever signs out leaves nothing of theirs in the browser."""
    response.delete_cookie(WHO, samesite="Lax")
    response.delete_cookie(KEPT, samesite="Lax")


def who_was(request: HttpRequest) -> int | None:
    """Whose session ended in this browser."""
    try:
        return int(request.get_signed_cookie(WHO, salt=SALT, max_age=KNOWN_FOR) or "")
    except (KeyError, ValueError, BadSignature):
        return None


def is_secret(name: str) -> bool:
    """Whether a field holds what must not be kept."""
    return any(word in name.lower() for word in SECRET)


def keep(request: HttpRequest, response: HttpResponse) -> bool:
    """Keeps what the request has typed, and gives the browser the key; False when there is nothing or nobody to keep it for."""
    owner = who_was(request)
    values = {name: request.POST.getlist(name) for name in request.POST if name not in OURS}
    kept = {name: each for name, each in values.items() if not is_secret(name)}
    if owner is None or not any(text.strip() for each in kept.values() for text in each):
        return False
    facts = {
        "path": request.get_full_path(), "values": kept, "files": list(request.FILES), "left_out": sorted(set(values) - set(kept)),
    }  # fmt: skip
    text = json.dumps(facts).encode()
    if len(text) > MOST_BYTES:
        return False
    row, key, nonce = uuid.uuid4(), AESGCM.generate_key(256), os.urandom(NONCE)
    box = nonce + AESGCM(key).encrypt(nonce, text, bound_to(owner, row))
    with acting_as(Principal(owner)), transaction.atomic():
        if not User.objects.filter(pk=owner, is_active=True).exists():
            return False
        KeptText.objects.create(id=row, user_id=owner, box=box)
    response.set_cookie(
        KEPT, f"{row.hex}.{base64.urlsafe_b64encode(key).decode()}", max_age=FOR, httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
    return True


def bound_to(owner: int, row: uuid.UUID) -> bytes:
    """What the box is bound to: moved to another person's row it does not open."""
    return f"norms-platform/kept/1/{owner}/{row.hex}".encode()


def _place(request: HttpRequest) -> tuple[uuid.UUID, bytes] | None:
    name, _, key = request.COOKIES.get(KEPT, "").partition(".")
    try:
        return uuid.UUID(name), base64.urlsafe_b64decode(key)
    except ValueError:
        return None


def kept_for(request: HttpRequest, user: User) -> Kept | None:
    """What this browser's cookie opens for this person; None for anybody else, after an hour, or when there is nothing."""
    place = _place(request)
    if place is None:
        return None
    with acting_as(Principal(user.pk)), transaction.atomic():
        found = KeptText.objects.filter(pk=place[0], user=user, kept_at__gt=clock.now() - FOR).first()
    if found is None:
        return None
    box = bytes(found.box)
    try:
        facts = json.loads(AESGCM(place[1]).decrypt(box[:NONCE], box[NONCE:], bound_to(user.pk, found.pk)))
    except (ValueError, InvalidTag):
        return None
    values = QueryDict(mutable=True)
    for name, each in facts["values"].items():
        values.setlist(name, each)
    return Kept(facts["path"], values, facts["files"], facts["left_out"])


def discard(request: HttpRequest, user: User, response: HttpResponse) -> None:
    """Deletes what was kept: it was sent, or is not wanted."""
    place = _place(request)
    if place is not None:
        with acting_as(Principal(user.pk)), transaction.atomic():
            KeptText.objects.filter(pk=place[0], user=user).delete()
    response.delete_cookie(KEPT, samesite="Lax")

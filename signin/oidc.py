"""OpenID Connect as a relying party: authorization code with PKCE, and nothing else.

OpenID Connect Core 1.0 (3.1), Discovery 1.0, RFC 7636 (PKCE), RFC 9207 (issuer in the answer), RP-Initiated Logout 1.0 and
Back-Channel Logout 1.0. Every address comes from the
organisation, so every request goes through `core.outward`: public servers, one resolution, no redirects.
"""

import base64
import hashlib
import json
import secrets
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import jwt
from django.conf import settings
from django.core.cache import cache

from core import outward

from .said import Said, Untrue, texts

WELL_KNOWN = "/.well-known/openid-configuration"
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
KEPT = (*ENDPOINTS, "issuer", "end_session_endpoint", "userinfo_endpoint", "token_endpoint_auth_methods_supported", "authorization_response_iss_parameter_supported")  # fmt: skip
# Signatures with a key pair only: a shared secret would let whoever has it write tokens.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
SECONDS, MOST_BYTES = 10, 512 * 1024
LEEWAY = 60
KEYS_FOR = 600
LOGGED_OUT = "http://schemas.openid.net/event/backchannel-logout"
# A logout token is believed for so many seconds after it was made.
FRESH = 600
LONGEST_SESSION = 255


def ask(method: str, url: str, *, body: bytes | None = None, headers: dict[str, str] | None = None) -> dict[str, Any]:
    """A JSON answer from a judged server. Raises Untrue."""
    require_secure(url)
    try:
        answer = outward.request(
            method, url, body=body, headers={"Accept": "application/json", **(headers or {})}, allow=settings.SIGNIN_ALLOW,
            seconds=SECONDS, most_bytes=MOST_BYTES,
        )  # fmt: skip
        found = json.loads(answer.body) if answer.status == 200 else None
    except (outward.Refused, ValueError) as problem:
        raise Untrue(f"{urlsplit(url).hostname}: {problem}") from problem
    if not isinstance(found, dict):
        raise Untrue(f"{urlsplit(url).hostname}: answered {answer.status}")
    return found


def require_secure(url: str) -> None:
    """https, but for servers inside the house that the operator has named."""
    try:
        scheme, host, port = outward.check_url(url)
    except outward.Refused as problem:
        raise Untrue(str(problem)) from problem
    if scheme != "https" and f"{host}:{port}" not in settings.SIGNIN_ALLOW:
        raise Untrue("not https")


def discover(issuer: str) -> dict[str, Any]:
    """What the issuer says of itself. Raises Untrue unless it names exactly this issuer and every address we need."""
    found = ask("GET", issuer.rstrip("/") + WELL_KNOWN)
    if found.get("issuer") != issuer:
        raise Untrue("another issuer")
    for name in ENDPOINTS:
        if not isinstance(found.get(name), str):
            raise Untrue(f"no {name}")
        require_secure(found[name])
    if "end_session_endpoint" in found:
        if not isinstance(found["end_session_endpoint"], str):
            raise Untrue("end_session_endpoint")
        require_secure(found["end_session_endpoint"])
    return {name: found[name] for name in KEPT if name in found}


def begin(document: dict[str, Any], client_id: str, redirect_uri: str, hint: str = "") -> tuple[str, dict[str, str]]:
    """Where to send the browser, and what to remember until it comes back."""
    kept = {
        "state": secrets.token_urlsafe(24),
        "nonce": secrets.token_urlsafe(24),
        "verifier": secrets.token_urlsafe(48),
    }
    challenge = base64.urlsafe_b64encode(hashlib.sha256(kept["verifier"].encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code", "client_id": client_id, "redirect_uri": redirect_uri, "scope": "openid email profile",
        "state": kept["state"], "nonce": kept["nonce"], "code_challenge": challenge, "code_challenge_method": "S256",
        **({"login_hint": hint} if hint else {}),
    }  # fmt: skip
    return with_query(document["authorization_endpoint"], asked), kept


def with_query(address: str, asked: dict[str, str]) -> str:
    """The address, asking this too."""
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"


def end(document: dict[str, Any], client_id: str, token: str, back: str, state: str) -> str | None:
    """Where a browser is signed out there too (RP-Initiated Logout 1.0, 2); None where the issuer names no such address."""
    address = document.get("end_session_endpoint")
    if address is None:
        return None
    asked = {"id_token_hint": token, "client_id": client_id, "post_logout_redirect_uri": back, "state": state}
    return with_query(address, asked)


@dataclass(frozen=True, slots=True)
class Ended:
    """What an issuer says has ended: a session of its own, a person's sessions, or a session of a person."""

    subject: str
    session: str
    place: str
    """Where it is remembered that this was said."""


def ended(document: dict[str, Any], client_id: str, token: str) -> Ended:
    """What a logout token says that this issuer signed, for us, just now (Back-Channel Logout 1.0, 2.6). Raises Untrue."""
    claims = signed(document, client_id, token, ["exp", "iat", "iss", "aud", "jti", "events"])
    if str(jwt.get_unverified_header(token).get("typ", "JWT")).lower() not in ("jwt", "logout+jwt"):
        raise Untrue("another kind of token")
    events = claims["events"]
    if not isinstance(events, dict) or not isinstance(events.get(LOGGED_OUT), dict):
        raise Untrue("no logout")
    if "nonce" in claims:  # an id_token must not pass for it
        raise Untrue("nonce")
    if claims["iat"] < time.time() - FRESH:
        raise Untrue("old")
    subject, session = (claims.get(name, "") for name in ("sub", "sid"))
    if not isinstance(subject, str) or not isinstance(session, str) or not (subject or session):
        raise Untrue("nobody named")
    told = hashlib.sha256(f"{document['issuer']} {claims['jti']}".encode()).hexdigest()
    return Ended(subject, session, f"signin.ended.{told}")


def exchange(
    document: dict[str, Any], client_id: str, secret: str, redirect_uri: str, code: str, kept: dict[str, str], groups_claim: str
) -> Said:  # fmt: skip
    """What the issuer says of whoever came back with this code. Raises Untrue."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": kept["verifier"],
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    methods = document.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    if secret and "client_secret_basic" in methods:
        pair = f"{urlencode({'': client_id})[1:]}:{urlencode({'': secret})[1:]}"
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    else:
        form |= {"client_id": client_id, **({"client_secret": secret} if secret else {})}
    given = ask("POST", document["token_endpoint"], body=urlencode(form).encode(), headers=headers)
    claims = verified(document, client_id, given.get("id_token"), kept["nonce"])
    if groups_claim not in claims or "email" not in claims:
        claims = {**more_of(document, claims, given.get("access_token")), **claims}
    checked = claims.get("email_verified")
    return Said(
        issuer=document["issuer"], subject=str(claims["sub"]), email=str(claims.get("email") or "").strip().lower(),
        name=str(claims.get("name") or "").strip(), groups=texts(claims.get(groups_claim)),
        email_verified=checked if isinstance(checked, bool) else {"true": True, "false": False}.get(str(checked)),
        session=session_of(claims), token=str(given["id_token"]),
    )  # fmt: skip


def session_of(claims: dict[str, Any]) -> str:
    """The issuer's name for the session there; one that is longer than we keep is none."""
    found = claims.get("sid")
    return found if isinstance(found, str) and len(found) <= LONGEST_SESSION else ""


def more_of(document: dict[str, Any], claims: dict[str, Any], token: Any) -> dict[str, Any]:
    """What stands at the userinfo endpoint, if it speaks of the same person (Core, 5.3.2)."""
    address = document.get("userinfo_endpoint")
    if not isinstance(address, str) or not isinstance(token, str):
        return {}
    found = ask("GET", address, headers={"Authorization": f"Bearer {token}"})
    if found.get("sub") != claims["sub"]:
        raise Untrue("userinfo of somebody else")
    return found


def verified(document: dict[str, Any], client_id: str, token: Any, nonce: str) -> dict[str, Any]:
    """The claims of a token this issuer signed, for us, just now, for this question (Core, 3.1.3.7). Raises Untrue."""
    if not isinstance(token, str):
        raise Untrue("no id_token")
    claims = signed(document, client_id, token, ["exp", "iat", "iss", "aud", "sub", "nonce"])
    if not secrets.compare_digest(str(claims["nonce"]), nonce):
        raise Untrue("another nonce")
    if claims.get("azp", client_id) != client_id:
        raise Untrue("made for somebody else")
    return claims


def signed(document: dict[str, Any], client_id: str, token: str, require: list[str]) -> dict[str, Any]:
    """The claims of any token this issuer signed, for us, that is in force. Raises Untrue."""
    try:
        claims: dict[str, Any] = jwt.decode(
            token, key_for(document["jwks_uri"], token), algorithms=ALGORITHMS, audience=client_id, issuer=document["issuer"],
            leeway=LEEWAY, options={"require": require},
        )  # fmt: skip
    except jwt.PyJWTError as problem:
        raise Untrue(f"token: {problem}") from problem
    return claims


def key_for(address: str, token: str) -> Any:
    """The issuer's key that the token names; asked for anew when it is not among those we know. Raises Untrue."""
    wanted = jwt.get_unverified_header(token)
    if wanted.get("alg") not in ALGORITHMS:
        raise Untrue("algorithm")
    place = "signin.jwks." + hashlib.sha256(address.encode()).hexdigest()
    known = cache.get(place)
    for fresh in (False, True):
        if known is None or fresh:
            known = ask("GET", address)
            cache.set(place, known, KEYS_FOR)
        found = [each for each in known.get("keys", []) if isinstance(each, dict) and fits(each, wanted)]
        if len(found) == 1:
            try:
                return jwt.PyJWK(found[0], algorithm=wanted["alg"])
            except jwt.PyJWTError as problem:
                raise Untrue("key") from problem
    raise Untrue("no such key")


def fits(key: dict[str, Any], wanted: dict[str, Any]) -> bool:
    """Whether this key may have made the signature."""
    named = wanted.get("kid") is None or key.get("kid") == wanted["kid"]
    return (
        named and key.get("use", "sig") == "sig" and key.get("alg", wanted["alg"]) == wanted["alg"] and "d" not in key
    )

"""An OpenID Connect issuer of the tests' own: small, honest unless it is told to lie."""

import base64
import hashlib
import http.server
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

CLIENT, SECRET = "norms", "s3cret of the client"


class Issuer:
    """What it knows, and what it says next. `claims` and `header` are laid over what is true."""

    def __init__(self) -> None:
        self.address = ""
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.signing_key: Any = self.key
        self.person: dict[str, Any] = {}
        self.claims: dict[str, Any] = {}
        self.document: dict[str, Any] = {}
        self.userinfo: dict[str, Any] | None = None
        self.asked: list[tuple[str, dict[str, str], dict[str, str]]] = []
        self.going: dict[str, dict[str, str]] = {}

    def discovery(self) -> dict[str, Any]:
        there = {
            "issuer": self.address, "authorization_endpoint": f"{self.address}/authorize", "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/jwks", "userinfo_endpoint": f"{self.address}/userinfo",
            "end_session_endpoint": f"{self.address}/end?tenant=1",
        }  # fmt: skip
        return {**there, **self.document}

    def sign_out(self, address: str) -> str:
        """The person is signed out there: where the browser is sent back to. Raises when the question is not ours to take."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert address.startswith(f"{self.address}/end?tenant=1&") and asked["client_id"] == CLIENT
        hint = jwt.decode(
            asked["id_token_hint"], self.key.public_key(), algorithms=["ES256"], audience=CLIENT, issuer=self.address
        )
        assert hint["sub"] == self.person["sub"]
        return f"{asked['post_logout_redirect_uri']}?state={asked['state']}"

    def logout_token(self, header: dict[str, Any] | None = None, **claims: Any) -> str:
        """Says that somebody was signed out there; `claims` are laid over what is true, None takes one away."""
        now = int(time.time())
        told = {
            "iss": self.address, "aud": CLIENT, "iat": now, "exp": now + 120, "jti": secrets.token_hex(8),
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}}, **claims,
        }  # fmt: skip
        told = {name: value for name, value in told.items() if value is not None}
        algorithm = "HS256" if isinstance(self.signing_key, str) else "ES256"
        return jwt.encode(
            told, self.signing_key, algorithm=algorithm, headers={"kid": "one", "typ": "logout+jwt", **(header or {})}
        )

    def jwks(self) -> dict[str, Any]:
        public = json.loads(ECAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**public, "kid": "one", "use": "sig", "alg": "ES256"}]}

    def authorize(self, address: str) -> dict[str, str]:
        """The person says yes there: the code and the state to come back with."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = f"code{len(self.going)}"
        self.going[code] = asked
        return {"code": code, "state": asked["state"]}

    def token(self, form: dict[str, str], headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
        asked = self.going.pop(form.get("code", ""), None)
        basic = base64.b64encode(f"{CLIENT}:{SECRET.replace(' ', '+')}".encode()).decode()
        if asked is None or headers.get("Authorization") != f"Basic {basic}":
            return 400, {"error": "invalid_grant"}
        proof = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        if proof != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.address, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"], **self.person, **self.claims,
        }  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        algorithm = "HS256" if isinstance(self.signing_key, str) else "ES256"
        signed = jwt.encode(claims, self.signing_key, algorithm=algorithm, headers={"kid": "one"})
        return 200, {"id_token": signed, "access_token": "at", "token_type": "Bearer"}


def handler(issuer: Issuer) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            issuer.asked.append((path, {}, dict(self.headers)))
            found = {
                "/.well-known/openid-configuration": issuer.discovery(), "/jwks": issuer.jwks(), "/userinfo": issuer.userinfo or {},
            }.get(path)  # fmt: skip
            self.answer(200 if found is not None else 404, found or {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            issuer.asked.append((self.path, form, dict(self.headers)))
            self.answer(*issuer.token(form, dict(self.headers)))

        def answer(self, status: int, facts: dict[str, Any]) -> None:
            body = json.dumps(facts).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Nothing."""

    return Handler


@contextmanager
def running() -> Iterator[Issuer]:
    """The issuer on a port of this machine."""
    issuer = Issuer()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler(issuer))
    issuer.address = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()

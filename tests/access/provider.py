"""A provider of identities (OpenID Connect) of our own, on a port of this machine: Authlib's server side, with one key and a few people."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin, grants
from authlib.oauth2.rfc6749.models import AuthorizationCodeMixin
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDCode
from flask import Flask, jsonify, request
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

SECRET = "a-secret-of-the-client"
PEOPLE = {
    "mai": {"name": "Mai", "groups": ["heads-a", "everybody"]},
    "tam": {"name": "Tâm", "groups": ["everybody"]},
}


class Client(ClientMixin):
    """The one client that there is."""

    client_id = "ioc"

    def get_client_id(self) -> str:
        return self.client_id

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri.endswith("/login/oidc/done")

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


class Code(SimpleNamespace, AuthorizationCodeMixin):
    """A code that was given out."""

    def get_redirect_uri(self) -> str:
        return str(self.redirect_uri)

    def get_scope(self) -> str:
        return str(self.scope)

    def get_nonce(self) -> str:
        return str(self.nonce)

    def get_auth_time(self) -> int:
        return int(time.time())

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


class Provider:
    """What it knows, and whom it takes whoever comes for."""

    def __init__(self, issuer: str) -> None:
        self.issuer, self.who = issuer, "mai"
        self.key = RSAKey.generate_key(2048, parameters={"kid": "one"})
        self.signing = self.key
        self.codes: dict[str, Code] = {}
        self.claims: dict[str, Any] = {}
        self.flask = Flask("provider")
        self.flask.config["OAUTH2_TOKEN_EXPIRES_IN"] = {"authorization_code": 300}
        server = AuthorizationServer(self.flask, query_client=lambda name: Client() if name == "ioc" else None, save_token=lambda *_: None)
        server.register_grant(*_grants(self))
        self.flask.add_url_rule("/.well-known/openid-configuration", "about", self._about)
        self.flask.add_url_rule("/jwks", "jwks", lambda: jsonify({"keys": [self.key.as_dict(private=False)]}))
        self.flask.add_url_rule("/token", "token", server.create_token_response, methods=["POST"])

        def authorize() -> Any:
            grant = server.get_consent_grant(end_user=self.who)
            return server.create_authorization_response(request, grant_user=self.who, grant=grant)

        self.flask.add_url_rule("/authorize", "authorize", authorize)

    def _about(self) -> Any:
        places = {name: f"{self.issuer}/{path}" for name, path in (("authorization_endpoint", "authorize"), ("token_endpoint", "token"))}
        return jsonify({"issuer": self.issuer, "jwks_uri": f"{self.issuer}/jwks", **places})


def _grants(provider: Provider) -> tuple[Any, list[Any]]:
    class Grant(grants.AuthorizationCodeGrant):
        TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic"]

        def save_authorization_code(self, code: str, asked: Any) -> None:
            data = asked.payload.data
            provider.codes[code] = Code(
                code=code,
                redirect_uri=data["redirect_uri"],
                scope=data["scope"],
                nonce=data["nonce"],
                user=asked.user,
                code_challenge=data["code_challenge"],
                code_challenge_method=data["code_challenge_method"],
            )

        def query_authorization_code(self, code: str, client: Any) -> Any:
            return provider.codes.get(code)

        def delete_authorization_code(self, authorization_code: Any) -> None:
            del provider.codes[authorization_code.code]

        def authenticate_user(self, authorization_code: Any) -> Any:
            return authorization_code.user

    class OpenId(OpenIDCode):
        def exists_nonce(self, nonce: str, asked: Any) -> bool:
            return False

        def resolve_client_private_key(self, client: Any) -> Any:
            return provider.signing

        def get_client_algorithm(self, client: Any) -> str:
            return "RS256"

        def get_client_claims(self, client: Any) -> dict[str, Any]:
            return {"iss": provider.issuer}

        def generate_user_info(self, user: str, scope: str) -> UserInfo:
            return UserInfo(sub=f"id-{user}", preferred_username=user, **PEOPLE[user], **provider.claims)

    return Grant, [OpenId(require_nonce=True), CodeChallenge(required=True)]


@contextmanager
def provided(port: int) -> Iterator[Provider]:
    """The provider, served."""
    found = Provider(f"http://127.0.0.1:{port}")
    server = make_server("127.0.0.1", port, found.flask, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

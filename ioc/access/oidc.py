"""Signing in with a provider of identities (OpenID Connect): the code flow with PKCE, and who its word says that somebody is."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from ioc.access.hashing import new_secret
from ioc.access.settings import OidcSettings
from ioc.errors import Refusal

if TYPE_CHECKING:
    from joserfc.jwk import KeySet

SECONDS = 10
WAITS = timedelta(minutes=10)
MOST_WAITING = 2000
LEEWAY_SECONDS = 60
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"]


@dataclass(frozen=True)
class Told:
    """Who somebody is, by a provider's word."""

    name: str
    label: str
    groups: tuple[str, ...]


@dataclass(frozen=True)
class _Begun:
    """A sign-in that has begun: what its answer must fit, and where it leads."""

    nonce: str
    verifier: str
    redirect: str
    onward: str
    at: datetime


@dataclass
class Provider:
    """One provider.

    Attributes:
        settings: its address and ours there.
        secret: our secret there.
    """

    settings: OidcSettings
    secret: str
    _begun: OrderedDict[str, _Begun] = field(default_factory=OrderedDict)
    _known: tuple[datetime, dict[str, Any]] | None = None
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, redirect: str, onward: str, now: datetime) -> tuple[str, str]:
        """The address at the provider that a browser is sent to, and the word by which its answer is known. Raises Refusal."""
        state, begun = new_secret(), _Begun(new_secret(), new_secret() + new_secret(), redirect, onward, now)
        with self._session(redirect) as session:
            place = self._metadata(session, now)["authorization_endpoint"]
            address, _ = session.create_authorization_url(place, state=state, nonce=begun.nonce, code_verifier=begun.verifier)
        with self._guard:
            self._begun[state] = begun
            while len(self._begun) > MOST_WAITING or now - next(iter(self._begun.values())).at > WAITS:
                self._begun.popitem(last=False)
        return str(address), state

    def finish(self, state: str, code: str, now: datetime) -> tuple[Told, str]:
        """Who has come back from the provider, and where the way leads on. Raises Refusal when anything does not fit."""
        with self._guard:
            begun = self._begun.pop(state, None)
        if begun is None or now - begun.at > WAITS:
            raise Refusal("sign_in_stale", 400)
        with self._session(begun.redirect) as session:
            known = self._metadata(session, now)
            try:
                token = session.fetch_token(
                    known["token_endpoint"], grant_type="authorization_code", code=code, code_verifier=begun.verifier, timeout=SECONDS
                )
                from joserfc.jwk import KeySet

                keys = KeySet.import_key_set(self._json(session, known["jwks_uri"]))
                claims = self._claims(str(token["id_token"]), keys, begun.nonce, known["issuer"], now)
            except Refusal:
                raise
            except Exception as error:  # whatever a provider answers: it is no word that can be relied on
                raise Refusal("sign_in_provider", 502, what=type(error).__name__) from error
        return self._told(claims), begun.onward

    def _claims(self, text: str, keys: KeySet, nonce: str, issuer: str, now: datetime) -> Mapping[str, Any]:
        """What a signed word claims, once all of it fits."""
        from joserfc import jwt
        from joserfc.errors import JoseError

        try:
            claims = jwt.decode(text, keys, algorithms=ALGORITHMS).claims
        except (JoseError, ValueError) as error:
            raise Refusal("sign_in_provider", 502, what=type(error).__name__) from error
        moment, audience = now.timestamp(), claims.get("aud")
        mine = self.settings.client_id in (audience if isinstance(audience, list) else [audience])
        azp = claims.get("azp", self.settings.client_id) == self.settings.client_id
        expires = claims.get("exp")
        fresh = isinstance(expires, int | float) and moment < expires + LEEWAY_SECONDS and claims.get("iat", 0) <= moment + LEEWAY_SECONDS
        if not (claims.get("iss") == issuer and mine and azp and fresh and claims.get("nonce") == nonce):
            raise Refusal("sign_in_provider", 502, what="claims")
        return claims

    def _told(self, claims: Mapping[str, Any]) -> Told:
        name, groups = claims.get(self.settings.name) or claims.get("sub"), claims.get(self.settings.groups) or ()
        return Told(str(name), str(claims.get("name") or name), tuple(map(str, [groups] if isinstance(groups, str) else groups)))

    def _session(self, redirect: str) -> Any:
        from authlib.integrations.requests_client import OAuth2Session

        session = OAuth2Session(
            self.settings.client_id,
            self.secret,
            scope=self.settings.scopes,
            redirect_uri=redirect,
            code_challenge_method="S256",
            token_endpoint_auth_method="client_secret_basic",
        )
        session.trust_env = False  # no proxies, no netrc: what is asked is what the configuration names
        return session

    def _metadata(self, session: Any, now: datetime) -> dict[str, Any]:
        """What the provider says of itself, asked for once an hour."""
        if self._known and now - self._known[0] < timedelta(hours=1):
            return self._known[1]
        try:
            found: dict[str, Any] = self._json(session, f"{self.settings.issuer}/.well-known/openid-configuration")
            if found["issuer"].rstrip("/") != self.settings.issuer:
                raise ValueError("another issuer")
        except Exception as error:
            raise Refusal("sign_in_provider", 502, what=type(error).__name__) from error
        self._known = (now, found)
        return found

    @staticmethod
    def _json(session: Any, address: str) -> Any:
        answer = session.request("GET", address, withhold_token=True, timeout=SECONDS, allow_redirects=False)
        answer.raise_for_status()
        return answer.json()

"""How we prove to a server who we are."""

from __future__ import annotations

import threading
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import quote_plus, urlencode

import orjson

from data_sources.http.faults import named
from data_sources.http.options import Basic, Bearer, HttpOptions, OAuth2
from data_sources.secret import revealed
from ioc.errors import FeedUnavailable

# A token is fetched again so long before it expires, so that it does not expire on its way.
_EARLY_SECONDS = 30
# How long a token is kept whose issuer does not say for how long it is good.
_USUAL_SECONDS = 300

Post = Callable[[str, Mapping[str, str], bytes], bytes]
"""Posts a form: address, headers and body, for what is answered."""


class Proof:
    """The header that proves who we are; a token that was fetched is kept until it runs out, or is refused."""

    def __init__(self, options: HttpOptions, base: Path) -> None:
        self._auth, self._base = options.auth, base
        self._token, self._until = "", 0.0
        self._lock = threading.Lock()

    def header(self, post: Post) -> dict[str, str]:
        """The header, none where none is asked for. Raises FeedUnavailable when a secret cannot be read or no token is given."""
        match self._auth:
            case Bearer():
                return {"Authorization": _line(f"Bearer {revealed(self._auth.token, self._base)}")}
            case Basic():
                return {"Authorization": _basic(self._auth.user, revealed(self._auth.password, self._base))}
            case OAuth2():
                return {"Authorization": _line(f"Bearer {self._good(self._auth, post)}")}
        return {}

    def was_refused(self, headers: Mapping[str, str]) -> bool:
        """Whether what was sent was a token that can be fetched anew; it is forgotten."""
        with self._lock:
            if isinstance(self._auth, OAuth2) and headers.get("Authorization") == f"Bearer {self._token}":
                self._token = ""
        return isinstance(self._auth, OAuth2)

    def _good(self, auth: OAuth2, post: Post) -> str:
        with self._lock:
            if not self._token or time.monotonic() > self._until:
                self._token, seconds = _fetched(auth, self._base, post)
                self._until = time.monotonic() + max(0.0, seconds - _EARLY_SECONDS)
            return self._token


def _basic(user: str, password: str) -> str:
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


def _line(text: str) -> str:
    if not text.isprintable() or not text.isascii():
        raise FeedUnavailable("The token holds letters that no token has.", "Check it for line breaks and typographic signs.")
    return text


def _fetched(auth: OAuth2, base: Path, post: Post) -> tuple[str, float]:
    """A new token, and for how many seconds it is good."""
    form = {"grant_type": "client_credentials", **({"scope": auth.scope} if auth.scope else {})}
    headers = {
        # RFC 6749, 2.3.1: name and secret are encoded as a form before they are put together.
        "Authorization": _basic(quote_plus(auth.client_id), quote_plus(revealed(auth.client_secret, base))),
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept": "application/json",
    }
    answer = post(auth.token_url, headers, urlencode(form).encode())
    try:
        found = orjson.loads(answer)
        token, seconds = found["access_token"], float(found.get("expires_in") or _USUAL_SECONDS)
    except (KeyError, TypeError, ValueError, AttributeError):
        token, seconds = None, 0.0
    if not isinstance(token, str) or not token:
        raise FeedUnavailable(
            "{name} answers without an access_token.", "Check token_url and the client's rights.", name=named(auth.token_url)
        )
    return token, seconds

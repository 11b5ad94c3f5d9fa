"""How whoever brings records shows that they may: with a token, and if asked for with a signature of the body."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from data_sources.secret import revealed
from ioc.intake.port import NotAdmitted

SIGNATURE = "x-signature"


@dataclass(frozen=True)
class Proof:
    """What a sender must know.

    Attributes:
        token: sent with each request.
        signing_key: of the HMAC-SHA256 of each body; None when none is asked for.
    """

    token: bytes
    signing_key: bytes | None

    @staticmethod
    def of(token: str, signing_key: str | None, base: Path) -> Proof:
        """From a feed's options. Raises FeedUnavailable when a secret cannot be read."""
        return Proof(revealed(token, base).encode(), revealed(signing_key, base).encode() if signing_key else None)

    def admit(self, headers: Mapping[str, str]) -> None:
        """Look at the token. Raises NotAdmitted."""
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise NotAdmitted(401, "This feed asks for a token.", "Send the header “Authorization: Bearer …”.")
        if not hmac.compare_digest(given.strip().encode(), self.token):
            raise NotAdmitted(403, "This token is not the one of this feed.", "Ask the administrator for the feed's token.")

    def check(self, headers: Mapping[str, str], body: bytes) -> None:
        """Look at the signature, if one is asked for. Raises NotAdmitted."""
        if self.signing_key is None:
            return
        wanted = "sha256=" + hmac.new(self.signing_key, body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(headers.get(SIGNATURE, "").strip().encode(), wanted.encode()):
            raise NotAdmitted(403, "The body is not signed as this feed asks.", "Send “X-Signature: sha256=” and the body's HMAC in hex.")

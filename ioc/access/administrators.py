"""Who is an administrator: whom config.yaml names, once signed in; while it names nobody, whoever sits before the machine itself."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from ioc.access.viewer import Viewer

# What a proxy adds: behind one, everybody seems to be on this machine.
_PASSED_ON = {"forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"}


@dataclass(frozen=True)
class Administrators:
    """Tells administrators from others.

    Attributes:
        passwords: by name; empty as long as nobody is named.
    """

    passwords: Mapping[str, str]

    @property
    def can_sign_in(self) -> bool:
        """Whether a name and password can make an administrator of somebody."""
        return bool(self.passwords)

    def viewer(self, headers: Mapping[str, str], host: str, remote: str | None, language: str) -> Viewer:
        """Who asks.

        Args:
            headers: of the request.
            host: this site, as the request names it.
            remote: the address that the request comes from.
            language: in which the answer is to be.
        """
        given = {name.lower(): value for name, value in headers.items()}
        if self.passwords:
            name = self._signed_in(given.get("authorization", ""))
            return Viewer(name or "page", language, is_administrator=name is not None)
        # The host is looked at as well: a page of another site may have its own name lead here.
        is_here = _is_here(remote or "") and _is_here(urlsplit(f"//{host}").hostname or "") and not _PASSED_ON & given.keys()
        return Viewer("" if is_here else "page", language, is_administrator=is_here)

    def _signed_in(self, authorization: str) -> str | None:
        scheme, _, encoded = authorization.partition(" ")
        try:
            name, _, password = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        # Compared also when the name is unknown, so that the time it takes does not tell which names are known.
        right = hmac.compare_digest(password.encode(), self.passwords.get(name, "\0" * 32).encode())
        return name if scheme.lower() == "basic" and right and name in self.passwords else None


def _is_here(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return host == "localhost" or ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False

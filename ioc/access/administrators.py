"""Who is an administrator: whom config.yaml names, once signed in; while it names nobody, whoever sits before the machine itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from ioc.access.settings import is_loopback
from ioc.access.viewer import Viewer
from ioc.passwords import signed_in

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
            name = signed_in(given.get("authorization", ""), self.passwords)
            return Viewer(name or "page", language, is_administrator=name is not None)
        here = self.is_here(given, host, remote)
        return Viewer("" if here else "page", language, is_administrator=here)

    @staticmethod
    def is_here(headers: Mapping[str, str], host: str, remote: str | None) -> bool:
        """Whether somebody sits before the machine itself: ``headers`` are named in small letters."""
        # The host is looked at as well: a page of another site may have its own name lead here.
        return is_loopback(remote or "") and is_loopback(urlsplit(f"//{host}").hostname or "") and not _PASSED_ON & headers.keys()

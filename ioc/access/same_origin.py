"""Whether what is to be done was sent by a page of this site: asked before every action, at this one place."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from ioc.errors import Refusal


def own_address(address: str | None) -> str:
    """An address that somebody has sent, if it leads to a page of this site and nowhere else; empty for any other.

    Browsers read ``\\`` as ``/``, so that ``/\\evil.example`` leads elsewhere, and pass over letters that cannot be printed.
    """
    plain = (address or "").partition("#")[0]
    is_own = plain.startswith("/") and not plain.startswith("//") and "\\" not in plain and plain.isprintable()
    return plain if is_own else ""


def check_sender(headers: Mapping[str, str], host: str) -> None:
    """See that an action was asked for by a page of this site, or by a program; not by another site's page in somebody's browser.

    Args:
        headers: of the request, whatever their case.
        host: this site, as the request names it.

    Raises:
        Refusal: another site's page asked for it.
    """
    given = {name.lower(): value for name, value in headers.items()}
    site = given.get("sec-fetch-site")
    if site is not None and site != "same-origin":
        raise Refusal("elsewhere", 403)
    for name in ("origin", "referer"):  # what a browser says that does not know the header above
        if name in given and urlsplit(given[name]).netloc != host:
            raise Refusal("elsewhere", 403)

"""Who may have something done: asked before every action, at this one place."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from ioc.errors import Refusal


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

"""Lets requests through that may come in: before answers that many share, and around streams that stay open."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

from ioc.access.entrance import SESSION_COOKIE, Entrance, asking_of
from ioc.asgi import Receive, Scope

# How often it is looked at whether an open stream may stay open.
LOOKS_SECONDS = 2.0


def lets_through(entrance: Entrance, scope: Scope) -> bool:
    """Whether a request may be answered. What shares its answer with others may then be answered without looking again."""
    return entrance.admits(asking_of(scope))


def shares(entrance: Entrance, scope: Scope) -> bool:
    """Whether an answer to a request may be given to others who are let through: whoever sees an own unit alone is answered apart."""
    headers = dict(scope["headers"])
    if b"authorization" not in headers and SESSION_COOKIE.encode() not in headers.get(b"cookie", b""):
        return True  # no person asks
    found = entrance.viewer(asking_of(scope))
    return found is not None and found.scope is None


def while_let(entrance: Entrance, scope: Scope, receive: Receive) -> Receive:
    """What a stream's client sends; that it has gone, as soon as its session or token is no more."""
    asking = asking_of(scope)

    async def received() -> MutableMapping[str, Any]:
        message = asyncio.ensure_future(receive())
        while entrance.admits(asking):
            done, _ = await asyncio.wait({message}, timeout=LOOKS_SECONDS)
            if done:
                return message.result()
        message.cancel()
        return {"type": "http.disconnect"}

    return received

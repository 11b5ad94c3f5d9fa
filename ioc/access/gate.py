"""Lets requests for walls through that may come in: before answers that many share, and around streams that stay open."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs

from ioc.access.devices import Devices
from ioc.access.policy import may_show_walls

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

COOKIE = "ioc_device"
# How often it is looked at whether an open stream may stay open.
LOOKS_SECONDS = 2.0


def lets_through(devices: Devices, scope: Scope) -> bool:
    """Whether a request may be answered as that of a wall; what is not asked by a wall may always."""
    is_wall = scope["path"].startswith("/wall") or (scope["path"] == "/live" and b"wall=" in scope["query_string"])
    return not is_wall or may_show_walls(devices, _cookie(scope))


def while_let(devices: Devices, scope: Scope, receive: Receive) -> Receive:
    """Of a wall's stream what its client sends; that it has gone, as soon as its token is revoked."""
    if not parse_qs(scope["query_string"].decode("latin-1")).get("wall"):
        return receive

    async def received() -> MutableMapping[str, Any]:
        message = asyncio.ensure_future(receive())
        while lets_through(devices, scope):
            done, _ = await asyncio.wait({message}, timeout=LOOKS_SECONDS)
            if done:
                return message.result()
        message.cancel()
        return {"type": "http.disconnect"}

    return received


def _cookie(scope: Scope) -> str | None:
    header = dict(scope["headers"]).get(b"cookie", b"").decode("latin-1")
    found = SimpleCookie(header).get(COOKIE)
    return found.value if found else None

"""Tells connected screens that something has changed: one small message after each commit, and a heartbeat while nothing does."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

HEARTBEAT_SECONDS = 15
# Messages kept for a screen that was away: it catches up from the last one that it saw.
KEPT = 1000


@dataclass(frozen=True)
class Change:
    """A commit: the new data version, and which indicators it may have changed."""

    version: int
    changed: tuple[str, ...]
    at: str

    def message(self) -> bytes:
        """As a server-sent event; its id is the data version."""
        body = json.dumps({"version": self.version, "changed": self.changed, "at": self.at})
        return f"id: {self.version}\ndata: {body}\n\n".encode()


class Bus:
    """Hands changes from the writer's thread to every connected screen."""

    def __init__(self) -> None:
        self._recent: deque[Change] = deque(maxlen=KEPT)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._arrived = asyncio.Event()
        self._closed = False

    def publish(self, change: Change) -> None:
        """Announce a change; callable from any thread, and does not wait."""
        self._recent.append(change)
        if self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake)

    def close(self) -> None:
        """End every open stream."""
        self._closed = True
        if self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        self._arrived.set()
        self._arrived = asyncio.Event()

    def since(self, version: int) -> list[Change]:
        """What came after a data version, as far as it is kept."""
        return [change for change in tuple(self._recent) if change.version > version]

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI application behind /live."""
        self._loop = asyncio.get_running_loop()
        headers = dict(scope["headers"])
        last = _number(headers.get(b"last-event-id", b""))
        last = last if last is not None else max((change.version for change in tuple(self._recent)), default=0)
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [
                    (b"content-type", b"text/event-stream"),
                    (b"cache-control", b"no-store"),
                    (b"x-accel-buffering", b"no"),
                ],
            }
        )
        gone = asyncio.ensure_future(_until_gone(receive))
        try:
            await send({"type": "http.response.body", "body": b"retry: 2000\n\n", "more_body": True})
            while not gone.done() and not self._closed:
                arrived = self._arrived
                changes = self.since(last)
                body = b"".join(change.message() for change in changes)
                last = changes[-1].version if changes else last
                if body:
                    await send({"type": "http.response.body", "body": body, "more_body": True})
                elif not await _either(arrived, gone):
                    await send({"type": "http.response.body", "body": b": still here\n\n", "more_body": True})
            if not gone.done():
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            gone.cancel()


async def _either(arrived: asyncio.Event, gone: asyncio.Future[None]) -> bool:
    """Waits for news or for the screen to leave; False when the heartbeat is due."""
    news = asyncio.ensure_future(arrived.wait())
    waited: set[asyncio.Future[Any]] = {news, gone}
    done, _ = await asyncio.wait(waited, timeout=HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    news.cancel()
    return bool(done)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _number(text: bytes) -> int | None:
    return int(text) if text.isdigit() else None

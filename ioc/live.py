"""Tells connected screens that something has changed: one small message after each commit, and a heartbeat while nothing does."""

from __future__ import annotations

import asyncio
import json
import logging
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from ioc.asgi import Receive, Scope, Send
from ioc.atomic_files import replace_file
from ioc.views.walls import PICTURED, WallsView, WallTile, screens_shown

log = logging.getLogger(__name__)
HEARTBEAT_SECONDS = 15
# Messages kept for a screen that was away: it catches up from the last one that it saw.
KEPT = 1000
KEPT_CONTROLS = 100
# After how long a browser asks again when a stream has ended; each is told another time between these.
RETRY_MS = (1000, 3000)
# Of what a wall says about itself no more is kept.
MOST_LETTERS = 80
# Walls whose connection has ended are remembered so long, and not more than so many of them.
GONE_KEPT = timedelta(days=1)
MOST_GONE = 50
# Where walls tell that they live, and what they show.
SEEN = "/live/seen"


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


@dataclass(frozen=True)
class Control:
    """What walls are told to do: identify, message, playlist, reload or emergency. ``to`` is one wall, or empty for all.

    That ``screens`` are arranged anew is told to pages too.
    """

    number: int
    to: str
    action: str
    text: str

    def message(self) -> bytes:
        """As a server-sent event of its own kind; without an id, so that nothing is caught up with it."""
        return f"event: control\ndata: {json.dumps({'action': self.action, 'text': self.text})}\n\n".encode()


class Bus:
    """Hands changes from the writer's thread to every connected screen, knows the walls among them, and tells them what to do.

    Args:
        now: tells the present moment.
        emergency: the file that keeps an emergency message, so that it outlives a restart; None to keep it in memory only.
    """

    def __init__(self, now: Callable[[], datetime] | None = None, emergency: Path | None = None) -> None:
        self._now = now or (lambda: datetime.fromtimestamp(0, UTC) + GONE_KEPT)
        self._walls: dict[str, WallTile] = {}
        self._seen: dict[str, tuple[datetime, tuple[str, ...]]] = {}  # by wall, its last sign of life and what it showed
        self._gone: dict[str, WallTile] = {}  # by wall, those that have left, the last one last
        self._controls: deque[Control] = deque(maxlen=KEPT_CONTROLS)
        self._kept = emergency
        self._emergency = emergency.read_text("utf-8") if emergency and emergency.exists() else ""
        self._recent: deque[Change] = deque(maxlen=KEPT)
        self._first = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._arrived = asyncio.Event()
        self._closed = False
        self._streams = 0
        self._followers: list[Callable[[], None]] = []

    def follow(self, follower: Callable[[], None]) -> None:
        """Have something called on the event loop after each announcement, while any screen is connected."""
        self._followers.append(follower)

    def begin(self, version: int) -> None:
        """Say which data version there was before the first announcement."""
        self._first = version

    def publish(self, change: Change) -> None:
        """Announce a change; callable from any thread, and does not wait."""
        self._recent.append(change)
        if self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake)

    def walls(self) -> WallsView:
        """The walls by room and name: those that are connected, and those that have left within a day."""
        connected, since = [self._as_seen(wall) for wall in tuple(self._walls.values())], self._now() - GONE_KEPT
        here = {wall.id for wall in connected}
        gone = [wall for wall in tuple(self._gone.values()) if wall.id not in here and wall.seen >= since]
        return WallsView(tuple(sorted([*connected, *gone], key=lambda wall: (wall.room, wall.name, wall.since))), self._emergency)

    def _as_seen(self, wall: WallTile) -> WallTile:
        seen, shown = self._seen.get(wall.id, (wall.since, ()))
        return replace(wall, seen=max(seen, wall.since), shown=shown)

    def _leave(self, key: str) -> None:
        """Remember the wall of a connection that has ended."""
        left = self._walls.pop(key, None)
        if left is None or any(wall.id == left.id for wall in self._walls.values()):
            return
        self._gone.pop(left.id, None)
        self._gone[left.id] = replace(self._as_seen(left), is_gone=True)
        self._seen.pop(left.id, None)
        if len(self._gone) > MOST_GONE:
            del self._gone[next(iter(self._gone))]

    async def seen(self, scope: Scope, send: Send, version: int) -> None:
        """The ASGI application behind /live/seen: a wall lives and says what it shows; it is told the newest data version."""
        given = parse_qs(scope.get("query_string", b"").decode("utf-8", "replace"))
        wall = given.get("wall", [""])[0][:MOST_LETTERS]
        if any(known.id == wall for known in self._walls.values()):
            shown = screens_shown(given.get("shown", [""])[0])[:PICTURED]
            self._seen[wall] = (self._now(), tuple(name[:MOST_LETTERS] for name in shown))
        body = json.dumps({"version": version}).encode()
        headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def control(self, to: str, action: str, text: str = "") -> bool:
        """Tell a wall, or all, what to do; callable from any thread. False when there is no such wall."""
        if to and to not in {wall.id for wall in tuple(self._walls.values())}:
            return False
        if action == "emergency":
            self._urge(text)
        number = self._controls[-1].number + 1 if self._controls else 1
        self._controls.append(Control(number, to, action, text))
        if self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake)
        return True

    def _urge(self, text: str) -> None:
        """Keep an emergency message, or with an empty one its end. Walls show it even where the disk does not take it."""
        self._emergency = text
        try:
            if self._kept:
                replace_file(self._kept, text)
        except OSError:
            log.exception("the emergency message is shown, but could not be kept: a restart would end it")

    def _told(self, wall: WallTile | None, after: int) -> tuple[bytes, int]:
        """What a wall is told that it has not been told yet, and the number of the last."""
        new = [control for control in tuple(self._controls) if control.number > after]
        mine = [control for control in new if control.action == "screens" or (wall and control.to in {"", wall.id})]
        return b"".join(control.message() for control in mine), new[-1].number if new else after

    @property
    def watched(self) -> bool:
        """Whether any screen is connected."""
        return self._streams > 0

    def close(self) -> None:
        """End every open stream."""
        self._closed = True
        if self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        self._arrived.set()
        self._arrived = asyncio.Event()
        for follower in self._followers:
            follower()

    def version(self, heard: int | None = None) -> int:
        """The newest version, or an older one that somebody has ``heard`` of."""
        newest = self._recent[-1].version if self._recent else self._first
        return newest if heard is None else min(heard, newest)

    def since(self, version: int) -> list[Change]:
        """What came after a data version, as far as it is kept."""
        return [change for change in tuple(self._recent) if change.version > version]

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI application behind /live."""
        self._loop = asyncio.get_running_loop()
        headers = dict(scope["headers"])
        last = _number(headers.get(b"last-event-id", b""))
        last = self.version(last)  # after an older backup has been restored a page may know a later one
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
        wall = _wall(scope, last, self._now())
        key, controlled = f"{id(gone)}", self._controls[-1].number if self._controls else 0
        hello = b"retry: %d\n\n" % random.randint(*RETRY_MS)
        if wall:
            hello += Control(0, "", "emergency", self._emergency).message()
        self._streams += 1
        try:
            await send({"type": "http.response.body", "body": hello, "more_body": True})
            while not gone.done() and not self._closed:
                arrived = self._arrived
                changes = self.since(last)
                last = changes[-1].version if changes else last
                if wall:
                    self._walls[key] = replace(wall, version=last)
                told, controlled = self._told(wall, controlled)
                body = b"".join(change.message() for change in changes) + told
                if body:
                    await send({"type": "http.response.body", "body": body, "more_body": True})
                elif not await _either(arrived, gone):
                    await send({"type": "http.response.body", "body": b": still here\n\n", "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            self._streams -= 1
            self._leave(key)
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


def _wall(scope: Scope, version: int, now: datetime) -> WallTile | None:
    """The wall that asks, if one does: it says who it is in its query."""
    given = parse_qs(scope.get("query_string", b"").decode("utf-8", "replace"))
    said = {name: given.get(name, [""])[0][:MOST_LETTERS] for name in ("wall", "name", "room", "playlist", "build")}
    if not said["wall"]:
        return None
    return WallTile(said["wall"], said["name"], said["room"], said["playlist"], said["build"], version, now, now)


def _number(text: bytes) -> int | None:
    return int(text) if text.isdigit() else None

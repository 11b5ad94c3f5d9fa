"""Answers that many ask for alike: made once, and handed out by the event loop, however many ask.

Walls ask for the same panels at the same moment, after each commit. The first question is answered by the application within; all who
ask until then are given that answer. While commits come fast, the same is answered at most so often that it leaves room for all else.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Key = tuple[str, bytes, bytes]

# An answer holds while the data do, but not longer than this: ages and lateness go on without new data.
HOLDS_SECONDS = 5.0
# Between two answers to the same question at least this passes, or so many times what the last one took.
LEAST_SECONDS, TIMES = 0.15, 1.5
KEPT = 512


@dataclass
class _Slot:
    """One question: its last answer, of which version and when, and the task that makes the next one."""

    start: MutableMapping[str, Any] = field(default_factory=dict)
    body: bytes = b""
    version: int = -1
    began: float = float("-inf")
    took: float = 0.0
    task: asyncio.Task[None] | None = None


class SharedAnswers:
    """An ASGI application around another.

    Args:
        inner: answers.
        version: the newest data version.
        now: the present moment as seconds of the epoch; every answer tells it in ``X-IOC-Now``.
    """

    def __init__(self, inner: App, version: Callable[[], int], now: Callable[[], float]) -> None:
        self._inner, self._version, self._now = inner, version, now
        self._slots: dict[Key, _Slot] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a question, by an answer that is there or will be."""
        slot = self._slot(scope)
        needed = self._version()
        while slot.version < needed or time.monotonic() - slot.began > HOLDS_SECONDS:
            if slot.task is None:
                slot.task = asyncio.ensure_future(self._make(slot, scope))
            await asyncio.shield(slot.task)
        kept = [(name, value) for name, value in slot.start["headers"] if name.lower() != b"x-ioc-now"]
        headers = [*kept, (b"x-ioc-now", f"{self._now():.3f}".encode())]
        await send({**slot.start, "headers": headers})
        await send({"type": "http.response.body", "body": slot.body})

    def _slot(self, scope: Scope) -> _Slot:
        accepted = dict(scope["headers"]).get(b"accept-encoding", b"")
        key = (scope["path"], scope["query_string"], accepted)
        slot = self._slots.pop(key, None) or _Slot()
        self._slots[key] = slot  # the newest last
        if len(self._slots) > KEPT:
            del self._slots[next(iter(self._slots))]
        return slot

    async def _make(self, slot: _Slot, scope: Scope) -> None:
        """Have a question answered, not too soon after it was answered last."""
        await asyncio.sleep(max(0.0, slot.began + max(LEAST_SECONDS, TIMES * slot.took) - time.monotonic()))
        began, version, parts = time.monotonic(), self._version(), [b""]
        start: dict[str, Any] = {}

        async def send(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                parts.append(message.get("body", b""))

        try:
            await self._inner(dict(scope), _nothing_more, send)
            slot.start, slot.body, slot.version = start, b"".join(parts), version
            slot.began, slot.took = began, time.monotonic() - began
        finally:
            slot.task = None


async def _nothing_more() -> MutableMapping[str, Any]:
    return {"type": "http.request", "body": b"", "more_body": False}

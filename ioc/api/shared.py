"""Answers that many ask for alike: made once, and handed out by the event loop, however many ask.

Walls ask for the same panels at the same moment, after each commit. The first question is answered by the application within; all who
ask until then are given that answer. What was asked for of late is answered anew as soon as there is a commit, before anybody has heard
of it. While commits come fast, the same is answered at most so often that it leaves room for all else; who says what version it has
heard of (``X-IOC-Heard``) is given that one, and need not wait for what has been committed since.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from ioc.asgi import App, Receive, Scope, Send

Key = tuple[str, bytes, bytes]

# An answer holds while the data do, but not longer than this: ages and lateness go on without new data.
HOLDS_SECONDS = 5.0
# Between two answers to the same question at least this passes, or so many times what the last one took.
LEAST_SECONDS, TIMES = 0.15, 1.5
# What was asked for so lately will be asked for again.
SOON_SECONDS = 3.0
KEPT = 512


@dataclass
class _Slot:
    """One question: its last answer, of which version and when, the task that makes the next; who asked last, when, and who may not."""

    scope: Scope
    start: MutableMapping[str, Any] = field(default_factory=dict)
    body: bytes = b""
    version: int = -1
    began: float = float("-inf")
    took: float = 0.0
    task: asyncio.Task[None] | None = None
    asked: float = float("-inf")
    refused: Scope | None = None


class SharedAnswers:
    """An ASGI application around another.

    Args:
        inner: answers.
        version: the newest data version; of a version that somebody has heard of, that one if it is older.
        now: the present moment as seconds of the epoch; every answer tells it in ``X-IOC-Now``.
    """

    def __init__(self, inner: App, version: Callable[[int | None], int], now: Callable[[], float]) -> None:
        self._inner, self._version, self._now = inner, version, now
        self._slots: dict[Key, _Slot] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a question, by an answer that is there or will be."""
        slot = self._slot(scope)
        needed = self._version(_heard(scope))
        while slot.version < needed or time.monotonic() - slot.began > HOLDS_SECONDS:
            slot.scope = scope  # who has waited longest may be let in no more: then whoever asks now is looked at
            await asyncio.shield(self._begun(slot))
            if slot.refused is scope:
                return await self._inner(scope, receive, send)
        kept = [(name, value) for name, value in slot.start["headers"] if name.lower() != b"x-ioc-now"]
        headers = [*kept, (b"x-ioc-now", f"{self._now():.3f}".encode())]
        await send({**slot.start, "headers": headers})
        await send({"type": "http.response.body", "body": slot.body})

    def foresee(self) -> None:
        """Answer anew what was asked for of late, as there are new data; called on the event loop."""
        needed, since = self._version(None), time.monotonic() - SOON_SECONDS
        for slot in self._slots.values():
            if slot.asked > since and slot.version < needed:
                self._begun(slot)

    def _begun(self, slot: _Slot) -> asyncio.Task[None]:
        if slot.task is None:
            slot.task = asyncio.ensure_future(self._make(slot))
        return slot.task

    def _slot(self, scope: Scope) -> _Slot:
        accepted = dict(scope["headers"]).get(b"accept-encoding", b"")
        key = (scope["path"], scope["query_string"], accepted)
        slot = self._slots.pop(key, None) or _Slot(scope)
        slot.scope, slot.asked = scope, time.monotonic()
        self._slots[key] = slot  # the newest last
        if len(self._slots) > KEPT:
            del self._slots[next(iter(self._slots))]
        return slot

    async def _make(self, slot: _Slot) -> None:
        """Have a question answered, not too soon after it was answered last."""
        await asyncio.sleep(max(0.0, slot.began + max(LEAST_SECONDS, TIMES * slot.took) - time.monotonic()))
        began, version, parts, asker = time.monotonic(), self._version(None), [b""], slot.scope
        start: dict[str, Any] = {}

        async def send(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                parts.append(message.get("body", b""))

        try:
            await self._inner(dict(asker), _nothing_more, send)
            if start["status"] == 401:  # who asked is let in no more, which is no answer for others
                slot.refused = asker
                return
            slot.start, slot.body, slot.version = start, b"".join(parts), version
            slot.began, slot.took = began, time.monotonic() - began
        finally:
            slot.task = None


def _heard(scope: Scope) -> int | None:
    """The data version that who asks has heard of, if it is said."""
    text = dict(scope["headers"]).get(b"x-ioc-heard", b"")
    return int(text) if text.isdigit() else None


async def _nothing_more() -> MutableMapping[str, Any]:
    return {"type": "http.request", "body": b"", "more_body": False}

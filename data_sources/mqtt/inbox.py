"""What has come and is not yet taken in. It holds so much and no more: then whoever brings messages waits."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

MOST_BYTES = 32 * 2**20


@dataclass(frozen=True)
class Message:
    """One message of a broker.

    Attributes:
        topic: where it was published; None when its name is no text.
        payload: what it holds; None when that was too large to be kept.
        size: bytes of the payload.
        number: by which it is acknowledged; 0 for one that asks for no acknowledgement.
        repeated: whether the broker has sent it before.
        received: when it came, later than any before it.
    """

    topic: str | None
    payload: bytes | None
    size: int
    number: int
    repeated: bool
    received: datetime


@dataclass
class Inbox:
    """A queue between the thread that hears the broker and the one that takes in; bounded in number and in bytes.

    Attributes:
        most: the most messages that it holds.
    """

    most: int
    _waiting: deque[Message] = field(default_factory=deque)
    _bytes: int = 0
    _fault: Exception | None = None
    _closed: bool = False
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def put(self, message: Message) -> None:
        """Add a message; waits while it is full."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or not self._is_full())
            self._waiting.append(message)
            self._bytes += len(message.payload or b"")
            self._changed.notify_all()

    def fail(self, fault: Exception) -> None:
        """Let whoever takes know that nothing will come any more; of several faults the first is told."""
        with self._changed:
            self._fault = self._fault or fault
            self._changed.notify_all()

    def close(self) -> None:
        """Keep nobody waiting any more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def wait(self, seconds: float) -> bool:
        """Whether there is a message, waiting for one at most this long. Raises the fault, if there is one."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._fault, seconds)
            if self._fault:
                raise self._fault
            return bool(self._waiting)

    def gather(self, most: int, seconds: float, lull: float) -> Sequence[Message]:
        """What is there and comes at once: at most so many, in at most so many seconds, and no longer than till the first lull."""
        found: list[Message] = []
        size, end = 0, time.monotonic() + seconds
        while len(found) < most and size < MOST_BYTES and self.wait(max(0.0, min(lull, end - time.monotonic()))):
            with self._changed:
                message = self._waiting.popleft()
                self._bytes -= len(message.payload or b"")
                self._changed.notify_all()
            found.append(message)
            size += len(message.payload or b"")
        return found

    def _is_full(self) -> bool:
        return len(self._waiting) >= self.most or self._bytes >= MOST_BYTES

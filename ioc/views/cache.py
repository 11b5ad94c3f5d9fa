"""The one cache: an answer is kept under the question, the viewer's scope and language, and the data version that it shows."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

from flask_caching.backends.simplecache import SimpleCache

from ioc.access.viewer import Viewer

T = TypeVar("T")

# Longer than any answer is asked for. Of answers that are kept for ever all would go at once when there are too many.
KEPT_SECONDS = 365 * 86400


class _AsTheyAre:
    """Keeps answers as they are: they are frozen. Writing one of all targets out took longer than making it after a small commit."""

    @staticmethod
    def dumps(value: Any) -> Any:
        """What is kept of an answer."""
        return value

    loads = dumps


class _Backend(SimpleCache):
    serializer = _AsTheyAre()  # type: ignore[assignment]


class _Brief:
    """The last answers, themselves and not copies."""

    def __init__(self, most: int) -> None:
        self._most, self._answers, self._lock = most, OrderedDict[str, Any](), threading.Lock()

    def get(self, name: str) -> Any | None:
        """The answer of a name, or None."""
        return self._answers.get(name)

    def set(self, name: str, answer: object) -> None:
        """Keep an answer; the oldest makes room."""
        with self._lock:
            self._answers[name] = answer
            if len(self._answers) > self._most:
                self._answers.popitem(last=False)


class ViewCache:
    """Keeps answers in memory; however many ask the same at the same time, it is computed once.

    Args:
        most: how many answers are kept; the oldest go first.
        briefly: how many of those that are of use for a moment only.

    Attributes:
        hits, misses: how many answers were there, and how many had to be computed.
    """

    def __init__(self, most: int = 2000, briefly: int = 200) -> None:
        self._backend = _Backend(threshold=most, default_timeout=KEPT_SECONDS)
        self._brief = _Brief(briefly)
        self._guard = threading.Lock()
        self.hits = self.misses = 0  # counted without a lock: one that is lost now and then is no matter
        self._flights: dict[str, tuple[threading.Lock, int]] = {}

    def get(self, key: tuple[Hashable, ...], compute: Callable[[], T], *, brief: bool = False) -> T:
        """The answer kept under ``key``, computed now if there is none.

        The key must name all that the answer depends on. An answer that is ``brief`` is frozen, and soon another one takes its place.
        """
        name, backend = repr(key), self._brief if brief else self._backend
        found = backend.get(name)
        if found is not None:
            self.hits += 1
            return cast(T, found)
        with self._flight(name):
            found = backend.get(name)
            if found is not None:
                self.hits += 1
                return cast(T, found)
            self.misses += 1
            answer = compute()
            backend.set(name, answer)
            return answer

    def known(self, key: tuple[Hashable, ...]) -> Any | None:
        """The answer kept under ``key``, or None; nothing is computed."""
        return self._backend.get(repr(key))

    @contextmanager
    def _flight(self, name: str) -> Any:
        """Holds the lock of one key, and forgets it when nobody waits for it any more."""
        with self._guard:
            lock, waiting = self._flights.get(name, (threading.Lock(), 0))
            self._flights[name] = (lock, waiting + 1)
        try:
            with lock:
                yield
        finally:
            with self._guard:
                lock, waiting = self._flights[name]
                if waiting == 1:
                    del self._flights[name]
                else:
                    self._flights[name] = (lock, waiting - 1)


def hourly(viewer: Viewer, indicator: str, now: datetime, as_of: datetime | None) -> tuple[Hashable, ...]:
    """Under what it is kept what is unusual about an indicator: it is looked at anew each hour; of a past moment never."""
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return ("anomalies", indicator, viewer.scope, viewer.language, hour if as_of is None else None, as_of)

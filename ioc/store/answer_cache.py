"""Sums that were read, kept in memory under the data version that last changed their records: so only what has changed is read again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")
Version = int | tuple[int, ...]

# So many numbers are kept in all, some hundred bytes each; an answer of more than its share is not.
MOST_NUMBERS, MOST_OF_ONE = 500_000, 20_000


class AnswerCache:
    """Answers that were read last. Many may ask at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: OrderedDict[Hashable, tuple[Version, Any, int]] = OrderedDict()
        self._numbers = 0

    def get(self, question: Hashable, version: Version, read: Callable[[], T], size: Callable[[T], int]) -> T:
        """An answer of a data version: the one that is kept, or one that is read now.

        Args:
            question: all that the answer follows from, besides the records.
            version: the data version that last changed those; of several record types, that of each.
            read: reads it.
            size: how many numbers it holds.
        """
        found: T | None = self.known(question, version)
        if found is None:
            found = read()
            self.keep(question, version, found, size(found))
        return found

    def known(self, question: Hashable, version: Version) -> Any | None:
        """The answer of a data version, if it is kept."""
        with self._lock:
            known = self._answers.get(question)
            if not known or known[0] != version:
                return None
            self._answers.move_to_end(question)
            return known[1]

    def keep(self, question: Hashable, version: Version, answer: object, size: int) -> None:
        """Keep an answer of so many numbers, unless they are too many; the one that was asked for the longest ago makes room."""
        with self._lock:
            known = self._answers.get(question)
            if size > MOST_OF_ONE:
                return
            self._numbers += size + 1 - (known[2] if known else 0)
            self._answers[question] = (version, answer, size + 1)
            self._answers.move_to_end(question)
            while self._numbers > MOST_NUMBERS:
                _, (_, _, gone) = self._answers.popitem(last=False)
                self._numbers -= gone

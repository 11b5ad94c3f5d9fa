"""How far a long export is, and whether it is still wanted."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from typing import TypeVar

from ioc.errors import Refusal

T = TypeVar("T")
# After so many rows it is looked whether they are still wanted.
EVERY_ROWS = 2000


class Progress:
    """Counts rows or steps as they are done, and ends the work when it has been cancelled."""

    def __init__(self) -> None:
        self.done, self.of, self.unit = 0, 0, "rows"
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """No longer wanted."""
        self._cancelled.set()

    def check(self) -> None:
        """Raises Refusal when it is no longer wanted."""
        if self._cancelled.is_set():
            raise Refusal("export_cancelled")

    def begin(self, steps: int, unit: str) -> None:
        """So many steps of a kind (``rows`` or ``steps``) are to be done."""
        self.done, self.of, self.unit = 0, steps, unit

    def step(self) -> None:
        """One more is done. Raises Refusal when no more are wanted."""
        self.check()
        self.done += 1

    def over(self, rows: Iterable[T]) -> Iterator[T]:
        """The same rows, counted."""
        for row in rows:
            if self.done % EVERY_ROWS == 0:
                self.check()
            self.done += 1
            yield row

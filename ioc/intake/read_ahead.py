"""Reads ahead in a thread while what has been read is written; what waits by then is written together."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import TypeVar

import pyarrow as pa

from ioc.intake.port import Batch
from ioc.intake.small_deliveries import source_rows

T = TypeVar("T")

# So many batches wait at most, and so many rows and bytes of them are written at once: of many rows a larger commit costs less for each.
MOST_WAITING = 3
MOST_ROWS, MOST_BYTES = 491_520, 256 * 2**20


def read_ahead(items: Iterable[T]) -> Iterator[T]:
    """The same items, the next of them being made in a thread while one is in use. Errors arrive in their place."""
    for found in _ahead(items, 1, 1):
        yield found.pop()


def together(batches: Iterable[Batch]) -> Iterator[Batch]:
    """The batches, read ahead; of those that wait by the time that the next is asked for, each takes along the ones that fit with it."""
    for found in _ahead(batches, MOST_WAITING, MOST_WAITING):
        while found:
            yield _joined([found.pop(0) for _ in range(_fitting(found))])


def _fitting(found: Sequence[Batch]) -> int:
    """How many of the first are taken at once: of the same columns, and not too many rows."""
    rows = size = 0
    for place, each in enumerate(found):
        rows, size = rows + each.table.num_rows, size + each.table.nbytes
        if place and (rows > MOST_ROWS or size > MOST_BYTES or not each.table.schema.equals(found[0].table.schema)):
            return place
    return len(found)


def _joined(batches: Sequence[Batch]) -> Batch:
    """One batch of several: gone on with where the last of them says, and all of them kept with it."""
    if len(batches) == 1:
        return batches[0]
    places = [each.position for each in batches if each.position is not None]
    return Batch(
        pa.concat_tables([each.table for each in batches]),
        rows=pa.concat_arrays([source_rows(each) for each in batches]),
        broken=tuple(row for each in batches for row in each.broken),
        position=places[-1] if places else None,
        kept=_all_of([each.kept for each in batches if each.kept]),
    )


def _all_of(calls: Sequence[Callable[[], None]]) -> Callable[[], None] | None:
    def kept() -> None:
        for call in calls:
            call()

    return kept if calls else None


def _ahead(items: Iterable[T], depth: int, most: int) -> Iterator[list[T]]:
    """What waits each time, one or more and at most so many, while a thread makes further ones of which this many may wait."""
    waiting: queue.Queue[tuple[bool, T | BaseException | None]] = queue.Queue(maxsize=depth)
    abandoned = threading.Event()

    def put(entry: tuple[bool, T | BaseException | None]) -> bool:
        while not abandoned.is_set():
            try:
                waiting.put(entry, timeout=0.2)
                return True
            except queue.Full:
                continue
        return False

    def work() -> None:
        try:
            for item in items:
                if not put((True, item)):
                    return
            put((False, None))
        except BaseException as error:
            put((False, error))

    thread = threading.Thread(target=work, name="read-ahead", daemon=True)
    thread.start()
    try:
        while True:
            entries = [waiting.get()]
            with suppress(queue.Empty):
                while entries[-1][0] and len(entries) < most:
                    entries.append(waiting.get_nowait())
            if found := [item for more, item in entries if more]:
                yield found  # type: ignore[misc]
            more, last = entries[-1]
            if isinstance(last, BaseException) and not more:
                raise last
            if not more:
                return
    finally:
        abandoned.set()

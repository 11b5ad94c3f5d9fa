"""What waits is taken together; nothing is lost, turned round or said before it is so."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pyarrow as pa
import pytest

from ioc.errors import FeedUnavailable
from ioc.intake import read_ahead
from ioc.intake.port import Batch, BrokenRow
from ioc.intake.small_deliveries import source_rows


def batches(kept: list[int], made: threading.Event | None = None, fault: bool = False) -> Iterator[Batch]:
    """Six batches, the last two with another column; and then a fault, if there is to be one."""
    for number in range(6):
        column = pa.array([str(number)]) if number < 4 else pa.array([number])
        yield Batch(
            pa.table({"a": column}),
            first_row=10 * number + 1,
            broken=(BrokenRow(10 * number + 2, "json"),),
            position=str(number) if number % 2 else None,
            kept=lambda number=number: kept.append(number),  # type: ignore[misc]
        )
        if number == 3 and made:
            made.set()
    if fault:
        raise FeedUnavailable("gone")


def test_what_waits_is_taken_together() -> None:
    kept: list[int] = []
    made = threading.Event()
    found = read_ahead.together(batches(kept, made))
    first = next(found)
    assert made.wait(5)
    rest = list(found)
    assert len(rest) < 5
    rows = [row for batch in (first, *rest) for row in source_rows(batch).to_pylist()]
    assert rows == [1, 11, 21, 31, 41, 51]
    assert [row.row for batch in (first, *rest) for row in batch.broken] == [2, 12, 22, 32, 42, 52]
    assert kept == []
    for batch in (first, *rest):
        assert batch.kept
        batch.kept()
    assert kept == [0, 1, 2, 3, 4, 5]
    assert [batch.position for batch in rest][-1] == "5"
    assert [str(kind) for batch in rest for kind in batch.table.schema.types][-1] == "int64"


def test_no_more_is_taken_together_than_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_ahead, "MOST_ROWS", 1)
    assert [batch.table.num_rows for batch in read_ahead.together(batches([]))] == [1] * 6


def test_a_fault_comes_after_what_was_read_before_it() -> None:
    rows = []
    with pytest.raises(FeedUnavailable):
        for batch in read_ahead.together(batches([], fault=True)):
            rows += source_rows(batch).to_pylist()
    assert rows == [1, 11, 21, 31, 41, 51]

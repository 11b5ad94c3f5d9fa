"""How far rows have come, and how that is told to a source: in its own writing, and never further than is right."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest

from data_sources.http.watermark import Reached, Watermark
from ioc.errors import FeedRejected

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def mark(**options: Any) -> Watermark:
    return Watermark.model_validate({"column": "at", "param": "since"} | options)


def reached(found: Watermark, *values: Any) -> Reached:
    made = Reached(found)
    made.meet(pa.table({"at": list(values)}), NOW)
    return made


@pytest.mark.parametrize(
    ("options", "values", "sent"),
    [
        ({}, ["2026-11-01T08:00:00+07:00", "2026-11-01T02:00:00+07:00"], "2026-11-01T08:00:00+07:00"),
        ({}, ["2026-11-01T08:00:00+07:00", "2026-11-01T02:00:00Z"], "2026-11-01T02:00:00Z"),
        ({}, ["2026-11-01 08:00:00.250", "2026-10-01 08:00:00.000"], "2026-11-01 08:00:00.250"),
        ({"time_zone": "Asia/Ho_Chi_Minh"}, ["2026-11-01T08:00:00"], "2026-11-01T08:00:00"),
        ({"overlap": "1h"}, ["2026-11-01T08:00:00+07:00"], "2026-11-01T07:00:00+07:00"),
        ({"overlap": 60}, ["2026-11-01T08:00:00"], "2026-11-01T07:59:00"),
        ({}, ["2026-11-01", "2026-11-02"], "2026-11-02"),
        ({"format": "%d/%m/%Y %H:%M"}, ["01/11/2026 08:30", "31/10/2026 23:00"], "01/11/2026 08:30"),
        ({"format": "%d/%m/%Y %H:%M", "time_zone": "Asia/Ho_Chi_Minh"}, ["01/11/2026 08:30", "none"], "01/11/2026 08:30"),
        ({"format": "seconds"}, [1_793_500_000, 1_793_400_000], 1_793_500_000),
        ({"format": "milliseconds", "overlap": "2s"}, ["1793500000123"], 1_793_499_998_123),
        ({"format": "number", "overlap": 5}, ["1234569", "99"], 1_234_564),
        ({"format": "number"}, [2**60 + 1, 2**60], 2**60 + 1),
        ({}, ["2026-11-01T08:00:00Z", "2099-01-01T00:00:00Z"], "2026-11-01T08:00:00Z"),
        ({}, ["2026-11-01T08:00:00Z", None, "soon"], "2026-11-01T08:00:00Z"),
    ],
)
def test_a_watermark_is_sent_as_the_source_writes_it(options: dict[str, Any], values: list[Any], sent: object) -> None:
    found = mark(**options)
    made = reached(found, *values)
    end = made.at_the_end()
    assert end is not None and found.written(found.again_from(end), made.sample) == sent


def test_a_watermark_never_goes_back() -> None:
    made = Reached(mark(format="number"), kept=9)
    made.meet(pa.table({"at": [3, 4]}), NOW)
    assert made.at_the_end() == 9


def test_a_clock_of_ours_that_is_set_back_hides_no_row() -> None:
    seen = reached(mark(), "2026-11-20T00:00:00Z").at_the_end()
    assert mark().not_ahead(seen, NOW) == seen
    back = datetime(2026, 3, 1, tzinfo=UTC)
    assert mark().written(mark().not_ahead(seen, back) or 0) == "2026-03-01T00:00:00+00:00"
    assert mark(format="number").not_ahead(2**60, back) == 2**60


def test_days_are_those_of_the_source() -> None:
    found = mark(time_zone="Asia/Ho_Chi_Minh")
    assert found.written(found.of_day(date(2026, 11, 2))) == "2026-11-02T00:00:00+07:00"
    assert (
        found.written(found.of_day(date(2026, 11, 2), end=True), "2026-11-01T08:00:00.000000+07:00") == "2026-11-03T00:00:00.000000+07:00"
    )


def test_sorted_rows_that_are_not_are_refused() -> None:
    with pytest.raises(FeedRejected, match="do not come in the order of “at”"):
        reached(mark(format="number", sorted=True), 1, 3, 2)


def test_of_sorted_rows_the_greatest_may_go_on_after_what_was_kept() -> None:
    made = reached(mark(format="number", sorted=True), 1, 2, 3, 3)
    assert (made.midway(), made.at_the_end()) == (2, 3)


@pytest.mark.parametrize(
    ("values", "options", "said"),
    [(["soon", "later"], {}, "is written in the format iso"), (["a"], {"format": "number"}, "is written in the format number")],
)
def test_a_column_that_is_no_watermark_is_told_of(values: list[str], options: dict[str, Any], said: str) -> None:
    with pytest.raises(FeedRejected, match=said):
        reached(mark(**options), *values)

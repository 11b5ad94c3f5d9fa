"""Periods of the calendar, and counting by months."""

from __future__ import annotations

from datetime import date

import pytest

from ioc.catalogue.period import back, end_of_month, month_after, months_between, period_of, periods, year_before


@pytest.mark.parametrize(
    ("kind", "day", "start", "end"),
    [
        ("week", date(2026, 11, 22), date(2026, 11, 16), date(2026, 11, 22)),
        ("week", date(2027, 1, 1), date(2026, 12, 28), date(2027, 1, 3)),
        ("month", date(2024, 2, 29), date(2024, 2, 1), date(2024, 2, 29)),
        ("quarter", date(2026, 12, 31), date(2026, 10, 1), date(2026, 12, 31)),
        ("year", date(2026, 6, 1), date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_periods(kind: str, day: date, start: date, end: date) -> None:
    assert (period_of(kind, day).start, period_of(kind, day).end) == (start, end)


def test_periods_follow_each_other() -> None:
    months = list(periods("month", date(2025, 12, 15), date(2026, 2, 1)))
    assert [month.start for month in months] == [date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)]
    assert back("month", date(2026, 1, 31), 2) == date(2025, 11, 1)
    assert year_before(date(2024, 2, 29)) == date(2023, 2, 28)


def test_months_are_counted_over_the_ends_of_years() -> None:
    day = date(2026, 1, 31)
    assert [month_after(day, count) for count in (-13, -1, 0, 1, 11)] == [
        date(2024, 12, 1),
        date(2025, 12, 1),
        date(2026, 1, 1),
        date(2026, 2, 1),
        date(2026, 12, 1),
    ]
    assert [months_between(day, month_after(day, count)) for count in (-13, -1, 0, 1, 11)] == [-13, -1, 0, 1, 11]
    assert end_of_month(date(2028, 2, 1)) == end_of_month(date(2028, 2, 29)) == date(2028, 2, 29)
    assert end_of_month(date(2026, 12, 31)) == date(2026, 12, 31)

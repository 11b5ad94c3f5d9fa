"""Numbers, days and periods as people read them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ioc.text import dates
from ioc.text.numbers import number, rounded, short, signed, with_unit
from ioc.text.words import words

VI, EN = words("vi"), words("en")


@pytest.mark.parametrize(
    ("value", "unit", "precision", "goal", "vi", "en"),
    [
        ("83.4", "percent", 1, None, "83,4%", "83.4%"),
        ("99.96", "percent", 1, "100", "99,9%", "99.9%"),
        ("99.96", "percent", 1, None, "99,9%", "99.9%"),
        ("100", "percent", 1, "100", "100%", "100%"),
        ("79.97", "percent", 1, "80", "79,9%", "79.9%"),
        ("79.94", "percent", 1, "80", "79,9%", "79.9%"),
        ("80.05", "percent", 1, "80", "80,1%", "80.1%"),
        ("3.02", "days", 1, "3", "3,1 ngày", "3.1 days"),  # less is better: past the limit is not shown as within it
        ("1234567", "number", 1, None, "1.234.567", "1,234,567"),
        ("1000000000000", "number", 1, None, "1.000.000.000.000", "1,000,000,000,000"),
        ("0", "percent", 1, None, "0%", "0%"),
        ("-0.04", "points", 1, None, "0,0 điểm", "0.0 points"),
        ("4000", "percent", 1, "100", "4.000%", "4,000%"),
        (None, "percent", 1, "100", "–", "–"),
    ],
)
def test_numbers(value: str | None, unit: str, precision: int, goal: str | None, vi: str, en: str) -> None:
    exact, bound = (Decimal(text) if text is not None else None for text in (value, goal))
    assert with_unit(exact, unit, VI, precision, bound) == vi
    assert with_unit(exact, unit, EN, precision, bound) == en


@pytest.mark.parametrize(
    ("value", "shown"),
    [("1.25", "+1,3 điểm %"), ("-1.25", "−1,3 điểm %"), ("0.01", "±0 điểm %"), ("-4000", "−4.000 điểm %")],
)
def test_differences(value: str, shown: str) -> None:
    assert signed(Decimal(value), "percent", VI).replace("\u00a0", " ") == shown


@pytest.mark.parametrize(
    ("value", "goal", "vi", "en"),
    [
        ("9999999", None, "9.999.999", "9,999,999"),
        ("12345678", None, "12,3 triệu", "12.3 m"),
        ("-1000000000000", None, "−1.000 tỷ", "−1,000 bn"),
        ("19990000", "20000000", "19,9 triệu", "19.9 m"),
        (None, None, "–", "–"),
    ],
)
def test_numbers_where_there_is_little_room(value: str | None, goal: str | None, vi: str, en: str) -> None:
    exact, bound = (Decimal(text) if text is not None else None for text in (value, goal))
    assert (short(exact, "number", VI, 0, bound), short(exact, "number", EN, 0, bound)) == (vi, en)


@given(st.decimals(0, 200, places=6), st.sampled_from([Decimal(50), Decimal(80), Decimal(100)]), st.integers(0, 3))
def test_what_is_shown_never_crosses_the_goal(value: Decimal, goal: Decimal, precision: int) -> None:
    shown = rounded(value, precision, goal)
    assert (shown >= goal) == (value >= goal)
    assert abs(shown - value) < Decimal(1).scaleb(-precision)
    assert "nan" not in number(value, "vi", precision) and not number(value, "vi", precision).startswith("−")


def test_days_and_periods() -> None:
    assert dates.day(date(2026, 2, 5)) == "05/02/2026"
    assert dates.moment(datetime(2026, 11, 23, 7, 5, tzinfo=ZoneInfo("UTC")), ZoneInfo("Asia/Ho_Chi_Minh")) == "14:05 23/11/2026"
    kinds = ("day", "week", "month", "quarter", "year")
    assert [dates.period(date(2026, 10, 1), kind, VI) for kind in kinds] == [
        "01/10/2026",
        "Tuần 40/2026",
        "T10/2026",
        "Quý IV/2026",
        "2026",
    ]
    assert [dates.period(date(2026, 10, 1), kind, EN) for kind in kinds] == ["01/10/2026", "Week 40/2026", "Oct 2026", "Q4/2026", "2026"]


def test_a_word_that_is_missing_is_an_error() -> None:
    with pytest.raises(KeyError):
        VI("no.such.word")

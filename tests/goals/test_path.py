"""What a path asks for on any day, by its shape: hand-computed days, and what holds for all of them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ioc.catalogue.model import Goal, Text
from ioc.goals.path import course

SEASON = [0, 1, 3, 4, 4, 3, 1, 1, 3, 4, 3, 1]


def goal(path: dict[str, Any] | None = None, **fields: Any) -> Goal:
    usual = {"indicator": "x", "comparator": ">=", "value": 80, "horizon": "2027-12-31", "since": "2025-12-31"}
    return Goal.model_validate(usual | {"source": Text(vi="QĐ", en="Decision"), "path": path or {}} | fields)


@pytest.mark.parametrize(
    ("path", "start", "on", "asked"),
    [
        ({}, 60, "2025-12-31", "60"),
        ({}, 60, "2026-12-31", "70"),
        ({}, 60, "2027-12-31", "80"),
        ({}, 60, "2020-01-01", "60"),
        ({}, 60, "2031-01-01", "80"),
        ({}, 90, "2026-06-30", "80"),  # what stood beyond the goal is asked for no longer
        ({"points": {"2026-12-31": 78}}, 60, "2026-12-31", "78"),
        ({"points": {"2026-12-31": 78}}, 60, "2027-07-02", "79.00273972602739726027397260"),  # 183 of 365 days
        ({"points": {"2026-12-31": 70}}, 75, "2026-06-30", "75"),  # never less than what stood at the beginning
        ({"shape": "steps"}, 60, "2026-12-30", "60"),
        ({"shape": "steps"}, 60, "2026-12-31", "70"),
        ({"shape": "steps"}, 60, "2027-12-30", "70"),
        ({"shape": "steps", "points": {"2026-06-30": 66}}, 60, "2026-06-29", "60"),
        ({"shape": "steps", "points": {"2026-06-30": 66}}, 60, "2027-12-30", "66"),
        ({"shape": "seasonal", "months": SEASON}, 60, "2026-01-31", "60"),
        ({"shape": "seasonal", "months": SEASON}, 60, "2026-12-31", "70"),
        ({"shape": "seasonal", "months": SEASON}, 60, "2026-04-30", "62.857142857"),  # 8 of 56 parts of 20
        ({"shape": "seasonal", "months": SEASON}, 60, "2026-04-15", "62.142857143"),  # half of April's 4
    ],
)
def test_what_is_asked_for(path: dict[str, Any], start: int, on: str, asked: str) -> None:
    found = course(goal(path), Decimal(start)).at(date.fromisoformat(on))
    assert abs(found - Decimal(asked)) < Decimal("1e-9")


def test_a_fall_is_asked_for_below() -> None:
    falling = course(goal(comparator="down", value=20, horizon="2030-12-31"), Decimal(0))
    assert falling.at(date(2030, 12, 31)) == -20
    assert falling.at(date(2028, 7, 1)) == Decimal(-20) * 913 / 1826


def test_without_since_it_runs_through_the_year_of_its_horizon() -> None:
    assert goal(since=None).begins == date(2026, 12, 31)


PATHS = st.one_of(
    st.just({}),
    st.just({"shape": "steps"}),
    st.lists(st.integers(0, 5), min_size=12, max_size=12).filter(any).map(lambda months: {"shape": "seasonal", "months": months}),
    st.integers(61, 79).map(lambda value: {"points": {"2026-10-10": value}}),
)


@given(PATHS, st.integers(0, 100), st.integers(-400, 1200), st.integers(0, 400), st.booleans())
def test_a_path_never_goes_back_and_ends_at_the_goal(path: dict[str, Any], start: int, day: int, later: int, less: bool) -> None:
    asked = course(goal({} if less else path, comparator="<=" if less else ">="), Decimal(start))
    one = asked.at(date(2025, 12, 31) + timedelta(days=day))
    two = asked.at(date(2025, 12, 31) + timedelta(days=day + later))
    assert two <= one if less else one <= two
    assert asked.at(date(2027, 12, 31)) == 80

"""Ranks with ties and funnel limits, by tables and by properties."""

from __future__ import annotations

from decimal import Decimal
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ioc.indicators.peers import LEAST_RECORDS, OUTSIDE, WARNING, limits, ranks, standing


@pytest.mark.parametrize(
    ("values", "most_first", "expected"),
    [
        ([90, 80, 70], True, [1, 2, 3]),
        ([90, 80, 80, 70], True, [1, 2, 2, 4]),
        ([5, None, 3, 3], False, [3, None, 1, 1]),
        ([None, None], True, [None, None]),
        ([], True, []),
    ],
)
def test_ranks(values: list[int | None], most_first: bool, expected: list[int | None]) -> None:
    assert ranks([None if value is None else Decimal(value) for value in values], most_first) == expected


@given(st.lists(st.decimals(0, 100, places=1), min_size=1), st.booleans())
def test_a_rank_is_one_more_than_how_many_are_better(values: list[Decimal], most_first: bool) -> None:
    for value, rank in zip(values, ranks(values, most_first), strict=True):
        assert rank == 1 + sum(other > value if most_first else other < value for other in values)


def test_the_funnel_is_that_of_the_normal_approximation() -> None:
    low, high = limits(0.5, 100, WARNING)
    assert (low, high) == (pytest.approx(0.402, abs=1e-3), pytest.approx(0.598, abs=1e-3))


@given(st.integers(LEAST_RECORDS, 100_000), st.floats(0, 1), st.floats(0.001, 0.999))
def test_outside_means_that_the_wilson_interval_leaves_the_whole_out(records: int, part: float, whole: float) -> None:
    successes = round(part * records)
    share, square = successes / records, OUTSIDE**2
    centre = (share + square / (2 * records)) / (1 + square / records)
    reach = OUTSIDE / (1 + square / records) * sqrt(share * (1 - share) / records + square / (4 * records**2))
    found = standing(Decimal(successes), Decimal(records), whole)
    if abs(abs(centre - whole) - reach) > 1e-9:  # not on the very edge
        assert (found != "usual") == (abs(centre - whole) > reach)


@given(st.integers(1, LEAST_RECORDS - 1))
def test_few_records_are_not_judged(records: int) -> None:
    assert standing(Decimal(0), Decimal(records), 0.99) == "few"

"""Shares of samples: intervals against published figures, and what is said of few answers."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ioc.catalogue.load import BUILT_IN, load
from ioc.indicators.question import Value
from ioc.indicators.sample import interval, wilson

SATISFACTION = load(BUILT_IN / "moha").indicators["satisfaction_index"]


@pytest.mark.parametrize(
    ("successes", "count", "low", "high"),
    [  # Newcombe, Statistics in Medicine 17 (1998), 857 - 872, table I, method 3
        (81, 263, "0.2553", "0.3662"),
        (15, 148, "0.0624", "0.1605"),
        (0, 20, "0.0000", "0.1611"),
        (1, 29, "0.0061", "0.1718"),
    ],
)
def test_the_interval_is_the_published_one(successes: int, count: int, low: str, high: str) -> None:
    found = wilson(Decimal(successes), Decimal(count))
    assert [round(bound, 4) for bound in found] == [Decimal(low), Decimal(high)]


@given(st.integers(1, 10**7).flatmap(lambda count: st.tuples(st.integers(0, count), st.just(count))))
def test_the_interval_holds_the_share_and_more_answers_narrow_it(drawn: tuple[int, int]) -> None:
    successes, count = map(Decimal, drawn)
    low, high = wilson(successes, count)
    assert 0 <= low <= successes / count <= high <= 1
    assert (low == 0) == (successes == 0) and (high == 1) == (successes == count)
    closer = wilson(successes * 4, count * 4)
    assert closer[1] - closer[0] < high - low


@pytest.mark.parametrize(("count", "small"), [(29, True), (30, False)])
def test_few_answers_say_so(count: int, small: bool) -> None:
    found = interval(SATISFACTION, Value((), None, Decimal(20), Decimal(count), None, False))
    assert found is not None and found.small is small
    assert interval(SATISFACTION, Value((), None, None, Decimal(0), None, False)) is None

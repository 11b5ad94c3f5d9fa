"""Looking ahead: manners chosen on the past, a range that stays on the scale, and what a goal needs in records by hand-computed cases."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.tsa.holtwinters import ExponentialSmoothing

from ioc.catalogue.civil_time import CivilTime
from ioc.catalogue.model import Goal, Text
from ioc.catalogue.period import month_after
from ioc.goals.forecast import LEAST_MONTHS, Forecast, Month, forecast
from ioc.goals.outlook import Kind, Months, outlook
from ioc.goals.smoothing import MANNERS, Manner, Method, ahead
from ioc.goals.volumes import expected, working_days

SOURCE = Text(vi="QĐ", en="Decision")


def shares(*per_cent: float, of: int = 1000) -> tuple[Month, ...]:
    """Months in which so many per cent of a thousand succeeded."""
    return tuple(Month(Decimal(round(each * of / 100)), Decimal(of), Decimal(round(each * of / 100)) * 100 / of) for each in per_cent)


def goal(**fields: Any) -> Goal:
    usual = {"indicator": "x", "comparator": ">=", "value": 80, "horizon": "2026-12-31", "source": SOURCE}
    return Goal.model_validate(usual | fields)


@pytest.mark.parametrize("months", [30, 41])
def test_what_is_said_at_a_month_rests_on_the_past_alone(months: int) -> None:
    course = np.cumsum(np.random.default_rng(7).normal(0.1, 0.3, months))
    said = ahead(course, 6)
    assert said.shape == (len(MANNERS), months, 6)
    assert np.array_equal(said[0, 9], np.repeat(course[9], 6))
    assert np.allclose(said[:, 17], ahead(course[:18], 6)[:, 17])
    seasonal, flat = (said[[each.method.seasonal is which for each in MANNERS]] for which in (True, False))
    assert np.isnan(seasonal[:, 10]).all() and not np.isnan(seasonal[:, 11:]).any() and not np.isnan(flat).any()


@pytest.mark.parametrize("manner", [each for each in MANNERS if each.level])
def test_a_manner_says_what_the_library_says_of_the_whole_course(manner: Manner) -> None:
    course = 50 + np.cumsum(np.random.default_rng(11).normal(0.2, 1, 30))
    season = manner.method.seasonal
    level = course[:12].mean() if season else course[0]
    model = ExponentialSmoothing(
        course,
        trend="add",
        damped_trend=True,
        seasonal="add" if season else None,
        seasonal_periods=12 if season else None,
        initialization_method="known",
        initial_level=level,
        initial_trend=0 if season else course[1] - course[0],
        initial_seasonal=course[:12] - level if season else None,
    )
    fitted = model.fit(
        smoothing_level=manner.level,
        smoothing_trend=manner.trend,
        smoothing_seasonal=manner.season if season else None,
        damping_trend=manner.lasting,
        optimized=False,
    )
    found = ahead(course, 11)[MANNERS.index(manner)]
    assert np.allclose(found[-1], fitted.forecast(11))
    assert np.allclose(found[11:-1, 0], fitted.fittedvalues[12:])


# Hundreds of records a working day, a season that is the same each year, and a few per cent of chance.
SEASON = (0.7, 0.6, 1.1, 1.0, 1.0, 1.1, 1.0, 0.9, 1.0, 1.2, 1.3, 1.4)
WORKED = tuple([15 if index % 12 == 1 else 21 + index % 3 for index in range(48)])


def counted(noise: float, months_: int = 36) -> tuple[Month, ...]:
    chance = np.random.default_rng(5).normal(1, noise, months_)
    amounts = [300 * SEASON[index % 12] * WORKED[index] * chance[index] * 1.01**index for index in range(months_)]
    return tuple(Month(None, None, Decimal(round(each))) for each in amounts)


def test_a_season_of_counts_is_followed_by_working_days() -> None:
    found = forecast(counted(0.03), 12, share=False, worked=WORKED)
    assert found and found.method is Method.HOLT_WINTERS and found.error is not None and found.error < 0.75
    truth = [300 * SEASON[index % 12] * WORKED[index] * 1.01**index for index in range(36, 48)]
    assert np.abs(np.array(found.middle) / truth - 1).mean() < 0.1
    assert sum(low <= true <= high for low, true, high in zip(found.low, truth, found.high, strict=True)) >= 8
    assert min(found.low) >= 0


def test_a_season_is_not_followed_before_two_years_and_where_there_is_none() -> None:
    young = forecast(counted(0.03, 23), 12, share=False, worked=WORKED)
    assert young and not young.method.seasonal
    chance = np.random.default_rng(2).normal(1, 0.05, (40, 36))
    found = [forecast(tuple(Month(None, None, Decimal(round(6000 * each))) for each in row), 12, share=False) for row in chance]
    assert sum(each is not None and each.method.seasonal for each in found) <= 4


@pytest.mark.parametrize("steady", [True, False])
def test_ranges_hold_about_eight_in_ten_of_what_comes_near_and_far(steady: bool) -> None:
    chance = np.random.default_rng(4)
    held = []
    for _ in range(60):
        noise = chance.normal(0, 1, 48)
        values = 50 + (3 * noise if steady else np.cumsum(noise))
        found = forecast(tuple(Month(None, None, Decimal(str(round(each, 4)))) for each in values[:36]), 12, share=False)
        assert found
        held.append((np.array(found.low) <= values[36:]) & (values[36:] <= np.array(found.high)))
    near, far = np.mean(np.array(held)[:, :4]), np.mean(np.array(held)[:, 4:])
    assert 0.7 < near < 0.93 and 0.7 < far < 0.93


def test_what_has_always_succeeded_for_long_is_expected_to_go_on() -> None:
    found = forecast(shares(*[99.0] * 12, *[100.0] * 24), 12, share=True)
    assert found and min(found.middle) > 99.99


def test_what_comes_again_each_year_is_said_as_it_was() -> None:
    waves = tuple(Month(None, None, Decimal(str(round(20 + 10 * np.sin(index / 12 * 2 * np.pi), 4)))) for index in range(36))
    found = forecast(waves, 24, share=False)
    assert found and found.method is Method.YEAR_AGO
    assert found.middle == tuple(float(waves[index % 12].value) for index in range(24))


def test_a_steady_rise_is_carried_on_and_slows() -> None:
    found = forecast(shares(*(40 + each for each in range(30))), 24, share=True)
    assert found and found.method is Method.HOLT and found.error is not None and found.error < 0.3
    assert 69 < found.middle[0] < 71 and 70 < found.middle[11] < 84
    steps = np.diff(found.middle)
    assert (steps > 0).all()


def test_what_only_sways_is_left_as_it_is() -> None:
    noise = np.random.default_rng(3).normal(0, 3, 36)
    found = forecast(tuple(Month(None, None, Decimal(str(round(50 + each, 6)))) for each in noise), 12, share=False)
    walk = forecast(shares(*(50 + 5 * (index // 18) for index in range(36))), 12, share=True)
    assert found and walk
    assert walk.method is Method.NO_CHANGE and set(np.round(walk.middle, 6)) == {round(walk.middle[0], 6)}
    assert found.high[0] - found.low[0] > 3


def test_where_choosing_has_not_paid_on_the_past_nothing_is_looked_ahead() -> None:
    wandering = shares(*np.clip(50 + np.cumsum(np.random.default_rng(21).normal(0, 3, 36)), 5, 95))  # Holt's method by its errors alone
    found = forecast(wandering, 12, share=True)
    assert found and (found.method, found.error) == (Method.NO_CHANGE, 1)
    assert set(np.round(found.middle, 6)) == {round(float(wandering[-1].value), 6)} and found.tests > 50


def test_too_little_history_has_no_forecast() -> None:
    rising = shares(*(40 + each for each in range(LEAST_MONTHS)))
    assert forecast(rising[1:], 12, share=True) is None
    assert forecast(rising, 12, share=True) is not None


@settings(max_examples=40)
@given(st.lists(st.floats(0, 100), min_size=LEAST_MONTHS, max_size=40), st.integers(1, 60))
def test_a_share_and_its_range_stay_within_0_and_100(per_cent: list[float], steps: int) -> None:
    found = forecast(shares(*per_cent), steps, share=True)
    assert found is not None and len(found.middle) == steps
    for low, middle, high in zip(found.low, found.middle, found.high, strict=True):
        assert 0 <= low <= middle <= high <= 100
    assert 0 <= found.held <= 1


def test_a_course_that_never_changed_has_no_error_to_compare_with() -> None:
    found = forecast(shares(*[100.0] * 24), 12, share=True)
    assert found and (found.error, found.held) == (None, 1)


# A year and a half of 100 records a month, of which 50 succeeded; from July 2026 on, 70 are expected to.
FLAT = Forecast((70.0,) * 18, (60.0,) * 18, (80.0,) * 18, Method.HOLT, 0.5, 0.8, 40)
FIRST = date(2025, 1, 1)
ALIKE = {month_after(FIRST, index): 20 for index in range(60)}


def months(kind: Kind = Kind.SHARE, closed: tuple[Month, ...] = shares(*[50] * 18, of=100)) -> Months:
    return Months(FIRST, closed, FLAT, kind, ALIKE)


@pytest.mark.parametrize(
    ("fields", "value", "met_on", "needed"),
    [
        # 2026: 300 of 600 are done; 600 more come, of which 420 are expected. 58 % of 1,200 are 696: 396 of 600, 66 a month of 100.
        ({"value": 58}, "60", "2026-11-30", (396, 66, 100, 70, True)),
        # 80 % are 960: 660 of 600 cannot be.
        ({"value": 80}, "60", None, (660, 110, 100, 70, False)),
        # Until June 2027 only the half-year counts: 600 records, 70 % expected.
        ({"value": 75, "horizon": "2027-06-30"}, "70", None, (450, 75, 100, 70, True)),
        ({"value": 40}, "60", "2026-07-31", (180, 30, 100, 70, True)),  # 40 % of 1,200 less 300
        ({"comparator": "<=", "value": 60}, "60", "2026-07-31", (420, 70, 100, 70, True)),
    ],
)
def test_a_share_by_hand(fields: dict[str, Any], value: str, met_on: str | None, needed: tuple[Any, ...]) -> None:
    found = outlook(months(), goal(**fields))
    assert found and found.needed
    assert (found.expected.value, found.expected.low, found.expected.high)[0] == Decimal(value)
    assert found.met_on == (date.fromisoformat(met_on) if met_on else None)
    assert (found.needed.total, found.needed.a_month, found.needed.of, found.needed.now, found.needed.possible) == needed


def test_the_range_of_a_year_is_narrow_where_much_of_it_is_over() -> None:
    found = outlook(months(), goal(value=58))
    later = outlook(months(), goal(value=58, horizon="2027-12-31"))
    assert found and later
    assert (found.expected.low, found.expected.high) == (55, 65)
    assert (later.expected.low, later.expected.high) == (60, 80)


@pytest.mark.parametrize(
    ("kind", "fields", "value", "total"),
    [
        (Kind.STANDING_SHARE, {"value": 80}, "70", 30),  # 50 of the 100 that stand
        (Kind.STANDING_SHARE, {"value": 40}, "70", 0),
        (Kind.STANDING, {"comparator": "up", "value": 30}, "70", 80),  # the baseline is 100, and 50 stand: 130 less 50
        (Kind.STANDING, {"value": 30}, "70", None),
        (Kind.MEAN, {"value": 30}, "60", None),
        (Kind.TOTAL, {"value": 30}, "720", None),  # 6 x 50 and 6 x 70
    ],
)
def test_what_stands_and_means_and_totals_by_hand(kind: Kind, fields: dict[str, Any], value: str, total: int | None) -> None:
    found = outlook(months(kind), goal(**fields))
    assert found and found.expected.value == Decimal(value)
    assert (found.needed.total if found.needed else None) == total


def test_a_range_that_says_nothing_is_told_as_such() -> None:
    course = Months(FIRST, shares(*[50, 55] * 9, of=100), FLAT, Kind.STANDING_SHARE, ALIKE)  # has moved by 5, and may be 60 to 80
    inside, beyond = outlook(course, goal(value=70)), outlook(course, goal(value=90))
    assert inside and inside.is_wide
    assert beyond and not beyond.is_wide, "that the goal is missed is worth telling"
    anything = Forecast((50.0,) * 18, (5.0,) * 18, (60.0,) * 18, Method.NO_CHANGE, 1, 0.8, 40)
    course = Months(FIRST, shares(*[50, 55] * 9, of=100), anything, Kind.SHARE, ALIKE)
    found = outlook(course, goal(value=90, horizon="2027-12-31"))
    assert found and found.is_wide, "more than half of the scale is no forecast of a share, wherever the goal lies"
    total = Months(FIRST, shares(*[50, 55] * 9, of=100), FLAT, Kind.TOTAL, ALIKE)
    near, far = outlook(total, goal(value=720)), outlook(total, goal(value=700))
    assert near and far and near.is_wide and far.is_wide, "six open months, each of which may be 20 more or less, where months moved by 5"


def test_a_range_ends_where_the_value_cannot_be() -> None:
    walk = tuple(Month(None, None, Decimal(each)) for each in [5, 9, 2, 14, 6, 1] * 5)
    free, bound = forecast(walk, 24, share=False), forecast(walk, 24, share=False, within=(0.0, 12.0))
    assert free and bound
    assert min(free.low) < 0 and max(free.high) > 12, "else this proves nothing"
    assert (min(bound.low), max(bound.high)) == (0, 12)


def test_a_goal_that_is_past_or_too_far_has_no_outlook() -> None:
    assert outlook(months(), goal(horizon="2026-06-30")) is None
    assert outlook(months(), goal(horizon="2028-01-31")) is None


def test_all_records_can_be_reached() -> None:
    nearly = Forecast((99.9999,) * 18, (99.0,) * 18, (100.0,) * 18, Method.HOLT, 0.5, 0.8, 40)
    course = Months(FIRST, shares(*[100] * 18, of=100), nearly, Kind.SHARE, ALIKE)
    found = outlook(course, goal(comparator="=", value=100))
    assert found and found.expected.value == 100 and found.met_on == date(2026, 7, 31)


def test_months_ahead_bring_what_the_same_month_brought_by_working_days() -> None:
    civil = CivilTime("Asia/Ho_Chi_Minh", {date(2026, 2, day): False for day in (16, 17, 18, 19, 20)})
    assert working_days(civil, [date(2026, 1, 1), date(2026, 2, 1)]) == {date(2026, 1, 1): 22, date(2026, 2, 1): 15}
    assert working_days(CivilTime("Asia/Ho_Chi_Minh"), [date(2025, 2, 1)]) == {date(2025, 2, 1): 20}
    known = {month_after(date(2025, 1, 1), index): 200.0 for index in range(12)}
    ahead_ = [month_after(date(2026, 1, 1), index) for index in range(14)]
    worked = working_days(civil, [*known, *ahead_])
    found = expected(known, ahead_, worked)
    assert found[1] == pytest.approx(200 / 20 * 15)  # the long holiday
    assert found[13] == pytest.approx(200 / 20 * 20)  # and not in the year after


def test_growth_is_carried_on_for_a_year_within_bounds() -> None:
    start = date(2024, 1, 1)
    for factor, carried in ((1.1, 1.1), (3, 1.25), (0.5, 0.8)):
        known = {month_after(start, index): 200.0 * (factor if index >= 12 else 1) for index in range(24)}
        months_ = [month_after(start, 24 + index) for index in range(24)]
        found = expected(known, months_, dict.fromkeys([*known, *months_], 20))
        assert found[0] == pytest.approx(200 * factor * carried) == found[12]

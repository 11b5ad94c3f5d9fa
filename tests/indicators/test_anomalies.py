"""What leaves its usual range: found where it was planted, and nowhere else."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.anomalies import measure
from ioc.catalogue.civil_time import CivilTime
from ioc.indicators.anomalies import LEAST_COUNT, LEAST_RECORDS, of_counts, of_rates
from ioc.indicators.season import day_kinds, weights
from ioc.indicators.unusual import find
from tests.office import open_store, put

seeds = st.integers(0, 10_000)


def rates(seed: int, share: np.ndarray, records: int) -> tuple[np.ndarray, np.ndarray]:
    count = np.full(share.shape, float(records))
    return np.random.default_rng(seed).binomial(records, share).astype(float), count


def test_a_fault_is_found_where_it_is_and_a_trend_is_none() -> None:
    share = np.linspace(0.5, 0.9, 80)[None, :].copy()
    share[0, 40] -= 0.25
    above, below = rates(7, share, 400)
    judged = of_rates(above, below)
    assert np.flatnonzero(judged.unusual[0]).tolist() == [40]
    assert judged.expected[0, 40] == pytest.approx(0.7, abs=0.03)
    assert judged.low[0, 40] < judged.expected[0, 40] < judged.high[0, 40]
    assert judged.score[0, 40] < -5


def test_what_varies_much_of_itself_is_not_called_unusual() -> None:
    chance = np.random.default_rng(3)
    share = np.clip(chance.normal(0.7, 0.08, (1, 200)), 0.05, 0.95)  # many times what 2,000 records would vary by
    judged = of_rates(*rates(4, share, 2000))
    assert not judged.unusual.any()


@given(seeds, st.floats(0.05, 0.95), st.integers(1, LEAST_RECORDS - 1))
def test_nothing_is_said_of_few_records(seed: int, share: float, records: int) -> None:
    judged = of_rates(*rates(seed, np.full((2, 40), share), records))
    assert np.isnan(judged.score).all() and not judged.unusual.any()


@given(seeds, st.floats(0.1, LEAST_COUNT / 2))
def test_nothing_is_said_of_small_expectations(seed: int, mean: float) -> None:
    counts = np.random.default_rng(seed).poisson(mean, (1, 40)).astype(float)
    counts[0, 20] = 1000
    assert not of_counts(counts, np.ones((1, 40))).unusual.any()


@given(seeds, st.floats(0.02, 0.98), st.integers(50, 3000))
def test_a_false_alarm_is_rare(seed: int, share: float, records: int) -> None:
    judged = of_rates(*rates(seed, np.full((1, 60), share), records))
    assert judged.unusual.sum() <= 1
    known = np.isfinite(judged.score)
    assert (judged.low[known] <= judged.expected[known]).all() and (judged.expected[known] <= judged.high[known]).all()


def test_counts_are_judged_beside_their_weights() -> None:
    weight = np.tile([1.0, 1.1, 0.9, 1.0, 1.0, 0.2, 0.1], 12)[None, :]
    counts = np.random.default_rng(1).poisson(500 * weight).astype(float)
    counts[0, 30] *= 0.5
    assert np.flatnonzero(of_counts(counts, weight).unusual[0]).tolist() == [30]


def test_kinds_of_days_follow_the_calendar() -> None:
    # Monday 2 March 2026; a holiday on Wednesday, a worked Saturday; from 16 March a break of eleven days.
    special = {date(2026, 3, 4): False, date(2026, 3, 7): True}
    special |= {date(2026, 3, 16) + timedelta(days=number): False for number in range(5)}
    days = [date(2026, 3, 2) + timedelta(days=number) for number in range(29)]
    kinds = day_kinds(CivilTime("Asia/Ho_Chi_Minh", special), days)
    assert kinds[:7] == ["0", "1", "off", "3", "4", "worked weekend", "off"]
    assert kinds[7:12] == [f"{distance} from a long break" for distance in (5, 4, 3, 2, 1)]
    assert set(kinds[12:21]) == {"long break"}
    assert kinds[21:26] == [f"{distance} from a long break" for distance in (1, 2, 3, 4, 5)]
    assert kinds[26:] == ["off", "off", "0"]


def test_weights_follow_weekdays_and_the_season_of_other_years() -> None:
    days = [date(2023, 1, 2) + timedelta(days=number) for number in range(4 * 365)]
    plain = np.array([0.1 if day.weekday() > 4 else 1.2 if day.weekday() == 0 else 1.0 for day in days])
    season = np.array([1.5 if day.month == 7 else 1.0 for day in days])
    weight = weights(1000 * plain * season, day_kinds(CivilTime("Asia/Ho_Chi_Minh"), days), days)
    july, june = (np.array([day.year == 2025 and day.month == month and day.weekday() == 0 for day in days]) for month in (7, 6))
    assert weight[july].mean() / weight[june].mean() == pytest.approx(1.5, rel=0.03)
    saturday = np.array([day.year == 2025 and day.month == 6 and day.weekday() == 5 for day in days])
    assert weight[saturday].mean() / weight[june].mean() == pytest.approx(0.1 / 1.2, rel=0.03)


def test_in_records_the_day_and_the_unit_are_named(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    chance = np.random.default_rng(5)
    rows = []
    days = [date(2026, 9, 1) + timedelta(days=number) for number in range(80)]
    for day in days:
        count = 60 if day.weekday() < 5 else 4
        broken = day == date(2026, 10, 14)
        rows += [
            {
                "id": f"{day}-{number}",
                "unit": "ab"[number % 2],
                "received_at": f"{day} 09:00",
                "online": bool(chance.random() < (0.2 if broken else 0.8)),
                "updated_at": "2026-11-20",
            }
            for number in range(count)
        ]
    put(store, "dossier", rows)
    with store.read() as snapshot:
        found = find(snapshot, "online_rate", date(2026, 11, 20))
        assert [(each.dimension, each.span.start) for each in found] == [(None, date(2026, 10, 14))]
        assert found[0].value < found[0].low < found[0].expected
        assert find(snapshot, "judged", date(2026, 11, 20)) == [] == find(snapshot, "trained", date(2026, 11, 20))
    store.close()


def test_planted_faults_are_found_in_a_simulated_ministry() -> None:
    tally = measure((1,))
    assert tally.recall >= 0.85
    assert tally.precision >= 0.9
    assert tally.quiet <= 3

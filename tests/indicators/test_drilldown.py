"""Counting the records behind a number gives the number again: every indicator, every part, every span, now and in the past."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from ioc.clock import FrozenClock
from ioc.errors import BadQuestion
from ioc.indicators.drilldown import Part, behind, parts_of
from ioc.indicators.values import Question, ask
from ioc.store.listing import ListQuestion, read_records, read_total
from ioc.store.store import Store
from tests.office import NOW, open_store, put

TODAY = date(2026, 11, 23)
SPANS = [(None, TODAY), (date(2026, 1, 1), TODAY), (date(2026, 3, 5), date(2026, 6, 30)), (date(2027, 1, 1), date(2027, 2, 1))]
# What adds up amounts, or picks one value, has no number of records for its value.
COUNTED = ("online_rate", "on_time", "overdue", "judged", "trained", "strength")


def _moment(chance: random.Random, first: date, days: int) -> str:
    day = datetime(first.year, first.month, first.day, tzinfo=UTC) + timedelta(days=chance.randrange(days), minutes=chance.randrange(1440))
    return day.strftime("%Y-%m-%d %H:%M:%S")


def _dossier(chance: random.Random, key: int) -> dict[str, Any]:
    received = _moment(chance, date(2025, 10, 1), 400)
    completed = _moment(chance, date(2026, 1, 1), 320) if chance.random() < 0.7 else None
    return {
        "id": str(key),
        "unit": chance.choice("ab"),
        "channel": chance.choice(["online", "counter", None]),
        "received_at": received,
        "due_at": max(received, _moment(chance, date(2026, 1, 1), 330)) if chance.random() < 0.9 else None,
        "completed_at": completed,
        "online": chance.choice([True, False, None]),
        "fee": chance.choice([None, "1.5", "20"]),
        "updated_at": _moment(chance, date(2026, 1, 1), 320),
    }


def _person(chance: random.Random, key: int) -> dict[str, Any]:
    days = [(date(2024, 1, 1) + timedelta(days=chance.randrange(1100))).isoformat() for _ in range(3)]
    left, trained = (days[1] if chance.random() < 0.4 else None), (days[2] if chance.random() < 0.6 else None)
    return {"id": str(key), "unit": chance.choice("ab"), "joined_on": days[0], "left_on": left, "trained_on": trained}


@pytest.fixture(scope="module")
def past() -> datetime:
    return NOW - timedelta(hours=2)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, past: datetime) -> Iterator[Store]:
    chance, clock = random.Random(1105), FrozenClock(past)
    store = open_store(tmp_path_factory.mktemp("behind"), clock=clock)
    for _ in range(2):
        put(store, "dossier", [_dossier(chance, key) for key in range(120)])
        put(store, "staff", [_person(chance, key) for key in range(120)])
        clock.at = NOW
    yield store
    store.close()


@pytest.mark.parametrize("unit", [None, "a"])
@pytest.mark.parametrize("is_past", [False, True])
@pytest.mark.parametrize(("start", "end"), SPANS)
@pytest.mark.parametrize("indicator", COUNTED)
def test_the_records_are_as_many_as_the_number(
    store: Store, past: datetime, indicator: str, start: date | None, end: date, is_past: bool, unit: str | None
) -> None:
    where = (("unit", (unit,)),) if unit else ()
    with store.read(past if is_past else None) as snapshot:
        found = ask(snapshot, Question(indicator, start=start, end=end, where=where), TODAY)
        numerator, denominator = (found[0].numerator, found[0].denominator) if found else (Decimal(0), Decimal(0))
        numbers = {Part.NUMERATOR: numerator, Part.DENOMINATOR: denominator, Part.REST: (denominator or 0) - (numerator or 0)}
        for part in parts_of(store.catalogue, indicator):
            mine = behind(store.catalogue, indicator, part, start, end, TODAY)
            question = ListQuestion(mine.record, ("id",), where=where, counted=mine.counted, today=TODAY, limit=1000)
            assert read_total(snapshot, question).count == (numbers[part] or 0), part
            assert len(read_records(snapshot, question)) == (numbers[part] or 0), part


def test_amounts_add_up(store: Store) -> None:
    mine = behind(store.catalogue, "fees", Part.NUMERATOR, date(2026, 1, 1), TODAY, TODAY)
    with store.read() as snapshot:
        (value,) = ask(snapshot, Question("fees", start=date(2026, 1, 1)), TODAY)
        total = read_total(snapshot, ListQuestion("dossier", ("fee",), counted=mine.counted, today=TODAY))
        assert total.sums["fee"] == value.numerator


def test_means_and_quantiles_stand_on_records_that_have_a_value(store: Store) -> None:
    with store.read() as snapshot:
        for indicator in ("mean_days", "median_days"):
            mine = behind(store.catalogue, indicator, Part.NUMERATOR, date(2026, 1, 1), TODAY, TODAY)
            (value,) = ask(snapshot, Question(indicator, start=date(2026, 1, 1)), TODAY)
            assert read_total(snapshot, ListQuestion("dossier", counted=mine.counted, today=TODAY)).count == value.denominator


def test_a_change_stands_on_the_records_of_what_changes(store: Store) -> None:
    assert behind(store.catalogue, "growth", Part.NUMERATOR, None, TODAY, TODAY).record == "staff"


def test_a_composite_has_no_records_of_its_own(store: Store) -> None:
    with pytest.raises(BadQuestion):
        behind(store.catalogue, "score", Part.NUMERATOR, None, TODAY, TODAY)

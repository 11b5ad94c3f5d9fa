"""Values against tables worked out by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from ioc.errors import BadQuestion, UnknownName
from ioc.indicators.values import Question, Value, ask
from ioc.store.store import Store
from tests.office import open_store, put

TODAY = date(2026, 11, 23)


@pytest.fixture
def store(tmp_path: Path):  # type: ignore[no-untyped-def]
    office = open_store(tmp_path)
    head = ("id", "unit", "channel", "received_at", "due_at", "completed_at", "online", "fee")
    rows = [
        ("1", "a", "online", "2026-09-01 08:00", "2026-09-10 17:00", "2026-09-05 08:00", True, 10),
        ("2", "a", "online", "2026-09-30 23:30", "2026-10-10 17:00", "2026-10-12 23:30", True, 20),
        ("3", "a", "counter", "2026-10-01 00:30", "2026-10-05 17:00", "2026-10-02 00:30", False, None),
        ("4", "b", "counter", "2026-10-15 09:00", "2026-11-20 17:00", None, False, 5),
        ("5", "b", None, "2026-11-02 09:00", "2026-11-23 17:00", None, None, 1),
        ("6", "b", "online", "2026-11-03 09:00", "2026-12-01 17:00", "2026-11-20 09:00", True, 2),
    ]  # fmt: skip
    put(office, "dossier", [dict(zip(head, row, strict=True)) | {"updated_at": "2026-11-20"} for row in rows])
    people = [
        ("p1", "a", "2025-03-01", None, "2026-02-01"),
        ("p2", "a", "2025-05-01", "2026-06-30", "2025-06-01"),
        ("p3", "b", "2026-01-15", None, None),
        ("p4", "b", "2026-03-01", None, "2025-01-01"),  # trained before joining: counts from joining on
        ("p5", "b", "2026-04-01", "2026-04-10", "2026-05-01"),  # trained after leaving: never counts
    ]
    put(office, "staff", [dict(zip(("id", "unit", "joined_on", "left_on", "trained_on"), row, strict=True)) for row in people])
    yield office
    office.close()


def asked(store: Store, question: Question, today: date = TODAY) -> list[Value]:
    with store.read() as snapshot:
        return ask(snapshot, question, today)


def short(values: list[Value]) -> list[tuple[object, ...]]:
    return [(*value.codes, value.span.start if value.span else None, value.numerator, value.denominator) for value in values]


def test_ratio_by_month_in_the_organisations_time_zone(store: Store) -> None:
    found = short(asked(store, Question("online_rate", period="month", start=date(2026, 9, 1))))
    assert found == [(date(2026, 9, 1), 2, 2), (date(2026, 10, 1), 0, 2), (date(2026, 11, 1), 1, 2)]


def test_a_ratio_of_sums_is_not_a_mean_of_ratios(store: Store) -> None:
    by_unit = asked(store, Question("online_rate", by=("unit",)))
    assert [(value.codes[0], value.value) for value in by_unit] == [("a", Decimal(200) / 3), ("b", Decimal(100) / 3)]
    (whole,) = asked(store, Question("online_rate"))
    assert whole.value == 50


def test_an_empty_code_is_a_code_of_its_own(store: Store) -> None:
    found = asked(store, Question("online_rate", by=("channel",)))
    assert {value.codes[0]: value.denominator for value in found} == {"counter": 2, "online": 3, None: 1}


def test_what_counts_at_completion_belongs_to_that_month(store: Store) -> None:
    found = short(asked(store, Question("on_time", period="month", start=date(2026, 9, 1))))
    assert [row for row in found if row[-1]] == [(date(2026, 9, 1), 1, 1), (date(2026, 10, 1), 1, 2), (date(2026, 11, 1), 1, 1)]


def test_overdue_speaks_of_today(store: Store) -> None:
    assert [value.numerator for value in asked(store, Question("overdue"))] == [1]


def test_a_period_is_judged_at_its_end(store: Store) -> None:
    found = short(asked(store, Question("judged", period="month", start=date(2026, 9, 1))))
    # September: 1 in time, 2 still open and within time on the 30th; October: 3 in time, 4 open and within time; November: to today
    assert found == [(date(2026, 9, 1), 2, 2), (date(2026, 10, 1), 2, 2), (date(2026, 11, 1), 2, 2)]
    assert short(asked(store, Question("judged", start=date(2026, 9, 1))))[0][-2:] == (4, 6)


def test_sums_means_and_medians(store: Store) -> None:
    assert asked(store, Question("fees"))[0].value == 38
    (mean,) = asked(store, Question("mean_days"))
    assert mean.value == Decimal("8.5") and mean.denominator == 4
    assert asked(store, Question("median_days"))[0].value == 8


def test_nothing_divided_by_nothing_is_no_value(store: Store) -> None:
    found = asked(store, Question("on_time", by=("unit",), where=(("channel", ("counter",)),)))
    assert [(value.codes[0], value.value) for value in found if value.codes[0] == "a"] == [("a", 100)]
    assert all(value.value is None for value in found if not value.denominator)


def test_filters_are_alternatives_within_a_dimension(store: Store) -> None:
    found = asked(store, Question("online_rate", where=(("channel", ("online", "counter")), ("unit", ("b",)))))
    assert short(found) == [(None, 1, 2)]


def test_an_open_period_is_provisional(store: Store) -> None:
    found = asked(store, Question("online_rate", period="month", start=date(2026, 9, 1)))
    assert [value.provisional for value in found] == [False, False, True]
    assert asked(store, Question("online_rate", start=date(2026, 9, 1), end=date(2026, 10, 31)))[0].provisional is False


@pytest.mark.parametrize(
    ("end", "trained", "strength"),
    [
        (date(2025, 2, 28), None, None),
        (date(2025, 5, 31), (0, 2), 2),
        (date(2025, 6, 30), (1, 2), 2),
        (date(2026, 2, 28), (2, 3), 3),
        (date(2026, 3, 31), (3, 4), 4),
        (date(2026, 5, 31), (3, 4), 4),
        (date(2026, 6, 30), (2, 3), 3),
    ],
)
def test_a_stock_is_what_stands_at_the_end(store: Store, end: date, trained: tuple[int, int] | None, strength: int | None) -> None:
    found = asked(store, Question("trained", end=end))
    assert [(value.numerator, value.denominator) for value in found] == ([trained] if trained else [])
    assert [value.value for value in asked(store, Question("strength", end=end))] == ([strength] if strength else [])


def test_a_stock_by_month_carries_on_where_nothing_happens(store: Store) -> None:
    found = short(asked(store, Question("strength", period="month", start=date(2026, 5, 1), end=date(2026, 8, 31))))
    assert [row[1] for row in found] == [4, 3, 3, 3]


def test_change_and_composite(store: Store) -> None:
    assert asked(store, Question("growth"))[0].value == 50  # from 2 at the end of 2025 to 3
    (score,) = asked(store, Question("score"))
    assert score.value == Decimal(6) * (Decimal(50) / 80) + Decimal(4) * Decimal("0.75")


@pytest.mark.parametrize(
    ("question", "error"),
    [
        (Question("onlinerate"), UnknownName),
        (Question("online_rate", by=("unt",)), UnknownName),
        (Question("online_rate", period="moon"), UnknownName),
        (Question("online_rate", where=(("colour", ("red",)),)), UnknownName),
        (Question("online_rate", start=date(2026, 2, 1), end=date(2026, 1, 1)), BadQuestion),
        (Question("online_rate", by=("unit", "unit")), BadQuestion),
    ],
)
def test_a_question_that_cannot_be_answered_says_why(store: Store, question: Question, error: type[Exception]) -> None:
    with pytest.raises(error):
        asked(store, question)

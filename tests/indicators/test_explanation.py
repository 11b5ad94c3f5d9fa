"""Why an indicator changed, from records: every measure, both kinds of comparison, and what cannot be compared."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from ioc.catalogue.period import Period
from ioc.errors import BadQuestion, UnknownName
from ioc.indicators.explanation import Explanation, Side, earlier, explain
from ioc.store.store import Store
from tests.office import open_store, put

TODAY = date(2026, 11, 23)
SEPTEMBER, OCTOBER = Side(Period(date(2026, 9, 1), date(2026, 9, 30))), Side(Period(date(2026, 10, 1), date(2026, 10, 31)))


def days(first: str, last: str) -> Period:
    return Period(date.fromisoformat(first), date.fromisoformat(last))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    office = open_store(tmp_path)
    # unit, channel, received, online, fee: September 2 of 4 online, October 3 of 4; what is not completed is in no mean of days.
    rows = [
        ("a", "online", "2026-09-01", True, 10),
        ("a", "counter", "2026-09-02", False, None),
        ("b", "counter", "2026-09-03", False, 4),
        ("b", "online", "2026-09-04", True, 6),
        ("a", "online", "2026-10-01", True, 30),
        ("a", "online", "2026-10-02", True, None),
        ("a", "online", "2026-10-03", True, 1),
        ("b", "counter", "2026-10-04", False, "0.5"),
    ]
    head = ("unit", "channel", "received_at", "online", "fee")
    put(
        office,
        "dossier",
        [
            dict(zip(head, row, strict=True))
            | {"id": index, "due_at": "2026-12-01", "completed_at": f"2026-10-{10 + index}", "updated_at": "2026-11-01"}
            for index, row in enumerate(rows)
        ],
    )
    people = [("p1", "a", "2025-03-01", "2026-10-02"), ("p2", "a", "2025-05-01", ""), ("p3", "b", "2026-10-15", "")]
    put(office, "staff", [dict(zip(("id", "unit", "joined_on", "left_on"), row, strict=True)) for row in people])
    yield office
    office.close()


def explained(
    store: Store, indicator: str, by: tuple[str, ...] = ("unit",), before: Side = SEPTEMBER, after: Side = OCTOBER
) -> Explanation:
    with store.read() as snapshot:
        return explain(snapshot, indicator, by, before, after, TODAY)


def by_group(found: Explanation) -> dict[object, tuple[Fraction, Fraction]]:
    return {each.group: (each.mix, each.rate) for each in found.effects}


def test_a_ratio(store: Store) -> None:
    found = explained(store, "online_rate")
    assert (found.before, found.after) == (50, 75)
    # R̄ = 62.5. a: Δw 1/4 · (75 − 62.5), w̄ 5/8 · 50; b: Δw −1/4 · (25 − 62.5), w̄ 3/8 · −50.
    assert by_group(found) == {("a",): (Fraction("3.125"), Fraction("31.25")), ("b",): (Fraction("9.375"), Fraction("-18.75"))}


def test_two_dimensions_give_the_same_whole_effects(store: Store) -> None:
    fine = explained(store, "online_rate", ("unit", "channel"))
    assert fine.before == 50 and fine.after == 75
    for each in explained(store, "online_rate").effects:
        assert each.total == sum(part.total for part in fine.effects if part.group[0] == each.group[0])
    assert all(part.rate == 0 for part in fine.effects)  # who comes online is online: only the mix of channels has changed


@pytest.mark.parametrize(
    ("indicator", "before", "after", "effects"),
    [
        ("fees", 20, Fraction("31.5"), {("a",): (0, 21), ("b",): (0, Fraction("-9.5"))}),
        ("strength", 2, 2, {("a",): (0, -1), ("b",): (0, 1)}),
        ("growth", 0, 0, {("a",): (0, -50), ("b",): (0, 50)}),
    ],
)
def test_what_is_added_up(store: Store, indicator: str, before: Fraction, after: Fraction, effects: object) -> None:
    found = explained(store, indicator)
    assert (found.before, found.after) == (before, after)
    assert by_group(found) == effects


def test_a_mean_is_taken_apart_like_a_ratio(store: Store) -> None:
    whole = Side(days("2026-10-10", "2026-10-13")), Side(days("2026-10-14", "2026-10-17"))
    found = explained(store, "mean_days", before=whole[0], after=whole[1])
    assert (found.before, found.after) == (39, 13)
    # Every room took as long as the whole, so that its share does not matter; w̄ is 5/8 and 3/8.
    assert by_group(found) == {("a",): (0, Fraction("-16.25")), ("b",): (0, Fraction("-9.75"))}


def test_a_composite_by_its_parts(store: Store) -> None:
    whole = Side(days("2026-09-01", "2026-10-12")), Side(days("2026-10-01", "2026-10-31"))
    found = explained(store, "score", (), *whole)
    assert found.by == ("part",)
    # online_rate: 57.1… of full at 80, by 6 points, and 75; on_time: all are, both times.
    assert by_group(found) == {("online_rate",): (0, 6 * (Fraction(75) - Fraction(500, 8)) / 80), ("on_time",): (0, 0)}


def test_one_place_against_another(store: Store) -> None:
    october = OCTOBER.span
    found = explained(store, "online_rate", ("channel",), Side(october, (("unit", ("b",)),)), Side(october, (("unit", ("a",)),)))
    assert (found.before, found.after) == (0, 100)
    assert by_group(found) == {("counter",): (50, 0), ("online",): (50, 0)}


def test_what_cannot_be_compared(store: Store) -> None:
    for indicator, by, before, error in (
        ("median_days", ("unit",), SEPTEMBER, BadQuestion),
        ("online_rate", ("unit",), Side(days("2020-01-01", "2020-12-31")), BadQuestion),
        ("online_rate", ("unt",), SEPTEMBER, UnknownName),
        ("online_rate", ("unit", "unit"), SEPTEMBER, BadQuestion),
        ("score", ("unit",), SEPTEMBER, UnknownName),
    ):
        with pytest.raises(error):
            explained(store, indicator, by, before)


@pytest.mark.parametrize(
    ("span", "how", "expected"),
    [
        (days("2026-01-01", "2026-11-23"), "last_year", days("2025-01-01", "2025-11-23")),
        (days("2024-02-29", "2024-02-29"), "last_year", days("2023-02-28", "2023-02-28")),
        (days("2026-10-01", "2026-10-31"), "previous", days("2026-09-01", "2026-09-30")),
        (days("2026-03-01", "2026-03-31"), "previous", days("2026-02-01", "2026-02-28")),
        (days("2026-03-01", "2026-03-30"), "previous", days("2026-02-01", "2026-02-28")),
        (days("2026-11-01", "2026-11-23"), "previous", days("2026-10-01", "2026-10-23")),
        (days("2026-07-01", "2026-09-30"), "previous", days("2026-04-01", "2026-06-30")),
        (days("2026-11-23", "2026-11-23"), "previous", days("2026-11-22", "2026-11-22")),
        (days("2026-11-10", "2026-11-19"), "previous", days("2026-10-31", "2026-11-09")),
    ],
)
def test_what_is_compared_with(span: Period, how: str, expected: Period) -> None:
    assert earlier(span, how) == expected

"""A source that has changed unawares is seen before its numbers are: what differs from the usual, told or held for a person."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ioc.catalogue.contract import Contract
from ioc.catalogue.mapping import identity
from ioc.indicators.values import Question
from ioc.intake.group_writer import GroupWriter
from ioc.intake.ingest import Target, take_in
from ioc.intake.port import Batch, Delivery
from ioc.intake.replay import replay
from ioc.intake.shape import Shape, differences, remembered, shape_of
from ioc.store.findings import findings
from ioc.store.store import Store
from tests.office import answer, catalogue, open_store, rows_of

Rows = list[dict[str, Any]]


def staff(count: int, start: int = 0) -> Rows:
    """Rows as the source usually writes them."""
    chance = random.Random(start)
    return [
        {
            "id": f"s{start + number}",
            "unit": chance.choice("ab"),
            "joined_on": f"2025-{chance.randrange(1, 13):02d}-{chance.randrange(1, 28):02d}",
            "trained_on": "2026-01-05" if chance.random() < 0.6 else None,
        }
        for number in range(count)
    ]


def without(rows: Rows, column: str) -> Rows:
    return [{key: value for key, value in row.items() if key != column} for row in rows]


def with_(rows: Rows, **changes: Any) -> Rows:
    return [row | {key: change(row[key]) if callable(change) else change for key, change in changes.items()} for row in rows]


def table(rows: Rows) -> pa.Table:
    return pa.table({name: pa.array([row.get(name) for row in rows], pa.string()) for name in (rows[0] if rows else ())})


def shape(rows: Rows) -> Shape:
    return shape_of(table(rows), {"id", "unit", "joined_on", "trained_on", "left_on"})


USUAL = [shape(staff(200, start)) for start in (0, 200, 400)]


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (staff(200, 600), []),
        (staff(60, 600), [("volume", "")]),
        (without(staff(200, 600), "trained_on"), [("gone", "trained_on")]),
        (with_(staff(200, 600), trained_on=None), [("emptied", "trained_on")]),
        (with_(staff(200, 600), trained_on="  "), [("emptied", "trained_on")]),
        (with_(staff(200, 600), joined_on=lambda day: f"{day[8:]}/{day[5:7]}/{day[:4]}"), [("kind", "joined_on")]),
        (with_(staff(200, 600), joined_on=lambda day: day.replace("-", "")), [("kind", "joined_on")]),
        (with_(staff(200, 600), unit="a"), [("constant", "unit")]),
        (with_(staff(200, 600), unit=lambda unit: {"a": "1", "b": "2"}[unit]), [("kind", "unit")]),
        (with_(staff(200, 600), trained_on="2026-01-05"), []),
        (with_(without(staff(200, 600), "trained_on"), unit="a"), [("constant", "unit"), ("gone", "trained_on")]),
        (with_(staff(10, 600), unit="a"), [("volume", "")]),
        ([], [("volume", "")]),
    ],
)
def test_what_differs_from_the_usual_is_found(rows: Rows, found: list[tuple[str, str]]) -> None:
    differ = differences(shape(rows), USUAL, Contract(volume=0.5), whole=True)
    assert sorted((each.kind, each.column) for each in differ) == found


def test_what_may_vary_or_is_not_known_to_be_usual_is_no_finding() -> None:
    odd = shape(with_(staff(200, 600), unit="a", trained_on=None))
    assert differences(odd, USUAL, Contract(varies=frozenset({"unit", "trained_on"})), whole=True) == []
    assert differences(odd, USUAL[:2], Contract(volume=0.5), whole=True) == []
    assert differences(shape(staff(60, 600)), USUAL, Contract(volume=0.5), whole=False) == []
    assert differences(shape(staff(60, 600)), USUAL, Contract(), whole=True) == []


@given(st.integers(0, 10_000), st.integers(20, 300))
def test_usual_deliveries_of_any_size_are_as_usual(start: int, count: int) -> None:
    assert differences(shape(staff(count, start)), USUAL, Contract(), whole=True) == []


def test_a_new_shape_becomes_the_usual_one() -> None:
    usual = list(USUAL)
    new = with_(staff(200, 600), joined_on=lambda day: day.replace("-", ""))
    for _ in range(10):
        usual = remembered(usual, shape(new))
    assert differences(shape(new), usual, Contract(), whole=True) == []
    assert remembered(usual, shape(staff(5))) == usual


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path)
    yield opened
    opened.close()


def target(**contract: Any) -> Target:
    return Target("people", "staff", identity(catalogue().records["staff"]), contract=Contract(**contract))


def deliver(store: Store, to: Target, rows: Rows, size: int = 1000, *, gently: bool = False) -> Any:
    batches = [Batch(table(rows[start : start + size]), first_row=start + 2) for start in range(0, len(rows), size)]
    return take_in(store, to, [Delivery(f"{len(rows)} rows", None, iter(batches))], gently=gently)


def standing(store: Store) -> list[tuple[str, str, bool]]:
    with store.read() as snapshot:
        return [(each.kind, each.column, each.held) for each in findings(snapshot, "people") if each.ended_at is None]


def test_a_finding_stands_until_the_source_is_as_before(store: Store) -> None:
    for start in (0, 200, 400):
        deliver(store, target(), staff(200, start))
    assert standing(store) == []
    assert deliver(store, target(), without(staff(200, 600), "trained_on")).tally.accepted == 200, "told, and taken in"
    assert standing(store) == [("gone", "trained_on", False)]
    deliver(store, target(), without(staff(200, 800), "trained_on"))
    assert rows_of(store, "SELECT count(*), any_value(last_run - run) FROM finding") == [(1, 1)]
    deliver(store, target(), staff(200, 1000))
    assert standing(store) == []
    assert rows_of(store, "SELECT count(*) FROM finding WHERE ended_at IS NOT NULL") == [(1,)]


@pytest.mark.parametrize("size", [1000, 70])
def test_what_is_held_counts_only_once_a_person_lets_it_in(store: Store, size: int) -> None:
    held = target(hold=True, volume=0.5)
    for start in (0, 200, 400):
        deliver(store, held, staff(200, start), size)
    before = answer(store, Question("trained", by=("unit",)))
    outcome = deliver(store, held, with_(staff(90, 600), trained_on=None), size)
    assert (outcome.tally.accepted, outcome.tally.rejected) == (0, 90)
    assert answer(store, Question("trained", by=("unit",))) == before
    assert standing(store) == [("emptied", "trained_on", True), ("volume", "", True)]
    assert rows_of(store, "SELECT DISTINCT reason, field FROM quarantine") == [("held", None)]
    assert replay(store, held).accepted == 90
    assert answer(store, Question("trained", by=("unit",))) != before
    assert rows_of(store, "SELECT count(*) FROM quarantine") == [(0,)]
    assert deliver(store, held, staff(200, 800), size).tally.accepted == 200
    assert standing(store) == []


def test_too_few_rows_in_a_long_delivery_are_found_at_its_end(store: Store) -> None:
    for start in (0, 200, 400):
        deliver(store, target(volume=0.5), staff(200, start), 30)
    for start in (600, 680):
        deliver(store, target(volume=0.5), staff(80, start), 30)
    assert standing(store) == [("volume", "", False)]
    assert rows_of(store, "SELECT count(*), any_value(last_run - run) FROM finding") == [(1, 1)], "it stands, and does not come anew"
    deliver(store, target(volume=0.5), staff(200, 760), 30)
    assert standing(store) == []


def test_a_large_first_batch_is_taken_in_before_the_next_has_come(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ioc.intake.inspection.LOOKED_AT", 100)
    written = threading.Event()

    def batches() -> Iterator[Batch]:
        yield Batch(table(staff(200)), kept=written.set)
        assert written.wait(20), "the writer waits for the reader"
        yield Batch(table(staff(200, 200)), first_row=201)

    assert take_in(store, target(), [Delivery("two batches", None, batches())]).tally.accepted == 400


def test_what_is_brought_is_looked_at_too(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ioc.intake.inspection.LEARN_SECONDS", 0)
    writer = GroupWriter(store, {"people": target(hold=True)})
    writer.start()
    for start in (0, 50, 100):
        assert writer.submit("people", table(staff(50, start))).result(20).tally.accepted == 50
    receipt = writer.submit("people", table(with_(staff(50, 200), joined_on=lambda day: day.replace("-", "/")))).result(20)
    assert (receipt.tally.accepted, receipt.tally.rejected) == (0, 50)
    assert {fault.reason for fault in receipt.faults} >= {"held"}
    assert standing(store) == [("kind", "joined_on", True)]
    assert writer.submit("people", table(staff(1, 300))).result(20).tally.accepted == 1, "of so few rows nothing is said"
    writer.stop(5)


def test_what_is_usual_is_known_after_a_restart(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    for start in (0, 200, 400):
        deliver(store, target(), staff(200, start))
    store.close()
    store = open_store(tmp_path)
    deliver(store, target(), with_(staff(200, 600), unit="a"))
    assert standing(store) == [("constant", "unit", False)]
    store.close()


def test_days_gone_by_come_in_other_portions_which_say_nothing_of_what_is_usual(store: Store) -> None:
    held = target(hold=True, volume=0.5)
    for start in (0, 200, 400):
        deliver(store, held, staff(200, start))
    for start in range(10):
        assert deliver(store, held, staff(60, 1000 + 60 * start), gently=True).tally.accepted == 60, "fewer than usual, and not held"
    for start in range(10):
        deliver(store, held, staff(900, 2000 + 900 * start), gently=True)
    assert deliver(store, held, staff(200, 600)).tally.accepted == 200, "as many as ever"
    assert standing(store) == []
    changed = without(staff(200, 800), "trained_on")
    assert deliver(store, held, changed, gently=True).tally.rejected == 200, "another shape is seen all the same"


def test_too_few_rows_that_are_taken_in_already_are_not_told_to_be_held(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ioc.intake.inspection.MOST_LOOKED_AT", 50)
    held = target(hold=True, volume=0.5)
    for start in (0, 200, 400):
        deliver(store, held, staff(200, start), 30)
    assert deliver(store, held, staff(80, 600), 30).tally.accepted == 80
    assert standing(store) == [("volume", "", False)]

"""The writer of what is brought goes on, whatever becomes of one delivery, of its sender, or of putting the file in order."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from ioc.catalogue.mapping import identity
from ioc.clock import FrozenClock
from ioc.errors import StoreError
from ioc.intake.group_writer import MANY, GroupWriter
from ioc.intake.ingest import Target
from ioc.store.feeds import answered
from ioc.store.store import Store
from tests.office import NOW, catalogue, open_store, rows_of


class Desk:
    """A writer, and somebody who brings staff to it."""

    def __init__(self, folder: Path, pace: float = 0.0) -> None:
        self.clock = FrozenClock(NOW)
        self.store: Store = open_store(folder, clock=self.clock)
        targets = {"people": Target("people", "staff", identity(catalogue().records["staff"]))}
        self.writer = GroupWriter(self.store, targets, lambda: pace)
        self.writer.start()

    def bring(self, *names: str, **rest: Any) -> Any:
        said = {"id": names, "unit": ["a"] * len(names), "joined_on": ["2026-01-05"] * len(names)}
        return self.writer.submit("people", pa.table(said), **rest)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.writer.stop(5)
    made.store.close()


def test_a_file_that_cannot_be_put_in_order_stops_nobody(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(record: str) -> None:
        raise StoreError("The disk is full.")

    monkeypatch.setattr(desk.store.tidying, "due", full)
    assert desk.bring("1").result(10).tally.accepted == 1
    assert desk.bring("2").result(10).tally.accepted == 1
    monkeypatch.undo()


def test_a_sender_that_leaves_while_it_waits_is_nobody_elses_loss(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    writing, going_on = threading.Event(), threading.Event()
    take_in = desk.store.take_in_parts

    def slow(*given: Any, **rest: Any) -> Any:
        writing.set()
        going_on.wait(20)
        return take_in(*given, **rest)

    monkeypatch.setattr(desk.store, "take_in_parts", slow)
    first = desk.bring("1")
    assert writing.wait(10)
    left, stayed = desk.bring("2"), desk.bring("3")
    first.cancel()
    assert left.cancel()
    going_on.set()
    assert stayed.result(10).tally.accepted == 1
    assert desk.bring("4").result(10).tally.accepted == 1
    assert rows_of(desk.store, "SELECT id FROM rec_staff ORDER BY id") == [("1",), ("3",), ("4",)]


def test_few_records_keep_a_pace_and_many_wait_for_nobody(tmp_path: Path) -> None:
    desk = Desk(tmp_path, pace=600)
    first = desk.bring("1").result(20).version
    second, third = desk.bring("2"), desk.bring("3")
    many = desk.bring(*(f"m{number}" for number in range(MANY)))
    assert {each.result(20).version for each in (second, third, many)} == {first + 1}, "together, and long before their time"
    last = desk.bring("4")
    desk.writer.stop(20)
    assert last.result(0).version == first + 2, "who ends keeps nobody waiting"
    desk.store.close()


def test_answers_that_nobody_will_ask_for_again_are_forgotten(desk: Desk) -> None:
    def keep(key: str) -> Any:
        return lambda receipt: answered("people", key, "digest", "{}", desk.clock.now())

    desk.bring("1", note=keep("old")).result(10)
    desk.clock.at = NOW + timedelta(days=8)
    desk.bring("2", note=keep("new")).result(10)
    assert rows_of(desk.store, "SELECT key FROM idempotency") == [("new",)]

"""Feeds that are asked of themselves: each delivery once, failures told and mended, pauses kept, restarts without loss."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from data_sources.file import FileOptions, connect
from ioc.catalogue.mapping import identity
from ioc.catalogue.schedule import Schedule
from ioc.clock import SystemClock
from ioc.errors import FeedUnavailable
from ioc.intake import conductor
from ioc.intake.appointment import Appointment
from ioc.intake.conductor import Conductor
from ioc.intake.ingest import Target
from ioc.intake.port import Batch, Delivery, Feed, Occasion
from ioc.store.store import Store
from ioc.text.words import words
from tests.office import catalogue, rows_of

HEAD = "id,unit,joined_on\n"


def wait_for(what: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.02)


@contextmanager
def office(folder: Path) -> Iterator[Store]:
    store = Store(folder / "office.duckdb", catalogue(), SystemClock(), memory_limit="256MB", threads=1)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def asking(store: Store, feed: Feed, every: str | None = "1s", timeout: float = 60) -> Iterator[Conductor]:
    target = Target("people", "staff", identity(store.catalogue.records["staff"]))
    schedule = Schedule.model_validate({"every": every}) if every else None
    running = Conductor(store, [Appointment(target, feed, schedule, timedelta(seconds=timeout))])
    running.start()
    try:
        yield running
    finally:
        running.stop(10)


def drop(path: Path, text: str) -> None:
    """Write a file as a careful sender does: it is there when it is whole."""
    part = path.with_name(f".{path.name}")
    part.write_text(text)
    part.rename(path)


def count(store: Store) -> int:
    return int(rows_of(store, "SELECT count(*) FROM rec_staff")[0][0])


def test_each_file_is_taken_in_once_also_after_a_restart(tmp_path: Path) -> None:
    files = tmp_path / "in"
    files.mkdir()
    drop(files / "1.csv", HEAD + "a,a,2026-01-01\nb,b,2026-01-02\n")
    feed = connect(FileOptions(path="in", settle_seconds=0.1), tmp_path)
    with office(tmp_path) as store, asking(store, feed):
        wait_for(lambda: count(store) == 2)
        drop(files / "2.csv", HEAD + "c,a,2026-01-01\n")
        wait_for(lambda: count(store) == 3)
    with office(tmp_path) as store, asking(store, feed):
        drop(files / "3.csv", HEAD + "d,a,2026-01-01\n")
        wait_for(lambda: count(store) == 4)
        runs = [("in/1.csv", "done", 2, 0), ("in/2.csv", "done", 1, 0), ("in/3.csv", "done", 1, 0)]
        wait_for(lambda: rows_of(store, "SELECT name, state, accepted, duplicates FROM run ORDER BY run") == runs)


def test_a_source_that_is_away_is_told_and_comes_back_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conductor, "FIRST_RETRY", timedelta(milliseconds=200))
    feed = connect(FileOptions(path="share", settle_seconds=0.1), tmp_path)
    with office(tmp_path) as store, asking(store, feed, every="1h"):
        wait_for(lambda: "people" in store.feed_states() and store.feed_states()["people"].failures >= 2)
        state = store.feed_states()["people"]
        assert state.message is not None and "does not exist" in words("en").sentence(state.message)
        assert "Không có" in words("vi").sentence(state.message)
        (tmp_path / "share").mkdir()
        drop(tmp_path / "share" / "1.csv", HEAD + "a,a,2026-01-01\n")
        wait_for(lambda: count(store) == 1)
        wait_for(lambda: store.feed_states()["people"].failures == 0)
        assert store.feed_states()["people"].message is None


def test_a_file_that_can_never_be_read_is_told_once_and_keeps_no_other_out(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "1.xlsx").write_bytes(b"PK\x03\x04 cut off")
    drop(tmp_path / "in" / "2.csv", HEAD + "a,a,2026-01-01\n")
    with office(tmp_path) as store, asking(store, connect(FileOptions(path="in", settle_seconds=0.1), tmp_path)):
        wait_for(lambda: count(store) == 1)
        tried = store.feed_states()["people"].tried_at
        wait_for(lambda: store.feed_states()["people"].tried_at != tried)
        assert rows_of(store, "SELECT state, count(*) FROM run GROUP BY state ORDER BY state") == [("done", 1), ("rejected", 1)]


def test_a_paused_feed_is_asked_by_hand_only_also_after_a_restart(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    feed = connect(FileOptions(path="in", settle_seconds=0.1), tmp_path)
    with office(tmp_path) as store, asking(store, feed) as running:
        running.pause("people", yes=True)
    drop(tmp_path / "in" / "1.csv", HEAD + "a,a,2026-01-01\n")
    with office(tmp_path) as store, asking(store, feed) as running:
        time.sleep(2.5)
        assert count(store) == 0
        running.ask_now("people")
        wait_for(lambda: count(store) == 1)
        running.pause("people", yes=False)
        drop(tmp_path / "in" / "2.csv", HEAD + "b,a,2026-01-01\n")
        wait_for(lambda: count(store) == 2)


class Numbers:
    """A source that gives the numbers from its position on, one batch each."""

    def __init__(self, last: int, fails_after: int | None = None) -> None:
        self.last = last
        self.fails_after = fails_after
        self.kept: list[int] = []
        self.asked = threading.Event()

    def deliveries(self, occasion: Occasion | None = None) -> Iterator[Delivery]:
        assert occasion is not None
        start = int(occasion.position or 0)
        yield Delivery(f"from {start}", None, self._batches(start, occasion))

    def _batches(self, start: int, occasion: Occasion) -> Iterator[Batch]:
        for number in range(start, self.last):
            if number == self.fails_after:
                self.fails_after = None
                raise FeedUnavailable("The line broke.", "Wait.")
            if occasion.stopping.is_set():
                return
            table = pa.table({"id": [f"n{number}"], "unit": ["a"], "joined_on": ["2026-01-01"]})
            yield Batch(table, position=str(number + 1), kept=lambda number=number: self.kept.append(number))  # type: ignore[misc]
        self.asked.set()


def test_a_source_goes_on_from_what_is_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conductor, "FIRST_RETRY", timedelta(milliseconds=200))
    source = Numbers(6, fails_after=4)
    with office(tmp_path) as store, asking(store, source, every="1h"):
        wait_for(source.asked.is_set)
        wait_for(lambda: store.feed_states()["people"].failures == 0)
        assert source.kept == [0, 1, 2, 3, 4, 5]
        assert rows_of(store, "SELECT name, state, accepted FROM run ORDER BY run") == [("from 0", "unavailable", 4), ("from 4", "done", 2)]
        assert store.feed_states()["people"].position == "6"


def test_a_source_that_had_nothing_new_is_asked_again_from_the_same_place(tmp_path: Path) -> None:
    source = Numbers(2)
    with office(tmp_path) as store, asking(store, source):
        wait_for(lambda: len(rows_of(store, "SELECT 1 FROM run WHERE name = 'from 2'")) > 0)
        source.last = 3
        wait_for(lambda: count(store) == 3)


class Endless:
    """A source that has always more, slowly, until it is told to stop; it may say how far it has come."""

    def __init__(self, says_where: bool = True) -> None:
        self.says_where = says_where

    def deliveries(self, occasion: Occasion | None = None) -> Iterator[Delivery]:
        assert occasion is not None
        yield Delivery("all", None, self._batches(occasion))

    def _batches(self, occasion: Occasion) -> Iterator[Batch]:
        number = int(occasion.position or 0)
        while not occasion.stopping.wait(0.05):
            number += 1
            yield Batch(
                pa.table({"id": [f"n{number}"], "unit": ["a"], "joined_on": ["2026-01-01"]}),
                position=str(number) if self.says_where else None,
            )


@pytest.mark.parametrize(("says_where", "told"), [(True, "goes on from where it has come to"), (False, "begins anew")])
def test_after_its_time_out_it_is_told_whether_a_source_goes_on_or_begins_anew(tmp_path: Path, says_where: bool, told: str) -> None:
    with office(tmp_path) as store, asking(store, Endless(says_where), every="1h", timeout=0.5):
        wait_for(lambda: "people" in store.feed_states() and store.feed_states()["people"].message is not None)
        assert told in str(store.feed_states()["people"].message)


def test_a_source_without_end_is_stopped_at_its_time_out_and_at_the_programs_end(tmp_path: Path) -> None:
    with office(tmp_path) as store, asking(store, Endless(), every="1h", timeout=0.5):
        wait_for(lambda: "people" in store.feed_states() and store.feed_states()["people"].message is not None)
        assert "took longer" in str(store.feed_states()["people"].message)
        assert rows_of(store, "SELECT DISTINCT state FROM run") == [("stopped",)]  # not done: the rest is asked for again
    with office(tmp_path) as store:
        before = count(store)
        with asking(store, Endless(), every="1s") as running:
            wait_for(lambda: count(store) > before)
            started = time.monotonic()
            running.stop(10)
            assert time.monotonic() - started < 5


class Wire:
    """A source that is listened to. Something put on it is heard, until ``cut`` makes it fail."""

    def __init__(self) -> None:
        self.waiting: queue.Queue[str] = queue.Queue()
        self.cut = threading.Event()
        self.times = 0

    def deliveries(self, occasion: Occasion | None = None) -> Iterator[Delivery]:
        assert occasion is not None
        self.times += 1
        if self.cut.is_set():
            raise FeedUnavailable("The wire is cut.", "Mend it.")
        occasion.well()
        yield Delivery("what came over the wire", None, self.batches(occasion), endless=True)

    def batches(self, occasion: Occasion) -> Iterator[Batch]:
        while not occasion.stopping.is_set():
            if self.cut.is_set():
                raise FeedUnavailable("The wire is cut.", "Mend it.")
            with suppress(queue.Empty):
                key = self.waiting.get(timeout=0.05)
                yield Batch(pa.table({"id": [key], "unit": ["a"], "joined_on": ["2026-01-01"]}), position=key)


def test_a_feed_that_listens_is_heard_at_once_and_goes_on_where_it_was(tmp_path: Path) -> None:
    wire = Wire()
    with office(tmp_path) as store, asking(store, wire, every=None, timeout=0.2):
        for number in range(3):
            wire.waiting.put(f"k{number}")
        wait_for(lambda: count(store) == 3)
        time.sleep(0.5)
        assert wire.times == 1, "listening has no time-out"
    with office(tmp_path) as store:
        assert store.feed_states()["people"].position == "k2"
        assert store.feed_states()["people"].message is None


def test_a_wire_that_is_cut_is_told_until_it_is_whole_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conductor, "FIRST_RETRY", timedelta(milliseconds=100))
    wire = Wire()
    with office(tmp_path) as store, asking(store, wire, every=None):
        wire.waiting.put("a")
        wait_for(lambda: count(store) == 1)
        wire.cut.set()
        wait_for(lambda: store.feed_states()["people"].failures >= 3)
        assert words("en").sentence(store.feed_states()["people"].message or "") == "The wire is cut. Mend it."
        wire.cut.clear()
        wait_for(lambda: store.feed_states()["people"].message is None)
        wire.waiting.put("b")
        wait_for(lambda: count(store) == 2)


def test_a_paused_wire_is_not_listened_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conductor, "QUIET", timedelta(milliseconds=50))
    wire = Wire()
    with office(tmp_path) as store, asking(store, wire, every=None) as running:
        wait_for(lambda: wire.times == 1)
        running.pause("people", yes=True)
        wait_for(lambda: not running._watches["people"].asked.locked())
        wire.waiting.put("a")
        time.sleep(0.4)
        assert count(store) == 0
        running.pause("people", yes=False)
        wait_for(lambda: count(store) == 1)

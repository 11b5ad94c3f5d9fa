"""Feeds are asked at their times by the real scheduler: never twice at once, what was missed once, a hanging one alone; what a person
has told them survives a restart."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

import pyarrow as pa
import pytest
from apscheduler.executors.pool import BasePoolExecutor
from apscheduler.schedulers import base
from apscheduler.triggers import cron, date, interval

from data_sources.http import feed as http
from data_sources.http.options import HttpOptions
from data_sources.sql import feed as sql
from data_sources.sql.options import SqlOptions
from ioc.catalogue.mapping import identity
from ioc.catalogue.schedule import Schedule
from ioc.intake import clockwatch, conductor
from ioc.intake.appointment import Appointment
from ioc.intake.conductor import Conductor
from ioc.intake.ingest import Target
from ioc.intake.port import Batch, Delivery, Feed, Occasion
from ioc.store.feeds import FeedState
from ioc.store.store import Store
from ioc.text.words import words
from tests.data_sources.databases import PASSWORD, PostgreSQL
from tests.intake.test_conductor import office, wait_for
from tests.office import catalogue, rows_of

EVERY_SECOND, DAILY = {"every": "1s"}, {"at": "07:30"}


class Source:
    """A source that tells how often it was asked, and whether ever twice at once; each asking lasts until it is let go."""

    def __init__(self, *, holds: bool = False, deaf: bool = False) -> None:
        self.times, self.at_once, self.most = 0, 0, 0
        self.deaf, self.free, self.lock = deaf, threading.Event(), threading.Lock()
        if not holds:
            self.free.set()

    def deliveries(self, occasion: Occasion | None = None) -> Iterator[Delivery]:
        assert occasion
        with self.lock:
            self.times, self.at_once = self.times + 1, self.at_once + 1
            self.most = max(self.most, self.at_once)
        try:
            while not self.free.wait(0.02) and (self.deaf or not occasion.stopping.is_set()):
                pass
            yield Delivery(f"no {self.times}", None, iter([row(f"n{self.times}")]))
        finally:
            with self.lock:
                self.at_once -= 1


def row(key: str) -> Batch:
    return Batch(pa.table({"id": [key], "unit": ["a"], "joined_on": ["2026-01-01"]}))


@dataclass
class Hand:
    """A clock that goes on as clocks do, until it is set."""

    shift: timedelta = field(default_factory=timedelta)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.shift

    def set(self, text: str) -> None:
        """Set it to a moment of the organisation's day."""
        self.shift = datetime.fromisoformat(text).replace(tzinfo=catalogue().zone) - datetime.now(UTC)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Hand:
    """The machine's clock, as the store and the scheduler read it."""
    hand = Hand()

    class Moment(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Self:
            at: Any = hand.now().astimezone(tz)
            return at  # type: ignore[no-any-return]

    for module in (base, cron, date, interval):
        monkeypatch.setattr(module, "datetime", Moment)
    monkeypatch.setattr(clockwatch, "LOOKED_AT", timedelta(seconds=0.1))
    hand.set("2026-11-23 06:00")
    return hand


@contextmanager
def asking(store: Store, schedule: dict[str, Any], timeout: float = 60, **feeds: Feed) -> Iterator[Conductor]:
    mapping = identity(store.catalogue.records["staff"])
    times, most = Schedule.model_validate(schedule), timedelta(seconds=timeout)
    running = Conductor(store, [Appointment(Target(name, "staff", mapping), feed, times, most) for name, feed in feeds.items()])
    running.start()
    try:
        yield running
    finally:
        running.stop(10)


@contextmanager
def at_work(folder: Path, clock: Hand, schedule: dict[str, Any], timeout: float = 60, **feeds: Feed) -> Iterator[tuple[Store, Conductor]]:
    store = Store(folder / "office.duckdb", catalogue(), clock, memory_limit="256MB", threads=1)
    try:
        with asking(store, schedule, timeout, **feeds) as running:
            yield store, running
    finally:
        store.close()


def state(store: Store, feed: str) -> FeedState:
    return store.feed_states().get(feed, FeedState())


def settled(source: Source, times: int) -> None:
    """It has been asked so often, and is not asked again."""
    wait_for(lambda: source.times == times and source.at_once == 0)
    time.sleep(0.4)
    assert source.times == times


def test_a_slow_feed_is_never_asked_twice_at_once_whoever_asks(tmp_path: Path, clock: Hand) -> None:
    source = Source(holds=True)
    with at_work(tmp_path, clock, EVERY_SECOND, rows=source) as (_, running):
        wait_for(lambda: source.times == 1)
        for _ in range(5):
            running.ask_now("rows")
            time.sleep(0.25)
        assert source.times == 1
        source.free.set()
        wait_for(lambda: source.times >= 3)
    assert source.most == 1


def test_a_time_that_comes_while_a_feed_is_asked_is_caught_up_with_once(tmp_path: Path, clock: Hand) -> None:
    source = Source(holds=True)
    with at_work(tmp_path, clock, DAILY, rows=source) as (_, running):
        running.ask_now("rows")
        wait_for(lambda: source.times == 1)
        clock.set("2026-11-23 07:29:59.5")
        wait_for(lambda: clock.now().astimezone(catalogue().zone).minute == 30)
        time.sleep(1.5)  # in which the scheduler comes by
        source.free.set()
        settled(source, 2)


def test_what_was_missed_is_asked_for_although_the_scheduler_hears_late_that_an_asking_ended(
    tmp_path: Path, clock: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is passed over while the scheduler holds an asking for unfinished that has ended."""
    ended = BasePoolExecutor._run_job_success

    def late(*arguments: Any) -> None:
        time.sleep(1)
        ended(*arguments)

    monkeypatch.setattr(BasePoolExecutor, "_run_job_success", late)
    source = Source(holds=True)
    with at_work(tmp_path, clock, DAILY, rows=source) as (_, running):
        running.ask_now("rows")
        wait_for(lambda: source.times == 1)
        running.ask_now("rows")
        source.free.set()
        settled(source, 2)


@pytest.mark.parametrize("stopped_at", ["2026-11-23 07:00", "2026-11-23 07:30:01"])
def test_what_was_missed_while_the_program_was_down_is_asked_for_once(tmp_path: Path, clock: Hand, stopped_at: str) -> None:
    """It is down over some days; it may never have been asked, or just be at it when it ends."""
    source = Source(holds=True)
    with at_work(tmp_path, clock, DAILY, rows=source):
        clock.set("2026-11-23 07:29:59.9" if "07:30" in stopped_at else stopped_at)
        if "07:30" in stopped_at:
            wait_for(lambda: source.times == 1)
    before = source.times
    source.free.set()
    clock.set("2026-11-26 12:00")
    with at_work(tmp_path, clock, DAILY, rows=source):
        settled(source, before + 1)
    with at_work(tmp_path, clock, DAILY, rows=source):
        settled(source, before + 1)


def test_a_full_house_is_waited_for_and_each_feed_asked_once(tmp_path: Path, clock: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conductor, "AT_ONCE", 2)
    busy = {name: Source(holds=True) for name in ("busy_0", "busy_1")}
    late = Source()
    clock.set("2026-11-23 07:29:59.5")
    with at_work(tmp_path, clock, {"cron": "* * * * *"}, **busy, z=late) as (_, running):
        for name in busy:
            running.ask_now(name)
        wait_for(lambda: all(source.times for source in busy.values()))
        for minute in range(31, 34):
            clock.set(f"2026-11-23 07:{minute}:00.5")
            time.sleep(0.7)
        assert late.times == 0
        for source in busy.values():
            source.free.set()
        settled(late, 1)
        for source in busy.values():  # three times were missed, and caught up with once
            settled(source, 2)
            assert source.most == 1


@pytest.mark.parametrize(("to", "times"), [("2026-11-23 07:45", 2), ("2026-11-29 07:45", 2), ("2026-11-20 05:00", 2)])
def test_a_clock_that_is_set_is_seen_at_once(tmp_path: Path, clock: Hand, to: str, times: int) -> None:
    """Set forward over one time or many, what they would have brought is asked for once; set back, nobody knows what is missing."""
    source = Source()
    with at_work(tmp_path, clock, DAILY, rows=source) as (_, running):
        running.ask_now("rows")
        settled(source, 1)
        clock.set(to)
        settled(source, times)
        clock.set(f"{to[:10]} 23:00" if to > "2026-11-23" else "2026-11-20 07:29:59.7")
        settled(source, times + (to < "2026-11-23"))


def test_set_back_by_a_day_a_feed_goes_on_in_its_rhythm(tmp_path: Path, clock: Hand) -> None:
    source = Source()
    with at_work(tmp_path, clock, EVERY_SECOND, rows=source):
        wait_for(lambda: source.times >= 2)
        clock.set("2026-11-22 06:00")
        before = source.times
        wait_for(lambda: source.times >= before + 3)


def test_a_feed_that_does_not_hear_keeps_no_other_waiting(tmp_path: Path, clock: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conductor, "GRACE", timedelta(seconds=0.2))
    monkeypatch.setattr(conductor, "FIRST_RETRY", timedelta(seconds=0.2))
    monkeypatch.setattr(conductor, "AT_ONCE", 2)
    deaf = {name: Source(holds=True, deaf=True) for name in ("deaf_0", "deaf_1")}
    well = Source()
    with at_work(tmp_path, clock, EVERY_SECOND, timeout=0.8, **deaf, z=well) as (store, _):
        wait_for(lambda: all(state(store, name).message for name in deaf))
        assert "cannot be ended" in words("en").sentence(state(store, "deaf_0").message or "")
        assert "không dừng lại được" in words("vi").sentence(state(store, "deaf_0").message or "")
        before = well.times
        wait_for(lambda: well.times >= before + 2)
        assert all(source.times == 1 for source in deaf.values()), "whoever is still being asked is not asked again"
        for source in deaf.values():
            source.free.set()
        wait_for(lambda: all(source.times >= 2 and not state(store, name).message for name, source in deaf.items()))
    assert all(source.most == 1 for source in deaf.values())


def test_what_hangs_is_ended_by_its_time_out_and_catches_up_afterwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that accepts and never answers, and a query that sleeps."""
    monkeypatch.setattr(conductor, "FIRST_RETRY", timedelta(seconds=0.2))
    with PostgreSQL() as server, socket.create_server(("127.0.0.1", 0)) as silent, office(tmp_path) as store:
        server.execute("CREATE TABLE staff (id varchar(9), unit varchar(9), joined_on date, sleeps int)")
        server.execute("INSERT INTO staff VALUES ('s1', 'a', '2026-01-01', 60)")
        slow = SqlOptions(
            url=server.url(),
            password=PASSWORD,
            tls="none",
            query="SELECT id, unit, joined_on FROM staff WHERE pg_sleep(sleeps) IS NOT NULL",
        )
        port = silent.getsockname()[1]
        mute = HttpOptions(url=f"http://127.0.0.1:{port}/rows", format="json", retries=0)
        well = Source()
        with asking(store, EVERY_SECOND, timeout=0.7, table=sql.connect(slow, tmp_path), address=http.connect(mute, tmp_path), well=well):
            for feed in ("table", "address"):
                wait_for(lambda feed=feed: state(store, feed).failures >= 2)  # type: ignore[misc]
                assert "took longer than 0.7 seconds; it goes on" in words("en").sentence(state(store, feed).message or "")
            wait_for(lambda: well.times >= 2 and state(store, "well").message is None)
            server.execute("UPDATE staff SET sleeps = 0")
            wait_for(lambda: rows_of(store, "SELECT count(*) FROM rec_staff WHERE id = 's1'") == [(1,)])
            wait_for(lambda: state(store, "table").message is None)


def test_a_feed_that_failed_is_asked_again_at_the_next_start(tmp_path: Path, clock: Hand) -> None:
    class Away(Source):
        def deliveries(self, occasion: Occasion | None = None) -> Iterator[Delivery]:
            yield from super().deliveries(occasion)
            if self.times == 1:
                raise OSError("away")

    source = Away()
    with at_work(tmp_path, clock, DAILY, rows=source) as (store, running):
        running.ask_now("rows")
        wait_for(lambda: bool(state(store, "rows").failures))
    with at_work(tmp_path, clock, DAILY, rows=source):
        settled(source, 2)


def test_being_asked_by_hand_and_a_pause_survive_a_restart(tmp_path: Path, clock: Hand) -> None:
    source = Source(holds=True)
    with at_work(tmp_path, clock, DAILY, rows=source) as (_, running):
        running.pause("rows", yes=True)
        running.ask_now("rows")
        wait_for(lambda: source.times == 1)
    source.free.set()
    with at_work(tmp_path, clock, DAILY, rows=source) as (_, running):
        settled(source, 2)
        clock.set("2026-11-23 08:00")
        settled(source, 2)
    with at_work(tmp_path, clock, DAILY, rows=source) as (_, running):
        settled(source, 2)
        running.pause("rows", yes=False)
        settled(source, 3)

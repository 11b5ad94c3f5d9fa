"""Days gone by: asked for in portions, beside what is live, gone on with after a restart, ended by hand, told when they fail."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pytest

from ioc.catalogue.mapping import identity
from ioc.catalogue.schedule import Schedule
from ioc.errors import BadQuestion, FeedUnavailable
from ioc.intake import backfill_runner, conductor
from ioc.intake.appointment import Appointment
from ioc.intake.backfill import portions
from ioc.intake.conductor import Conductor
from ioc.intake.ingest import Target
from ioc.intake.port import Batch, Delivery, Occasion, Spans
from ioc.store.backfill import Backfill, BackfillState
from ioc.store.store import Store
from ioc.text.words import words
from tests.intake.test_conductor import Numbers, count, office, wait_for
from tests.office import rows_of


class Archive:
    """A source that can be asked for days gone by: a record a day, so many batches."""

    def __init__(self) -> None:
        self.spans: list[tuple[date, date] | None] = []
        self.going_on = threading.Event()

    def deliveries(self, occasion: Occasion | None = None) -> Iterator[Delivery]:
        assert occasion is not None
        self.spans.append(occasion.span)
        if occasion.span:
            yield Delivery("of days gone by", None, self.batches(*occasion.span))

    def batches(self, first: date, last: date) -> Iterator[Batch]:
        days = [str(first + timedelta(days=number)) for number in range((last - first).days + 1)]
        yield Batch(pa.table({"id": days, "unit": ["a"] * len(days), "joined_on": days}), position="never kept")
        self.going_on.wait(10)
        yield Batch(pa.table({"id": ["end"], "unit": ["a"], "joined_on": [str(last)]}), first_row=1000)


@contextmanager
def archive(store: Store, source: Archive, spans: Spans = Spans.OPEN) -> Iterator[Conductor]:
    target = Target("people", "staff", identity(store.catalogue.records["staff"]))
    schedule = Schedule.model_validate({"every": "1h"})
    running = Conductor(store, [Appointment(target, source, schedule, timedelta(seconds=60), spans)])
    running.start()
    try:
        yield running
    finally:
        running.stop(10)


def test_days_gone_by_are_asked_for_in_small_portions_and_may_be_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ioc.intake.ingest.GENTLE_ROWS", 10)
    source = Archive()
    with office(tmp_path) as store, archive(store, source) as running:
        running.backfills.begin("people", date(2025, 1, 1), date(2025, 1, 31))
        wait_for(lambda: count(store) >= 10)
        with pytest.raises(BadQuestion, match="backfilling"):
            running.backfills.begin("people", date(2025, 1, 1), date(2025, 1, 31))
        source.going_on.set()
        wait_for(lambda: rows_of(store, "SELECT state, accepted FROM run") == [("done", 32)])
        assert rows_of(store, "SELECT count(DISTINCT _since), count(DISTINCT _row) FROM rec_staff") == [(5, 32)]
        assert store.feed_state("people").position is None
        source.going_on.clear()
        wait_for(lambda: ended(store) is not None)
        running.backfills.begin("people", date(2024, 1, 1), date(2024, 1, 5))
        wait_for(lambda: count(store) == 37 or source.spans[-1] == (date(2024, 1, 1), date(2024, 1, 5)))
        running.backfills.cancel("people")
        source.going_on.set()
        wait_for(lambda: ended(store) is not None)
        assert rows_of(store, "SELECT state FROM run ORDER BY run") == [("done",), ("stopped",)]
        cancelled = store.feed_state("people").backfill
        assert cancelled and (cancelled.state, cancelled.done, cancelled.days) == (BackfillState.CANCELLED, 0, 5)


class Days:
    """A source that has a record of each day, and can be told where to end. ``fails_on`` is a day on which it is away."""

    def __init__(self, fails_on: date | None = None) -> None:
        self.spans: list[tuple[date, date]] = []
        self.fails_on = fails_on
        self.going_on = threading.Event()
        self.going_on.set()

    def deliveries(self, occasion: Occasion | None = None) -> Iterator[Delivery]:
        assert occasion is not None
        if occasion.span is None:
            return
        self.spans.append(occasion.span)
        while not self.going_on.wait(0.02) and not occasion.stopping.is_set():
            pass
        yield Delivery(f"{occasion.span[0]}", None, self.batches(*occasion.span))

    def batches(self, first: date, last: date) -> Iterator[Batch]:
        days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        if self.fails_on in days:
            raise FeedUnavailable("The line broke.", "Wait.")
        texts = [str(day) for day in days]
        yield Batch(pa.table({"id": texts, "unit": ["a"] * len(texts), "joined_on": texts}))


def ended(store: Store) -> Backfill | None:
    found = store.feed_state("people").backfill
    return found if found and found.state is not BackfillState.RUNNING else None


def test_days_gone_by_go_on_after_a_restart_from_the_first_day_that_had_not_come(tmp_path: Path) -> None:
    source = Days()
    with office(tmp_path) as store, archive(store, source, Spans.DAYS) as running:
        running.backfills.begin("people", date(2026, 1, 1), date(2026, 1, 4))
        wait_for(lambda: ended(store) is not None)
        assert source.spans == [(date(2026, 1, day), date(2026, 1, day)) for day in range(1, 5)]
        source.going_on.clear()
        running.backfills.begin("people", date(2025, 1, 1), date(2025, 1, 20))
        source.going_on.set()
        wait_for(lambda: (store.feed_state("people").backfill or Backfill(date.min, date.min)).done > 0)
        source.going_on.clear()
    source = Days()
    with office(tmp_path) as store:
        before = store.feed_state("people").backfill
        assert before and before.state is BackfillState.RUNNING and before.done == before.records
        with archive(store, source, Spans.DAYS):
            wait_for(lambda: ended(store) is not None)
            after = ended(store)
            assert after and (after.state, after.done, after.records) == (BackfillState.DONE, 20, 20)
            assert source.spans[0][0] == before.next
            assert count(store) == 4 + 20


def test_days_gone_by_that_fail_say_why_and_from_where(tmp_path: Path) -> None:
    source = Days(fails_on=date(2026, 1, 3))
    with office(tmp_path) as store, archive(store, source, Spans.DAYS) as running:
        running.backfills.begin("people", date(2026, 1, 1), date(2026, 1, 9))
        wait_for(lambda: ended(store) is not None)
        failed = ended(store)
        assert failed and (failed.state, failed.done, failed.records, failed.next) == (BackfillState.FAILED, 2, 2, date(2026, 1, 3))
        assert words("en").sentence(failed.message or "") == "The line broke. Wait."


def test_days_gone_by_keep_no_feed_waiting_that_is_due(tmp_path: Path) -> None:
    source, live = Days(), Numbers(1)
    source.going_on.clear()
    with office(tmp_path) as store:
        mapping = identity(store.catalogue.records["staff"])
        hour = Schedule.model_validate({"every": "1h"})
        names = [f"old{number}" for number in range(conductor.AT_ONCE + 1)]
        slow = [Appointment(Target(name, "staff", mapping), source, hour, timedelta(seconds=60), Spans.DAYS) for name in names]
        running = Conductor(store, [*slow, Appointment(Target("live", "staff", mapping), live, hour, timedelta(seconds=60))])
        running.start()
        try:
            for name in names:
                running.backfills.begin(name, date(2026, 1, 1), date(2026, 1, 2))
            wait_for(lambda: len(source.spans) == backfill_runner.AT_ONCE)
            live.asked.clear()
            running.ask_now("live")
            wait_for(live.asked.is_set)
        finally:
            running.stop(10)


def test_a_source_that_knows_no_days_is_not_asked_for_them(tmp_path: Path) -> None:
    with office(tmp_path) as store, archive(store, Archive(), Spans.NONE) as running, pytest.raises(BadQuestion, match="no_spans"):
        running.backfills.begin("people", date(2025, 1, 1), date(2025, 1, 31))
    with office(tmp_path) as store, archive(store, Archive()) as running, pytest.raises(BadQuestion, match="reversed"):
        running.backfills.begin("people", date(2025, 2, 1), date(2025, 1, 31))


def test_many_days_are_asked_for_some_at_a_time_and_none_twice() -> None:
    year = Backfill(date(2024, 1, 1), date(2024, 12, 31), done=8)
    found = list(portions(year, Spans.DAYS))
    assert found[0] == (date(2024, 1, 9), date(2024, 1, 12)) and found[-1][1] == date(2024, 12, 31)
    assert all(before[1] + timedelta(days=1) == after[0] for before, after in pairwise(found))
    assert list(portions(year, Spans.OPEN)) == [(date(2024, 1, 9), date(2024, 12, 31))]

"""What is told of a feed's arrivals and runs: volumes by the organisation's day, lags of what could be in time, reasons with samples."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from ioc.catalogue.mapping import identity
from ioc.clock import FrozenClock
from ioc.store import arrivals
from ioc.store.arrivals import Lag, beginning, lags, pauses, volumes
from ioc.store.feeds import released
from ioc.store.freshness import _past, feeds, finished
from ioc.store.runs import Sample, groups, in_quarantine, runs
from ioc.store.store import Store
from tests.office import NOW, open_store, put
from tests.store import released as old

START = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(START)


@pytest.fixture
def store(tmp_path: Path, clock: FrozenClock) -> Iterator[Store]:
    opened = open_store(tmp_path, clock=clock)
    yield opened
    opened.close()


def row(key: str, received: datetime, **others: object) -> dict[str, object]:
    return {"id": key, "unit": "a", "received_at": received.isoformat(), "updated_at": received.isoformat(), **others}


def test_a_day_is_the_organisations_and_only_what_is_new_counts(store: Store, clock: FrozenClock) -> None:
    clock.at = datetime(2026, 11, 22, 16, 59, tzinfo=UTC)  # one minute before midnight in Hà Nội
    put(store, "dossier", [row("1", START), row("2", START)])
    clock.at += timedelta(minutes=2)
    put(store, "dossier", [row("2", START), row("3", START)])
    with store.read() as snapshot:
        midnight = beginning(date(2026, 11, 23), snapshot)
        assert midnight == datetime(2026, 11, 22, 17, tzinfo=UTC)
        everything = volumes(snapshot, START, NOW)
        assert everything == {"feed": {date(2026, 11, 22): 2, date(2026, 11, 23): 1}}
        assert volumes(snapshot, midnight, NOW) == {"feed": {date(2026, 11, 23): 1}}


def test_the_lag_is_of_what_happened_since_the_feed_was_connected(store: Store, clock: FrozenClock) -> None:
    clock.at = NOW
    put(store, "dossier", [row("old", START)])
    with store.read() as snapshot:
        assert lags(snapshot, NOW - timedelta(days=7)) == {}
    clock.at = NOW + timedelta(hours=1)
    put(store, "dossier", [row(str(n), clock.at - timedelta(minutes=n)) for n in range(1, 22)])
    with store.read() as snapshot:
        assert lags(snapshot, NOW - timedelta(days=7)) == {"feed": Lag(timedelta(minutes=11), timedelta(minutes=20))}
        assert lags(snapshot, clock.at + timedelta(seconds=1)) == {}


def test_a_day_as_event_begins_where_the_organisation_is(store: Store, clock: FrozenClock) -> None:
    clock.at = datetime(2026, 11, 20, tzinfo=UTC)
    put(store, "staff", [{"id": "0", "unit": "a", "joined_on": "2020-01-01"}])
    clock.at = datetime(2026, 11, 22, 20, tzinfo=UTC)  # 3 o'clock on the 23rd in Hà Nội
    put(store, "staff", [{"id": "1", "unit": "a", "joined_on": "2026-11-23"}])
    with store.read() as snapshot:
        assert lags(snapshot, START)["feed"].median == timedelta(hours=3)


def test_of_many_records_the_newest_are_looked_at(store: Store, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> None:
    clock.at = NOW
    monkeypatch.setattr(arrivals, "MOST_RECORDS", 5)
    put(store, "dossier", [row("first", NOW)])
    for minute in range(1, 4):
        clock.at = NOW + timedelta(minutes=minute)
        put(store, "dossier", [row(f"{minute}-{n}", clock.at - timedelta(seconds=minute)) for n in range(4)])
    with store.read() as snapshot:  # the last two minutes' eight; the first of them would have been enough but for one
        assert lags(snapshot, START)["feed"].median == timedelta(seconds=2.5)


def test_reasons_are_counted_with_their_newest_samples(store: Store, clock: FrozenClock) -> None:
    clock.at = NOW
    put(store, "dossier", [row(str(n), NOW, unit="nowhere") for n in range(7)] + [row("7", NOW), row("8", NOW, score="9")])
    put(store, "dossier", [row("9", NOW, unit="elsewhere", score="0")])
    with store.read() as snapshot:
        found = groups(snapshot, "feed")
        assert [(each.field, each.reason, each.count) for each in found] == [("unit", "code", 8), ("score", "max", 1), ("score", "min", 1)]
        assert found[0].samples == (Sample("delivery", 2, "elsewhere"), *(Sample("delivery", n, "nowhere") for n in range(2, 6)))
        assert in_quarantine(snapshot, "feed") == (9, 9)
        assert in_quarantine(snapshot, "other") == (0, 0)
    store.write(released(2, [2]))
    with store.read() as snapshot:
        assert in_quarantine(snapshot, "feed") == (8, 8)
        assert [(each.run, each.accepted, each.rejected, each.state) for each in runs(snapshot, "feed", 10).runs] == [
            (2, 0, 1, "done"),
            (1, 1, 8, "done"),
        ]
        assert len(runs(snapshot, "feed", 1).runs) == 1


def test_a_feed_is_one_line_whatever_it_brought(store: Store, clock: FrozenClock) -> None:
    clock.at = NOW
    put(store, "dossier", [row("1", NOW)])
    put(store, "staff", [{"id": "1", "unit": "a", "joined_on": "2026-11-23"}])
    with store.read() as snapshot:
        (found,) = feeds(snapshot)
    assert (found.record, found.runs, found.accepted, found.simulated, found.last_state) == ("staff", 2, 2, False, "done")


def test_what_was_under_way_when_the_program_ended_is_told(tmp_path: Path) -> None:
    first = open_store(tmp_path)
    first.begin("feed", "staff", identity(first.catalogue.records["staff"]), "cut off", None, simulated=False)
    first.close()
    again = open_store(tmp_path)
    with again.read() as snapshot:
        assert [each.state for each in runs(snapshot, "feed", 1).runs] == ["interrupted"]
    again.close()


def test_runs_out_of_quarantine_of_an_older_store_are_known_as_such(tmp_path: Path) -> None:
    old.load(old.FOLDER / "0010.sql", tmp_path)
    with duckdb.connect(str(tmp_path / old.FILE)) as connection:  # the second was taken in again twice
        connection.execute("UPDATE run SET name = 'in/1.csv' WHERE run = 1; UPDATE run SET name = 'in/1.csv (again) (again)' WHERE run = 2")
    store = open_store(tmp_path)
    with store.read() as snapshot:
        found = {each.run: (each.name, each.again) for each in runs(snapshot, "feed", 9).runs}
    store.close()
    assert (found[1], found[2]) == (("in/1.csv", False), ("in/1.csv", True))


def test_what_is_taken_in_out_of_quarantine_is_no_arrival(store: Store, clock: FrozenClock) -> None:
    for minute in range(0, 50, 10):
        clock.at = START + timedelta(minutes=minute)
        put(store, "dossier", [row(str(minute), clock.at)], again=minute in {10, 30})
    with store.read() as snapshot:
        assert pauses(snapshot, START)["feed"].lengths == ((timedelta(minutes=20), 2),)
        assert finished(snapshot, "delivery")["feed"] == START + timedelta(minutes=40)
    with store.read(START + timedelta(minutes=35)) as then:
        assert _past(then, START + timedelta(minutes=35))[0][2] == datetime(2026, 11, 1, 0, 20)

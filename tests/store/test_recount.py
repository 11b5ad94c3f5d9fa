"""When declarations change, numbers are right at once, and what cells lack is counted beside everything else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from ioc.catalogue.model import CalendarDay, Catalogue
from ioc.clock import FrozenClock
from ioc.indicators.audit import audit
from ioc.indicators.values import Question
from ioc.store import recount as recounting
from ioc.store.recount import recount
from ioc.store.store import Store
from tests.office import NOW, answer, catalogue, open_store, put, rows_of

WELL_PAID = Question("well_paid", by=("unit",), period="month")
FEES = Question("fees", by=("unit",))


def with_indicator(**changes: Any) -> Catalogue:
    """The office with one more indicator, which is like its on-time rate but for some changes."""
    plain = catalogue()
    more = plain.indicators["on_time"].model_copy(update={"succeeds": "fee > 10", **changes})
    return plain.model_copy(update={"indicators": {**plain.indicators, "well_paid": more}})


def dossier(number: int, **changes: Any) -> dict[str, Any]:
    row = {
        "id": f"d{number}",
        "unit": "ab"[number % 2],
        "channel": "online",
        "received_at": f"2026-10-{1 + number % 28:02d}",
        "completed_at": f"2026-11-{1 + number % 20:02d}",
        "due_at": "2026-11-24 09:00",
        "fee": number,
        "updated_at": "2026-11-20",
    }
    return row | changes


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    store = open_store(tmp_path)
    put(store, "dossier", map(dossier, range(40)))
    store.close()
    return tmp_path


class Meanwhile(Event):
    """Something that happens between any two slices, told by a flag that is looked at then."""

    def __init__(self, happens: Callable[[int], bool]) -> None:
        super().__init__()
        self._happens, self._times = happens, 0

    def is_set(self) -> bool:
        self._times += 1
        return self._happens(self._times)


def columns(store: Store, table: str) -> set[str]:
    return {column for (column,) in rows_of(store, f"SELECT column_name FROM duckdb_columns() WHERE table_name = '{table}'")}


def test_one_more_indicator_is_right_at_once_and_only_its_own_sums_are_counted(filled: Path) -> None:
    store = open_store(filled)
    version, before, fees = store.version(), columns(store, "cell_dossier__unit"), answer(store, FEES)
    store.close()
    store = open_store(filled, with_indicator())
    assert store.version() == version + 1, "numbers have changed with the declarations"
    assert store.recounting == 0
    assert columns(store, "cell_dossier__unit") == before, "all that was counted stands"
    first = answer(store, WELL_PAID)
    assert first[(("b",), NOW.date().replace(day=1))][:2] == (15, 20)
    with store.database.write() as cursor:  # a number that is not counted again stays as somebody has changed it
        cursor.execute("UPDATE cell_dossier__unit SET m_x = m_x + 1000".replace("m_x", _column(store)))
    assert recount(store) and store.recounting is None
    assert len(columns(store, "cell_dossier__unit") - before) == 1, "its denominator is one that others have"
    assert (answer(store, WELL_PAID), store.version()) == (first, version + 1)
    assert answer(store, FEES) != fees
    store.close()
    store = open_store(filled, with_indicator())
    assert (store.recounting, store.version()) == (None, version + 1), "the next start finds all as it should be"
    store.close()


def _column(store: Store) -> str:
    return next(term.column for term in store.cells.cubes["dossier"][0].terms if term.value == "fee")


def test_commits_and_the_turn_of_the_day_meanwhile_are_counted_too(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recounting, "SLICE", 9)
    clock = FrozenClock(NOW)
    changed = with_indicator(at="received_at", counts="completed_at IS NULL AND date_of(due_at) < today", succeeds="fee > 10")
    store = open_store(filled, changed, clock)
    shares: list[float | None] = []

    def happens(number: int) -> bool:
        put(store, "dossier", [dossier(number * 7, completed_at=None, unit="b", updated_at="2026-11-21"), dossier(100 + number)])
        if number == 3:
            clock.at += timedelta(days=1)
            put(store, "dossier", [dossier(number * 5, fee=500, updated_at="2026-11-22")])
        shares.append(store.recounting)
        return False

    assert recount(store, Meanwhile(happens))
    assert shares == sorted(shares) and 0 in shares and 0.5 < shares[-1] < 1
    report = audit(store)
    assert report and report.named == ()
    put(store, "dossier", [dossier(1, completed_at=None, updated_at="2026-11-23")])
    clock.at += timedelta(days=2)
    store.turn_day()
    report = audit(store)
    assert report and report.named == (), "and what stands is kept up"
    store.close()


def test_one_that_is_ended_begins_again_at_the_next_start(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recounting, "SLICE", 9)
    store = open_store(filled, with_indicator())
    assert not recount(store, Meanwhile(lambda number: number == 3))
    kept = answer(store, WELL_PAID)
    store.close()
    store = open_store(filled, with_indicator())
    assert store.recounting == 0 and not rows_of(store, "SELECT 1 FROM duckdb_tables() WHERE starts_with(table_name, 'next_')")
    assert answer(store, WELL_PAID) == kept
    assert recount(store) and answer(store, WELL_PAID) == kept
    report = audit(store)
    assert report and report.named == ()
    store.close()


def test_what_is_declared_no_more_is_dropped_and_comes_back_counted(filled: Path) -> None:
    store = open_store(filled, with_indicator())
    recount(store)
    kept = answer(store, WELL_PAID)
    store.close()
    store = open_store(filled)
    assert store.recounting is None
    put(store, "dossier", [dossier(41, fee=99)])
    store.close()
    store = open_store(filled, with_indicator())
    assert store.recounting == 0 and answer(store, WELL_PAID) != kept
    recount(store)
    report = audit(store)
    assert report and report.named == ()
    store.close()


def test_another_time_zone_counts_everything_anew(filled: Path) -> None:
    plain = catalogue()
    organisation = plain.organisation.model_copy(update={"time_zone": "Pacific/Honolulu"})
    store = open_store(filled, plain.model_copy(update={"organisation": organisation}))
    assert store.cells.cubes["dossier"] == () and store.recounting == 0
    moved = answer(store, Question("online_rate", period="day"))
    assert recount(store) and answer(store, Question("online_rate", period="day")) == moved
    put(store, "dossier", [dossier(50, received_at="2026-10-01 23:00")])
    assert rows_of(store, "SELECT received_at::VARCHAR FROM rec_dossier WHERE id = 'd50'") == [("2026-10-02 09:00:00",)]
    store.close()


def test_another_calendar_counts_only_what_counts_working_days(filled: Path) -> None:
    quick = with_indicator(succeeds="working_days_between(date_of(received_at), date_of(completed_at)) <= 20")
    store = open_store(filled, quick)
    recount(store)
    before, version = answer(store, WELL_PAID), store.version()
    store.close()
    holiday = CalendarDay(kind="holiday", name=quick.indicators["fees"].label)
    calendar = {date(2026, 10, 1) + timedelta(days=number): holiday for number in range(50)}
    changed = Catalogue.model_validate(quick.model_dump(by_alias=True) | {"calendar": calendar})
    store = open_store(filled, changed, FrozenClock(NOW + timedelta(hours=1)))
    assert [len(cube.terms) for cube in store.cells.missing["dossier"]] == [1, 1, 1] and store.version() == version + 1
    after = answer(store, WELL_PAID)
    assert after != before and answer(store, WELL_PAID, NOW) == before
    assert recount(store) and answer(store, WELL_PAID) == after
    store.close()


def test_who_reads_across_the_change_sees_one_state(filled: Path) -> None:
    store = open_store(filled, with_indicator())
    with store.read() as snapshot:
        assert recount(store)
        from ioc.indicators.values import ask

        assert len(ask(snapshot, WELL_PAID, store.day())) == len(answer(store, WELL_PAID))
    store.close()


def test_a_reader_keeps_nobody_from_writing(filled: Path) -> None:
    store = open_store(filled)
    with store.read() as snapshot:
        snapshot.cursor.execute("SELECT count(*) FROM rec_dossier").fetchall()
        put(store, "dossier", [dossier(1, fee=7, updated_at="2026-11-21")])
        store.database.checkpoint()
    store.database.checkpoint()
    store.close()

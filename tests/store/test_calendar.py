"""A calendar that changes: the cells that count working days are counted anew, the others stay."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

from ioc.catalogue.model import CalendarDay, Catalogue, Text
from ioc.clock import FrozenClock
from ioc.indicators.values import Question
from ioc.store.recount import recount
from ioc.store.store import Store
from tests.office import NOW, answer, catalogue, open_store, put, rows_of


def quick(*holidays: date) -> Catalogue:
    """The office with an indicator of its dossiers in working days, and these holidays."""
    office = catalogue()
    rate = office.indicators["on_time"].model_copy(
        update={"succeeds": "working_days_between(date_of(received_at), date_of(completed_at)) <= 1"}
    )
    days = {day: CalendarDay(kind="holiday", name=Text(vi="Nghỉ", en="Off")) for day in holidays}
    return office.model_copy(update={"indicators": office.indicators | {"on_time": rate}, "calendar": days})


def within_a_day(store: Store, as_of: datetime | None = None) -> list[object]:
    return [numerator for numerator, _, _ in answer(store, Question("on_time"), as_of).values()]


def declared(store: Store) -> set[tuple[object, ...]]:
    return set(rows_of(store, "SELECT name, declaration FROM cell_table WHERE record = 'staff'"))


def test_a_new_holiday_counts_anew_what_it_touches(tmp_path: Path) -> None:
    store = open_store(tmp_path, quick())
    row = {"id": "1", "unit": "a", "received_at": "2026-11-02 09:00", "completed_at": "2026-11-04 09:00", "updated_at": "2026-11-05"}
    put(store, "dossier", [row])
    assert within_a_day(store) == [0]
    staff, dossiers = declared(store), set(rows_of(store, "SELECT declaration FROM cell_table WHERE record = 'dossier'"))
    store.close()
    clock = FrozenClock(NOW + timedelta(hours=1))
    store = open_store(tmp_path, quick(date(2026, 11, 3)), clock)
    assert within_a_day(store) == [1]
    assert declared(store) == staff
    assert not dossiers & set(rows_of(store, "SELECT declaration FROM cell_table WHERE record = 'dossier'"))
    assert recount(store) and within_a_day(store) == [1]
    assert within_a_day(store, NOW) == [0], "the past by the calendar of then, though the cells go by the new one"
    assert within_a_day(store, clock.at) == [1]
    store.close()

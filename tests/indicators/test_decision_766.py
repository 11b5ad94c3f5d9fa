"""The formulas of Decision 766/QĐ-TTg against cases judged by hand, one a rule and an edge."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from ioc.access.viewer import Viewer
from ioc.catalogue.load import BUILT_IN, load
from ioc.clock import FrozenClock
from ioc.config import Settings
from ioc.indicators.values import Question, ask
from ioc.store.store import Store
from ioc.views.cache import ViewCache
from ioc.views.gather import Gatherer
from ioc.views.records import RecordsQuestion
from tests.office import open_store, put

NOW = datetime(2026, 12, 31, 5, tzinfo=UTC)
MOHA = load(BUILT_IN / "moha")
CODES = sorted(MOHA.codes["procedures"])
LATE, ON_TIME = False, True

# What is judged: facts of the dossier, end of the period, whether it is in time. Received at 09:00 unless said.
DUE = {"received_at": "2026-10-01 09:00", "due_at": "2026-10-15 17:00"}
WORKING = {"time_unit": "working_day", "due_at": None}
DOSSIERS: list[tuple[str, dict[str, Any], str, bool]] = [
    ("finished before the due moment", DUE | {"completed_at": "2026-10-15 16:59"}, "2026-10-31", ON_TIME),
    ("at the very moment", DUE | {"completed_at": "2026-10-15 17:00"}, "2026-10-31", ON_TIME),
    ("one second late", DUE | {"completed_at": "2026-10-15 17:00:01"}, "2026-10-31", LATE),
    ("finished in time, returned late: finished goes before returned", DUE | {"completed_at": "2026-10-14 10:00", "returned_at": "2026-10-20 10:00"}, "2026-10-31", ON_TIME),
    ("never marked finished, returned in time", DUE | {"returned_at": "2026-10-15 10:00"}, "2026-10-31", ON_TIME),
    ("never marked finished, returned late though stopped before", DUE | {"returned_at": "2026-10-16 10:00", "stopped_at": "2026-10-10 10:00"}, "2026-10-31", LATE),
    ("stopped in time", DUE | {"stopped_at": "2026-10-10 10:00", "status": "stopped"}, "2026-10-31", ON_TIME),
    ("refused late", DUE | {"stopped_at": "2026-10-19 10:00", "status": "rejected"}, "2026-10-31", LATE),
    ("withdrawn after receipt, in time", DUE | {"stopped_at": "2026-10-12 10:00", "status": "withdrawn"}, "2026-10-31", ON_TIME),
    ("open, due after the period", DUE | {"due_at": "2026-11-05 17:00"}, "2026-10-31", ON_TIME),
    ("open, due on the period's last day", DUE | {"due_at": "2026-10-31 17:00"}, "2026-10-31", ON_TIME),
    ("open, due the day before the period's end", DUE | {"due_at": "2026-10-30 17:00"}, "2026-10-31", LATE),
    ("finished late after the period, due after it: within time then", DUE | {"due_at": "2026-11-05 17:00", "completed_at": "2026-11-20 10:00"}, "2026-10-31", ON_TIME),
    ("the same, asked for to the end of November", DUE | {"due_at": "2026-11-05 17:00", "completed_at": "2026-11-20 10:00"}, "2026-11-30", LATE),
    ("two days late, three days of waiting", DUE | {"completed_at": "2026-10-17 10:00", "supplement_requests": 1, "supplement_days": 3}, "2026-10-31", ON_TIME),
    ("waiting told by its two moments", DUE | {"completed_at": "2026-10-17 17:00", "supplement_requests": 1, "supplement_requested_at": "2026-10-05 09:00", "supplement_received_at": "2026-10-07 09:00"}, "2026-10-31", ON_TIME),
    ("a second more than the waiting", DUE | {"completed_at": "2026-10-17 17:00:01", "supplement_requests": 1, "supplement_requested_at": "2026-10-05 09:00", "supplement_received_at": "2026-10-07 09:00"}, "2026-10-31", LATE),
    ("open past due by less than the waiting", DUE | {"due_at": "2026-10-29 17:00", "supplement_requests": 1, "supplement_days": 2}, "2026-10-31", ON_TIME),
    ("waits for a supplement asked for in time", DUE | {"status": "waiting_supplement", "supplement_requests": 1, "supplement_requested_at": "2026-10-14 09:00"}, "2026-10-31", ON_TIME),
    ("waits for a supplement asked for when late", DUE | {"status": "waiting_supplement", "supplement_requests": 1, "supplement_requested_at": "2026-10-16 09:00"}, "2026-10-31", LATE),
    ("two requests are late, however fast", DUE | {"completed_at": "2026-10-02 09:00", "supplement_requests": 2}, "2026-10-31", LATE),
    # Without a due date: the maximum time of the procedure. Working days are those after the day of receipt.
    ("3 working days from Monday: Thursday", WORKING | {"received_at": "2026-10-05 09:00", "time_limit": 3, "completed_at": "2026-10-08 23:00"}, "2026-10-31", ON_TIME),
    ("3 working days from Monday: not Friday", WORKING | {"received_at": "2026-10-05 09:00", "time_limit": 3, "completed_at": "2026-10-09 08:00"}, "2026-10-31", LATE),
    ("a weekend between", WORKING | {"received_at": "2026-10-08 09:00", "time_limit": 2, "completed_at": "2026-10-12 16:00"}, "2026-10-31", ON_TIME),
    ("24/11/2026 is a holiday: Monday to Wednesday is one day", WORKING | {"received_at": "2026-11-23 09:00", "time_limit": 1, "completed_at": "2026-11-25 16:00"}, "2026-11-30", ON_TIME),
    ("and Thursday is two", WORKING | {"received_at": "2026-11-23 09:00", "time_limit": 1, "completed_at": "2026-11-26 08:00"}, "2026-11-30", LATE),
    ("over Lunar New Year: 13/02 to 24/02/2026 is two", WORKING | {"received_at": "2026-02-13 09:00", "time_limit": 2, "completed_at": "2026-02-24 16:00"}, "2026-02-28", ON_TIME),
    ("and not one", WORKING | {"received_at": "2026-02-13 09:00", "time_limit": 1, "completed_at": "2026-02-24 16:00"}, "2026-02-28", LATE),
    ("Saturday 22/08/2026 is worked: Friday to Monday is two", WORKING | {"received_at": "2026-08-21 09:00", "time_limit": 1, "completed_at": "2026-08-24 16:00"}, "2026-08-30", LATE),
    ("31/08 - 02/09/2026 are off: Friday to Thursday is one", WORKING | {"received_at": "2026-08-28 09:00", "time_limit": 1, "completed_at": "2026-09-03 16:00"}, "2026-09-30", ON_TIME),
    ("received on a Saturday: Monday is the first day", WORKING | {"received_at": "2026-10-10 09:00", "time_limit": 1, "completed_at": "2026-10-12 17:00"}, "2026-10-31", ON_TIME),
    ("half a day ends on the day of receipt", WORKING | {"received_at": "2026-10-05 08:00", "time_limit": 0.5, "completed_at": "2026-10-05 16:00"}, "2026-10-31", ON_TIME),
    ("half a day is over on the next", WORKING | {"received_at": "2026-10-05 08:00", "time_limit": 0.5, "completed_at": "2026-10-06 08:00"}, "2026-10-31", LATE),
    ("waiting from Thursday to Monday takes two working days off", WORKING | {"received_at": "2026-10-05 09:00", "time_limit": 5, "completed_at": "2026-10-14 09:00", "supplement_requests": 1, "supplement_requested_at": "2026-10-08 09:00", "supplement_received_at": "2026-10-12 09:00"}, "2026-10-31", ON_TIME),
    ("and not three", WORKING | {"received_at": "2026-10-05 09:00", "time_limit": 5, "completed_at": "2026-10-15 09:00", "supplement_requests": 1, "supplement_requested_at": "2026-10-08 09:00", "supplement_received_at": "2026-10-12 09:00"}, "2026-10-31", LATE),
    ("open, within its working days at the period's end", WORKING | {"received_at": "2026-10-28 09:00", "time_limit": 2}, "2026-10-31", ON_TIME),
    ("open, beyond them", WORKING | {"received_at": "2026-10-27 09:00", "time_limit": 2}, "2026-10-31", LATE),
    ("8 office hours from Monday 15:00: Tuesday 15:00", {"received_at": "2026-10-05 15:00", "time_unit": "hour", "time_limit": 8, "completed_at": "2026-10-06 15:00"}, "2026-10-31", ON_TIME),
    ("and not a minute more", {"received_at": "2026-10-05 15:00", "time_unit": "hour", "time_limit": 8, "completed_at": "2026-10-06 15:01"}, "2026-10-31", LATE),
    ("noon does not count", {"received_at": "2026-10-05 11:00", "time_unit": "hour", "time_limit": 2, "completed_at": "2026-10-05 14:00"}, "2026-10-31", ON_TIME),
    ("nor do the night and 24/11", {"received_at": "2026-11-23 16:30", "time_unit": "hour", "time_limit": 1, "completed_at": "2026-11-25 08:30"}, "2026-11-30", ON_TIME),
    ("open after office hours of the last day", {"received_at": "2026-10-30 16:00", "time_unit": "hour", "time_limit": 1}, "2026-10-31", ON_TIME),
    ("open for more hours than allowed", {"received_at": "2026-10-30 15:00", "time_unit": "hour", "time_limit": 1}, "2026-10-31", LATE),
    ("10 calendar days", {"received_at": "2026-10-05 09:00", "time_unit": "day", "time_limit": 10, "completed_at": "2026-10-15 23:59"}, "2026-10-31", ON_TIME),
    ("11 calendar days", {"received_at": "2026-10-05 09:00", "time_unit": "day", "time_limit": 10, "completed_at": "2026-10-16 00:30"}, "2026-10-31", LATE),
    ("the last day is a Sunday: Monday will do", {"received_at": "2026-10-01 09:00", "time_unit": "day", "time_limit": 10, "completed_at": "2026-10-12 16:00"}, "2026-10-31", ON_TIME),
    ("but not Tuesday", {"received_at": "2026-10-01 09:00", "time_unit": "day", "time_limit": 10, "completed_at": "2026-10-13 08:00"}, "2026-10-31", LATE),
    ("a month from 31/08 ends on 30/09", {"received_at": "2026-08-31 09:00", "time_unit": "month", "time_limit": 1, "completed_at": "2026-09-30 16:00"}, "2026-10-31", ON_TIME),
    ("and not on 01/10", {"received_at": "2026-08-31 09:00", "time_unit": "month", "time_limit": 1, "completed_at": "2026-10-01 08:00"}, "2026-10-31", LATE),
    ("a due date goes before the maximum time", DUE | {"time_unit": "working_day", "time_limit": 1, "completed_at": "2026-10-15 10:00"}, "2026-10-31", ON_TIME),
]  # fmt: skip

SENT = {"received_at": "2026-10-01 09:00", "due_at": "2026-10-22 17:00"}
PETITIONS: list[tuple[str, dict[str, Any], str, bool]] = [
    ("answered on the 15th working day", SENT | {"status": "answered", "answered_at": "2026-10-22 20:00", "published_at": "2026-10-23 09:00"}, "2026-10-31", ON_TIME),
    ("answered on the 16th", SENT | {"status": "answered", "answered_at": "2026-10-23 09:00", "published_at": "2026-10-23 09:00"}, "2026-10-31", LATE),
    ("published on the second working day, over a weekend", SENT | {"status": "answered", "answered_at": "2026-10-16 09:00", "published_at": "2026-10-20 09:00"}, "2026-10-31", ON_TIME),
    ("published on the third", SENT | {"status": "answered", "answered_at": "2026-10-16 09:00", "published_at": "2026-10-21 09:00"}, "2026-10-31", LATE),
    ("not yet published, and it is not late", SENT | {"status": "answered", "answered_at": "2026-10-20 09:00"}, "2026-10-22", ON_TIME),
    ("never published", SENT | {"status": "answered", "answered_at": "2026-10-20 09:00"}, "2026-10-31", LATE),
    ("refused on the second working day", SENT | {"status": "refused", "declined_at": "2026-10-05 09:00"}, "2026-10-31", ON_TIME),
    ("forwarded back on the third", SENT | {"status": "forwarded", "declined_at": "2026-10-06 09:00"}, "2026-10-31", LATE),
    ("asked for a supplement on the 5th working day", SENT | {"status": "answered", "supplement_requested_at": "2026-10-08 09:00", "answered_at": "2026-10-15 09:00", "published_at": "2026-10-15 09:00"}, "2026-10-31", ON_TIME),
    ("asked on the 6th", SENT | {"status": "answered", "supplement_requested_at": "2026-10-09 09:00", "answered_at": "2026-10-15 09:00", "published_at": "2026-10-15 09:00"}, "2026-10-31", LATE),
    ("open within 15 working days", SENT | {"status": "open"}, "2026-10-22", ON_TIME),
    ("open beyond them", SENT | {"status": "open"}, "2026-10-23", LATE),
    ("the holiday of 24/11 is no working day", {"received_at": "2026-11-09 09:00", "due_at": "2026-12-01 17:00", "status": "open"}, "2026-12-01", ON_TIME),
    ("so that the 15th day is 01/12", {"received_at": "2026-11-09 09:00", "due_at": "2026-12-01 17:00", "status": "open"}, "2026-12-02", LATE),
]  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Every dossier under a procedure of its own, every petition under a province, so that each can be asked for alone."""
    office = open_store(tmp_path_factory.mktemp("decision_766"), MOHA, FrozenClock(NOW))
    fixed = {
        "unit": "vp",
        "channel": "online",
        "status": "in_progress",
        "fully_online": False,
        "digitised": False,
        "updated_at": "2026-12-30",
    }
    rows = [
        fixed | {"dossier_id": what, "procedure": code} | _judged(facts) for code, (what, facts, _, _) in zip(CODES, DOSSIERS, strict=False)
    ]
    assert put(office, "dossier", rows).rejected == 0
    fixed = {"unit": "vp", "kind": "policy", "source": "national_portal", "updated_at": "2026-12-30"}
    petitions = [
        fixed | {"petition_id": what, "province": province} | facts
        for province, (what, facts, _, _) in zip(sorted(MOHA.codes["provinces"]), PETITIONS, strict=False)
    ]
    assert put(office, "petition", petitions).rejected == 0
    yield office
    office.close()


def _judged(facts: dict[str, Any]) -> dict[str, Any]:
    status = "completed" if {"completed_at", "returned_at"} & facts.keys() else "in_progress"
    return {"status": status} | facts


def judged(store: Store, indicator: str, dimension: str, code: str, end: str) -> tuple[Any, Any]:
    question = Question(indicator, start=date(2026, 1, 1), end=date.fromisoformat(end), where=((dimension, (code,)),))
    with store.read() as snapshot:
        (value,) = ask(snapshot, question, date(2026, 12, 31))
    return value.numerator, value.denominator


@pytest.mark.parametrize(("place", "case"), list(enumerate(DOSSIERS)), ids=[case[0] for case in DOSSIERS])
def test_a_dossier_is_on_time(store: Store, place: int, case: tuple[str, dict[str, Any], str, bool]) -> None:
    assert judged(store, "dossiers_on_time_766", "procedure", CODES[place], case[2]) == (int(case[3]), 1)


@pytest.mark.parametrize(("place", "case"), list(enumerate(PETITIONS)), ids=[case[0] for case in PETITIONS])
def test_a_petition_is_in_time(store: Store, place: int, case: tuple[str, dict[str, Any], str, bool]) -> None:
    province = sorted(MOHA.codes["provinces"])[place]
    assert judged(store, "petitions_on_time_766", "province", province, case[2]) == (int(case[3]), 1)


def test_the_list_of_dossiers_counts_working_days_late(store: Store) -> None:
    view = Gatherer(store, Settings(), ViewCache()).records(Viewer("test", "vi"), RecordsQuestion("dossier", rows=100))
    place = [column.code for column in view.columns].index("days_late")
    days = {row.key: row.cells[place] for row in view.rows}
    assert view.sort == ("days_late", True)
    assert days["finished before the due moment"] is None
    assert days["two days late, three days of waiting"] is days["stopped in time"] is None
    assert days["one second late"] == 0
    assert days["never marked finished, returned late though stopped before"] == 1  # Thursday to Friday
    assert days["refused late"] == 2  # Thursday to Monday
    assert days["waits for a supplement asked for when late"] == 1  # it stands still while it waits
    assert days["open, due the day before the period's end"] == 43  # from Friday 30/10 to 31/12: 20 in November, without the 24th, and 23

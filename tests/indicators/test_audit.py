"""The audit finds nothing in a store that is well, and names exactly what somebody has changed."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from ioc.catalogue.mapping import identity
from ioc.catalogue.terms import terms_of
from ioc.clock import FrozenClock
from ioc.indicators.audit import audit, cubes_named, mend
from ioc.indicators.values import Question, Value, ask
from ioc.store.audit import Difference, Report, last_audit
from ioc.store.group_commit import Part, take_in_together
from ioc.store.history import read_versions
from ioc.store.recount import doubt, recount
from ioc.store.store import Store
from ioc.store.tables import OPEN
from ioc.upkeep import Upkeep, next_night
from tests.office import NOW, open_store, put, rows_of

ROWS = [
    {
        "id": f"d{number % 50}",
        "unit": "ab"[number % 2],
        "channel": ["online", "counter", None][number % 3],
        "received_at": datetime(2026, 7 + number % 5, 1 + number % 22, 8),
        "due_at": datetime(2026, 11, 22 + number % 4, 10),
        "completed_at": datetime(2026, 11, 1 + number % 20, 9) if number % 4 else None,
        "online": number % 5 == 0,
        "fee": f"{number}.25",
        "updated_at": datetime(2026, 11, 1 + number % 20, number % 24),
    }
    for number in range(120)
]
STAFF = [{"id": f"p{number}", "unit": "a", "joined_on": f"202{number}-03-01", "trained_on": "2026-05-05"} for number in range(5)]


@pytest.fixture(scope="module")
def well(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a store with a history: changes, late versions, a turn of the day, compaction."""
    folder = tmp_path_factory.mktemp("well")
    clock = FrozenClock(NOW)
    store = open_store(folder, clock=clock)
    for start in range(0, len(ROWS), 60):
        put(store, "dossier", ROWS[start : start + 60])
        clock.at += timedelta(days=1)
        store.turn_day()
    put(store, "staff", STAFF)
    assert store.tidying.compaction.compact(store.cells.cubes["dossier"][0])
    store.close()
    return folder


@pytest.fixture
def store(well: Path, tmp_path: Path) -> Iterator[Store]:
    """A copy of it that may be tampered with."""
    shutil.copytree(well, tmp_path, dirs_exist_ok=True)
    store = open_store(tmp_path, clock=FrozenClock(NOW + timedelta(days=2)))
    yield store
    store.close()


def tamper(store: Store, sql: str) -> None:
    with store.database.write() as cursor:
        cursor.execute(sql)


def found(store: Store) -> Report:
    report = audit(store)
    assert report is not None
    return report


def test_a_store_that_is_well_passes_and_keeps_the_report(store: Store) -> None:
    shares: list[float] = []
    report = audit(store, shares.append)
    assert report and (report.differing, report.named) == (0, ())
    assert report.compared > len(ROWS), "versions, cells and values"
    assert shares == sorted(shares) and (shares[0], shares[-1]) == (0, 1)
    with store.read() as snapshot:
        assert last_audit(snapshot) == report


def test_a_changed_cell_is_named_with_both_values(store: Store) -> None:
    day, unit = rows_of(store, "SELECT day, unit FROM cell_dossier__unit ORDER BY ALL LIMIT 1")[0]
    column = terms_of(store.catalogue.indicators["fees"]).numerator[0].column
    (kept,) = rows_of(store, f"SELECT sum({column}) FROM cell_dossier__unit WHERE day = '{day}' AND unit = '{unit}'")[0]
    tamper(store, f"INSERT INTO cell_dossier__unit (day, unit, {column}) VALUES ('{day}', '{unit}', 1000)")
    report = found(store)
    expected = Difference(
        "dossier",
        "cell_dossier__unit",
        (("day", str(day)), ("unit", unit)),
        "fee where ((fee) IS NOT NULL) on received_at",
        f"{kept + 1000:f}".rstrip("0").rstrip("."),
        f"{kept:f}".rstrip("0").rstrip("."),
    )
    assert (report.differing, report.named) == (1, (expected,))
    with store.read() as snapshot:
        assert last_audit(snapshot) == report


def test_what_screens_read_is_compared_too(store: Store) -> None:
    column = terms_of(store.catalogue.indicators["strength"]).numerator[0].column
    tamper(store, f"UPDATE cell_staff SET {column} = 7 WHERE day = '2024-03-01'")
    named = {(each.kept_in, each.at[0][1], each.kept, each.anew) for each in found(store).named}
    assert ("cell_staff", "2024-03-01", "7", "1") in named
    assert ("strength", "2026-11-01", "11 / none", "5 / none") in named


def test_a_lost_cell_one_too_many_and_one_without_a_day_are_named(store: Store) -> None:
    tamper(store, "DELETE FROM cell_dossier WHERE day = '2026-09-03'")
    tamper(store, "INSERT INTO cell_dossier (day, m_x) SELECT '1999-01-01', 1".replace("m_x", _count(store)))
    tamper(store, f"INSERT INTO cell_dossier (day, {_count(store)}) VALUES (NULL, 3)")
    cells = [
        each
        for each in found(store).named
        if each.kept_in == "cell_dossier" and each.of.startswith("number of records where TRUE on received")
    ]
    assert {(each.at, each.kept, each.anew) for each in cells} >= {((("day", "1999-01-01"),), "1", "0"), ((("day", None),), "3", "0")}
    assert [each.kept for each in cells if each.at[0][1] == "2026-09-03"] == ["0"]


def _count(store: Store) -> str:
    return next(term.column for term in store.cells.cubes["dossier"][-1].terms if (term.condition, term.value) == ("TRUE", None))


@pytest.mark.parametrize(("change", "kept"), [("_until = 2147483647", "none"), ("_until = _since", None)])
def test_a_version_that_counts_at_the_wrong_time_is_named(store: Store, change: str, kept: str | None) -> None:
    state = "_until > _since AND _until < 2147483647" if kept else "_until = 2147483647"
    key, since, until = rows_of(store, f"SELECT id, _since, _until FROM rec_dossier WHERE {state} ORDER BY id LIMIT 1")[0]
    tamper(store, f"UPDATE rec_dossier SET {change} WHERE id = '{key}' AND _since = {since}")
    (named,) = [each for each in found(store).named if each.kept_in == "rec_dossier"]
    assert (named.at, named.kept, named.anew) == (
        (("key", key), ("commit", str(since))),
        kept or str(since),
        str(until) if kept else "none",
    )


def _fees(store: Store) -> list[Value]:
    with store.read() as snapshot:
        return ask(replace(snapshot, sums=None), Question("fees", by=("unit",), period="month"), store.day())


def test_spoilt_cubes_are_counted_anew_and_others_are_left_alone(store: Store) -> None:
    right, people = _fees(store), rows_of(store, "SELECT * FROM cell_staff ORDER BY ALL")
    tamper(store, f"UPDATE cell_dossier__unit SET {_column(store, 'fees')} = 77")
    tamper(store, f"INSERT INTO cell_dossier (day, {_count(store)}) VALUES (NULL, 3)")
    spoilt = found(store)
    assert _fees(store) != right and cubes_named(store, spoilt) == {"cell_dossier", "cell_dossier__unit"}
    report = mend(store, spoilt)
    assert (report.differing, store.recounting, _fees(store)) == (0, None, right)
    assert rows_of(store, "SELECT * FROM cell_staff ORDER BY ALL") == people
    put(store, "dossier", [ROWS[0] | {"id": "new", "updated_at": "2026-11-24"}])
    assert found(store).differing == 0, "commits keep them up as before"


def test_mending_goes_on_where_more_cubes_differ_than_are_named(store: Store) -> None:
    for cube in store.cells.cubes["dossier"]:
        tamper(store, f"INSERT INTO {cube.table} (day, {_count(store)}) SELECT day, 1 FROM {cube.table}")
    assert mend(store, found(store)).differing == 0


def test_a_mending_that_was_cut_off_is_done_at_the_next_start(well: Path, tmp_path: Path) -> None:
    shutil.copytree(well, tmp_path, dirs_exist_ok=True)
    store = open_store(tmp_path, clock=FrozenClock(NOW + timedelta(days=2)))
    right = _fees(store)
    doubt(store, {"cell_dossier__unit"})
    assert _fees(store) == right, "from the records, until the cells are counted"
    store.close()
    store = open_store(tmp_path, clock=FrozenClock(NOW + timedelta(days=2)))
    assert _fees(store) == right and store.recounting == 0
    recount(store)
    assert found(store).differing == 0 and "cell_dossier__unit" in {cube.table for cube in store.cells.cubes["dossier"]}
    store.close()


def test_a_version_is_not_mended_by_counting(store: Store) -> None:
    tamper(store, "UPDATE rec_dossier SET _until = 2147483647 WHERE rowid = (SELECT min(rowid) FROM rec_dossier WHERE _until < 2147483647)")
    report = mend(store, found(store))
    assert {each.kept_in for each in report.named} >= {"rec_dossier"}


def _column(store: Store, indicator: str) -> str:
    return terms_of(store.catalogue.indicators[indicator]).numerator[0].column


def test_the_night_is_that_of_the_organisation() -> None:
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    assert next_night(datetime(2026, 11, 23, 18, 0, tzinfo=UTC).astimezone(zone)) == datetime(2026, 11, 23, 19, 30, tzinfo=UTC)
    assert next_night(datetime(2026, 11, 23, 19, 30, tzinfo=UTC).astimezone(zone)) == datetime(2026, 11, 24, 19, 30, tzinfo=UTC)


def test_it_is_done_at_night_beside_everything_else(well: Path, tmp_path: Path) -> None:
    shutil.copytree(well, tmp_path, dirs_exist_ok=True)
    store = open_store(tmp_path, clock=FrozenClock(datetime(2026, 11, 26, 19, 29, 59, 900_000, tzinfo=UTC)))
    upkeep = Upkeep(store)
    upkeep.start()
    for _ in range(200):
        time.sleep(0.05)
        with store.read() as snapshot:
            report = last_audit(snapshot)
        if report:
            break
    upkeep.stop(10)
    store.close()
    assert report and report.differing == 0


def test_versions_of_deliveries_that_shared_a_commit_follow_each_other_as_they_came(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    mapping = identity(store.catalogue.records["staff"])
    run = store.begin("feed", "staff", mapping, "a.csv", None, simulated=False)
    parts = [
        Part(name, None, pa.table({"id": ["p"], "unit": [unit], "joined_on": ["2026-01-05"]}), pa.array([row], pa.int64()))
        for name, unit, row in (("a.csv", "a", 4), ("b.csv", "b", 2))
    ]
    take_in_together(store, run, parts)
    assert rows_of(store, f"SELECT unit, _row FROM rec_staff WHERE _until = {OPEN}") == [("b", 2)]
    assert found(store).differing == 0
    with store.read() as snapshot:
        assert [(each.delivery, each.fields["unit"]) for each in read_versions(snapshot, "staff", "p")] == [("a.csv", "a"), ("b.csv", "b")]
    store.close()


def test_how_many_cells_differ_is_told_though_not_all_are_named(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    days = [date(2024, 1, 1) + timedelta(days=number) for number in range(150)]
    put(store, "staff", [{"id": f"p{day}", "unit": "a", "joined_on": day, "trained_on": None} for day in days])
    column = terms_of(store.catalogue.indicators["strength"]).numerator[0].column
    tamper(store, f"UPDATE cell_staff SET {column} = 7")
    assert found(store).differing >= 150
    store.close()

"""What is read from a source: every way to write a value, every way to be at fault, and what must never be kept."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ioc.catalogue.mapping import Mapping, identity
from ioc.store.database import BULK_ROWS, in_any_order
from ioc.store.runs import rejections
from tests.office import open_store, put, rows_of

GOOD = {"id": "x", "unit": "a", "received_at": "2026-11-01 08:00:00", "updated_at": "2026-11-01 08:00:00"}


def mapping(**changes: Any) -> Mapping:
    names = ("id", "unit", "channel", "received_at", "due_at", "completed_at", "online", "score", "fee", "updated_at")
    return Mapping.model_validate({"fields": {name: name for name in names}} | changes)


@pytest.mark.parametrize(
    ("field", "written", "stored"),
    [
        ("received_at", "2026-11-01 08:00:00", datetime(2026, 11, 1, 1)),
        ("received_at", "2026-11-01T08:00:00.250", datetime(2026, 11, 1, 1, 0, 0, 250_000)),
        ("received_at", "2026-11-01", datetime(2026, 10, 31, 17)),
        ("received_at", "2026-11-01T08:00:00+02:00", datetime(2026, 11, 1, 6)),
        ("received_at", "2026-11-01T08:00+02", datetime(2026, 11, 1, 6)),
        ("received_at", "2026-11-01T08:00:00Z", datetime(2026, 11, 1, 8)),
        ("received_at", "01/11/2026 08:30", datetime(2026, 11, 1, 1, 30)),
        ("received_at", "01/11/2026", datetime(2026, 10, 31, 17)),
        ("received_at", "20261101083000", datetime(2026, 11, 1, 1, 30)),
        ("received_at", "  2026-11-01 08:00:00\u00a0", datetime(2026, 11, 1, 1)),
        ("score", "5", 5),
        ("score", "5.0", 5),
        ("fee", "1234.5", Decimal("1234.5")),
        ("online", "CÓ", True),
        ("online", "không", False),
        ("online", "1", True),
        ("online", "", None),
        ("channel", "", None),
    ],
)  # fmt: skip
def test_ways_to_write_a_value(tmp_path: Path, field: str, written: str, stored: Any) -> None:
    store = open_store(tmp_path)
    assert put(store, "dossier", [GOOD | {field: written}], mapping()).accepted == 1
    assert rows_of(store, f'SELECT "{field}" FROM rec_dossier') == [(stored,)]
    store.close()


@pytest.mark.parametrize(
    ("code", "day", "unit"),
    [
        ("G1", "2026-02-28 23:59:59", "b"),
        ("G1", "2026-03-01 00:00:00", "a"),
        ("G2", "2026-02-28 10:00:00", "a"),
        ("G2", "2026-03-01 10:00:00", None),
        ("G1", "2025-06-30 10:00:00", "office"),
        ("G1", "2025-07-01 10:00:00", "b"),
        ("b", "2025-06-30 10:00:00", "b"),
        ("G9", "2025-06-30 10:00:00", None),
    ],
)
def test_a_code_means_what_it_meant_on_the_day_of_the_event(tmp_path: Path, code: str, day: str, unit: str | None) -> None:
    store = open_store(tmp_path)
    unit_ = {
        "from": "unit",
        "values": {"G1": "a", "b": "b"},
        "before": {"2026-03-01": {"G1": "b", "G2": "a"}, "2025-07-01": {"G1": "office"}},
    }
    dated = mapping()
    dated = dated.model_copy(update={"fields": dated.fields | mapping(fields={"unit": unit_}).fields})
    tally = put(store, "dossier", [GOOD | {"unit": code, "received_at": day, "updated_at": day}], dated)
    assert rows_of(store, "SELECT unit FROM rec_dossier") == ([(unit,)] if unit else [])
    if unit is None:
        assert tally.rejected == 1
        assert rows_of(store, "SELECT field, found, reason FROM quarantine") == [("unit", code, "value")]
    store.close()


def test_the_sources_own_manner_of_writing(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    manner = mapping(decimal=",", thousands=".", missing=["ND", ".."], time_zone="Europe/Amsterdam")
    rows = [
        GOOD | {"id": "s", "fee": "1.234,5", "received_at": "2026-07-01 00:30:00", "channel": "ND", "score": ".."},
        GOOD | {"id": "w", "fee": "419.278.223", "received_at": "2026-01-01 00:30:00"},
    ]
    assert put(store, "dossier", rows, manner).accepted == 2
    assert rows_of(store, "SELECT fee, received_at, channel, score FROM rec_dossier ORDER BY id") == [
        (Decimal("1234.5"), datetime(2026, 6, 30, 22, 30), None, None),
        (Decimal("419278223"), datetime(2025, 12, 31, 23, 30), None, None),
    ]
    store.close()


@pytest.mark.parametrize(
    ("field", "written", "reason"),
    [
        ("id", "", "required"),
        ("received_at", None, "required"),
        ("received_at", "32/11/2026", "type"),
        ("received_at", "yesterday", "type"),
        ("due_at", "12000-01-01", "type"),
        ("due_at", "294247-01-10 04:00:54", "type"),
        ("received_at", "2027-01-01", "future"),
        ("due_at", "2026-10-01", "rule:due_after_received"),
        ("unit", "c", "code"),
        ("channel", "Online", "code"),
        ("score", "9", "max"),
        ("score", "0", "min"),
        ("score", "4.5", "type"),
        ("score", "four", "type"),
        ("fee", "-1", "min"),
        ("fee", "1,5", "type"),
        ("online", "maybe", "type"),
    ],
)
def test_each_fault_is_told_with_its_row_and_value(tmp_path: Path, field: str, written: str | None, reason: str) -> None:
    store = open_store(tmp_path)
    tally = put(store, "dossier", [GOOD | {"id": "first"}, GOOD | {field: written}], mapping())
    assert (tally.accepted, tally.rejected) == (1, 1)
    told = rows_of(store, "SELECT source_row, coalesce(field, ''), reason, found FROM quarantine")
    expected = ("" if reason.startswith("rule") else field, reason)
    assert (told[0][0], told[0][1:3]) == (3, expected)
    if written and not reason.startswith("rule"):
        assert told[0][3] == written
    store.close()


def test_rejections_are_summed_up_in_words_the_most_frequent_first(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    rows = [GOOD | {"due_at": "2026-10-01"}, GOOD | {"score": "9"}, GOOD | {"score": "7"}, GOOD | {"unit": None}]
    put(store, "dossier", rows, mapping())
    with store.read() as snapshot:
        found = rejections(snapshot, [1])
    assert found == [
        "2 × max score, first in row 3: “9”",
        "1 × Due before received, first in row 2",
        "1 × required unit, first in row 5",
    ]
    store.close()


def test_a_value_that_is_not_translated_goes_to_quarantine_unless_the_mapping_says_otherwise(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    strict = mapping(fields=mapping().model_dump()["fields"] | {"unit": {"from": "dept", "values": {"A": "a"}}})
    assert put(store, "dossier", [GOOD | {"dept": "A"}, GOOD | {"id": "y", "dept": "Z"}], strict).rejected == 1
    assert rows_of(store, "SELECT field, found, reason FROM quarantine") == [("unit", "Z", "value")]
    lenient = mapping(fields=mapping().model_dump()["fields"] | {"unit": {"from": "dept", "values": {"A": "a"}, "otherwise": "b"}})
    assert put(store, "dossier", [GOOD | {"id": "z", "dept": "Z"}], lenient).accepted == 1
    store.close()


def test_secret_records_and_unmapped_columns_leave_no_trace(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    guarded = mapping(secrecy={"from": "secrecy", "open": ["thường"]})
    rows = [
        GOOD | {"secrecy": "Thường", "name": "MARKER-PERSON"},
        GOOD | {"id": "MARKER-SECRET-1", "secrecy": "Mật"},
        GOOD | {"id": "MARKER-SECRET-2", "secrecy": "tuyệt mật", "unit": "nowhere"},
        GOOD | {"id": "MARKER-SECRET-3"},
        GOOD | {"id": "bad", "unit": "nowhere", "secrecy": "thường", "name": "MARKER-PERSON"},
    ]
    tally = put(store, "dossier", rows, guarded)
    assert (tally.accepted, tally.rejected, tally.secret) == (1, 1, 3)
    assert sum(tally.values()) == len(rows)
    store.database.checkpoint()
    for table in ("rec_dossier", "quarantine", "run", "commit_log"):
        assert "MARKER" not in str(rows_of(store, f"SELECT * FROM {table}"))
    store.close()
    assert b"MARKER" not in (tmp_path / "office.duckdb").read_bytes()


def test_what_is_not_a_record_is_counted_as_skipped(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    tally = put(store, "dossier", [GOOD, GOOD | {"id": "Tổng cộng"}], mapping(keep="id <> 'Tổng cộng'"))
    assert (tally.accepted, tally.skipped) == (1, 1)
    store.close()


def test_expressions_and_constants_fill_fields(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    fields = mapping().model_dump()["fields"] | {
        "unit": {"value": "b"},
        "online": {"expr": "\"case:channel\" = 'Internet' AND COALESCE(CAST(n AS INTEGER), 0) > 1"},
        "channel": {"expr": "CASE WHEN \"case:channel\" = 'Internet' THEN 'online' ELSE 'counter' END"},
    }
    rows = [GOOD | {"case:channel": "Internet", "n": "2"}, GOOD | {"id": "y", "case:channel": "Desk", "n": "many"}]
    assert put(store, "dossier", rows, mapping(fields=fields)).accepted == 2
    assert rows_of(store, "SELECT unit, online, channel FROM rec_dossier ORDER BY id") == [("b", True, "online"), ("b", False, "counter")]
    store.close()


@pytest.mark.parametrize(
    ("written", "zone", "day"),
    [
        ("2026-11-22T17:00:00Z", None, date(2026, 11, 23)),  # midnight of Hà Nội, as JavaScript writes it
        ("2026-11-22T16:59:59.999Z", None, date(2026, 11, 22)),
        ("2026-11-22T23:30:00-05:00", None, date(2026, 11, 23)),
        ("2026-11-22T23:30:00", None, date(2026, 11, 22)),
        ("2026-11-22 00:00", None, date(2026, 11, 22)),
        ("2026-11-22T23:30:00Z", "UTC", date(2026, 11, 22)),
        ("2026-11-22", None, date(2026, 11, 22)),
        ("22/11/2026", None, date(2026, 11, 22)),
    ],
)
def test_a_day_that_is_written_as_a_moment_is_that_of_the_source(tmp_path: Path, written: str, zone: str | None, day: date) -> None:
    store = open_store(tmp_path)
    manner = identity(store.catalogue.records["staff"]).model_copy(update={"time_zone": zone})
    assert put(store, "staff", [{"id": "x", "unit": "a", "joined_on": written}], manner).accepted == 1
    assert rows_of(store, "SELECT joined_on FROM rec_staff") == [(day,)]
    store.close()


def test_what_broke_a_commit_is_told_and_leaves_no_manner_of_reading_behind(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    with pytest.raises(duckdb.Error, match="what broke it"), store.database.write() as cursor:
        cursor.execute("SET TimeZone = 'Asia/Ho_Chi_Minh'")
        with in_any_order(cursor, BULK_ROWS):
            cursor.execute("SELECT error('what broke it')")
    found: list[tuple[str, bool]] = []
    settings = "SELECT current_setting('TimeZone'), current_setting('preserve_insertion_order')"
    store.write(lambda cursor: found.extend(cursor.execute(settings).fetchall()))
    assert found == [("UTC", True)]
    store.close()

"""Rows in quarantine, sent through the mended mapping again: what is kept of them, and what is not."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from ioc.catalogue.mapping import Mapping
from ioc.clock import FrozenClock
from ioc.intake.ingest import Target
from ioc.intake.replay import replay
from ioc.store.arrivals import pauses
from ioc.store.freshness import freshness
from ioc.store.receipts import Tally
from ioc.store.store import Store
from tests.office import NOW, open_store, put, rows_of

ROWS = [
    {"ma": "1", "don_vi": "A", "nhan": "2026-11-02 08:00:00", "sinh": "1990-05-04", "kenh": "web"},
    {"ma": "2", "don_vi": "PHÒNG B", "nhan": "2026-11-02 08:00:00", "sinh": "1991-05-04", "kenh": "web"},
    {"ma": "3", "don_vi": "nowhere", "nhan": "2026-11-02 08:00:00", "sinh": "1992-05-04", "kenh": "web"},
    {"ma": "4", "don_vi": "PHÒNG B", "nhan": "soon", "sinh": "1993-05-04", "kenh": "web"},
]


def mapping(units: dict[str, str], **changes: Any) -> Mapping:
    fields = {
        "id": "ma",
        "unit": {"from": "don_vi", "values": units},
        "received_at": "nhan",
        "channel": {"expr": "CASE WHEN kenh = 'web' THEN 'online' ELSE 'counter' END"},
        "online": {"expr": "sinh > '1991-01-01'"},
        "updated_at": "nhan",
    }
    return Mapping.model_validate({"fields": fields, "keep": "sinh IS NOT NULL"} | changes)


def again(store: Store, with_mapping: Mapping) -> Tally:
    return replay(store, Target("feed", "dossier", with_mapping))


def test_rows_that_the_mended_mapping_takes_leave_quarantine(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    assert put(store, "dossier", ROWS, mapping({"A": "a"})).rejected == 3
    assert again(store, mapping({"A": "a", "PHÒNG B": "b"})) == Tally(accepted=1, rejected=2)
    assert rows_of(store, "SELECT id, unit, channel, online FROM rec_dossier ORDER BY id") == [
        ("1", "a", "online", False),
        ("2", "b", "online", True),
    ]
    assert rows_of(store, "SELECT source_row, field, reason FROM quarantine ORDER BY source_row, field") == [
        (4, "unit", "value"),
        (5, "received_at", "type"),
        (5, "updated_at", "type"),
    ]
    assert again(store, mapping({"A": "a", "PHÒNG B": "b"})) == Tally(rejected=2)
    assert rows_of(store, "SELECT count(DISTINCT source_row) FROM quarantine") == [(2,)]
    store.close()


def test_nothing_is_kept_of_columns_that_only_an_expression_reads(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    put(store, "dossier", ROWS, mapping({"A": "a"}))
    kept = rows_of(store, "SELECT DISTINCT payload::VARCHAR FROM quarantine")
    assert len(kept) == 3
    assert not any("199" in payload or "sinh" in payload or "kenh" in payload for (payload,) in kept)
    assert all('"=online":"true"' in payload for (payload,) in kept)
    store.close()


def test_a_record_that_has_ceased_to_exist_still_has(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    manner = {"deleted": "sinh = '1991-05-04'"}
    put(store, "dossier", ROWS, mapping({"A": "a"}, **manner))
    assert again(store, mapping({"A": "a", "PHÒNG B": "b", "nowhere": "b"}, **manner)).accepted == 2
    assert rows_of(store, "SELECT id FROM rec_dossier WHERE _gone") == [("2",)]
    store.close()


def test_nothing_has_arrived_by_what_is_sent_through_again(tmp_path: Path) -> None:
    clock = FrozenClock(NOW)
    store = open_store(tmp_path, clock=clock)
    put(store, "dossier", ROWS, mapping({"A": "a"}))
    clock.at = NOW + timedelta(days=10)
    assert again(store, mapping({"A": "a", "PHÒNG B": "b"})) == Tally(accepted=1, rejected=2)
    assert store.feed_state("feed").last_arrival == NOW
    for moment in (None, clock.at):
        with store.read(moment) as snapshot:
            assert freshness(snapshot)["dossier"].last_arrival == NOW
            assert pauses(snapshot, NOW - timedelta(days=1)) == {}
    store.close()

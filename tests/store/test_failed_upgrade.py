"""A migration that fails leaves the store as it was: the program before it goes on with the same numbers."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from ioc.errors import StoreError
from ioc.indicators.values import Question
from ioc.store import database
from tests.office import answer, open_store, put

FAULTS = {
    "half way": "ALTER TABLE rec_dossier ADD COLUMN half VARCHAR; UPDATE rec_dossier SET half = 'x'; DELETE FROM commit_log; SELECT error('no');",
    "no such thing": "DROP TABLE run; DROP TABLE there_is_none;",
    "no SQL": "This is none.",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_failed_migration_leaves_the_old_store_working(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    store = open_store(tmp_path)
    put(
        store,
        "dossier",
        [
            {"id": f"d{n}", "unit": "ab"[n % 2], "received_at": "2026-11-05", "online": n % 3 == 0, "updated_at": "2026-11-20"}
            for n in range(40)
        ],
    )
    question = Question("online_rate", by=("unit",), period="month")
    before, version = answer(store, question), store.version()
    assert before
    store.close()
    known = database.migrations()
    monkeypatch.setattr(database, "migrations", lambda: {**known, max(known) + 1: FAULTS[fault]})
    with pytest.raises(StoreError, match="could not be brought to schema version"):
        open_store(tmp_path)
    monkeypatch.undo()
    store = open_store(tmp_path)
    assert (answer(store, question), store.version()) == (before, version)
    put(store, "dossier", [{"id": "new", "unit": "a", "received_at": "2026-11-06", "online": True, "updated_at": "2026-11-20"}])
    assert store.version() == version + 1
    store.close()


@pytest.mark.parametrize(
    ("error", "what", "hint"),
    [
        (duckdb.IOException("IO Error: Could not write: No space left on device"), "cannot be written", "Free space"),
        (duckdb.IOException("IO Error: Could not write: Read-only file system"), "cannot be written", "mounted anew"),
        (duckdb.IOException("IO Error: Could not write: Input/output error"), "cannot be written", "Look at the disk"),
        (duckdb.OutOfMemoryException("Out of Memory Error"), "not enough memory", "memory_limit"),
        (duckdb.CatalogException("Catalog Error: no such thing"), "made to fit the catalogue", "what the catalogue has changed"),
    ],
)
def test_what_keeps_a_store_from_being_prepared_is_told_as_what_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: duckdb.Error, what: str, hint: str
) -> None:
    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr("ioc.store.store.ensure_record_table", fails)
    with pytest.raises(StoreError, match=what) as caught:
        open_store(tmp_path)
    assert hint in caught.value.hint
    monkeypatch.undo()
    open_store(tmp_path).close()

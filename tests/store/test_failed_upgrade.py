"""A migration that fails leaves the store as it was: the program before it goes on with the same numbers."""

from __future__ import annotations

from pathlib import Path

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

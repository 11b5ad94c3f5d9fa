"""Many small files share a commit, and all else is as if each had been taken in by itself."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from data_sources.file import connect
from ioc.clock import SystemClock
from ioc.errors import StoreError
from ioc.intake.replay import replay
from ioc.store.store import Store
from tests.data_sources.inbox import HEAD, asked, ids, options, row, runs
from tests.intake.test_contract import target
from tests.office import catalogue, rows_of


def dropped(inbox: Path) -> None:
    """Files of every sort: good, with rows at fault, corrected by later ones, the same twice, of other columns, empty, and unreadable."""
    chance = random.Random(5)
    for number in range(20):
        rows = [row(f"k{chance.randrange(30)}") if chance.random() < 0.8 else "bad,a,someday\n" for _ in range(chance.randrange(4))]
        (inbox / f"{number:02d}.csv").write_text(HEAD + "".join(rows))
    (inbox / "40.csv").write_text((inbox / "00.csv").read_text())
    (inbox / "41.csv").write_text("id,unit\nk99,b\n")
    (inbox / "42.json").write_text(json.dumps([{"id": 7, "unit": "a", "joined_on": "2026-01-01"}]))
    (inbox / "43.csv").write_text("")
    (inbox / "44.json").write_text('[{"id": "torn')
    (inbox / "45.csv").write_text(HEAD + row("k100") + row("k101"))


def kept(store: Store) -> list[list[tuple[Any, ...]]]:
    """All that is known of the files and their rows, but moments and numbers of commits."""
    return [
        rows_of(store, "SELECT name, state, message, accepted, duplicates, rejected, fingerprint FROM run ORDER BY run"),
        rows_of(store, "SELECT id, unit, _until = 2147483647, name, _row FROM rec_staff JOIN run ON run = _run ORDER BY ALL"),
        rows_of(store, "SELECT name, source_row, field, reason, payload FROM quarantine JOIN run USING (run) ORDER BY ALL"),
        rows_of(store, "SELECT feed, sum(added) FROM commit_log JOIN run USING (run) GROUP BY ALL"),
    ]


def taken(folder: Path, monkeypatch: pytest.MonkeyPatch, together: int) -> tuple[list[list[tuple[Any, ...]]], int]:
    """What is kept of such files when so many may share a commit, and the number of commits."""
    monkeypatch.setattr("ioc.intake.small_deliveries.MOST_DELIVERIES", together)
    (folder / "in").mkdir(parents=True)
    dropped(folder / "in")
    store = Store(folder / "office.duckdb", catalogue(), SystemClock(), memory_limit="256MB", threads=1)
    try:
        asked(store, connect(options(settle_seconds=0.01, archive="done", reject="bad"), folder))
        assert list((folder / "in").iterdir()) == []
        assert sorted(each.name for each in (folder / "bad").glob("*.txt")) == ["43.csv.txt", "44.json.txt"]
        found = kept(store)
        assert replay(store, target()).rejected > 0, "what lies in quarantine is found by its own file"
        return found, rows_of(store, "SELECT count(*) FROM commit_log WHERE record IS NOT NULL")[0][0]
    finally:
        store.close()


def test_sharing_a_commit_changes_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone, commits = taken(tmp_path / "alone", monkeypatch, 1)
    shared, fewer = taken(tmp_path / "shared", monkeypatch, 200)
    assert shared == alone
    assert fewer * 3 < commits, "of files that are the same the second waits for the first"


def test_files_are_put_away_only_after_their_commit(store: Store, inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        (inbox / f"{number}.csv").write_text(HEAD + row(f"k{number}"))
    feed = connect(options(archive="done"), inbox.parent)

    def full(*_: Any, **__: Any) -> None:
        assert len(list(inbox.iterdir())) == 5
        raise StoreError("The disk is full.")

    with monkeypatch.context() as broken:
        broken.setattr(Store, "take_in_parts", full)
        broken.setattr(Store, "take_in", full)
        with pytest.raises(StoreError):
            asked(store, feed)
    assert len(list(inbox.iterdir())) == 5 and ids(store) == []
    asked(store, feed)
    assert ids(store) == [f"k{number}" for number in range(5)] and list(inbox.iterdir()) == []


def test_what_is_wrong_with_one_is_not_the_others_loss(store: Store, inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        (inbox / f"{number}.csv").write_text(HEAD + row(f"k{number}"))

    def fails(*_: Any, **__: Any) -> None:
        raise ValueError("a value that the engine cannot bear")

    monkeypatch.setattr(Store, "take_in_parts", fails)
    asked(store, connect(options(), inbox.parent))
    assert ids(store) == ["k0", "k1", "k2"]
    assert runs(store)[1:] == [(f"in/{number}.csv", "done") for number in range(3)]

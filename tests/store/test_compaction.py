"""Compaction adds the rows of cells together beside everything else: whatever comes, stops or ends it, numbers and the file stay right."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest

from ioc.indicators.audit import audit
from ioc.indicators.values import Question
from ioc.store import compaction, tidying
from ioc.store.recount import doubt, recount
from ioc.store.store import Store
from tests.office import answer, count_anew, open_store, put, rows_of

KILLS = int(os.environ.get("IOC_KILLS", "2"))
QUESTIONS = [Question("online_rate", by=("unit",), period="month"), Question("overdue"), Question("fees")]


def dossier(number: int, told: int) -> dict[str, object]:
    return {
        "id": f"d{number}",
        "unit": "ab"[number % 2],
        "received_at": f"2026-{1 + number % 11:02d}-05",
        "online": (number + told) % 3 == 0,
        "fee": told,
        "updated_at": f"2026-11-01 {told:02d}:00",
    }


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A store of whose cells each has several rows, compacted one day at a time."""
    monkeypatch.setattr(compaction, "SLICE", 1)
    made = open_store(tmp_path)
    for told in range(4):
        put(made, "dossier", [dossier(number, told) for number in range(30)])
    yield made
    made.close()


def answers(store: Store) -> list[object]:
    return [answer(store, question) for question in QUESTIONS]


def sound(store: Store) -> bool:
    report = audit(store)
    return report is not None and report.named == ()


def finest(store: Store) -> str:
    return store.cells.cubes["dossier"][0].table


def rows_in(store: Store) -> int:
    return int(rows_of(store, f"SELECT count(*) FROM {finest(store)}")[0][0])


def columns(store: Store) -> list[object]:
    return rows_of(store, f"SELECT column_name, data_type, comment FROM duckdb_columns() WHERE table_name = '{finest(store)}' ORDER BY 1")


class Meanwhile(Event):
    """Something that happens between any two slices, told by a flag that is looked at then."""

    def __init__(self, happens: Callable[[], bool]) -> None:
        super().__init__()
        self._happens = happens

    def is_set(self) -> bool:
        return self._happens()


def test_a_cell_becomes_one_row_in_order_of_day_and_keeps_what_is_said_of_its_columns(store: Store) -> None:
    kept, before, said = answers(store), rows_in(store), columns(store)
    assert store.tidying.compaction.compact(store.cells.cubes["dossier"][0])
    assert (answers(store), columns(store)) == (kept, said)
    assert any(comment for *_, comment in said), "what a column sums is told in the file"  # type: ignore[misc]
    days = [day for (day,) in rows_of(store, f"SELECT day FROM {finest(store)}")]
    assert len(days) < before and days == sorted(days)
    assert not store.tidying.compaction.compact(store.cells.cubes["dossier"][0]), "nothing more is to be saved"


def test_when_it_is_stopped_nothing_has_changed(store: Store) -> None:
    kept, before = answers(store), rows_in(store)
    assert not store.tidying.compaction.compact(store.cells.cubes["dossier"][0], Meanwhile(lambda: True))
    assert (answers(store), rows_in(store)) == (kept, before)
    assert not rows_of(store, "SELECT 1 FROM duckdb_tables() WHERE starts_with(table_name, 'compacted')")


def test_it_gives_up_when_cells_are_dropped_and_counted_anew_meanwhile(store: Store) -> None:
    kept, done = answers(store), []

    def doubted() -> bool:
        if not done:
            done.append(True)
            doubt(store, [finest(store)])
            recount(store)
            put(store, "dossier", [dossier(1, 9)])
        return False

    assert not store.tidying.compaction.compact(store.cells.cubes["dossier"][0], Meanwhile(doubted))
    assert done and sound(store) and answers(store) != kept


def test_nobody_waits_who_has_somebody_else_do_it(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tidying, "TIDY_ROWS", 10)
    monkeypatch.setattr(compaction, "ROWS", 5)
    left, before = list[str](), rows_in(store)
    store.tidying.leave_to(left.append)
    put(store, "dossier", [dossier(number, 5) for number in range(30)])
    assert left == ["dossier"] and rows_in(store) > before
    store.tidying.leave_to(None)
    put(store, "dossier", [dossier(number, 6) for number in range(30)])
    assert left == ["dossier"] and rows_in(store) < before


COMPACTER = """
import sys, threading
from pathlib import Path
from ioc.store import compaction
from tests.office import open_store, put
from tests.store.test_compaction import dossier
compaction.SLICE = 1
store = open_store(Path(sys.argv[1]))
def compact():
    while True:
        for cube in store.cells.cubes["dossier"]:
            store.tidying.compaction.compact(cube)
        store.database.checkpoint()
put(store, "dossier", [])  # the first delivery loads libraries
threading.Thread(target=compact, daemon=True).start()
print("open", flush=True)
for told in range(int(sys.argv[2]), 10**6):
    put(store, "dossier", [dossier(told * 7 % 90 + n, told % 24) | {"updated_at": f"2026-11-02 00:00:00.{told:06d}"} for n in range(30)])
    print(told, flush=True)
"""


@pytest.mark.timeout(120 + 20 * KILLS)
def test_killed_at_any_moment_the_store_is_whole(tmp_path: Path) -> None:
    chance, done = random.Random(5), 0
    for number in range(KILLS):
        process = subprocess.Popen(
            [sys.executable, "-c", COMPACTER, str(tmp_path), str(done)], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
        )
        assert process.stdout and process.stdout.readline() == "open\n"
        time.sleep(0.3 + chance.random() * (1 + number / 5))
        process.send_signal(signal.SIGKILL)
        told = [int(line) for line in process.stdout.read().split()]
        process.stdout.close()
        process.wait()
        store = open_store(tmp_path)
        ((stored,),) = rows_of(store, "SELECT count(*) FROM rec_dossier")
        assert stored % 30 == 0 and stored >= 30 * (done + len(told))
        assert not rows_of(store, "SELECT 1 FROM duckdb_tables() WHERE starts_with(table_name, 'compacted')")
        kept = answers(store)
        assert sound(store)
        count_anew(store)
        assert answers(store) == kept
        store.close()
        done = stored // 30
    assert done > 0

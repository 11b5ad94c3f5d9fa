"""What people do is kept whole or not at all, whoever else writes, and by whichever release it was begun."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from ioc.errors import StoreError
from ioc.ledger import Ledger

FIRST = "CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE)"
SECOND = "ALTER TABLE note ADD COLUMN by TEXT NOT NULL DEFAULT '';\nCREATE INDEX note_by ON note (by);\n"


def texts(ledger: Ledger) -> list[str]:
    return [row["text"] for row in ledger.rows("SELECT text FROM note ORDER BY id")]


def write(ledger: Ledger, text: str) -> None:
    with ledger.writing() as connection:
        connection.execute("INSERT INTO note (text) VALUES (?)", (text,))


def test_nothing_is_there_before_the_first_writing(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "deep" / "notes.sqlite", [FIRST])
    assert texts(ledger) == []
    assert not ledger.file.exists()
    write(ledger, "hệ thống bảo trì")
    assert texts(ledger) == ["hệ thống bảo trì"]
    assert ledger.file.stat().st_mode & 0o077 == 0


def test_what_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "notes.sqlite", [FIRST])
    write(ledger, "one")
    with pytest.raises(sqlite3.IntegrityError), ledger.writing() as connection:
        connection.execute("INSERT INTO note (text) VALUES ('two')")
        connection.execute("INSERT INTO note (text) VALUES ('one')")
    assert texts(ledger) == ["one"]


def test_an_older_file_is_brought_forward_and_a_newer_one_refused(tmp_path: Path) -> None:
    file = tmp_path / "notes.sqlite"
    write(Ledger(file, [FIRST]), "old")
    newer = Ledger(file, [FIRST, SECOND])
    assert newer.rows("SELECT text, by FROM note")[0]["by"] == ""
    with pytest.raises(StoreError, match="newer release"):
        Ledger(file, [FIRST]).rows("SELECT 1")


def test_several_write_at_once_and_nothing_is_lost(tmp_path: Path) -> None:
    def many(name: str) -> None:
        ledger = Ledger(tmp_path / "notes.sqlite", [FIRST, SECOND])
        for index in range(10):
            write(ledger, f"{name} {index}")

    threads = [threading.Thread(target=many, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(texts(Ledger(tmp_path / "notes.sqlite", [FIRST, SECOND]))) == 40


def test_a_copy_is_whole(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "notes.sqlite", [FIRST])
    write(ledger, "kept")
    ledger.copy(tmp_path / "copy.sqlite")
    assert texts(Ledger(tmp_path / "copy.sqlite", [FIRST])) == ["kept"]


def test_a_spoilt_file_is_told(tmp_path: Path) -> None:
    file = tmp_path / "notes.sqlite"
    file.write_bytes(b"not a ledger" * 100)
    with pytest.raises(StoreError, match=r"notes\.sqlite"):
        Ledger(file, [FIRST]).rows("SELECT 1")

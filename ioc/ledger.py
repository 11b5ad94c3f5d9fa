"""What people do, beside the records: accounts, exports, notes. Each room that keeps such things has one file of SQLite in the data folder.

The store has one writer, in the process that serves. What stands here may be written by a command beside a running server too, and is
read row by row: that is what SQLite is for.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeAlias

from ioc.errors import StoreError

# How long a command waits for another one's writing.
WAITS_SECONDS = 10.0
Connection: TypeAlias = sqlite3.Connection
Row: TypeAlias = sqlite3.Row
Value = str | int | float | bytes | None
Values = Sequence[Value] | Mapping[str, Value]


class Ledger:
    """One file. It is made at the first writing, and brought to the newest form when it is older.

    Args:
        file: where it stands; only whoever runs the product may read it.
        steps: statements that make each form from the one before, the first from nothing. Steps are added, never changed.
    """

    def __init__(self, file: Path, steps: Sequence[str]) -> None:
        self.file, self._steps = file, steps
        self._watcher: sqlite3.Connection | None = None
        self._watching = threading.Lock()

    def rows(self, sql: str, values: Values = ()) -> list[sqlite3.Row]:
        """What a question finds; nothing as long as nothing was written. Raises StoreError."""
        if not self.file.exists():
            return []
        with self._open() as connection:
            return connection.execute(sql, values).fetchall()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One change: all of it is on the disk afterwards, or none of it. Nobody else writes meanwhile. Raises StoreError."""
        with self._open() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    def mark(self) -> int:
        """A number that is another one after every change, whoever made it: what was read is as it stands while this is the same.

        Asking costs some millionths of a second. Raises StoreError.
        """
        with self._watching:
            if self._watcher is None:
                if not self.file.exists():
                    return 0
                self._watcher = sqlite3.connect(self.file, timeout=WAITS_SECONDS, isolation_level=None, check_same_thread=False)
            try:
                return int(self._watcher.execute("PRAGMA data_version").fetchone()[0])
            except sqlite3.DatabaseError as error:
                raise StoreError(
                    "{file} cannot be read: {told}", "Look at the disk, or put a copy back.", file=self.file, told=error
                ) from error

    def close(self) -> None:
        """Let go of the file; asking for its mark opens it anew."""
        with self._watching:
            if self._watcher is not None:
                self._watcher.close()
                self._watcher = None

    def copy(self, to: Path) -> None:
        """A consistent copy, also while others write. Raises StoreError."""
        if self.file.exists():
            copy_file(self.file, to)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self.file.touch(mode=0o600)
            with closing(sqlite3.connect(self.file, timeout=WAITS_SECONDS, isolation_level=None)) as connection:
                connection.row_factory = sqlite3.Row
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute("PRAGMA foreign_keys = ON")
                self._renew(connection)
                yield connection
        except (sqlite3.DatabaseError, OSError) as error:
            if isinstance(error, sqlite3.IntegrityError):  # for whoever writes to make sense of
                raise
            raise StoreError(
                "{file} cannot be read or written: {told}", "Look at the disk, or put a copy back.", file=self.file, told=error
            ) from error

    def _renew(self, connection: sqlite3.Connection) -> None:
        if self._form(connection) == len(self._steps):
            return
        connection.execute("BEGIN IMMEDIATE")
        form = self._form(connection)
        if form > len(self._steps):
            connection.rollback()
            raise StoreError("{file} was written by a newer release.", "Install that release, or put a copy back.", file=self.file)
        for step in self._steps[form:]:
            for statement in filter(str.strip, step.split(";\n")):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(self._steps)}")
        connection.commit()

    @staticmethod
    def _form(connection: sqlite3.Connection) -> int:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def copy_file(file: Path, to: Path) -> None:
    """A consistent copy of a ledger of any form, also while others write. Raises StoreError."""
    try:
        with closing(_opened(file)) as connection, closing(sqlite3.connect(to)) as copy:
            connection.backup(copy)
    except sqlite3.DatabaseError as error:
        raise StoreError("{file} cannot be copied: {told}", "Look at the disk, or put a copy back.", file=file, told=error) from error


def fault_of(file: Path) -> str | None:
    """What is wrong with a ledger's file, in the engine's words; None when it is whole."""
    try:
        with closing(_opened(file)) as connection:
            (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            return None if found == "ok" else " ".join(str(found).split())
    except sqlite3.DatabaseError as error:
        return str(error)


def _opened(file: Path) -> sqlite3.Connection:
    """A ledger that is there, as it is."""
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", uri=True, timeout=WAITS_SECONDS)

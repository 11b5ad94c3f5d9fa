"""One DuckDB file, one writer, many readers. Everything else in this room goes through ``Database``."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any

import duckdb

from ioc.errors import StoreError, StoreInUse

_MIGRATIONS = "ioc.store.migrations"


class Database:
    """Owns the file. A cursor for each read, one lock for all writes.

    Args:
        path: the file; made when missing.
        memory_limit: what DuckDB may use before it spills to disk, such as ``2GB``.
        threads: worker threads; None leaves it to DuckDB.

    Attributes:
        fault: why the last write was not possible, in the engine's words; None when it was.

    Raises:
        StoreError: the file cannot be opened, or comes from a newer version.
    """

    def __init__(self, path: Path, memory_limit: str = "2GB", threads: int | None = None) -> None:
        self.path = path
        self.fault: str | None = None
        self._write_lock = threading.RLock()
        settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": memory_limit,
            "autoinstall_known_extensions": False,  # never ask the network
            # A checkpoint within a commit would make that commit wait; they are written at quiet moments instead.
            "checkpoint_threshold": "256MB",
        }
        if threads:
            settings["threads"] = threads
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = duckdb.connect(str(path), config=settings)
            self._connection.execute("SET GLOBAL TimeZone = 'UTC'")
        except (duckdb.Error, OSError) as error:
            raise _cannot_open(path, error) from error
        self._writer = self._connection.cursor()
        try:
            self._migrate()
        except BaseException:
            self.close()
            raise

    @contextmanager
    def read(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor that sees one state of the data from start to end."""
        cursor = self._connection.cursor()
        try:
            cursor.execute("BEGIN TRANSACTION READ ONLY")
            yield cursor
        finally:
            cursor.close()

    @contextmanager
    def write(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The writer's cursor within one transaction: all of it is kept, or nothing.

        Raises:
            StoreError: the disk is full or not writable; nothing was changed.
        """
        with self._write_lock:
            self._writer.execute("BEGIN TRANSACTION")
            try:
                yield self._writer
            except BaseException as error:
                self._roll_back()
                if isinstance(error, duckdb.IOException | duckdb.OutOfMemoryException | duckdb.FatalException):
                    raise self._noted(error) from error
                raise
            try:
                self._writer.execute("COMMIT")
            except duckdb.Error as error:  # nobody else writes: it can only be the disk
                self._roll_back()
                raise self._noted(error) from error
            self.fault = None

    @contextmanager
    def beside(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor that writes beside the writer, within one transaction, into tables of its own that nobody else knows of. It keeps nobody

        from writing, only from checkpoints.

        Raises:
            StoreError: the disk is full or not writable; nothing was changed.
        """
        cursor = self._connection.cursor()
        try:
            cursor.execute("BEGIN TRANSACTION")
            yield cursor
            cursor.execute("COMMIT")
        except (duckdb.IOException, duckdb.OutOfMemoryException, duckdb.FatalException) as error:
            raise self._noted(error) from error
        finally:
            cursor.close()  # what was not committed is taken back

    def _noted(self, error: Exception) -> StoreError:
        self.fault = str(error).splitlines()[0].rstrip(".")
        return _cannot_write(self.path, error)

    def _roll_back(self) -> None:
        try:
            self._writer.execute("ROLLBACK")
        except duckdb.Error:  # the transaction is gone already, or the database was invalidated: a fresh cursor serves
            self._writer = self._connection.cursor()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keeps others from writing, over several transactions."""
        with self._write_lock:
            yield

    def wait(self) -> None:
        """Wait until nobody writes."""
        with self._write_lock:
            pass

    def checkpoint(self) -> None:
        """Write what the log holds into the file itself, unless somebody still reads what was before: then a later time will do.

        Raises:
            StoreError: the disk does not take it.
        """
        with self._write_lock:
            try:
                self._writer.execute("CHECKPOINT")
            except duckdb.TransactionException:
                return
            except duckdb.Error as error:
                raise _cannot_write(self.path, error) from error

    def close(self) -> None:
        """Finish the running write and let go of the file."""
        with self._write_lock:
            self._writer.close()
            self._connection.close()

    def _migrate(self) -> None:
        with self.write() as cursor:
            cursor.execute("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)")
            here = first(cursor, "SELECT coalesce(max(version), 0) FROM schema_version")[0]
            steps = migrations()
            newest = max(steps)
            if here > newest:
                raise StoreError(
                    f"The store {self.path} has schema version {here}; this program knows up to {newest}.",
                    "Start the newer version of the program, or point “data” to another folder.",
                )
            for version in sorted(step for step in steps if step > here):
                cursor.execute(steps[version])
                cursor.execute("INSERT INTO schema_version VALUES (?)", [version])


def first(cursor: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[Any] = ()) -> tuple[Any, ...]:
    """The first row of an answer that has at least one. The answer is read to its end, which frees the cursor for other work."""
    return cursor.execute(sql, list(parameters)).fetchall()[0]


@contextmanager
def in_any_order(cursor: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Lets rows be written in the order in which threads come to them, so that none waits for another."""
    cursor.execute("SET SESSION preserve_insertion_order = false")
    try:
        yield
    finally:
        cursor.execute("RESET SESSION preserve_insertion_order")


def migrations() -> dict[int, str]:
    """The text of every migration by its number."""
    found = {}
    for entry in resources.files(_MIGRATIONS).iterdir():
        match = re.fullmatch(r"(\d{4})_\w+\.sql", entry.name)
        if match:
            found[int(match[1])] = entry.read_text(encoding="utf-8")
    return found


def _cannot_open(path: Path, error: Exception) -> StoreError:
    text = str(error)
    if "lock" in text.lower():
        return StoreInUse(f"The store {path} is open in another process.", "Stop the other one first; one process owns the store.")
    if isinstance(error, PermissionError) or "permission denied" in text.lower() or "read-only" in text.lower():
        return StoreError(f"The store {path} cannot be opened: no permission.", "Give the folder to the account that runs the program.")
    if "version number" in text or "newer" in text.lower():
        return StoreError(f"The store {path} was written by a newer DuckDB.", "Use the newer version of the program.")
    return StoreError(f"The store {path} cannot be opened: {text.splitlines()[0]}", "Restore a backup, or point “data” elsewhere.")


def _cannot_write(path: Path, error: Exception) -> StoreError:
    return StoreError(f"The store {path} cannot be written: {str(error).splitlines()[0]}", "Free space on the disk; nothing was changed.")

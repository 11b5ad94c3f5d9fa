"""One DuckDB file, one writer, many readers. Everything else in this room goes through ``Database``."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import resources
from pathlib import Path
from typing import Any

import duckdb

from ioc.errors import Said, StoreDamaged, StoreError, StoreInUse
from ioc.store.claim import Claim

# What the engine says when it is the machine's fault, and not that of what it was told.
DISK_OR_MEMORY = (duckdb.IOException, duckdb.OutOfMemoryException, duckdb.FatalException)
_DAMAGE = re.compile(r"corrupt|checksum|deserializ", re.IGNORECASE)
_MIGRATIONS = "ioc.store.migrations"
# So large a log is written into the file by the next commit; and the same while nothing is to be written into it.
MOST_LOG, WITHOUT_BOUND = "256MB", "1000TB"
# From so many rows on, what is done for all of them at once costs less than what is done for each; and several threads write them.
BULK_ROWS = 20_000


class Database:
    """Owns the file. A cursor for each read, one lock for all writes.

    Args:
        path: the file; made when missing.
        memory_limit: what DuckDB may use before it spills to disk, such as ``2GB``.
        threads: worker threads; None leaves it to DuckDB.

    Attributes:
        fault: why the last write was not possible, in the engine's words; None when it was.
        timed: told the seconds of each write.

    Raises:
        StoreError: the file cannot be opened, or comes from a newer version.
    """

    def __init__(self, path: Path, memory_limit: str = "2GB", threads: int | None = None) -> None:
        self.path = path
        self.fault: str | None = None
        self.timed: Callable[[float], None] = lambda _: None
        self._write_lock = threading.RLock()
        self._holders = 0
        settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": memory_limit,
            "autoinstall_known_extensions": False,  # never ask the network
            # A checkpoint within a commit would make that commit wait; they are written at quiet moments instead.
            "checkpoint_threshold": MOST_LOG,
        }
        if threads:
            settings["threads"] = threads
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._claim = Claim(path)
        except OSError as error:
            raise _cannot_open(path, error) from error
        try:
            self._connection = duckdb.connect(str(path), config=settings)
            self._connection.execute("SET GLOBAL TimeZone = 'UTC'")
        except duckdb.Error as error:
            self._claim.release()
            raise _cannot_open(path, error) from error
        self._writer = self._connection.cursor()
        try:
            self._migrate()
        except BaseException as error:
            self.close()
            if isinstance(error, duckdb.Error):
                raise damaged(path, error) from error
            raise

    @contextmanager
    def read(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor that sees one state of the data from start to end. Raises StoreError where the file is damaged."""
        cursor = self._connection.cursor()
        try:
            cursor.execute("BEGIN TRANSACTION READ ONLY")
            yield cursor
        except duckdb.Error as error:
            if is_damage(error):
                raise damaged(self.path, error) from error
            raise
        finally:
            cursor.close()

    @contextmanager
    def write(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The writer's cursor within one transaction: all of it is kept, or nothing.

        Raises:
            StoreError: the disk is full or not writable; nothing was changed.
        """
        with self._write_lock:
            began = time.perf_counter()
            self._writer.execute("BEGIN TRANSACTION")
            try:
                yield self._writer
            except BaseException as error:
                self._roll_back()
                if isinstance(error, DISK_OR_MEMORY):
                    raise self._noted(error) from error
                raise
            try:
                self._writer.execute("COMMIT")
            except duckdb.Error as error:  # nobody else writes: it can only be the disk
                self._roll_back()
                raise self._noted(error) from error
            self.fault = None
            self.timed(time.perf_counter() - began)

    @contextmanager
    def beside(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor that writes beside the writer, within one transaction, into tables of its own that nobody else knows of.

        It keeps nobody from writing, only from checkpoints.

        Raises:
            StoreError: the disk is full or not writable; nothing was changed.
        """
        cursor = self._connection.cursor()
        try:
            cursor.execute("BEGIN TRANSACTION")
            yield cursor
            with self._write_lock:  # a commit may turn the log into the file, which whoever holds both still has to know of
                cursor.execute("COMMIT")
        except DISK_OR_MEMORY as error:
            raise self._noted(error) from error
        finally:
            cursor.close()  # what was not committed is taken back

    def _noted(self, error: Exception) -> StoreError:
        self.fault = str(error).splitlines()[0].rstrip(".")
        return cannot_write(self.path, error)

    def _roll_back(self) -> None:
        try:
            self._writer.execute("ROLLBACK; SET TimeZone = 'UTC'; RESET SESSION preserve_insertion_order")
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
            if self._holders:
                return
            try:
                self._writer.execute("CHECKPOINT")
            except duckdb.TransactionException:
                return
            except duckdb.Error as error:
                raise cannot_write(self.path, error) from error

    def close(self) -> None:
        """Finish the running write and let go of the file."""
        with self._write_lock:
            self._writer.close()
            self._connection.close()
        self._claim.release()

    @contextmanager
    def held(self) -> Iterator[int]:
        """Leaves the file as it is, and lets the log only grow, however much is committed; yields how long the log is now.

        The file and so much of its log are together one state of the data: what commits write into the file meanwhile stands in places
        that were free.
        """
        with self._write_lock:
            self._holders += 1
            self._connection.execute(f"SET GLOBAL checkpoint_threshold = '{WITHOUT_BOUND}'")
            log = log_of(self.path)
            length = log.stat().st_size if log.exists() else 0
        try:
            yield length
        finally:
            with self._write_lock:
                self._holders -= 1
                if not self._holders:
                    self._connection.execute(f"SET GLOBAL checkpoint_threshold = '{MOST_LOG}'")

    def _migrate(self) -> None:
        with self.write() as cursor:
            cursor.execute("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)")
            here = first(cursor, "SELECT coalesce(max(version), 0) FROM schema_version")[0]
            steps = migrations()
            newest = max(steps)
            if here > newest:
                raise StoreError(
                    "The store {store} has schema version {here}; this program knows up to {newest}.",
                    "Start the newer version of the program, or point “data” to another folder.",
                    store=self.path,
                    here=here,
                    newest=newest,
                )
            for version in sorted(step for step in steps if step > here):
                try:
                    cursor.execute(steps[version])
                except DISK_OR_MEMORY:
                    raise
                except duckdb.Error as error:
                    raise StoreError(
                        "The store {store} could not be brought to schema version {version}: {told}",
                        "It is as it was: go on with the release before, and tell whoever made this one.",
                        store=self.path,
                        version=version,
                        told=str(error).splitlines()[0],
                    ) from error
                cursor.execute("INSERT INTO schema_version VALUES (?)", [version])


def first(cursor: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[Any] = ()) -> tuple[Any, ...]:
    """The first row of an answer that has at least one. The answer is read to its end, which frees the cursor for other work."""
    return cursor.execute(sql, list(parameters)).fetchall()[0]


@contextmanager
def in_any_order(cursor: duckdb.DuckDBPyConnection, rows: int) -> Iterator[None]:
    """Lets rows, about so many, be written in the order in which threads come to them, so that none waits for another."""
    if rows < BULK_ROWS:
        yield
        return
    cursor.execute("SET SESSION preserve_insertion_order = false")
    try:
        yield
    finally:
        with suppress(duckdb.TransactionException):  # after a fault, which is what is to be told; rolling back resets it too
            cursor.execute("RESET SESSION preserve_insertion_order")


def log_of(path: Path) -> Path:
    """Where the engine writes commits first."""
    return path.with_name(f"{path.name}.wal")


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
        return StoreInUse(
            "The store {store} is open in another process{owner}.",
            "Stop the other one first; one process owns the store.",
            store=path,
            owner="",
        )
    if isinstance(error, PermissionError) or "permission denied" in text.lower() or "read-only" in text.lower():
        return StoreError(
            "The store {store} cannot be opened: no permission.", "Give the folder to the account that runs the program.", store=path
        )
    if "version number" in text or "newer" in text.lower():
        return StoreError("The store {store} was written by a newer DuckDB.", "Use the newer version of the program.", store=path)
    return StoreDamaged(
        "The store {store} cannot be opened: {told}", "Put back a backup with “ioc restore”.", store=path, told=text.splitlines()[0]
    )


def is_damage(error: Exception) -> bool:
    """Whether an error of the engine says that something in the file cannot be what was written."""
    return isinstance(error, duckdb.FatalException) or bool(_DAMAGE.search(str(error)))


def damaged(path: Path, error: Exception) -> StoreError:
    """What is said of a file in which something cannot be read; after a fault of the engine itself it has to be opened anew."""
    if "invalidated" in str(error):
        return StoreError(
            "The store {store} has to be opened anew: memory ran out, or the disk failed.", "Start the product again.", store=path
        )
    return StoreDamaged(
        "The store {store} is damaged: {told}", "Put back a backup with “ioc restore”.", store=path, told=str(error).splitlines()[0]
    )


def cannot_write(path: Path, error: Exception) -> StoreError:
    """What is said of a file into which nothing can be written, by what the engine says."""
    if is_damage(error):
        return damaged(path, error)
    told = str(error).splitlines()[0]
    if isinstance(error, duckdb.OutOfMemoryException):
        return StoreError(
            "There is not enough memory for the store {store}: {told}",
            "Raise store.memory_limit; nothing was changed.",
            store=path,
            told=told,
        )
    return StoreError(
        "The store {store} cannot be written: {told}", "{mend}; nothing was changed.", store=path, told=told, mend=_mended_by(told.lower())
    )


def _mended_by(told: str) -> Said:
    if "read-only" in told:
        return Said("Have the disk looked at and mounted anew")
    full = any(each in told for each in ("no space", "not enough space", "disk quota", "file too large"))
    return Said("Free space on the disk" if full else "Look at the disk and its rights")


def does_not_fit(path: Path, error: Exception) -> StoreError:
    """What is said of a store that could not be made to fit its catalogue."""
    return StoreError(
        "The store {store} could not be made to fit the catalogue: {told}",
        "It is as it was: look at what the catalogue has changed, or go on with the catalogue and the release before.",
        store=path,
        told=str(error).splitlines()[0],
    )

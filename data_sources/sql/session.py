"""One connection for one asking, watched: it is cut when the asking should end, or when the database falls silent."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Self

import pyarrow as pa
from sqlalchemy import Connection, Engine, TextClause
from sqlalchemy.exc import DBAPIError

from data_sources.sql.database import Database, Kinds, Pieces, TooWide, cut
from data_sources.sql.faults import explained
from data_sources.sql.options import SqlOptions
from ioc.errors import FeedRejected, FeedUnavailable, IocError

# The database ends a statement by itself; if it is silent for so much longer, it is gone.
GRACE_SECONDS = 10.0
_LOOK_SECONDS = 0.2
LINE = "line"


@dataclass(frozen=True)
class Result:
    """An answer that is being read: the columns' names, the types that are declared, and the rows."""

    names: list[str]
    kinds: Kinds
    pieces: Pieces


class Session:
    """A connection to a database, from entering to leaving. Only one thread at a time works with it.

    Args:
        engine: makes the connection, and leaves its line in the connection's `info`.
        database: what kind it is.
        options: the feed's.
        stopping: set when the asking should end.
    """

    def __init__(self, engine: Engine, database: Database, options: SqlOptions, stopping: threading.Event) -> None:
        self._engine, self._database, self._options, self.stopping = engine, database, options, stopping
        self._connection: Connection | None = None
        self._driver: Any = None
        self._line: socket.socket | None = None
        self._pieces: Pieces = iter(())
        self._working = threading.Lock()
        self._since: float | None = None
        self._silent = self._finished = False
        self._ended = threading.Event()

    def __enter__(self) -> Self:
        with self._told():
            self._connection = self._engine.connect()
            self._driver, self._line = self._connection.connection.driver_connection, self._connection.info.get(LINE)
        threading.Thread(target=self._watch, name="database-watch", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        if not self._working.acquire(timeout=2):
            self._cut()
            self._working.acquire()
        try:
            self._ended.set()
            self._close()
        finally:
            self._working.release()

    def ask(self, values: Mapping[str, Any]) -> Result:
        """Ask the feed's query.

        Raises:
            FeedUnavailable, FeedRejected: why there is no answer.
        """
        with self._told(), self._at_work():
            assert self._connection is not None
            self._database.guard(self._connection, self._options.statement_seconds)
            names, kinds, self._pieces = self._database.ask(self._connection, self._statement(values), values)
        return Result(names, kinds, self._read())

    def _statement(self, values: Mapping[str, Any]) -> TextClause:
        if "next_day" not in values or self._options.watermark is None:
            return self._options.statement
        assert self._connection is not None
        return self._options.within_days(self._connection.dialect.identifier_preparer.quote(self._options.watermark.column))

    def _read(self) -> Pieces:
        while (piece := self._next()) is not None:
            yield piece

    def _next(self) -> pa.Table | None:
        with self._told(), self._at_work():
            piece = next(self._pieces, None)
            self._finished = piece is None
            return piece

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        with self._working:
            if self._ended.is_set():
                raise ConnectionAbortedError("closed")
            self._since = time.monotonic()
            try:
                yield
            finally:
                self._since = None

    @contextmanager
    def _told(self) -> Iterator[None]:
        place = self._options.place
        try:
            yield
        except IocError:
            raise
        except TooWide as error:
            raise FeedRejected("A row of {place} is wider than is read.", "Leave large columns out of the query.", place=place) from error
        except Exception as error:
            if self._silent:
                raise FeedUnavailable(
                    "{place} has fallen silent.", "Check that it runs, and that nothing between holds the line up.", place=place
                ) from error
            raise explained(error, place) from error

    def _watch(self) -> None:
        longest = self._options.statement_seconds + GRACE_SECONDS
        while not self._ended.wait(_LOOK_SECONDS):
            since = self._since
            self._silent = since is not None and time.monotonic() - since > longest
            if self._silent or self.stopping.is_set():
                if since is not None:
                    self._database.interrupt(self._driver)
                self._cut()
                return

    def _cut(self) -> None:
        if self._line:
            cut(self._line)

    def _close(self) -> None:
        assert self._connection is not None
        try:
            if not self._finished:  # else the driver would first read what is left
                self._cut()
                self._database.abandon(self._driver)
                self._connection.invalidate()
            with suppress(DBAPIError):  # the watch may have cut the line just now: then there is nobody to say goodbye to
                self._connection.close()
            with suppress(Exception):
                self._pieces.close()  # type: ignore[attr-defined]  # a generator
        finally:
            if self._line:
                self._line.close()

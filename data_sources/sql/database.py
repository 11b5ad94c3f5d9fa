"""What any kind of database can do, and how those are read that have no module of their own."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, CursorResult, TextClause

from data_sources.readers.cells import column
from data_sources.sql.options import SqlOptions

Kinds = tuple[pa.DataType | None, ...]
Pieces = Iterator[pa.Table]
Converter = Callable[[Sequence[Any]], pa.Array]

# A piece of a result holds about so many bytes; a row that holds more than the second is not read.
PIECE_BYTES, ROW_BYTES = 4 * 2**20, 32 * 2**20
_FEWEST, _MOST = 64, 16_384


class TooWide(Exception):
    """A row is wider than is read."""


@dataclass(frozen=True)
class Dialled:
    """A connection of a driver, and its line, by which another thread can cut it."""

    connection: Any
    line: socket.socket | None


class Database:
    """Any kind of database that has no class of its own."""

    def arguments(self, options: SqlOptions, authorities: str) -> dict[str, Any]:
        """What its driver is given to connect, the PEM file of the authorities to trust among it."""
        return {}

    def dial(self, driver: Any, arguments: Mapping[str, Any], seconds: float) -> Dialled:
        """Connect within some seconds."""
        return Dialled(driver.connect(**arguments), None)

    def guard(self, connection: Connection, seconds: float) -> None:
        """Begin a snapshot that nothing is written in, and in which a statement may take so many seconds."""
        if connection.dialect.name == "oracle":
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")

    def ask(self, connection: Connection, query: TextClause, values: Mapping[str, Any]) -> tuple[list[str], Kinds, Pieces]:
        """The names of the result's columns, their types as far as they are declared, and its rows: as text where they are."""
        result = streamed(connection, query, values)
        names = list(result.keys())
        return names, (None,) * len(names), fetched(result, [column] * len(names))

    def interrupt(self, connection: Any) -> None:
        """Ask the server, from another thread, to end what it computes; it may not be able to hear."""

    def abandon(self, connection: Any) -> None:
        """A result will not be read to its end: the driver shall not try to."""


def cut(line: socket.socket) -> None:
    """End a connection from whatever thread: who waits for it is told so, and so is the server, which may wait to write."""
    with suppress(OSError):
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        line.shutdown(socket.SHUT_RDWR)


def streamed(connection: Connection, query: TextClause, values: Mapping[str, Any]) -> CursorResult[Any]:
    """The query's result by a cursor that does not hold it whole."""
    return connection.execution_options(stream_results=True).execute(query, dict(values))


def fetched(result: CursorResult[Any], converters: Sequence[Converter]) -> Pieces:
    """The rows, each time as many as make up a piece, judged by those before."""
    most = _FEWEST
    while rows := result.fetchmany(most):
        columns = [convert(values) for convert, values in zip(converters, zip(*rows, strict=True), strict=True)]
        piece = pa.table(columns, names=places(len(columns)))
        size = max(1, piece.nbytes)
        if size > ROW_BYTES * len(rows):
            raise TooWide
        yield piece
        most = max(1, min(_MOST, 2 * most, PIECE_BYTES * len(rows) // size))


def places(width: int) -> list[str]:
    """Names of columns until they get their own."""
    return [str(place) for place in range(width)]

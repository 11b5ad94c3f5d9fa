"""What differs from database to database: how one connects, what guards the reading, and how rows come as columns."""

from __future__ import annotations

import os
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from ssl import CERT_NONE, SSLContext, create_default_context
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.csv as pc
import pymysql
from pymysql.converters import encoders
from sqlalchemy import Connection, CursorResult, TextClause

from data_sources.readers.cells import column
from data_sources.sql.columns import ANY_DECIMAL, MOMENT, ZONED, decimal, texts
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

    def arguments(self, options: SqlOptions, authorities: str) -> dict[str, Any]:  # noqa: ARG002
        """What its driver is given to connect, the PEM file of the authorities to trust among it."""
        return {}

    def dial(self, driver: Any, arguments: Mapping[str, Any], seconds: float) -> Dialled:  # noqa: ARG002
        """Connect within some seconds."""
        return Dialled(driver.connect(**arguments), None)

    def guard(self, connection: Connection, seconds: float) -> None:  # noqa: ARG002
        """Begin a snapshot that nothing is written in, and in which a statement may take so many seconds."""
        if connection.dialect.name == "oracle":
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")

    def ask(self, connection: Connection, query: TextClause, values: Mapping[str, Any]) -> tuple[list[str], Kinds, Pieces]:
        """The names of the result's columns, their types as far as they are declared, and its rows: as text where they are."""
        result = _streamed(connection, query, values)
        names = list(result.keys())
        return names, (None,) * len(names), _fetched(result, [column] * len(names))

    def interrupt(self, connection: Any) -> None:
        """Ask the server, from another thread, to end what it computes; it may not be able to hear."""

    def abandon(self, connection: Any) -> None:
        """A result will not be read to its end: the driver shall not try to."""


class PostgreSQL(Database):
    """PostgreSQL writes the rows as CSV (COPY), several times as fast as it hands them out by a cursor."""

    KINDS: Mapping[int, pa.DataType] = {
        16: pa.bool_(), 20: pa.int64(), 21: pa.int64(), 23: pa.int64(), 26: pa.int64(), 700: pa.float64(), 701: pa.float64(),
        1082: pa.date32(), 1114: MOMENT, 1184: ZONED,
    }  # fmt: skip
    NUMERIC = 1700
    SETTINGS = "SELECT set_config('statement_timeout', %(ms)s, true), set_config('TimeZone', 'UTC', true), set_config('DateStyle', 'ISO', true)"

    def arguments(self, options: SqlOptions, authorities: str) -> dict[str, Any]:
        modes = {"verify": "verify-full", "encrypt": "require", "none": "disable"}
        return {
            "connect_timeout": max(2, round(options.connect_timeout.total_seconds())),
            "application_name": "ioc",
            "client_encoding": "utf8",
            "sslmode": modes[options.tls],
            **({"sslrootcert": authorities} if options.tls == "verify" else {}),
        }

    def dial(self, driver: Any, arguments: Mapping[str, Any], seconds: float) -> Dialled:  # noqa: ARG002
        connection = driver.connect(**arguments)
        return Dialled(connection, socket.socket(fileno=os.dup(connection.fileno())))

    def guard(self, connection: Connection, seconds: float) -> None:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        connection.exec_driver_sql(self.SETTINGS, {"ms": str(round(seconds * 1000))})

    def ask(self, connection: Connection, query: TextClause, values: Mapping[str, Any]) -> tuple[list[str], Kinds, Pieces]:
        sql, driver = str(query.compile(dialect=connection.dialect)), connection.connection.driver_connection
        assert driver is not None
        # A cursor takes nothing but one statement that reads, and tells its columns before a row is computed.
        with driver.cursor("ioc") as cursor:
            described = list(cursor.execute(sql, values).description)
        kinds = tuple(
            decimal(each.precision, each.scale) if each.type_code == self.NUMERIC else self.KINDS.get(each.type_code) for each in described
        )
        copy = f"COPY ({sql if values else sql.replace('%%', '%')}\n) TO STDOUT (FORMAT csv)"
        return [each.name for each in described], kinds, self._copied(driver, copy, values, len(kinds))

    def interrupt(self, connection: Any) -> None:
        with suppress(psycopg.Error):
            connection.cancel_safe(timeout=1)

    @staticmethod
    def _copied(driver: Any, copy: str, values: Mapping[str, Any], width: int) -> Pieces:
        held = bytearray()  # kept one by one, so many small pieces of memory would cost more than all the rest
        with driver.cursor() as cursor, cursor.copy(copy, values) as rows:
            for row in rows:
                held += row
                if len(held) >= PIECE_BYTES:
                    if len(row) > ROW_BYTES:
                        raise TooWide
                    yield _parsed(held, width)
                    held = bytearray()
        if held:
            yield _parsed(held, width)


class MySQL(Database):
    """MariaDB and MySQL."""

    KINDS: Mapping[int, pa.DataType] = {
        **dict.fromkeys((1, 2, 3, 8, 9, 13), pa.int64()), **dict.fromkeys((4, 5), pa.float64()), 7: ZONED, 10: pa.date32(), 12: MOMENT,
    }  # fmt: skip
    DECIMAL, BIT = frozenset({0, 246}), 16
    SETTINGS = (
        "SET SESSION TRANSACTION READ ONLY",
        "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
        # A slow disk here must not make the server give up: it waits as long for us as the statement may take.
        "SET SESSION time_zone = '+00:00', net_write_timeout = {seconds}",
    )

    def arguments(self, options: SqlOptions, authorities: str) -> dict[str, Any]:
        return {"charset": "utf8mb4", "conv": encoders, **self._tls(options.tls, authorities)}

    @staticmethod
    def _tls(tls: str, authorities: str) -> dict[str, Any]:
        if tls == "none":
            return {"ssl_disabled": True}
        if tls == "verify":
            return {"ssl": create_default_context(cafile=authorities)}
        context: SSLContext = create_default_context()
        context.check_hostname, context.verify_mode = False, CERT_NONE
        return {"ssl": context}

    def dial(self, driver: Any, arguments: Mapping[str, Any], seconds: float) -> Dialled:
        arguments = dict(arguments)
        if isinstance(arguments.get("password"), str):
            arguments["password"] = arguments["password"].encode()  # PyMySQL would take it for Latin-1
        connection = driver.connect(**arguments, defer_connect=True)
        line = socket.create_connection((connection.host, connection.port), seconds)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        twin = line.dup()
        silent = threading.Timer(seconds, cut, [twin])
        silent.start()
        try:
            connection.connect(line)
        except BaseException as error:
            twin.close()
            if isinstance(error, pymysql.err.OperationalError) and silent.finished.is_set():
                raise TimeoutError("timed out") from error
            raise
        finally:
            silent.cancel()
        return Dialled(connection, twin)

    def guard(self, connection: Connection, seconds: float) -> None:
        for setting in self.SETTINGS:
            connection.exec_driver_sql(setting.format(seconds=max(60, round(seconds))))
        limit = f"max_statement_time = {seconds}" if connection.dialect.is_mariadb else f"max_execution_time = {round(seconds * 1000)}"  # type: ignore[attr-defined]
        connection.exec_driver_sql(f"SET SESSION {limit}")

    def ask(self, connection: Connection, query: TextClause, values: Mapping[str, Any]) -> tuple[list[str], Kinds, Pieces]:
        result = _streamed(connection, query, values)
        assert result.cursor is not None
        described = list(result.cursor.description)
        kinds = tuple(self._kind(code, scale) for _, code, _, _, _, scale, _ in described)
        converters = [_bits if code == self.BIT else texts for _, code, *_ in described]
        return [name for name, *_ in described], kinds, _fetched(result, converters)

    def abandon(self, connection: Any) -> None:
        # PyMySQL has no word for this: left alone, it reads what is left, from a line that is closed, when memory is tidied.
        if (result := getattr(connection, "_result", None)) is not None:
            result.unbuffered_active = False

    def _kind(self, code: int, scale: int) -> pa.DataType | None:
        if code in self.DECIMAL:
            return decimal(38, scale)
        return pa.int64() if code == self.BIT else self.KINDS.get(code)


def database(name: str) -> Database:
    """The kind of database that an address begins with."""
    known = {"postgresql": PostgreSQL, "mariadb": MySQL, "mysql": MySQL}
    return known.get(name, Database)()


def cut(line: socket.socket) -> None:
    """End a connection from whatever thread: who waits for it is told so, and so is the server, which may wait to write."""
    with suppress(OSError):
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        line.shutdown(socket.SHUT_RDWR)


def _streamed(connection: Connection, query: TextClause, values: Mapping[str, Any]) -> CursorResult[Any]:
    return connection.execution_options(stream_results=True).execute(query, dict(values))


def _fetched(result: CursorResult[Any], converters: Sequence[Converter]) -> Pieces:
    """The rows, each time as many as make up a piece, judged by those before."""
    most = _FEWEST
    while rows := result.fetchmany(most):
        columns = [convert(values) for convert, values in zip(converters, zip(*rows, strict=True), strict=True)]
        piece = pa.table(columns, names=_places(len(columns)))
        size = max(1, piece.nbytes)
        if size > ROW_BYTES * len(rows):
            raise TooWide
        yield piece
        most = max(1, min(_MOST, 2 * most, PIECE_BYTES * len(rows) // size))


def _places(width: int) -> list[str]:
    return [str(place) for place in range(width)]


def _bits(values: Sequence[Any]) -> pa.Array:
    return pa.array([None if value is None else str(int.from_bytes(value, "big")) for value in values], pa.string())


def _parsed(rows: bytearray, width: int) -> pa.Table:
    names = _places(width)
    return pc.read_csv(
        pa.BufferReader(rows),
        pc.ReadOptions(column_names=names, block_size=len(rows) + 1, use_threads=False),
        pc.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        pc.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=False
        ),
    )

"""PostgreSQL: how one connects, what guards the reading, and its rows as columns."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import psycopg
import psycopg.generators
import pyarrow as pa
import pyarrow.csv as pc
from sqlalchemy import Connection, TextClause

from data_sources.sql.columns import MOMENT, ZONED, decimal
from data_sources.sql.database import PIECE_BYTES, ROW_BYTES, Database, Dialled, Kinds, Pieces, TooWide, places
from data_sources.sql.options import SqlOptions


class PostgreSQL(Database):
    """PostgreSQL writes the rows as CSV (COPY), several times as fast as it hands them out by a cursor."""

    KINDS: Mapping[int, pa.DataType] = {
        16: pa.bool_(), 20: pa.int64(), 21: pa.int64(), 23: pa.int64(), 26: pa.int64(), 700: pa.float64(), 701: pa.float64(),
        1082: pa.date32(), 1114: MOMENT, 1184: ZONED,
    }  # fmt: skip
    NUMERIC = 1700
    SETTINGS = (
        "SELECT set_config('statement_timeout', %(ms)s, true), set_config('TimeZone', 'UTC', true), set_config('DateStyle', 'ISO', true)"
    )

    def arguments(self, options: SqlOptions, authorities: str) -> dict[str, Any]:
        modes = {"verify": "verify-full", "encrypt": "require", "none": "disable"}
        return {
            "connect_timeout": max(2, round(options.connect_seconds)),
            "application_name": "ioc",
            "client_encoding": "utf8",
            "sslmode": modes[options.tls],
            **({"sslrootcert": authorities} if options.tls == "verify" else {}),
        }

    def dial(self, driver: Any, arguments: Mapping[str, Any], seconds: float) -> Dialled:
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
            for row in _at_hand(driver, rows):
                held += row
                if len(held) >= PIECE_BYTES:
                    if len(row) > ROW_BYTES:
                        raise TooWide
                    yield _parsed(held, width)
                    held = bytearray()
        if held:
            yield _parsed(held, width)


def _at_hand(driver: Any, rows: psycopg.Copy) -> Iterator[bytes | bytearray | memoryview]:
    """The rows of a COPY: those that have come are taken at once, at half of what each costs where it is waited for."""
    while row := rows.read():
        size = 1
        while size > 0:
            yield row
            size, row = driver.pgconn.get_copy_data(1)
        if size < 0:  # that was all: only now the database tells whether nothing went wrong
            for result in driver.wait(psycopg.generators.fetch_many(driver.pgconn)):  # so that all else goes on while it is silent
                if result.status != psycopg.pq.ExecStatus.COMMAND_OK:
                    raise psycopg.errors.error_from_result(result)
            return


def _parsed(rows: bytearray, width: int) -> pa.Table:
    names = places(width)
    return pc.read_csv(
        pa.BufferReader(rows),
        pc.ReadOptions(column_names=names, block_size=len(rows) + 1, use_threads=False),
        pc.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        pc.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=False
        ),
    )

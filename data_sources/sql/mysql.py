"""MariaDB and MySQL: how one connects, what guards the reading, and their rows as columns."""

from __future__ import annotations

import socket
import threading
from collections.abc import Mapping, Sequence
from ssl import CERT_NONE, create_default_context
from typing import Any

import pyarrow as pa
import pymysql
from pymysql.converters import encoders
from sqlalchemy import Connection, TextClause

from data_sources.sql.columns import MOMENT, ZONED, decimal, texts
from data_sources.sql.database import Database, Dialled, Kinds, Pieces, cut, fetched, streamed
from data_sources.sql.options import SqlOptions


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
        context = create_default_context()
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
        given_up = threading.Event()

        def give_up() -> None:
            given_up.set()  # first: the cut ends the waiting at once
            cut(twin)

        silent = threading.Timer(seconds, give_up)
        silent.start()
        try:
            connection.connect(line)
        except BaseException as error:
            twin.close()
            if isinstance(error, pymysql.err.OperationalError) and given_up.is_set():
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
        result = streamed(connection, query, values)
        assert result.cursor is not None
        described: list[Any] = list(result.cursor.description)
        kinds = tuple(self._kind(code, scale) for _, code, _, _, _, scale, _ in described)
        converters = [_bits if code == self.BIT else texts for _, code, *_ in described]
        return [name for name, *_ in described], kinds, fetched(result, converters)

    def abandon(self, connection: Any) -> None:
        # PyMySQL has no word for this: left alone, it reads what is left, from a line that is closed, when memory is tidied.
        if (result := getattr(connection, "_result", None)) is not None:
            result.unbuffered_active = False

    def _kind(self, code: int, scale: int) -> pa.DataType | None:
        if code in self.DECIMAL:
            return decimal(38, scale)
        return pa.int64() if code == self.BIT else self.KINDS.get(code)


def _bits(values: Sequence[Any]) -> pa.Array:
    return pa.array([None if value is None else str(int.from_bytes(value, "big")) for value in values], pa.string())

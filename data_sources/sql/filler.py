"""A source system that keeps its records in the table of a database that a feed of kind `sql` asks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
from sqlalchemy import BigInteger, Boolean, Column, Connection, Date, DateTime, Double, MetaData, Table, Text
from sqlalchemy.dialects.mysql import TIMESTAMP
from sqlalchemy.exc import SQLAlchemyError

from data_sources.sql.engine import engine
from data_sources.sql.faults import explained
from data_sources.sql.options import SqlOptions
from ioc.errors import FeedUnavailable

_TABLE = re.compile(r"\bfrom\s+(\w+)", re.IGNORECASE)
_MOMENT = DateTime(timezone=True).with_variant(TIMESTAMP(fsp=6), "mysql", "mariadb")
_KINDS: Mapping[Callable[[pa.DataType], bool], Any] = {
    pa.types.is_boolean: Boolean(),
    pa.types.is_integer: BigInteger(),
    pa.types.is_floating: Double(),
    pa.types.is_date: Date(),
    pa.types.is_timestamp: _MOMENT,
}


class Filler:
    """Adds records to the table that the feed's query reads, which it makes when it is not there. Nothing in it is changed or removed.

    Args:
        options: of the feed; its account must be one that may write.
        base: the folder that relative paths start from.

    Raises:
        FeedUnavailable: the query reads no table that could be filled.
    """

    def __init__(self, options: SqlOptions, base: Path) -> None:
        found = _TABLE.search(options.query)
        if found is None:
            raise FeedUnavailable("The query reads no plain table that could be filled.", "Write it as SELECT … FROM table ….")
        self._name, self._place, self._engine = found[1], options.place, engine(options, base)

    def send(self, records: pa.Table) -> None:
        """Add records, all of them or none. Raises FeedUnavailable or FeedRejected when the database does not take them."""
        columns = [Column(field.name, _kind(field.type)) for field in records.schema]
        table = Table(self._name, MetaData(), *columns)
        with self._connected() as connection:
            table.create(connection, checkfirst=True)
            connection.execute(table.insert(), records.to_pylist())

    def close(self) -> None:
        """Nothing stays open."""

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        try:
            with self._engine.begin() as connection:
                if self._engine.dialect.name in {"mysql", "mariadb"}:
                    connection.exec_driver_sql("SET time_zone = '+00:00'")
                yield connection
        except (SQLAlchemyError, OSError) as error:
            raise explained(error, self._place) from error


def _kind(kind: pa.DataType) -> Any:
    return next((made for is_such, made in _KINDS.items() if is_such(kind)), Text())

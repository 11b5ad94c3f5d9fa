"""What connects to the database of a feed."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlalchemy import Engine, NullPool, create_engine, event

from data_sources.secret import revealed
from data_sources.sql.database import Database
from data_sources.sql.mysql import MySQL
from data_sources.sql.options import SqlOptions
from data_sources.sql.postgresql import PostgreSQL
from data_sources.sql.session import LINE
from ioc.errors import FeedRejected

_DATABASES: Mapping[str, type[Database]] = MappingProxyType({"postgresql": PostgreSQL, "mariadb": MySQL, "mysql": MySQL})


def database(options: SqlOptions) -> Database:
    """How databases of this kind are read."""
    return _DATABASES.get(options.kind, Database)()


def engine(options: SqlOptions, base: Path) -> Engine:
    """Connects, with the password as it is then, leaving the line in the connection's `info`.

    Args:
        options: the feed's.
        base: the folder that relative paths start from.

    Raises:
        FeedRejected: the driver, or the file of authorities, is not there.
    """
    kind = database(options)
    try:
        made = create_engine(options.address, poolclass=NullPool, connect_args=kind.arguments(options, _authorities(options, base)))
    except ImportError as error:
        raise FeedRejected(
            "The driver {driver} of this kind of database is not installed.", "Install the program with its extra.", driver=error.name
        ) from error

    @event.listens_for(made, "do_connect")
    def dial(dialect: Any, record: Any, _: list[Any], arguments: dict[str, Any]) -> Any:
        if options.password:
            arguments["password"] = revealed(options.password.get_secret_value(), base)
        dialled = kind.dial(dialect.loaded_dbapi, arguments, options.connect_seconds)
        record.info[LINE] = dialled.line
        return dialled.connection

    return made


def _authorities(options: SqlOptions, base: Path) -> str:
    known = ssl.get_default_verify_paths().cafile or "/etc/ssl/certs/ca-certificates.crt"
    path = base / options.ca_file if options.ca_file else Path(known)
    try:
        if options.tls == "verify":
            ssl.create_default_context(cafile=path)
    except OSError as error:
        raise FeedRejected(
            "The authorities in {path} cannot be read: {fault}.",
            "Say with “ca_file” where the PEM file is.",
            path=path,
            fault=error.strerror,
        ) from error
    return str(path)

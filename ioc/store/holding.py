"""A store held still while its files are copied: commits go on, into a log that only grows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from ioc.errors import StoreError
from ioc.store.commits import newest
from ioc.store.database import log_of
from ioc.store.snapshot import Snapshot
from ioc.store.store import Store

# What stands in the engine's file before its first block.
HEAD = 3 * 4096


@dataclass(frozen=True)
class Held:
    """The state of the data that the files tell, and how much of the log belongs to it."""

    snapshot: Snapshot
    log_bytes: int


@contextmanager
def held(store: Store) -> Iterator[Held]:
    """Holds a store; commits wait for the moment in which this begins, and no longer."""
    with ExitStack() as until_the_end:
        with store.database.alone():
            log_bytes = until_the_end.enter_context(store.database.held())
            snapshot = until_the_end.enter_context(store.read())
        yield Held(snapshot, log_bytes)


def files_of(path: Path) -> tuple[Path, Path]:
    """The files that a store consists of: its own, and its log, which may not be there."""
    return path, log_of(path)


def version_of(path: Path) -> int:
    """The data version of a store that nobody has open. Nothing is changed. Raises StoreError when it cannot be read."""
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            return newest(connection)[0]
    except duckdb.Error as error:
        raise StoreError(
            "The store {store} cannot be read: {told}", "Put back a backup.", store=path, told=str(error).splitlines()[0]
        ) from error

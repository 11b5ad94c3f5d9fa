"""A store of the small office in tests/catalogues/office, and ways to put records into it and to ask it."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa

from ioc.catalogue.load import load
from ioc.catalogue.mapping import Mapping as FieldMapping
from ioc.catalogue.mapping import identity
from ioc.catalogue.model import Catalogue
from ioc.clock import FrozenClock
from ioc.indicators.values import Question, ask
from ioc.store.receipts import Tally
from ioc.store.recount import recount
from ioc.store.store import Store

CATALOGUE = Path(__file__).parent / "catalogues" / "office"
NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)

Answer = dict[tuple[Any, ...], tuple[Decimal | None, Decimal | None, Decimal | None]]


def catalogue() -> Catalogue:
    """The office's catalogue; each is one's own, since what it has once worked out goes along when it is copied with changes."""
    found: Catalogue = pickle.loads(_read())
    return found


@cache
def _read() -> bytes:
    return pickle.dumps(load(CATALOGUE))


@cache
def _empty() -> bytes:
    """The file of a store into which nothing has come yet: it takes twice as long to make as to open."""
    with TemporaryDirectory() as folder:
        Store(Path(folder) / "office.duckdb", catalogue(), FrozenClock(NOW), memory_limit="256MB", threads=1).close()
        return (Path(folder) / "office.duckdb").read_bytes()


def open_store(folder: Path, of: Catalogue | None = None, clock: FrozenClock | None = None) -> Store:
    """The office's store in a folder, with small resources."""
    if of is None and (clock is None or clock.at == NOW) and not (folder / "office.duckdb").exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "office.duckdb").write_bytes(_empty())
    return Store(folder / "office.duckdb", of or catalogue(), clock or FrozenClock(NOW), memory_limit="256MB", threads=1)


def put(
    store: Store,
    record: str,
    rows: Iterable[Mapping[str, Any]],
    mapping: FieldMapping | None = None,
    *,
    first_row: int = 2,
    again: bool = False,
) -> Tally:
    """Take rows in as one delivery, or ``again`` as out of quarantine; every value as the source would write it."""
    rows = list(rows)
    mapping = mapping or identity(store.catalogue.records[record])
    names = sorted({name for row in rows for name in row} | mapping.columns())
    table = pa.table({name: pa.array([_text(row.get(name)) for row in rows], pa.string()) for name in names})
    run = store.begin("feed", record, mapping, "delivery", None, simulated=False, again=again)
    tally = store.take_in(run, table, pa.array(range(first_row, first_row + len(rows)), pa.int64()))
    store.finish(run)
    return tally


def _text(value: Any) -> str | None:
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)


def answer(store: Store, question: Question, as_of: datetime | None = None) -> Answer:
    """An answer as numerator, denominator and value by (codes, start); what is nothing and what is 0/0 are the same."""
    with store.read(as_of) as snapshot:
        today = (as_of or store.clock.now()).astimezone(store.catalogue.zone).date()
        values = ask(replace(snapshot, sums=None), question, today)  # what is stored now, also where somebody has laid hands on it
    return {
        (value.codes, value.span.start if value.span else None): (value.numerator, value.denominator, value.value)
        for value in values
        if value.numerator or value.denominator
    }


def rows_of(store: Store, sql: str) -> list[tuple[Any, ...]]:
    """What a question in SQL gives; for looking at what is really stored."""
    with store.database.read() as cursor:
        return cursor.execute(sql).fetchall()


def count_anew(store: Store) -> None:
    """Forget all cells, and count them from the records."""
    with store.database.write() as cursor:
        cursor.execute("UPDATE cell_table SET declaration = 'unknown'")
        for record in store.catalogue.records:
            store.cells.settle(cursor, record)
    assert recount(store) and store.recounting is None

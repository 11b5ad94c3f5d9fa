"""The dossiers that everything is measured on: 40 units with 30 of 300 procedures each, in order of arrival, always the same."""

from __future__ import annotations

import gc
import sys
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pandas  # noqa: F401 - DuckDB imports it on first use, which is not what is measured

from data_sources.file import FileOptions, from_paths
from ioc.catalogue.load import load
from ioc.catalogue.mapping import identity
from ioc.catalogue.model import Catalogue
from ioc.clock import FrozenClock
from ioc.intake.ingest import Outcome, Target, take_in
from ioc.store.store import Store

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
FIRST_DAY, SECONDS = "2024-01-01", 89_424_000  # to 31 October 2026
TYPES = (
    "dossier_id VARCHAR, unit VARCHAR, procedure VARCHAR, received_at TIMESTAMP, due_at TIMESTAMP, completed_at TIMESTAMP, status VARCHAR, "
    "channel VARCHAR, fully_online BOOLEAN, digitised BOOLEAN, signed BOOLEAN, satisfaction TINYINT, updated_at TIMESTAMP"
)
_CHANCE = "(hash(i * {prime}) % 1000000) / 1000000.0"


def make_csv(path: Path, rows: int) -> None:
    """Write so many dossiers as CSV, unless they are there."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    chances = ", ".join(f"{_CHANCE.format(prime=prime)} AS c{number}" for number, prime in enumerate((3, 5, 7, 11, 13, 17)))
    sql = f"""
        WITH base AS (SELECT i, {chances}, (i * {SECONDS / rows})::BIGINT AS s FROM range({rows}) t(i)),
        shaped AS (SELECT *, (c0 * c0 * 40)::INTEGER % 40 AS u, TIMESTAMP '{FIRST_DAY}' + to_seconds(s) AS received,
                          (1 + (c1 * 6)::INTEGER * 5) * 86400 AS allowed FROM base)
        SELECT 'H' || lpad(i::VARCHAR, 10, '0') AS dossier_id, 'Unit ' || lpad((u + 1)::VARCHAR, 2, '0') AS unit,
               'PR-' || lpad(((u * 7 + (c1 * 30)::INTEGER) % 300 + 1)::VARCHAR, 3, '0') AS procedure,
               received AS received_at, received + to_seconds(allowed) AS due_at,
               CASE WHEN c2 > 0.004 AND s + (allowed * c3 * 1.15)::BIGINT < {SECONDS}
                    THEN received + to_seconds((allowed * c3 * 1.15)::BIGINT) END AS completed_at,
               CASE WHEN c2 > 0.004 THEN 'completed' ELSE 'in_progress' END AS status,
               (['online', 'counter', 'post'])[1 + (c4 * 3)::INTEGER % 3] AS channel,
               c4 < 0.4 + 0.4 * s / {SECONDS} AS fully_online, c5 < 0.8 AS digitised, c5 < 0.7 AS signed,
               CASE WHEN c3 < 0.35 THEN 1 + (c5 * 5)::INTEGER % 5 END AS satisfaction,
               TIMESTAMP '2026-10-31' AS updated_at
        FROM shaped ORDER BY i"""
    partial = path.with_suffix(".part")
    with duckdb.connect() as connection:
        connection.execute(f"COPY ({sql}) TO '{partial}' (HEADER)")
    partial.rename(path)


def catalogue() -> Catalogue:
    """The benchmark's catalogue."""
    return load(Path(__file__).parent / "catalogue")


def open_store(folder: Path, memory_limit: str = "800MB") -> Store:
    """The store of a folder at the benchmark's moment. What stands is not looked through for garbage, as with ``ioc run``."""
    store = Store(folder / "ioc.duckdb", catalogue(), FrozenClock(NOW), memory_limit=memory_limit)
    gc.freeze()
    return store


def load_csv(store: Store, path: Path) -> Outcome:
    """Take a CSV in by the same way as ``ioc ingest``."""
    target = Target("benchmark", "dossier", identity(store.catalogue.records["dossier"]))
    return take_in(store, target, from_paths(FileOptions(), [str(path)], sys.stdin.buffer).deliveries())

"""Appends versions of records: recognises what is already there, decides which version is current, says what changed.

Of two versions of a key the one with the higher source version is current, and of equal ones the later arrival.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa

from ioc.catalogue.model import RecordType
from ioc.store.database import BULK_ROWS, first, in_any_order
from ioc.store.dialect import name
from ioc.store.keyindex import KeyIndex
from ioc.store.tables import OPEN, key_hash_sql, record_table


@dataclass(frozen=True)
class Appended:
    """What became of the rows of ``incoming``.

    Attributes:
        added, duplicates: how many were new versions, and how many were there already.
        changes: SQL for every record state that has come (``_sign`` +1) to the current records or gone (-1): what cells must add.
        only_new: whether none of them has gone.
    """

    added: int
    duplicates: int
    changes: str
    only_new: bool = False


def append(
    cursor: duckdb.DuckDBPyConnection, index: KeyIndex, record: str, spec: RecordType, count: int, *, commit: int, run: int
) -> Appended:
    """Append the ``count`` rows of ``incoming`` as versions brought by a commit.

    Only keys that are stored already, or stand in ``incoming`` more than once, need comparing: they are “contested”. Of a few rows
    all are compared where any is.
    """
    fields = ", ".join(name(field) for field in spec.fields)
    table = record_table(record)
    columns = f"(_key_hash, _version, _gone, _run, _row, _since, _until, {fields})"
    head = f"_key_hash, _version, _gone, {run}, _row, {commit}"
    stored, plain, compared, added = _stored(cursor, index, table, count), "", "incoming", 0
    if stored:
        cursor.execute(
            f"""CREATE OR REPLACE TEMP TABLE stored AS
            SELECT rowid AS _rowid, _version, _until, _gone, {fields} FROM {table} WHERE rowid IN ({stored})"""
        )
    if not stored or count >= BULK_ROWS:
        plain, compared = _contested(cursor, spec) if stored else ("incoming", "")
        with in_any_order(cursor, count):
            added = first(cursor, f"INSERT INTO {table} {columns} SELECT {head}, {OPEN}, {fields} FROM {plain}")[0]
        plain = f"SELECT 1 AS _sign, {fields} FROM {plain} WHERE NOT _gone"
        if not compared:
            return Appended(added, 0, f"({plain})", only_new=True)
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE ranked AS {_ranked(spec, fields, compared)}")
    (compared_added,) = first(
        cursor,
        f"""INSERT INTO {table} {columns} SELECT {head}, CASE WHEN _current THEN {OPEN} ELSE {commit} END, {fields}
        FROM incoming JOIN ranked USING (_place) WHERE NOT _again ORDER BY _arrival""",
    )
    added += compared_added
    cursor.execute(
        f"UPDATE {table} SET _until = {commit} WHERE rowid IN (SELECT _rowid FROM ranked WHERE _until = {OPEN} AND NOT _current)"
    )
    changes = f"""({plain + " UNION ALL " if plain else ""}
        SELECT 1 AS _sign, {fields} FROM incoming JOIN ranked USING (_place) WHERE _current AND NOT _gone UNION ALL
        SELECT -1 AS _sign, {fields} FROM stored JOIN ranked USING (_rowid) WHERE ranked._until = {OPEN} AND NOT _current AND NOT _gone)"""
    return Appended(added, count - added, changes)


def _contested(cursor: duckdb.DuckDBPyConnection, spec: RecordType) -> tuple[str, str]:
    """Relations of the incoming rows that are simply new, and of those that must be compared; the latter empty if there are none."""
    cursor.execute(
        f"""CREATE OR REPLACE TEMP TABLE contested AS
        SELECT _key_hash FROM incoming GROUP BY _key_hash HAVING count(*) > 1
        UNION SELECT {key_hash_sql(spec)} FROM stored"""
    )
    if not first(cursor, "SELECT count(*) FROM contested")[0]:
        return "incoming", ""
    return "incoming ANTI JOIN contested USING (_key_hash)", "incoming SEMI JOIN contested USING (_key_hash)"


def _stored(cursor: duckdb.DuckDBPyConnection, index: KeyIndex, table: str, count: int) -> str:
    """SQL for the rows of the versions that may be of an incoming key; empty where every key is seen to be new, and there once."""
    if count >= BULK_ROWS or not index.ready:
        return f"SELECT r.rowid FROM {table} r SEMI JOIN incoming i ON r._key_hash = i._key_hash"
    hashes = cursor.execute("SELECT _key_hash FROM incoming").fetchnumpy()["_key_hash"]
    rows = index.find(cursor, hashes)
    if not len(rows) and len(np.unique(hashes)) == len(hashes):
        return ""
    cursor.register("candidates", pa.table({"row": rows}))
    return "SELECT row::BIGINT FROM candidates"


def _ranked(spec: RecordType, fields: str, compared: str) -> str:
    """Stored and incoming versions of the keys that are compared, by row and by place: which are there again (``_again``), and which
    is current. Nothing else of them is carried through the sorting.

    Contents are compared by a 64-bit hash within one key. Where the source has an order of its own, a row is there again if any
    version says the same with the same number; else if the version before it, by arrival, says the same (a value that comes
    back after another one is a change).
    """
    key = name(spec.key)
    if spec.version is not None:
        again = f"row_number() OVER (PARTITION BY {key}, _version, _content ORDER BY _arrival) > 1"
    else:
        again = f"coalesce(_content = lag(_content) OVER (PARTITION BY {key} ORDER BY _arrival), FALSE)"
    return f"""
        SELECT _rowid, _place, _until, _arrival, _again, NOT _again AND row_number() OVER (
            PARTITION BY {key} ORDER BY _again, _version DESC, _arrival DESC) = 1 AS _current
        FROM (SELECT *, _rowid IS NULL AND {again} AS _again FROM (
            SELECT _rowid, NULL::BIGINT AS _place, _until, _rowid AS _arrival, {key}, _version, hash(_gone, {fields}) AS _content
            FROM stored
            UNION ALL
            SELECT NULL, _place, NULL, {2**62} + _row, {key}, _version, hash(_gone, {fields}) FROM {compared}))"""

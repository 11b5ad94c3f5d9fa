"""What is left of records whose time has passed: rows of figures, which nobody is shown, and which tell again what was removed.

Such a row holds what numbers are counted from. Its key is a digest, so that a record that is brought once more is recognised and not
counted twice; ``_run`` is the number of the purge, negative.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import duckdb

from ioc.catalogue.model import Catalogue, RecordType
from ioc.errors import StoreError
from ioc.store.database import Database, first
from ioc.store.dialect import literal, name
from ioc.store.keyindex import KeyIndex
from ioc.store.snapshot import Snapshot
from ioc.store.staging import Staged
from ioc.store.tables import hash_sql, record_table

# Rows of records, and rows of figures.
RECORDS, FIGURES = "_run >= 0", "_run < 0"
SETTING = "purge:"
REASON = "purged"


@dataclass(frozen=True)
class Purge:
    """One purge of a record type.

    Attributes:
        number: from 1, over all types.
        record: the type.
        at: when, in UTC.
        before: the day before which removed records had happened.
        rule: by which rule, by language.
        records, versions: how many were removed.
        fields: what was removed of each.
    """

    number: int
    record: str
    at: str
    before: str
    rule: dict[str, str]
    records: int
    versions: int
    fields: tuple[str, ...]

    @property
    def day(self) -> date:
        """The day of ``at``."""
        return datetime.fromisoformat(self.at).astimezone(UTC).date()

    @property
    def horizon(self) -> date:
        """The day of ``before``."""
        return date.fromisoformat(self.before)


def purges(cursor: duckdb.DuckDBPyConnection, record: str | None = None) -> list[Purge]:
    """All purges, or those of a type, the newest last."""
    rows = cursor.execute("SELECT value FROM setting WHERE starts_with(key, ?)", [SETTING]).fetchall()
    found = [Purge(**said | {"fields": tuple(said["fields"])}) for said in (json.loads(text) for (text,) in rows)]
    return sorted((each for each in found if record in {None, each.record}), key=lambda each: each.number)


def purged_types(database: Database) -> frozenset[str]:
    """The record types of which anything was purged."""
    with database.read() as cursor:
        return frozenset(each.record for each in purges(cursor))


def note(cursor: duckdb.DuckDBPyConnection, purge: Purge) -> None:
    """Write a purge down."""
    cursor.execute("INSERT INTO setting VALUES (?, ?)", [f"{SETTING}{purge.number}", json.dumps(asdict(purge), ensure_ascii=False)])


def token_sql(key: str) -> str:
    """SQL for what takes the place of a key."""
    return f"('~' || left(sha256({key}), 32))"


def of_record(snapshot: Snapshot, record: str, key: str) -> tuple[Purge, dict[str, Any]] | None:
    """The purge that removed a record, and what is left of its last version; None if none did."""
    spec, token = snapshot.catalogue.records[record], token_sql(f"CAST({literal(key)} AS VARCHAR)")
    fields = ", ".join(map(name, spec.fields))
    row = snapshot.cursor.execute(
        f"""SELECT -_run, {fields} FROM {record_table(record)}
        WHERE _key_hash = {hash_sql(token)} AND {name(spec.key)} = {token} AND {FIGURES} ORDER BY _until DESC LIMIT 1"""
    ).fetchone()
    found = {each.number: each for each in purges(snapshot.cursor, record)} if row else {}
    return (found[row[0]], dict(zip(spec.fields, row[1:], strict=True))) if row else None


def check_fields(cursor: duckdb.DuckDBPyConnection, catalogue: Catalogue, counted: Collection[tuple[str, str]]) -> None:
    """Look whether numbers are counted from a field that is not there any more of some records.

    Raises:
        StoreError: they are; the numbers of then would be wrong.
    """
    for purge in purges(cursor):
        lacking = sorted(field for record, field in counted if record == purge.record and field in purge.fields)
        if lacking:
            raise StoreError(
                "Numbers are counted from “{field}” of “{record}”, which was removed from records before {before}.",
                "Count them from what is left of those; docs/reference/operations.md tells how to see what that is.",
                field=lacking[0],
                record=purge.record,
                before=purge.before,
            )


def refuse(
    cursor: duckdb.DuckDBPyConnection, index: KeyIndex, record: str, spec: RecordType, staged: Staged, by: tuple[int, str, datetime]
) -> Staged:
    """Put rows of records that have been removed into quarantine, with nothing of what they say: their figures count already.

    Args:
        index: finds versions by key.
        staged: what has become of the batch so far; see ``Stager``.
        by: the run, its feed, and the present moment.
    """
    key, table, (run, feed, now) = name(spec.key), record_table(record), by
    token = token_sql(key)
    rows = f"SELECT r.rowid FROM {table} r JOIN judged j ON r._key_hash = {hash_sql(token_sql(f'j.{key}'))}"
    if index.ready:
        hashes = cursor.execute(f"SELECT {hash_sql(token)} AS h FROM judged WHERE NOT _bad").fetchnumpy()["h"]
        rows = ", ".join(map(str, index.find(cursor, hashes).tolist())) or "-1"
    cursor.execute(
        f"""CREATE OR REPLACE TEMP TABLE removed AS SELECT rowid AS _place, _row FROM judged
        WHERE NOT _bad AND {token} IN (SELECT {key} FROM {table} WHERE rowid IN ({rows}) AND {FIGURES})"""
    )
    (again,) = first(cursor, "SELECT count(*) FROM removed")
    if again:
        cursor.execute("UPDATE judged SET _bad = TRUE WHERE rowid IN (SELECT _place FROM removed)")
        cursor.execute(
            """INSERT INTO quarantine (run, feed, record, source_row, reason, noted_at)
            SELECT ?, ?, ?, _row, ?, ? FROM removed""",
            [run, feed, record, REASON, now.replace(tzinfo=None)],
        )
    cursor.execute("DROP TABLE removed")
    return replace(staged, accepted=staged.accepted - again, rejected=staged.rejected + again)

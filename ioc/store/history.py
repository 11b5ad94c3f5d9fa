"""Reads one record: every version that was ever known of it, where each came from, and which conditions hold for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from ioc.store.dialect import expression_sql, literal, name, record_expression
from ioc.store.record_sums import versions_at
from ioc.store.snapshot import Snapshot
from ioc.store.tables import OPEN, column_type, hash_sql, record_table
from ioc.store.tombstones import RECORDS


@dataclass(frozen=True)
class KeptVersion:
    """One version of a record.

    Attributes:
        fields: its content.
        gone: whether it says that the record has ceased to exist.
        since, until: the moments from and to which it was the current one; ``until`` is None while it is, and equals ``since``
            where it never was, because it came late.
        feed, delivery, row: where it came from.
    """

    fields: dict[str, Any]
    gone: bool
    since: datetime
    until: datetime | None
    feed: str
    delivery: str
    row: int | None


def read_versions(snapshot: Snapshot, record: str, key: str) -> list[KeptVersion]:
    """Every version of a record that was known at the snapshot's moment, in the order of arrival; none for an unknown key."""
    spec = snapshot.catalogue.records[record]
    fields = ", ".join(f"r.{name(field)}" for field in spec.fields)
    until = "r._until" if snapshot.as_of is None else f"CASE WHEN r._until > {snapshot.as_of} THEN {OPEN} ELSE r._until END"
    known = "" if snapshot.as_of is None else f"AND r._since <= {snapshot.as_of}"
    rows = snapshot.cursor.execute(
        f"""SELECT r._gone, came.committed_at, went.committed_at, run.feed, run.name, r._row, {fields}
        FROM (SELECT * REPLACE ({until} AS _until), rowid AS _arrival FROM {record_table(record)} r
              WHERE {_is_key(snapshot, record, key)} AND {RECORDS} {known}) r
        LEFT JOIN commit_log came ON came.version = r._since LEFT JOIN commit_log went ON went.version = r._until
        LEFT JOIN run ON run.run = r._run ORDER BY r._since, r._arrival""",
    ).fetchall()
    return [
        KeptVersion(
            dict(zip(spec.fields, content, strict=True)),
            gone,
            (since or datetime.min).replace(tzinfo=UTC),
            until.replace(tzinfo=UTC) if until else None,
            feed or "",
            delivery or "",
            row,
        )
        for gone, since, until, feed, delivery, row, *content in rows
    ]


def read_reports(snapshot: Snapshot, record: str, fields: Sequence[str]) -> list[tuple[Any, ...]]:
    """Fields of every version that was known of all records of a type at the snapshot's moment, by when their source says they are of."""
    spec = snapshot.catalogue.records[record]
    known = "" if snapshot.as_of is None else f"AND _since <= {snapshot.as_of}"
    columns = ", ".join(map(name, fields))
    order = name(spec.version or spec.event)
    return snapshot.cursor.execute(
        f"SELECT {columns} FROM {record_table(record)} WHERE NOT _gone {known} ORDER BY {order}, _since"
    ).fetchall()


def read_truths(snapshot: Snapshot, record: str, key: str, conditions: Sequence[str], today: date) -> list[bool | None]:
    """Whether each catalogue condition holds for a record as it is at the snapshot's moment; a period ends today.

    Nothing at all if there is no such record then.
    """
    spec, civil = snapshot.catalogue.records[record], snapshot.catalogue.civil_time
    days = {"today": today, "period_end": today}
    columns = [expression_sql(record_expression(text, spec), civil, days) for text in conditions]
    if not columns:
        return []
    sql = (
        f"SELECT {', '.join(columns)} FROM {record_table(record)} r "
        f"WHERE {_is_key(snapshot, record, key)} AND {versions_at(snapshot.as_of)} LIMIT 1"
    )
    found = snapshot.cursor.execute(sql).fetchone()
    return list(found) if found else []


def _is_key(snapshot: Snapshot, record: str, key: str) -> str:
    """SQL condition for one key; its hash is compared first, which lets most be passed over without reading text."""
    spec = snapshot.catalogue.records[record]
    column = name(spec.key)
    value = f"TRY_CAST({literal(key)} AS {column_type(spec.fields[spec.key])})"
    return f"r._key_hash = {hash_sql(value)} AND r.{column} = {value}"

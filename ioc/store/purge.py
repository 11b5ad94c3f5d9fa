"""Removes records whose time has passed, and leaves of them what numbers are counted from.

All of a record goes at once: every version of it, with its key, where each version came from, and every field that no number needs; and
what quarantine and forms keep of its type from before the same day. Numbers are counted from the same rows as before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import duckdb

from ioc.catalogue.model import Catalogue
from ioc.catalogue.retention import Retention, counted_fields, horizon
from ioc.store.cells import day_sql
from ioc.store.commits import log_commit, next_commit
from ioc.store.database import first
from ioc.store.declarations import catalogues
from ioc.store.dialect import expression_sql, literal, name, record_expression
from ioc.store.tables import OPEN, hash_sql, record_table
from ioc.store.tombstones import RECORDS, Purge, note, purges, token_sql


@dataclass(frozen=True)
class Due:
    """What is due to be removed of a record type.

    Attributes:
        before: the day before which it happened.
        records, versions: how many.
        months: how many records of each month.
        held: how many more are due, but for a hold, by its name; and, under “unless”, how many that are not finished.
        removed, kept: the fields that go, and those that numbers are counted from.
        quarantined, entries: how many lines of quarantine lose what they say, and how many forms that were decided on go.
    """

    record: str
    before: date
    records: int
    versions: int
    months: tuple[tuple[date, int], ...]
    held: tuple[tuple[str, int], ...]
    removed: tuple[str, ...]
    kept: tuple[str, ...]
    quarantined: int
    entries: int


def plan(cursor: duckdb.DuckDBPyConnection, catalogue: Catalogue, record: str, retention: Retention, today: date) -> Due:
    """What is due. Leaves the keys in the temporary table ``due``."""
    before, spec, key = horizon(retention.months, today), catalogue.records[record], name(catalogue.records[record].key)
    holds = _holds(catalogue, record, retention, today)
    flags = ", ".join(f"bool_or({condition}) AS {name('_hold_' + each)}" for each, condition in holds.items())
    day = day_sql(spec.event, spec, catalogue.civil_time)
    cursor.execute(
        f"""CREATE OR REPLACE TEMP TABLE old AS SELECT * FROM (
            SELECT {key} AS _key, max({day}) AS _day, count(*) AS _versions{", " if flags else ""}{flags}
            FROM {record_table(record)} WHERE {RECORDS} GROUP BY 1) WHERE _day < {literal(before)}"""
    )
    stays = " OR ".join(name("_hold_" + each) for each in holds) or "FALSE"
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE due AS SELECT _key, _day, _versions FROM old WHERE NOT ({stays})")
    months = cursor.execute("SELECT date_trunc('month', _day)::DATE, count(*) FROM due GROUP BY 1 ORDER BY 1").fetchall()
    versions = first(cursor, "SELECT coalesce(sum(_versions), 0)::BIGINT FROM due")[0]
    held = [(each, first(cursor, f"SELECT count(*) FROM old WHERE {name('_hold_' + each)}")[0]) for each in holds]
    cursor.execute("DROP TABLE old")
    counted = counted_fields(catalogues(cursor, catalogue), record)
    removed = tuple(field for field in spec.fields if field not in counted)
    (quarantined,) = first(cursor, f"SELECT count(*) FROM quarantine WHERE {_quarantined(record, before)}")
    (entries,) = first(cursor, f"SELECT count(*) FROM entry WHERE {_entered(record, before)}")
    kept = tuple(field for field in spec.fields if field in counted)
    found = (sum(count for _, count in months), versions, tuple(months), tuple((each, count) for each, count in held if count))
    return Due(record, before, *found, removed, kept, quarantined, entries)


def _holds(catalogue: Catalogue, record: str, retention: Retention, today: date) -> dict[str, str]:
    """SQL conditions on versions of records that stay, by the name of what keeps them."""
    spec = catalogue.records[record]

    def sql(text: str | None) -> str:
        if text is None:
            return "TRUE"
        return f"coalesce({expression_sql(record_expression(text, spec), catalogue.civil_time, {'today': today})}, FALSE)"

    holds = {each: sql(hold.where) for each, hold in retention.holds.items()}
    # What is finished was not so once; a hold keeps what was ever under it.
    return holds | ({"unless": f"{sql(retention.unless)} AND _until = {OPEN} AND NOT _gone"} if retention.unless else {})


def _quarantined(record: str, before: date) -> str:
    kept = "(payload IS NOT NULL OR found IS NOT NULL OR detail IS NOT NULL)"
    return f"record = {literal(record)} AND noted_at < {literal(before)} AND {kept}"


def _entered(record: str, before: date) -> str:
    feeds = f"SELECT feed FROM feed WHERE record = {literal(record)}"
    return f"feed IN ({feeds}) AND decision IS NOT NULL AND entered_at < {literal(before)}"


def remove(cursor: duckdb.DuckDBPyConnection, catalogue: Catalogue, due: Due, rule: Mapping[str, str], now: datetime) -> Purge:
    """Remove what ``plan`` has just found, and write it down."""
    spec, number = catalogue.records[due.record], len(purges(cursor)) + 1
    key, table = name(spec.key), record_table(due.record)
    nothing = [f"{name(field)} = NULL" for field in due.removed if field != spec.key]
    sets = [f"{key} = {token_sql(key)}", f"_key_hash = {hash_sql(token_sql(key))}", f"_run = {-number}", *nothing]
    cursor.execute(f"UPDATE {table} SET {', '.join(sets)} WHERE {RECORDS} AND {key} IN (SELECT _key FROM due)")
    cursor.execute(f"UPDATE quarantine SET payload = NULL, found = NULL, detail = NULL WHERE {_quarantined(due.record, due.before)}")
    cursor.execute(f"DELETE FROM entry WHERE {_entered(due.record, due.before)}")
    at, before = now.astimezone(UTC).isoformat(timespec="seconds"), due.before.isoformat()
    purge = Purge(number, due.record, at, before, dict(rule), due.records, due.versions, due.removed)
    note(cursor, purge)
    log_commit(cursor, next_commit(cursor), now)  # pages that were drawn before are of an older data version
    return purge


def forget_due(cursor: duckdb.DuckDBPyConnection) -> None:
    """Drop what ``plan`` has left."""
    cursor.execute("DROP TABLE IF EXISTS due")


def counted_by(catalogue: Catalogue) -> Sequence[tuple[str, str]]:
    """Every record type with each field that numbers are counted from, by the present declarations."""
    return [(record, field) for record in catalogue.records for field in counted_fields([catalogue], record)]

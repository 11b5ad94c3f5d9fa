"""Takes a batch in: typed by the mapping, judged by the record type, faults to quarantine, the rest to ``incoming``."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import duckdb
import pyarrow as pa

from ioc.catalogue.mapping import Mapping
from ioc.catalogue.model import Catalogue, FieldSpec, FieldType
from ioc.store.arrow_casts import READ, read_plainly
from ioc.store.database import first, in_any_order
from ioc.store.dialect import expression_sql, is_one_of, literal, name, record_expression
from ioc.store.source_sql import ROW, UNKNOWN, SourceSql, raw_name
from ioc.store.tables import key_hash_sql, version_sql
from ioc.store.trim import trimmed

# How far a source's clock may run ahead of ours before a moment counts as lying in the future.
CLOCK_TOLERANCE = timedelta(days=1)
# The rows of a row group of DuckDB's.
GROUP_ROWS = 122_880
# The days that every engine and calendar can hold, in any time zone.
_EXTENT = {kind: f"{kind.name} '0001-01-02' AND {kind.name} '9999-12-30'" for kind in (FieldType.DATE, FieldType.TIMESTAMP)}


@dataclass(frozen=True)
class Staged:
    """What became of the rows of a batch. ``accepted`` of them stand in the temporary table ``incoming``.

    ``secret_rows`` are the numbers of the rows that were refused as secrets: all that is known of them. ``last_event`` is the newest
    event among those accepted.
    """

    accepted: int
    rejected: int
    secret_rows: tuple[int, ...]
    skipped: int
    last_event: datetime | None


@dataclass(frozen=True)
class Stager:
    """Turns batches of one source into rows of one record type.

    Attributes:
        catalogue, record: what the rows become.
        mapping: checked translation.
        feed, run: to whom quarantine ascribes faults.
        now: the present moment; nothing that must lie in the past may lie after it.
        hold: whether every row goes to quarantine, whatever else is wrong with it.
    """

    catalogue: Catalogue
    record: str
    mapping: Mapping
    feed: str
    run: int
    now: datetime
    hold: bool = False

    def stage(self, cursor: duckdb.DuckDBPyConnection, batch: pa.Table) -> Staged:
        """Fill ``incoming`` from a batch that has the source's columns and ``ROW``; write faults to quarantine."""
        batch = _in_groups(self._with_read(_with_all_columns(batch, self.mapping.columns())))
        zone = self.mapping.time_zone or self.catalogue.organisation.time_zone
        civil = replace(self.catalogue.civil_time, zone=zone)
        source = SourceSql(self.catalogue.records[self.record], self.mapping, civil, batch.schema)
        cursor.register("batch", batch)
        cursor.execute(f"SET TimeZone = {literal(zone)}")
        try:
            with in_any_order(cursor, batch.num_rows):
                cursor.execute(f"CREATE OR REPLACE TEMP TABLE judged AS {self._judged(source)}")
            secret = cursor.execute(f"SELECT {ROW} FROM batch WHERE {source.secret()}").fetchall() if self.mapping.secrecy else []
            last_event = f"max({name(source.spec.event)}) FILTER (NOT _bad)"
            judged, bad, event = first(cursor, f"SELECT count(*), count(*) FILTER (_bad), {last_event}::TIMESTAMP FROM judged")
            cursor.execute("CREATE OR REPLACE TEMP VIEW incoming AS SELECT rowid AS _place, * EXCLUDE (_bad) FROM judged WHERE NOT _bad")
            if bad:
                self._quarantine(cursor, source)
        finally:
            cursor.unregister("batch")
            with suppress(duckdb.TransactionException):  # after a fault, which is what is to be told; rolling back sets it too
                cursor.execute("SET TimeZone = 'UTC'")
        return Staged(judged - bad, bad, tuple(row for (row,) in secret), batch.num_rows - judged - len(secret), event)

    def _with_read(self, batch: pa.Table) -> pa.Table:
        """The batch with what columns of text say beside those in which it is written plainly."""
        spec = self.catalogue.records[self.record]
        for key, field in self.mapping.fields.items():
            kind, written = spec.fields[key].type, batch.column(field.column) if field.is_plain else None
            if written is not None and pa.types.is_string(written.type):
                read = read_plainly(written, kind, self.mapping.missing)
                batch = batch if read is None else batch.append_column(READ + key, read)
        return batch

    def _faults(self, source: SourceSql) -> list[tuple[str, str, str]]:
        """Every way in which a row can be at fault: (field, reason, condition over typed and ``_r_`` raw columns)."""
        faults: list[tuple[str, str, str]] = [("", "held", "TRUE")] if self.hold else []
        spec = self.catalogue.records[self.record]
        for key, field_spec in spec.fields.items():
            faults += [(key, reason, condition) for reason, condition in self._field_faults(key, field_spec, source)]
        today = self.now.astimezone(self.catalogue.zone).date()
        for rule_id, rule in spec.rules.items():
            check = record_expression(rule.check, spec)
            condition = expression_sql(check, self.catalogue.civil_time, {"today": today})
            faults.append(("", f"rule:{rule_id}", f"NOT ({condition})"))
        return faults

    def _field_faults(self, key: str, spec: FieldSpec, source: SourceSql) -> list[tuple[str, str]]:
        if source.is_empty(key):
            return [("required", "TRUE")] if spec.required else []
        faults = []
        typed, raw = name(key), raw_name(key)
        field = self.mapping.fields.get(key)
        unknown = f"starts_with({raw}, {literal(UNKNOWN)})" if field and field.values is not None and field.otherwise is None else "FALSE"
        if unknown != "FALSE":
            faults.append(("value", unknown))
        known = "" if unknown == "FALSE" else f" AND NOT {unknown}"
        if field and spec.type not in (FieldType.TEXT, FieldType.CODE) and not source.is_read(key):
            faults.append(("type", f"{typed} IS NULL AND {raw} IS NOT NULL{known}"))
        if spec.type in _EXTENT and not source.is_read(key):
            faults.append(("type", f"{typed} NOT BETWEEN {_EXTENT[spec.type]}"))
        if spec.required:
            faults.append(("required", f"{raw} IS NULL" if field else "TRUE"))
        if spec.codes:
            faults.append(("code", f"NOT {is_one_of(typed, self.catalogue.code_list(spec.codes))}{known}"))
        if spec.min is not None:
            faults.append(("min", f"{typed} < {spec.min}"))
        if spec.max is not None:
            faults.append(("max", f"{typed} > {spec.max}"))
        if spec.past:
            latest = self.now + CLOCK_TOLERANCE
            faults.append(("future", f"{typed} > {literal(latest if spec.type is FieldType.TIMESTAMP else latest.date())}"))
        return faults

    def _judged(self, source: SourceSql) -> str:
        bad = " OR ".join(f"({condition})" for _, _, condition in self._faults(source))
        columns = ", ".join(name(field) for field in source.spec.fields)
        return (
            f"SELECT {key_hash_sql(source.spec)} AS _key_hash, {version_sql(source.spec)} AS _version, "
            f"_gone, {ROW} AS _row, {columns}, coalesce({bad or 'FALSE'}, FALSE) AS _bad FROM ({source.typed_layer()})"
        )

    def _quarantine(self, cursor: duckdb.DuckDBPyConnection, source: SourceSql) -> None:
        """One line for each fault of each bad row, with what is kept of the row so that it can be taken in again."""

        def found(key: str) -> str:
            return f"ltrim(CAST({raw_name(key)} AS VARCHAR), {literal(UNKNOWN)})"

        kept = ", ".join(f"{literal(column)}: {sql}" for column, sql in source.kept().items())
        bad = f"{ROW} IN (SELECT _row FROM judged WHERE _bad)"
        cases = ", ".join(
            f"CASE WHEN {condition} THEN {{'field': {literal(key or None)}, "
            f"'found': {found(key) if key in self.mapping.fields else 'CAST(NULL AS VARCHAR)'}, 'reason': {literal(reason)}}} END"
            for key, reason, condition in self._faults(source)
        )
        cursor.execute(
            f"""INSERT INTO quarantine (run, feed, record, source_row, field, found, reason, payload, noted_at)
            SELECT {self.run}, {literal(self.feed)}, {literal(self.record)}, {ROW},
                   fault.field, fault.found, fault.reason, payload, {literal(self.now)}
            FROM (SELECT {ROW}, unnest(list_filter([{cases}], lambda f: f IS NOT NULL)) AS fault FROM ({source.typed_layer(bad)}))
            JOIN (SELECT {ROW}, to_json({{{kept}}}) AS payload FROM batch WHERE {bad}) USING ({ROW})"""
        )


def _with_all_columns(batch: pa.Table, wanted: set[str]) -> pa.Table:
    """Only the columns that the mapping reads, text without blanks around it; one that this batch lacks counts as empty."""
    for column in sorted(wanted - set(batch.column_names)):
        batch = batch.append_column(column, pa.nulls(batch.num_rows, pa.string()))
    batch = batch.select([*sorted(wanted), ROW])
    for index, column in enumerate(batch.schema):
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            batch = batch.set_column(index, column.name, trimmed(batch.column(index)))
    return batch


def _in_groups(batch: pa.Table) -> pa.Table:
    """The batch in pieces of the size in which tables are kept, each of which one thread writes: parts of such would be written twice."""
    if batch.num_rows < GROUP_ROWS:
        return batch
    return pa.Table.from_batches(batch.combine_chunks().to_batches(max_chunksize=GROUP_ROWS))

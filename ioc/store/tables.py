"""The tables that follow from the catalogue: one of versions for each record type, and its cells."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import duckdb

from ioc.catalogue.expression import CALENDAR
from ioc.catalogue.model import Catalogue, FieldSpec, FieldType, RecordType
from ioc.catalogue.terms import Term, parameters_of, terms_of_record
from ioc.errors import StoreError
from ioc.store.dialect import COLUMN_TYPES, name

# ``until`` of a version that has not been superseded. Commits are numbered from 1 and never reach it.
OPEN = 2_147_483_647

# Names of ours begin with “_”, which no field's name can.
SYSTEM_COLUMNS = {
    "_key_hash": "UBIGINT",  # finds the versions of a key without comparing text; keys of equal hash are compared in full afterwards
    "_version": "BIGINT",  # the source's own order; 0 where it has none
    "_since": "INTEGER",  # commit that brought this version
    "_until": "INTEGER",  # commit that superseded it, or OPEN
    "_gone": "BOOLEAN",  # the source says that the record no longer exists
    "_run": "BIGINT",
    "_row": "BIGINT",  # its row in the source
}


def record_table(record: str) -> str:
    """The table of a record type's versions."""
    return name(f"rec_{record}")


def column_type(spec: FieldSpec) -> str:
    """The column type of a field."""
    return COLUMN_TYPES[spec.type]


def ensure_record_table(cursor: duckdb.DuckDBPyConnection, record: str, spec: RecordType) -> None:
    """Make the table, or add the columns that the catalogue has gained.

    Raises:
        StoreError: a field has changed its type; the store is left as it is.
    """
    rows = cursor.execute(
        "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = ? AND schema_name = 'main'", [f"rec_{record}"]
    ).fetchall()
    wanted = {field: column_type(field_spec) for field, field_spec in spec.fields.items()}
    if not rows:
        columns = ", ".join(f"{name(column)} {kind}" for column, kind in (SYSTEM_COLUMNS | wanted).items())
        cursor.execute(f"CREATE TABLE {record_table(record)} ({columns})")
        return
    there = dict(rows)
    for column, kind in wanted.items():
        if column not in there:
            cursor.execute(f"ALTER TABLE {record_table(record)} ADD COLUMN {name(column)} {kind}")
        elif there[column].replace(" ", "") != kind.replace(" ", ""):
            raise StoreError(
                "Field “{field}” of “{record}” is stored as {there}; the catalogue now says {now}.",
                "Give the field a new name, or keep its type.",
                field=column,
                record=record,
                there=there[column],
                now=kind,
            )


def ensure_order(cursor: duckdb.DuckDBPyConnection, record: str, spec: RecordType) -> None:
    """Note by what the versions of a record type are told apart and ordered.

    Raises:
        StoreError: that has changed, and versions are kept already: they would not find each other, and records would count twice.
    """
    setting, said = f"order:{record}", f"key “{spec.key}”, version “{spec.version or ''}”"
    known = cursor.execute("SELECT value FROM setting WHERE key = ?", [setting]).fetchone()
    if known and known[0] != said and cursor.execute(f"SELECT 1 FROM {record_table(record)} LIMIT 1").fetchone():
        raise StoreError(
            "The records of “{record}” are stored by {there}; the catalogue now says {now}.",
            "Put that back; or give the record type another name, or the store another folder, and take the records in again.",
            record=record,
            there=known[0],
            now=said,
        )
    cursor.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", [setting, said])


@dataclass(frozen=True)
class CellTable:
    """One cube: the sums of all terms of a record type by day and some dimensions.

    A cell is the **sum of its rows**: a commit only appends what it changed, and compaction adds rows of one cell together.
    """

    record: str
    dimensions: tuple[str, ...]
    terms: tuple[Term, ...]
    stem: str = "cell"

    @property
    def table(self) -> str:
        """The table's bare name."""
        return "__".join((f"{self.stem}_{self.record}", *self.dimensions))

    def covers(self, dimensions: Iterable[str], columns: Iterable[str] = ()) -> bool:
        """Whether a question about these dimensions and sums can be answered from it."""
        return set(dimensions) <= set(self.dimensions) and set(columns) <= {term.column for term in self.terms}


def declared(term: Term, record: str, catalogue: Catalogue) -> str:
    """All that the sums of a term follow from, besides the records, as one line; the calendar where it counts working days or hours."""
    civil = catalogue.civil_time
    by = f" by {civil.said}" if CALENDAR in parameters_of(term, catalogue.records[record]) else ""
    return f"{term.column} = {term.value or 1} if {term.condition} on {term.basis} in {civil.zone}{by}"


def cell_tables(catalogue: Catalogue, record: str) -> tuple[CellTable, ...]:
    """The cubes of a record type, the finest first; the one without dimensions always stands."""
    spec = catalogue.records[record]
    terms = terms_of_record(catalogue, record)
    if not terms:
        return ()
    cubes = {tuple(cube) for cube in spec.cubes} | {()}
    ordered = sorted(cubes, key=lambda cube: (-len(cube), cube))
    return tuple(CellTable(record, cube, terms) for cube in ordered)


def key_hash_sql(spec: RecordType) -> str:
    """SQL for the hash of a record's key. DuckDB's own, the fastest; see ``Store`` for what happens when a DuckDB changes it."""
    return hash_sql(name(spec.key))


def hash_sql(value: str) -> str:
    """SQL for the hash of one key, given as SQL of the key's own type."""
    return f"hash({value})"


def version_sql(spec: RecordType) -> str:
    """SQL over staged columns for a record's place in the source's own order, as a whole number."""
    if spec.version is None:
        return "0"
    column = name(spec.version)
    kind = spec.fields[spec.version].type
    if kind is FieldType.INTEGER:
        return f"coalesce({column}, 0)"
    return f"coalesce(epoch_us(CAST({column} AS TIMESTAMP)), 0)"

"""Cells: sums of every term by day and dimensions, kept up by adding what a commit changed.

All sums are exact (whole numbers and decimals), so that adding and subtracting changes gives the same as counting anew; ``ensure``
counts anew whenever the declaration of a cube differs from what its cells were computed from.
"""

from __future__ import annotations

from datetime import date

import duckdb

from ioc.catalogue.model import Catalogue, FieldType, RecordType
from ioc.catalogue.terms import Term, parameters_of
from ioc.store.database import first
from ioc.store.dialect import expression_sql, literal, local_day, name, record_expression
from ioc.store.tables import OPEN, CellTable, cell_tables, record_table

_COUNT, _SUM = "BIGINT", "DECIMAL(38, 9)"
# What one record adds; smaller than a sum, so that no sum of records can be too large.
VALUE = "DECIMAL(30, 9)"
# A cube is compacted once its rows have grown by this share since it was last compacted, and by at least this many.
COMPACT_SHARE, COMPACT_ROWS = 0.25, 200_000


def day_sql(basis: str, spec: RecordType, zone: str) -> str:
    """SQL for the calendar day on which a record counts by a basis expression."""
    expression = record_expression(basis, spec)
    sql = expression_sql(expression, zone, {})
    moments = any(spec.fields[field].type is FieldType.TIMESTAMP for field in expression.names)
    return local_day(sql, zone) if moments else sql


def term_sql(term: Term, spec: RecordType, zone: str, today: date) -> tuple[str, str]:
    """A term as SQL over record fields: (condition, value)."""
    condition = expression_sql(record_expression(term.condition, spec), zone, {"today": today})
    value = expression_sql(record_expression(term.value, spec), zone, {"today": today}) if term.value else "1"
    return condition, value


class Cells:
    """The cubes of all record types of a catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.zone = catalogue.organisation.time_zone
        self.cubes = {record: cell_tables(catalogue, record) for record in catalogue.records}

    def add(self, cursor: duckdb.DuckDBPyConnection, record: str, changes: str, today: date) -> None:
        """Append to every cube of a record type the sums of ``changes``: a relation of record fields and ``_sign``.

        The finest cubes are summed from the changes; a coarser one from the sums of a finer one that covers it.
        """
        finest: list[CellTable] = []
        for cube in self.cubes[record]:
            finer = next((other for other in finest if other.covers(set(cube.dimensions))), None)
            if finer is None:
                finest.append(cube)
                cursor.execute(f"CREATE OR REPLACE TEMP TABLE {_delta(cube)} AS {self._sums(cube, changes, today)}")
            sums = self._roll_up(cube, finer) if finer else f"SELECT * FROM {_delta(cube)}"
            cursor.execute(f"INSERT INTO {name(cube.table)} BY NAME {sums}")
        for cube in finest:
            cursor.execute(f"DROP TABLE {_delta(cube)}")

    def _sums(self, cube: CellTable, changes: str, today: date) -> str:
        """Each basis is summed by its own day; a cell then holds every term on that day."""
        spec = self.catalogue.records[cube.record]
        dimensions = [name(dimension) for dimension in cube.dimensions]
        parts = []
        for basis in sorted({term.basis for term in cube.terms}):
            mine = [term for term in cube.terms if term.basis == basis]
            columns = [self._signed(term, spec, today) for term in mine]
            # The day is made a column first: grouped by as an expression, every moment would be a group of its own.
            dated = f"(SELECT *, {day_sql(basis, spec, self.zone)} AS _day FROM {changes})"
            keys = ["_day AS day", *dimensions]
            parts.append(f"SELECT {', '.join([*keys, *columns])} FROM {dated} WHERE _day IS NOT NULL GROUP BY ALL")
        if len(parts) == 1:
            return parts[0]
        union = " UNION ALL BY NAME ".join(f"({part})" for part in parts)
        return f"SELECT {', '.join(['day', *dimensions, *self._totals(cube)])} FROM ({union}) GROUP BY ALL"

    def _signed(self, term: Term, spec: RecordType, today: date) -> str:
        condition, value = term_sql(term, spec, self.zone, today)
        added = "_sign" if value == "1" else f"_sign * TRY_CAST({value} AS {VALUE})"
        return f"CAST(coalesce(sum({added}) FILTER ({condition}), 0) AS {_kind(term)}) AS {term.column}"

    def _totals(self, cube: CellTable) -> list[str]:
        return [f"CAST(coalesce(sum({term.column}), 0) AS {_kind(term)}) AS {term.column}" for term in cube.terms]

    def _roll_up(self, cube: CellTable, finer: CellTable) -> str:
        keys = ["day", *(name(dimension) for dimension in cube.dimensions)]
        totals = [f"sum({term.column}) AS {term.column}" for term in cube.terms]
        positions = ", ".join(str(place + 1) for place in range(len(keys)))  # found faster than by ALL
        return f"SELECT {', '.join([*keys, *totals])} FROM {_delta(finer)} GROUP BY {positions}"

    def ensure(self, cursor: duckdb.DuckDBPyConnection, record: str, today: date) -> bool:
        """Make the cubes of a record type match their declarations, counting anew where they do not. True if any was."""
        rows = cursor.execute("SELECT name, declaration FROM cell_table WHERE record = ?", [record]).fetchall()
        there = dict(rows)
        wanted = {cube.table: cube.declaration for cube in self.cubes[record]}
        if there == wanted:
            return False
        for table in there:
            cursor.execute(f"DROP TABLE IF EXISTS {name(table)}")
        cursor.execute("DELETE FROM cell_table WHERE record = ?", [record])
        for cube in self.cubes[record]:
            self._create(cursor, cube)
            cursor.execute("INSERT INTO cell_table VALUES (?, ?, ?, ?)", [cube.table, record, cube.declaration, today])
        self.add(cursor, record, current(record), today)
        return True

    def _create(self, cursor: duckdb.DuckDBPyConnection, cube: CellTable) -> None:
        columns = ["day DATE", *(f"{name(dimension)} VARCHAR" for dimension in cube.dimensions)]
        columns += [f"{term.column} {_kind(term)}" for term in cube.terms]
        cursor.execute(f"CREATE TABLE {name(cube.table)} ({', '.join(columns)})")
        for term in cube.terms:
            cursor.execute(f"COMMENT ON COLUMN {name(cube.table)}.{term.column} IS {literal(term.meaning)}")

    def turn_day(self, cursor: duckdb.DuckDBPyConnection, record: str, today: date) -> bool:
        """Add what the turn of the day changes in terms that speak of ``today``. True if anything could have changed."""
        day = first(cursor, "SELECT min(day) FROM cell_table WHERE record = ?", [record])[0]
        if day is None or day == today:
            return False
        spec = self.catalogue.records[record]
        moving = tuple(term for cube in self.cubes[record][:1] for term in cube.terms if "today" in parameters_of(term, spec))
        if moving:
            for cube in self.cubes[record]:
                self._turn(cursor, CellTable(cube.record, cube.dimensions, moving), day, today)
        cursor.execute("UPDATE cell_table SET day = ? WHERE record = ?", [today, record])
        return bool(moving)

    def _turn(self, cursor: duckdb.DuckDBPyConnection, cube: CellTable, before: date, today: date) -> None:
        records = current(cube.record)
        negative = f"(SELECT * REPLACE (-1 AS _sign) FROM {records})"
        union = f"({self._sums(cube, records, today)}) UNION ALL BY NAME ({self._sums(cube, negative, before)})"
        keys = ["day", *(name(dimension) for dimension in cube.dimensions)]
        changed = " OR ".join(f"{term.column} <> 0" for term in cube.terms)
        sums = f"SELECT {', '.join([*keys, *self._totals(cube)])} FROM ({union}) GROUP BY ALL"
        cursor.execute(f"INSERT INTO {name(cube.table)} BY NAME SELECT * FROM ({sums}) WHERE {changed}")

    def compact(self, cursor: duckdb.DuckDBPyConnection, cube: CellTable) -> None:
        """Add the rows of each cell together, in order of day, so that reading by time prunes; unless few rows would be saved."""
        keys = ["day", *(name(dimension) for dimension in cube.dimensions)]
        rows, cells = first(
            cursor, f"SELECT sum(n), count(*) FROM (SELECT count(*) AS n FROM {name(cube.table)} GROUP BY {', '.join(keys)})"
        )
        if rows is None or rows < cells * (1 + COMPACT_SHARE):
            return
        sums = f"SELECT {', '.join([*keys, *self._totals(cube)])} FROM {name(cube.table)} GROUP BY ALL ORDER BY {', '.join(keys)}"
        cursor.execute(f"CREATE OR REPLACE TEMP TABLE compacted AS {sums}")
        cursor.execute(f"TRUNCATE {name(cube.table)}")
        cursor.execute(f"INSERT INTO {name(cube.table)} BY NAME SELECT * FROM compacted")
        cursor.execute("DROP TABLE compacted")


def current(record: str) -> str:
    """The current records of a type, as changes that all come (+1)."""
    return f"(SELECT *, 1 AS _sign FROM {record_table(record)} WHERE _until = {OPEN} AND NOT _gone)"


def _kind(term: Term) -> str:
    return _SUM if term.value else _COUNT


def _delta(cube: CellTable) -> str:
    """The temporary table of what a commit adds to a cube."""
    return name(f"delta_{cube.table}")

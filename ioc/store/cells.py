"""Cells: sums of every term by day and dimensions, kept up by adding what a commit changed.

All sums are exact (whole numbers and decimals), so that adding and subtracting changes gives the same as counting anew. When declarations
change, what they still say stands, and what is new is counted in the background (``recount.py``) and joins it at one stroke.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date

import duckdb

from ioc.catalogue.civil_time import CivilTime
from ioc.catalogue.expression import CALENDAR
from ioc.catalogue.kinds import Kind
from ioc.catalogue.model import Catalogue, RecordType
from ioc.catalogue.terms import Term, parameters_of
from ioc.store.database import BULK_ROWS, first, in_any_order
from ioc.store.dialect import expression_sql, literal, local_day, name, record_expression
from ioc.store.tables import OPEN, CellTable, cell_tables, declared, record_table

Cubes = Mapping[str, tuple[CellTable, ...]]
# Names of tables beside the cubes: of what is counted because it was missing, of a cube with that, and of a cube compacted.
NEXT, MERGED, COMPACTED = "next", "merged", "compacted"

_COUNT, _SUM = "BIGINT", "DECIMAL(38, 9)"
# What one record adds; smaller than a sum, so that no sum of records can be too large.
VALUE = "DECIMAL(30, 9)"


def day_sql(basis: str, spec: RecordType, civil: CivilTime) -> str:
    """SQL for the calendar day on which a record counts by a basis expression."""
    expression = record_expression(basis, spec)
    sql = expression_sql(expression, civil, {})
    return local_day(sql, civil.zone) if expression.kind is Kind.TIMESTAMP else sql


def term_sql(term: Term, spec: RecordType, civil: CivilTime, today: date) -> tuple[str, str]:
    """A term as SQL over record fields: (condition, value)."""
    condition = expression_sql(record_expression(term.condition, spec), civil, {"today": today})
    value = expression_sql(record_expression(term.value, spec), civil, {"today": today}) if term.value else "1"
    return condition, value


class Cells:
    """The cubes of all record types of a catalogue.

    Attributes:
        cubes: those that stand, with the terms that have been counted: they can be read, and every commit keeps them up.
        missing: what the catalogue declares besides, to be counted from the records.
        changed: how often any of this has become otherwise.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.civil = catalogue.civil_time
        self.wanted = {record: cell_tables(catalogue, record) for record in catalogue.records}
        self.cubes: dict[str, tuple[CellTable, ...]] = dict.fromkeys(catalogue.records, ())
        self.missing = dict(self.cubes)
        self.changed = 0

    def meant(self, cubes: Cubes, catalogue: Catalogue) -> Cubes:
        """Of some cubes those terms that mean by another catalogue what they mean by this one.

        A term is known by its text. Beside that it follows from the time zone, and from the calendar where it counts working time.
        """
        if catalogue is self.catalogue:
            return cubes
        then = catalogue.civil_time
        if then.zone != self.civil.zone:
            return {}
        if then.said == self.civil.said:
            return cubes
        return {record: tuple(map(self._without_calendar, of_record)) for record, of_record in cubes.items()}

    def _without_calendar(self, cube: CellTable) -> CellTable:
        spec = self.catalogue.records[cube.record]
        return replace(cube, terms=tuple(term for term in cube.terms if CALENDAR not in parameters_of(term, spec)))

    def add(
        self,
        cursor: duckdb.DuckDBPyConnection,
        cubes: Sequence[CellTable],
        changes: str,
        today: date,
        *,
        rows: int = BULK_ROWS,
        only_new: bool = False,
    ) -> None:
        """Append to cubes of one record type the sums of ``changes``: a relation of record fields and ``_sign``.

        Args:
            rows: about how many there are of them.
            only_new: whether ``_sign`` is 1 in all of them.
        """
        for cube in finest(cubes):
            with in_any_order(cursor, rows):
                sums = self._sums(cube, changes, today, only_new=only_new)
                cursor.execute(f"CREATE OR REPLACE TEMP TABLE {name(delta(cube))} AS {sums}")
        with in_any_order(cursor, rows):
            self._spread(cursor, cubes)
        for cube in finest(cubes):
            cursor.execute(f"DROP TABLE {name(delta(cube))}")

    def _spread(self, cursor: duckdb.DuckDBPyConnection, cubes: Sequence[CellTable]) -> None:
        """Append sums to cubes: to the finest as they are, to a coarser one those of a finer one that covers it."""
        for cube in cubes:
            finer = next(other for other in finest(cubes) if other.covers(cube.dimensions, (term.column for term in cube.terms)))
            rows = f"SELECT * FROM {name(delta(cube))}" if finer == cube else self._roll_up(cube, finer)
            cursor.execute(f"INSERT INTO {name(cube.table)} BY NAME {rows}")

    def _sums(self, cube: CellTable, changes: str, today: date, *, only_new: bool = False) -> str:
        """Each basis is summed by its own day; a cell then holds every term on that day."""
        spec = self.catalogue.records[cube.record]
        dimensions = [name(dimension) for dimension in cube.dimensions]
        parts = []
        for basis in sorted({term.basis for term in cube.terms}):
            mine = [term for term in cube.terms if term.basis == basis]
            columns = [self._signed(term, spec, today, only_new=only_new) for term in mine]
            # The day is made a column first: grouped by as an expression, every moment would be a group of its own.
            dated = f"(SELECT *, {day_sql(basis, spec, self.civil)} AS _day FROM {changes})"
            keys = ["_day AS day", *dimensions]
            parts.append(f"SELECT {', '.join([*keys, *columns])} FROM {dated} WHERE _day IS NOT NULL GROUP BY ALL")
        if len(parts) == 1:
            return parts[0]
        union = " UNION ALL BY NAME ".join(f"({part})" for part in parts)
        return f"SELECT {', '.join(['day', *dimensions, *sum_columns(cube)])} FROM ({union}) GROUP BY ALL"

    def _signed(self, term: Term, spec: RecordType, today: date, *, only_new: bool) -> str:
        condition, value = term_sql(term, spec, self.civil, today)
        if only_new and value == "1":  # counting takes half the time of summing ones
            return f"count(CASE WHEN {condition} THEN 1 END) AS {term.column}"
        added = "_sign" if value == "1" else f"_sign * TRY_CAST({value} AS {VALUE})"
        # Faster than FILTER, which picks rows out for every term anew.
        return f"CAST(coalesce(sum(CASE WHEN {condition} THEN {added} END), 0) AS {_kind(term)}) AS {term.column}"

    def _roll_up(self, cube: CellTable, finer: CellTable) -> str:
        keys = key_columns(cube)
        totals = [f"sum({term.column}) AS {term.column}" for term in cube.terms]
        positions = ", ".join(str(place + 1) for place in range(len(keys)))  # found faster than by ALL
        return f"SELECT {', '.join([*keys, *totals])} FROM {name(delta(finer))} GROUP BY {positions}"

    def settle(self, cursor: duckdb.DuckDBPyConnection, record: str) -> None:
        """Keep of the cubes of a record type what still follows from the declarations; the rest is dropped, and ``missing``."""
        lines = {term.column: declared(term, record, self.catalogue) for cube in self.wanted[record] for term in cube.terms}
        rows = cursor.execute("SELECT name, declaration FROM cell_table WHERE record = ?", [record]).fetchall()
        known = {table: set(declaration.split("\n")) for table, declaration in rows}
        stand, missing = [], []
        for cube in self.wanted[record]:
            said = known.get(cube.table, set())
            kept = tuple(term for term in cube.terms if _by(cube) in said and lines[term.column] in said)
            if kept:
                del known[cube.table]
                stand.append(replace(cube, terms=kept))
                self._trim(cursor, stand[-1])
            if lacking := tuple(term for term in cube.terms if term not in kept):
                missing.append(replace(cube, terms=lacking, stem=NEXT))
        for table in known:
            cursor.execute(f"DROP TABLE IF EXISTS {name(table)}")
            cursor.execute("DELETE FROM cell_table WHERE name = ?", [table])
        stems = " OR ".join(f"starts_with(table_name, {literal(f'{stem}_{record}')})" for stem in (NEXT, MERGED, COMPACTED))
        for (table,) in cursor.execute(f"SELECT table_name FROM duckdb_tables() WHERE {stems}").fetchall():
            cursor.execute(f"DROP TABLE {name(table)}")
        self.cubes[record], self.missing[record] = tuple(stand), tuple(missing)
        self.changed += 1

    def doubt(self, cursor: duckdb.DuckDBPyConnection, record: str, tables: Collection[str]) -> None:
        """Let some cubes of a record type stand no longer: they are dropped, and ``missing``."""
        stand = tuple(cube for cube in self.cubes[record] if cube.table not in tables)
        for cube in self.cubes[record]:
            if cube.table in tables:
                cursor.execute(f"DROP TABLE {name(cube.table)}")
                cursor.execute("DELETE FROM cell_table WHERE name = ?", [cube.table])
        counted = {cube.table: cube.terms for cube in stand}
        lacking = [(cube, tuple(term for term in cube.terms if term not in counted.get(cube.table, ()))) for cube in self.wanted[record]]
        self.missing[record] = tuple(replace(cube, terms=terms, stem=NEXT) for cube, terms in lacking if terms)
        self.cubes[record] = stand
        self.changed += 1

    def _trim(self, cursor: duckdb.DuckDBPyConnection, cube: CellTable) -> None:
        """Drop the sums that a standing cube need not keep any more."""
        rows = cursor.execute("SELECT column_name FROM duckdb_columns() WHERE table_name = ?", [cube.table]).fetchall()
        gone = {column for (column,) in rows} - {"day", *cube.dimensions} - {term.column for term in cube.terms}
        for column in gone:
            cursor.execute(f"ALTER TABLE {name(cube.table)} DROP COLUMN {name(column)}")
        if gone:
            cursor.execute("UPDATE cell_table SET declaration = ? WHERE name = ?", [self._declaration(cube), cube.table])

    def _declaration(self, cube: CellTable) -> str:
        return "\n".join([_by(cube), *(declared(term, cube.record, self.catalogue) for term in cube.terms)])

    def lacking(self, record: str) -> tuple[CellTable, ...]:
        """The cubes of a record type of which anything is missing, whole, as they are to be written beside those that stand."""
        missing = {cube.dimensions for cube in self.missing[record]}
        return tuple(replace(cube, stem=MERGED) for cube in self.wanted[record] if cube.dimensions in missing)

    def make(self, cursor: duckdb.DuckDBPyConnection, cube: CellTable) -> None:
        """Make the empty table of a cube."""
        columns = ["day DATE", *(f"{name(dimension)} VARCHAR" for dimension in cube.dimensions)]
        columns += [f"{term.column} {_kind(term)}" for term in cube.terms]
        cursor.execute(f"CREATE OR REPLACE TABLE {name(cube.table)} ({', '.join(columns)})")

        for term in cube.terms:  # told for whoever looks into the file
            cursor.execute(f"COMMENT ON COLUMN {name(cube.table)}.{term.column} IS {literal(term.meaning)}")

    def take_place(self, cursor: duckdb.DuckDBPyConnection, new: CellTable, rows: int) -> None:
        """Let a table that was written beside a cube be the cube's own, with those rows that have come to the cube after so many."""
        cube = replace(new, stem="cell")
        if any(other.table == cube.table for other in self.cubes[cube.record]):
            cursor.execute(f"INSERT INTO {name(new.table)} BY NAME SELECT * FROM {name(cube.table)} WHERE rowid >= {rows}")
            cursor.execute(f"DROP TABLE {name(cube.table)}")
        cursor.execute(f"ALTER TABLE {name(new.table)} RENAME TO {name(cube.table)}")

    def join(self, cursor: duckdb.DuckDBPyConnection, record: str, rows: Mapping[str, int], today: date) -> None:
        """Let what is ``lacking``, and has been written beside, stand; ``rows`` as of ``take_place``, by table."""
        for new in self.lacking(record):
            self.take_place(cursor, new, rows.get(new.table, 0))
            row = [replace(new, stem="cell").table, record, self._declaration(new), today]
            cursor.execute("INSERT OR REPLACE INTO cell_table VALUES (?, ?, ?, ?)", row)

    def joined(self, record: str) -> None:
        """What ``join`` did has been committed."""
        self.cubes[record], self.missing[record] = self.wanted[record], ()
        self.changed += 1

    def turn_day(self, cursor: duckdb.DuckDBPyConnection, record: str, today: date) -> bool:
        """Add what the turn of the day changes in terms that speak of ``today``. True if anything could have changed."""
        day = first(cursor, "SELECT min(day) FROM cell_table WHERE record = ?", [record])[0]
        if day is None or day == today:
            return False
        moved = self.turn(cursor, self.cubes[record], day, today)
        cursor.execute("UPDATE cell_table SET day = ? WHERE record = ?", [today, record])
        return moved

    def turn(self, cursor: duckdb.DuckDBPyConnection, cubes: Sequence[CellTable], before: date, today: date) -> bool:
        """Add to cubes what the turn from one day to another changes in them. True if anything could have changed."""
        moved = False
        for cube in cubes if before != today else ():
            spec = self.catalogue.records[cube.record]
            if moving := tuple(term for term in cube.terms if "today" in parameters_of(term, spec)):
                self._turn(cursor, replace(cube, terms=moving), before, today)
                moved = True
        return moved

    def _turn(self, cursor: duckdb.DuckDBPyConnection, cube: CellTable, before: date, today: date) -> None:
        records = current(cube.record)
        negative = f"(SELECT * REPLACE (-1 AS _sign) FROM {records})"
        union = f"({self._sums(cube, records, today)}) UNION ALL BY NAME ({self._sums(cube, negative, before)})"
        keys = key_columns(cube)
        changed = " OR ".join(f"{term.column} <> 0" for term in cube.terms)
        sums = f"SELECT {', '.join([*keys, *sum_columns(cube)])} FROM ({union}) GROUP BY ALL"
        cursor.execute(f"INSERT INTO {name(cube.table)} BY NAME SELECT * FROM ({sums}) WHERE {changed}")


def key_columns(cube: CellTable) -> list[str]:
    """SQL for what a cell of a cube is known by."""
    return ["day", *(name(dimension) for dimension in cube.dimensions)]


def sum_columns(cube: CellTable) -> list[str]:
    """SQL for the sums of the rows of each cell of a cube."""
    return [f"CAST(coalesce(sum({term.column}), 0) AS {_kind(term)}) AS {term.column}" for term in cube.terms]


def current(record: str) -> str:
    """The current records of a type, as changes that all come (+1)."""
    return f"(SELECT *, 1 AS _sign FROM {record_table(record)} WHERE _until = {OPEN} AND NOT _gone)"


def _kind(term: Term) -> str:
    return _SUM if term.value else _COUNT


def _by(cube: CellTable) -> str:
    return f"by {', '.join(cube.dimensions)}"


def delta(cube: CellTable) -> str:
    """The bare name of the relation of what is being added to a cube."""
    return f"delta_{cube.table}"


def finest(cubes: Sequence[CellTable]) -> list[CellTable]:
    """Those cubes that no other covers; all others can be summed from them. Finer ones come first."""
    found: list[CellTable] = []
    for cube in cubes:
        if not any(other.covers(cube.dimensions, (term.column for term in cube.terms)) for other in found):
            found.append(cube)
    return found

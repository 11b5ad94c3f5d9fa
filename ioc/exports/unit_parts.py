"""The parts of a unit's page: each group of its indicators as a table, beside the whole and with the unit's rank."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from ioc.exports.exhibit import Amount, Cell, Column, Kind, Part, Table
from ioc.exports.tables import PART_PLACES, column
from ioc.text.words import Words
from ioc.views.unit import UnitGroup, UnitRow


def unit_parts(groups: Sequence[UnitGroup], words: Words) -> tuple[Part, ...]:
    """One part a group."""
    return tuple(
        Part(f"group-{number}", "unit", group.label, tables=(_table(group, words),)) for number, group in enumerate(groups, start=1)
    )


def _table(group: UnitGroup, words: Words) -> Table:
    columns = (
        column("indicator", words),
        column("value", words, Kind.NUMBER, places=1),
        *(column(part, words, Kind.NUMBER, places=PART_PLACES) for part in ("numerator", "denominator")),
        Column("whole", words("unit_page.whole"), Kind.NUMBER, places=1),
        column("rank", words, Kind.NUMBER),
        Column("ranked", words("export.column.ranked"), Kind.NUMBER),
        column("change", words, Kind.NUMBER, places=1),
    )
    return Table(group.label, columns, tuple(map(_row, group.rows)), len(group.rows))


def _row(row: UnitRow) -> tuple[Cell, ...]:
    value, whole = (None if each is None else Amount(each, row.unit, row.precision) for each in (row.value, row.whole))
    change = None if row.change is None else Amount(row.change, "number", row.precision)
    rank, ranked = (Decimal(row.rank), Decimal(row.ranked)) if row.rank else (None, None)
    return (row.label, value, row.numerator, row.denominator, whole, rank, ranked, change)

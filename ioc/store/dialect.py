"""Catalogue expressions and types in DuckDB's words. Names are always quoted, values always written as literals here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sqlglot import exp

from ioc.catalogue.expression import Expression, parse
from ioc.catalogue.kinds import KIND_OF_FIELD
from ioc.catalogue.model import FieldType, RecordType

COLUMN_TYPES = {
    FieldType.TEXT: "VARCHAR",
    FieldType.CODE: "VARCHAR",
    FieldType.INTEGER: "BIGINT",
    FieldType.NUMBER: "DECIMAL(28, 6)",
    FieldType.BOOLEAN: "BOOLEAN",
    FieldType.DATE: "DATE",
    FieldType.TIMESTAMP: "TIMESTAMP",
}
_MICROSECONDS_A_DAY = 86_400_000_000
_COMPUTED = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.Neg, exp.Abs, exp.Round)
_PRODUCT = "DECIMAL(31, 9)"


def name(identifier: str) -> str:
    """An identifier, quoted."""
    return '"' + identifier.replace('"', '""') + '"'


def literal(value: str | int | date | bool | None) -> str:
    """A value, written as a literal."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, datetime):
        return f"TIMESTAMP '{value.astimezone(UTC).replace(tzinfo=None).isoformat(sep=' ')}'"
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    return "'" + value.replace("'", "''") + "'"


@lru_cache(maxsize=64)
def fixed_offset(zone: str) -> timedelta | None:
    """The zone's offset from UTC if it never changes between 1980 and 2100, else None.

    A fixed offset turns a conversion that looks up rules for each row into an addition.
    """
    info = ZoneInfo(zone)
    offsets = {datetime(year, month, 1, tzinfo=UTC).astimezone(info).utcoffset() for year in range(1980, 2101) for month in range(1, 13)}
    return offsets.pop() if len(offsets) == 1 else None


def local_day(moment: str, zone: str) -> str:
    """SQL for the calendar day, in ``zone``, of a UTC timestamp given as SQL."""
    offset = fixed_offset(zone)
    if offset is not None:
        return f"CAST({moment} + INTERVAL {int(offset.total_seconds())} SECOND AS DATE)"
    return f"CAST(timezone({literal(zone)}, timezone('UTC', {moment})) AS DATE)"


def expression_sql(
    expression: Expression,
    zone: str,
    parameters: Mapping[str, date],
    column: Callable[[str], str] = name,
) -> str:
    """A checked expression as DuckDB text. It never fails on a record: what cannot be cast, divided or computed is NULL.

    Args:
        expression: from ``catalogue.expression.parse``.
        zone: time zone by which ``date_of`` finds the day.
        parameters: the days that ``today`` and ``period_end`` stand for.
        column: SQL for a field's value; by default the column of that name.
    """
    if column is name:
        return _over_fields(expression, zone, tuple(parameters.items()))
    return _text(expression, zone, parameters, column)


@lru_cache(maxsize=4096)
def _over_fields(expression: Expression, zone: str, parameters: tuple[tuple[str, date], ...]) -> str:
    """The same terms are asked for with each commit and each question; their text is made once."""
    return _text(expression, zone, dict(parameters), name)


def _text(expression: Expression, zone: str, parameters: Mapping[str, date], column: Callable[[str], str]) -> str:
    def turn(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Column):
            if node.name in parameters and node.name not in expression.names:
                return _raw(literal(parameters[node.name]))
            return _raw(column(node.name))
        if isinstance(node, exp.Anonymous):
            arguments = [argument.sql(dialect="duckdb") for argument in node.expressions]
            if node.name.lower() == "date_of":
                return _raw(local_day(arguments[0], node.expressions[1].name if len(arguments) == 2 else zone))
            return _raw(f"TRY({_days_between(*arguments)})")
        if type(node) is exp.Cast:  # a value that cannot be cast is nothing; one bad record must not stop the others
            return exp.TryCast(this=node.this, to=node.args["to"])
        return _computed(node) if isinstance(node, _COMPUTED) else node

    return _bottom_up(expression.tree.copy(), turn).sql(dialect="duckdb")


def _computed(node: exp.Expr) -> exp.Expr:
    """One step of arithmetic that gives NULL where it has no result. Each has a TRY of its own: DuckDB computes what stands twice
    in an expression once, outside of a TRY around all of it."""
    step = node.copy()
    if isinstance(step, exp.Div | exp.Mod):
        step.set("expression", exp.Nullif(this=step.expression, expression=exp.Literal.number(0)))
    elif isinstance(step, exp.Mul) and not _has_fractions(step):  # the places of decimals add up with every factor
        step = exp.cast(step, _PRODUCT, dialect="duckdb")
    return exp.func("TRY", step)


def _has_fractions(node: exp.Expr) -> bool:
    """Whether a number is a binary fraction, not a decimal."""
    return any(isinstance(part, exp.Div) or part.is_type(exp.DataType.Type.DOUBLE) for part in node.walk())


def _raw(sql: str) -> exp.Expr:
    return exp.Var(this=sql)


def _bottom_up(tree: exp.Expr, turn: Callable[[exp.Expr], exp.Expr]) -> exp.Expr:
    """Replace nodes from the leaves up, so that a function of ours sees its arguments already turned."""
    for node in list(tree.dfs())[::-1]:
        turned = turn(node)
        if turned is not node:
            if node is tree:
                return turned
            node.replace(turned)
    return tree


def _days_between(start: str, end: str) -> str:
    """Days with fraction, as an exact decimal: sums of it do not depend on the order of the records."""
    micros = f"(epoch_us(CAST({end} AS TIMESTAMP)) - epoch_us(CAST({start} AS TIMESTAMP)))"
    return f"CAST({micros} / {_MICROSECONDS_A_DAY} AS DECIMAL(28, 9))"


def record_expression(text: str, record: RecordType) -> Expression:
    """Parse an expression against a record type's fields."""
    return parse(text, {field: KIND_OF_FIELD[spec.type] for field, spec in record.fields.items()})

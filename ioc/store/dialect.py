"""Catalogue expressions and types in DuckDB's words. Names are always quoted, values always written as literals here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sqlglot import exp

from ioc.catalogue.civil_time import CivilTime
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
_MICROSECONDS_A_DAY, _MICROSECONDS_AN_HOUR = 86_400_000_000, 3_600_000_000
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


# DuckDB makes a join of a longer IN, and carries every column of the rows through it: of few values, comparing each is faster.
_COMPARED_EACH = 20


def is_one_of(sql: str, values: Iterable[str | None]) -> str:
    """SQL for whether a text is one of some values; NULL for none, as IN says."""
    literals = [literal(value) for value in values] or ["NULL"]
    if len(literals) > _COMPARED_EACH:
        return f"{sql} IN ({', '.join(literals)})"
    return "(" + " OR ".join(f"{sql} = {value}" for value in literals) + ")"


@lru_cache(maxsize=64)
def fixed_offset(zone: str) -> timedelta | None:
    """The zone's offset from UTC if it never changes between 1980 and 2100, else None.

    A fixed offset turns a conversion that looks up rules for each row into an addition.
    """
    info = ZoneInfo(zone)
    offsets = {datetime(year, month, 1, tzinfo=UTC).astimezone(info).utcoffset() for year in range(1980, 2101) for month in range(1, 13)}
    return offsets.pop() if len(offsets) == 1 else None


def local_moment(moment: str, zone: str) -> str:
    """SQL for the wall clock's time, in ``zone``, of a UTC timestamp given as SQL."""
    offset = fixed_offset(zone)
    if offset is not None:
        return f"({moment} + INTERVAL '{int(offset.total_seconds())} seconds')"
    return f"timezone({literal(zone)}, timezone('UTC', {moment}))"


def local_day(moment: str, zone: str) -> str:
    """SQL for the calendar day, in ``zone``, of a UTC timestamp given as SQL."""
    return f"CAST({local_moment(moment, zone)} AS DATE)"


def expression_sql(
    expression: Expression,
    civil: CivilTime,
    parameters: Mapping[str, date | str],
    column: Callable[[str], str] = name,
) -> str:
    """A checked expression as DuckDB text. It never fails on a record: what cannot be cast, divided or computed is NULL.

    Args:
        expression: from ``catalogue.expression.parse``.
        civil: the time zone by which ``date_of`` finds the day, and when work is done.
        parameters: the days that ``today`` and ``period_end`` stand for, or SQL that gives them.
        column: SQL for a field's value; by default the column of that name.
    """
    if column is not name:
        return _written(expression, civil, parameters, column)
    sql = _kept(_Asked(expression.text, expression.names, civil.said, tuple(sorted(parameters)), expression, civil))
    for word, day in parameters.items():
        sql = sql.replace(_placeholder(word), day if isinstance(day, str) else literal(day))
    return sql


def _placeholder(word: str) -> str:
    """What stands for a day until it is known; no text can hold it."""
    return f"\x00{word}\x00"


@dataclass(frozen=True)
class _Asked:
    """What an expression's SQL depends on."""

    text: str
    names: frozenset[str]
    said: str
    parameters: tuple[str, ...]
    expression: Expression = field(compare=False)
    civil: CivilTime = field(compare=False)


@lru_cache(maxsize=2048)
def _kept(asked: _Asked) -> str:
    """The same few hundred declarations are translated with every question."""
    return _written(asked.expression, asked.civil, {word: _placeholder(word) for word in asked.parameters}, name)


def _written(expression: Expression, civil: CivilTime, parameters: Mapping[str, date | str], column: Callable[[str], str]) -> str:
    def turn(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Column):
            if node.name in parameters and node.name not in expression.names:
                day = parameters[node.name]
                return _raw(day if isinstance(day, str) else literal(day))
            return _raw(column(node.name))
        if isinstance(node, exp.Anonymous):
            return _raw(_ours(node, civil))
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


def _ours(node: exp.Anonymous, civil: CivilTime) -> str:
    """A function of ours; its arguments have been turned already."""
    arguments = [argument.sql(dialect="duckdb") for argument in node.expressions]
    match node.name.lower():
        case "date_of":
            return local_day(arguments[0], node.expressions[1].name if len(arguments) == 2 else civil.zone)
        case "days_between":
            return f"TRY({_days_between(*arguments)})"
        case "working_days_between":
            start, end = (_with("_on", argument, _working_days("_on", civil)) for argument in arguments)
            return f"TRY(({end}) - ({start}))"
        case "working_hours_between":
            start, end = (_with("_at", local_moment(argument, civil.zone), _office_time("_at", civil)) for argument in arguments)
            return f"TRY(CAST(({end} - {start}) / {_MICROSECONDS_AN_HOUR} AS DECIMAL(28, 9)))"
        case "end_of":
            return f"TRY({utc_moment(f'CAST({arguments[0]} + 1 AS TIMESTAMP)', civil.zone)})"
        case "plus_days":
            return f"TRY(CAST({arguments[0]} + CAST(floor({arguments[1]}) AS INTEGER) AS DATE))"
        case _:
            return f"TRY(CAST({arguments[0]} + to_months(CAST(floor({arguments[1]}) AS INTEGER)) AS DATE))"


def utc_moment(moment: str, zone: str) -> str:
    """SQL for the UTC timestamp of a wall clock's time in ``zone``."""
    offset = fixed_offset(zone)
    if offset is not None:
        return f"({moment} - INTERVAL '{int(offset.total_seconds())} seconds')"
    return f"timezone('UTC', timezone({literal(zone)}, {moment}))"


def _days_between(start: str, end: str) -> str:
    """Days with fraction, as an exact decimal: sums of it do not depend on the order of the records."""
    micros = f"(epoch_us(CAST({end} AS TIMESTAMP)) - epoch_us(CAST({start} AS TIMESTAMP)))"
    return f"CAST({micros} / {_MICROSECONDS_A_DAY} AS DECIMAL(28, 9))"


def _working_days(day: str, civil: CivilTime) -> str:
    """The working days from 01/01/0001 up to and with a day: those of a usual calendar, and how many more or less there have been."""
    place = f"date_diff('day', DATE '0001-01-01', {day})"
    usual = f"5 * ({place} // 7) + least({place} % 7 + 1, 5)"
    surplus = civil.surplus
    if not surplus:
        return f"({usual})"
    # One text of numbers of equal width: a list is copied and compared number by number while DuckDB plans.
    least = min(surplus)
    width = len(str(max(surplus) - least))
    known = "".join(f"{each - least:0{width}d}" for each in surplus)
    within, after = _within(day, civil)
    found = f"CAST(substr('{known}', {width} * ({day} - {literal(civil.first)}) + 1, {width}) AS INTEGER) + {least}"
    return f"({usual} + CASE WHEN {within} THEN {found} WHEN {after} THEN {surplus[-1]} ELSE 0 END)"


def _is_worked(day: str, civil: CivilTime) -> str:
    """Whether a day is worked, as 1 or 0."""
    usual = f"CASE WHEN isodow({day}) < 6 THEN 1 ELSE 0 END"
    if not civil.surplus:
        return f"({usual})"
    known = "".join(str(int(civil.is_working(civil.first + timedelta(days=ahead)))) for ahead in range(len(civil.surplus)))
    found = f"CAST(substr('{known}', {day} - {literal(civil.first)} + 1, 1) AS INTEGER)"
    return f"(CASE WHEN {_within(day, civil)[0]} THEN {found} ELSE {usual} END)"


def _within(day: str, civil: CivilTime) -> tuple[str, str]:
    """SQL conditions: whether a day lies in the span that the calendar speaks of, and whether after it."""
    last = literal(civil.first + timedelta(days=len(civil.surplus) - 1))
    return f"{day} BETWEEN {literal(civil.first)} AND {last}", f"{day} > {last}"


def _office_time(moment: str, civil: CivilTime) -> str:
    """The office hours from 01/01/0001 up to a wall clock's time, in microseconds."""
    day = f"CAST({moment} AS DATE)"
    clock = f"(epoch_us({moment}) - epoch_us(CAST({day} AS TIMESTAMP)))"
    stretches = [(_microseconds(begins), _microseconds(ends)) for begins, ends in civil.office_hours]
    worked = " + ".join(f"least(greatest({clock} - {begins}, 0), {ends - begins})" for begins, ends in stretches)
    whole = sum(ends - begins for begins, ends in stretches)
    before = _with("_on", f"{day} - 1", _working_days("_on", civil))
    return f"({before} * {whole} + {_with('_on', day, _is_worked('_on', civil))} * ({worked}))"


def _with(called: str, value: str, sql: str) -> str:
    """SQL in which a value is written once and called by a name: reading and binding it at each place takes longer than counting."""
    return f"list_transform([{value}], lambda {called}: {sql})[1]"


def _microseconds(clock: time) -> int:
    return ((clock.hour * 60 + clock.minute) * 60 + clock.second) * 1_000_000 + clock.microsecond


def record_expression(text: str, record: RecordType) -> Expression:
    """Parse an expression against a record type's fields."""
    return parse(text, {field: KIND_OF_FIELD[spec.type] for field, spec in record.fields.items()})

"""The expressions of the catalogue: a small, portable part of SQL, parsed and checked by sqlglot.

Field names, literals, comparisons, logic, arithmetic, CASE and a few functions; two names, ``today`` and ``period_end``
(calendar days), and functions of ours about time, see ``OUR_FUNCTIONS``. Nothing here can reach a file or another table.

What is accepted can be computed for every record: text that cannot be cast, a division by zero, a number beyond all range count as nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import sqlglot
from sqlglot import exp

from ioc.catalogue.kinds import CAST_FROM, CASTS, DIGITS, PLACES, Kind, in_range, is_plain, reads_as
from ioc.errors import IocError, Said, did_you_mean, joined

PARAMETERS = {"today": Kind.DATE, "period_end": Kind.DATE}
# Names for what an expression depends on besides its record: a calendar is one of them, though no name in an expression.
CALENDAR = "calendar"
_DAY, _MOMENT, _ANY = (Kind.DATE,), (Kind.TIMESTAMP,), (Kind.TIMESTAMP, Kind.DATE)
_NUMBER = (Kind.NUMBER,)
# Of each function of ours: what its arguments may be, and what it gives.
OUR_FUNCTIONS: dict[str, tuple[tuple[tuple[Kind, ...], ...], Kind]] = {
    # The calendar day on which a moment falls, in the organisation's time zone unless another is named.
    "date_of": ((_MOMENT,), Kind.DATE),
    # Days with fraction, between two days or two moments.
    "days_between": ((_ANY, _ANY), Kind.NUMBER),
    # Working days after the first day, up to and with the second; less than nothing if that is earlier.
    "working_days_between": ((_DAY, _DAY), Kind.NUMBER),
    # Office hours with fraction between two moments.
    "working_hours_between": ((_MOMENT, _MOMENT), Kind.NUMBER),
    # The moment at which a day ends, in the organisation's time zone.
    "end_of": ((_DAY,), Kind.TIMESTAMP),
    # A day so many days or months later; a month without that day ends it.
    "plus_days": ((_DAY, _NUMBER), Kind.DATE),
    "plus_months": ((_DAY, _NUMBER), Kind.DATE),
}
_BY_CALENDAR = {"working_days_between", "working_hours_between"}
_NUMERIC_FUNCTIONS = (exp.Abs, exp.Round, exp.Length)
_TEXT_FUNCTIONS = (exp.Lower, exp.Upper, exp.Trim, exp.Replace, exp.DPipe)
_SAME_FUNCTIONS = (exp.Coalesce, exp.Least, exp.Greatest, exp.Nullif)
_ORDERED = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE)
_ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod)
# Arguments that mean the same everywhere; a node with any other is refused.
_ARGUMENTS: dict[type[exp.Expr], set[str]] = {
    exp.Length: {"this"},
    exp.Round: {"this", "decimals"},
    exp.Trim: {"this"},
    exp.Between: {"this", "low", "high"},
    exp.Like: {"this", "expression", "negate"},
    exp.Column: {"this"},
}


class BadExpression(IocError):
    """An expression that is not part of the language, or that does not fit the fields it is about."""

    exit_code = 2


@dataclass(frozen=True, eq=False)
class Expression:
    """A checked expression. Two of them are compared by their text; each is only equal to itself, so that it may be a key.

    Attributes:
        text: canonical form: two expressions with one text mean the same.
        tree: its syntax tree, not to be changed.
        kind: what it gives.
        names: the fields it uses.
        parameters: which of ``today`` and ``period_end`` it uses, and ``CALENDAR`` if it counts working days or hours.
    """

    text: str
    tree: exp.Expr
    kind: Kind
    names: frozenset[str]
    parameters: frozenset[str]


def parse(text: str, fields: Mapping[str, Kind]) -> Expression:
    """Parse and check one expression.

    Args:
        text: the expression as declared.
        fields: the names that it may use, and what each gives.

    Raises:
        BadExpression: what is wrong with it, and the nearest name where a name is unknown.
    """
    if type(fields) is dict:
        return _parse_known(text, tuple(fields.items()))
    return _parse(text, fields)


@lru_cache(maxsize=4096)
def _parse_known(text: str, fields: tuple[tuple[str, Kind], ...]) -> Expression:
    """The same few hundred declarations are asked for with every question."""
    return _parse(text, dict(fields))


def _parse(text: str, fields: Mapping[str, Kind]) -> Expression:
    try:
        commented = any(token.comments for token in sqlglot.tokenize(text))
        statements = sqlglot.parse(text)
    except (sqlglot.errors.SqlglotError, RecursionError) as error:
        raise BadExpression("“{text}” cannot be read as an expression.", "Check brackets, quotes and operators.", text=text) from error
    if commented:
        raise BadExpression("“{text}” holds a comment.", "Write comments in YAML, after #.", text=text)
    if len(statements) != 1 or statements[0] is None:
        raise BadExpression("“{text}” is not one expression.", "Write exactly one.", text=text)
    tree = statements[0]
    checker = _Checker(fields)
    kind = checker.kind(tree)
    return Expression(tree.sql(), tree, kind, frozenset(checker.names), frozenset(checker.parameters))


class _Checker:
    def __init__(self, fields: Mapping[str, Kind]) -> None:
        self.fields = fields
        self.names: set[str] = set()
        self.parameters: set[str] = set()

    def kind(self, node: exp.Expr) -> Kind:
        """What a node gives; raises BadExpression for anything outside the language."""
        self._only_known_arguments(node)
        if isinstance(node, exp.Paren):
            return self.kind(node.this)
        if isinstance(node, exp.Column):
            return self._name(node)
        if isinstance(node, exp.Literal):
            return Kind.TEXT if node.is_string else self._number(node)
        if isinstance(node, exp.Boolean):
            return Kind.BOOLEAN
        if isinstance(node, exp.Null):
            return Kind.NULL
        for types, rule in self._rules():
            if isinstance(node, types):
                return rule(node)
        what = node.key.upper() if not isinstance(node, exp.Anonymous) else Said("function {name}", name=node.name)
        raise BadExpression("{named} is not part of the expression language.", did_you_mean(node.name, OUR_FUNCTIONS), named=what)

    def _only_known_arguments(self, node: exp.Expr) -> None:
        known = _ARGUMENTS.get(type(node))
        if isinstance(node, exp.Column) and node.table:
            raise BadExpression("“{text}” reaches into another table.", "Use the record's own fields only.", text=node.sql())
        if known is not None and any(value and argument not in known for argument, value in node.args.items()):
            raise BadExpression(
                "“{text}” is not part of the expression language.", "Use {key} in its plain form.", text=node.sql(), key=node.key.upper()
            )

    def _rules(self) -> tuple[tuple[tuple[type[exp.Expr], ...], Callable[[Any], Kind]], ...]:
        return (
            ((exp.And, exp.Or, exp.Not), self._logic),
            (_ORDERED, self._comparison),
            ((exp.Is,), self._is),
            ((exp.In,), self._in),
            ((exp.Between,), self._comparison),
            ((exp.Like,), self._like),
            ((*_ARITHMETIC, exp.Neg, *_NUMERIC_FUNCTIONS), self._arithmetic),
            (_TEXT_FUNCTIONS, self._text_function),
            (_SAME_FUNCTIONS, self._same),
            ((exp.Case,), self._case),
            ((exp.Cast,), self._cast),
            ((exp.Anonymous,), self._ours),
        )

    def _number(self, node: exp.Expr) -> Kind:
        if not in_range(node.name):
            raise BadExpression(
                "The number {name} is out of range.",
                "Use up to {digits} digits, and {places} behind the point.",
                name=node.name,
                digits=DIGITS,
                places=PLACES,
            )
        return Kind.NUMBER

    def _name(self, node: exp.Column) -> Kind:
        name = node.name
        if name in self.fields:
            self.names.add(name)
            return self.fields[name]
        if name in PARAMETERS:
            self.parameters.add(name)
            return PARAMETERS[name]
        raise BadExpression("There is no field “{name}”.", did_you_mean(name, [*self.fields, *PARAMETERS]), name=name)

    def _expect(self, node: exp.Expr, *kinds: Kind) -> Kind:
        found = self.kind(node)
        if found not in kinds and found is not Kind.NULL:
            raise BadExpression(
                "“{text}” is {found}, but {wanted} is needed here.", text=node.sql(), found=Said(found), wanted=Said(kinds[0])
            )
        return found

    def _parts(self, node: exp.Expr) -> list[exp.Expr]:
        parts: list[exp.Expr] = []
        for value in node.args.values():
            parts.extend(item for item in (value if isinstance(value, list) else [value]) if isinstance(item, exp.Expr))
        return parts

    def _logic(self, node: exp.Expr) -> Kind:
        for part in self._parts(node):
            self._expect(part, Kind.BOOLEAN)
        return Kind.BOOLEAN

    def _agree(self, parts: list[exp.Expr]) -> Kind:
        kinds = {part: self.kind(part) for part in parts}
        known = [kind for kind in kinds.values() if kind is not Kind.NULL]
        if known and any(kind is not known[0] for kind in known):
            shown = joined(
                "{one} and {other}", [Said("“{text}” ({kind})", text=part.sql(), kind=Said(kind)) for part, kind in kinds.items()]
            )
            mixed = {Kind.DATE, Kind.TIMESTAMP} <= set(known)
            hint = Said("Use date_of(…) to compare a moment with a day.") if mixed else Said()
            raise BadExpression("{shown} do not go together.", hint, shown=shown)
        return known[0] if known else Kind.NULL

    def _comparison(self, node: exp.Expr) -> Kind:
        parts = self._parts(node)
        if any(isinstance(part, exp.Null) for part in parts):
            raise BadExpression("“{text}” compares with NULL, which is never true.", "Write IS NULL or IS NOT NULL.", text=node.sql())
        self._agree(parts)
        return Kind.BOOLEAN

    def _is(self, node: exp.Expr) -> Kind:
        if not isinstance(node.expression, exp.Null | exp.Boolean):
            raise BadExpression("“{text}” is not understood.", "IS goes with NULL, TRUE or FALSE only.", text=node.sql())
        if isinstance(node.expression, exp.Null):
            self.kind(node.this)
        else:
            self._expect(node.this, Kind.BOOLEAN)
        return Kind.BOOLEAN

    def _in(self, node: exp.Expr) -> Kind:
        if node.args.get("query") or node.args.get("unnest") or node.args.get("field"):
            raise BadExpression("“{text}” asks another table.", "Write the values out: x IN ('a', 'b').", text=node.sql())
        if not node.expressions:
            raise BadExpression("“{text}” is never true.", "Write the values out: x IN ('a', 'b').", text=node.sql())
        return self._comparison(node)

    def _like(self, node: exp.Expr) -> Kind:
        for part in self._parts(node):
            self._expect(part, Kind.TEXT)
        return self._comparison(node)

    def _arithmetic(self, node: exp.Expr) -> Kind:
        wanted = Kind.TEXT if isinstance(node, exp.Length) else Kind.NUMBER
        for part in self._parts(node):
            self._expect(part, wanted)
        decimals = node.args.get("decimals")
        if decimals is not None and decimals.name not in map(str, range(PLACES + 1)):
            raise BadExpression(
                "“{text}” rounds to “{decimals}” places.",
                "Write how many, 0 to {places}.",
                text=node.sql(),
                decimals=decimals.sql(),
                places=PLACES,
            )
        return Kind.NUMBER

    def _text_function(self, node: exp.Expr) -> Kind:
        for part in self._parts(node):
            self._expect(part, Kind.TEXT)
        return Kind.TEXT

    def _same(self, node: exp.Expr) -> Kind:
        return self._agree(self._parts(node))

    def _case(self, node: exp.Expr) -> Kind:
        if node.this:
            raise BadExpression("CASE with an operand is not part of the expression language.", "Write CASE WHEN condition THEN …")
        results = [branch.args["true"] for branch in node.args["ifs"]]
        for branch in node.args["ifs"]:
            self._expect(branch.this, Kind.BOOLEAN)
        if node.args.get("default"):
            results.append(node.args["default"])
        return self._agree(results)

    def _cast(self, node: exp.Expr) -> Kind:
        to = node.args["to"]
        if to.this not in CASTS or not is_plain(to):
            raise BadExpression("“{text}”: a value cannot be turned into {wanted}.", text=node.sql(), wanted=to.sql())
        found, wanted = self.kind(node.this), CASTS[to.this]
        if found is Kind.TIMESTAMP:
            raise BadExpression("“{text}” does not say in which time zone.", "Use date_of(…).", text=node.sql())
        if found not in CAST_FROM[wanted]:
            raise BadExpression(
                "“{text}”: {found} cannot be turned into {wanted}.", text=node.sql(), found=Said(found), wanted=Said(wanted)
            )
        if isinstance(node.this, exp.Literal) and not reads_as(node.this.name, wanted):
            raise BadExpression(
                "“{name}” is not {wanted}.",
                "Write a day as DATE '2026-11-23'." if wanted is Kind.DATE else "",
                name=node.this.name,
                wanted=Said(wanted),
            )
        return wanted

    def _ours(self, node: exp.Expr) -> Kind:
        name, arguments = node.name.lower(), node.expressions
        wanted, gives = OUR_FUNCTIONS.get(name, ((), Kind.NULL))
        in_zone = name == "date_of" and len(arguments) == 2
        if wanted and len(arguments) == len(wanted) + in_zone:
            for argument, kinds in zip(arguments, wanted, strict=False):
                self._expect(argument, *kinds)
            if name == "days_between":
                self._agree(arguments)
            if name == "date_of" and self.kind(arguments[0]) is Kind.NULL:
                raise BadExpression("“{text}” is always nothing.", "Give date_of a moment.", text=node.sql())
            if in_zone:
                _check_zone(arguments[1])
            if name in _BY_CALENDAR:
                self.parameters.add(CALENDAR)
            return gives
        raise BadExpression(
            "{named} is not part of the expression language.",
            did_you_mean(name, OUR_FUNCTIONS) or Said("Functions of ours: {names}.", names=", ".join(OUR_FUNCTIONS)),
            named=node.sql(),
        )


def _check_zone(node: exp.Expr) -> None:
    try:
        ZoneInfo(node.name if isinstance(node, exp.Literal) and node.is_string else "")
    except (KeyError, ValueError, OSError) as error:
        raise BadExpression("{text} is not a time zone.", "Write one such as 'Asia/Ho_Chi_Minh'.", text=node.sql()) from error

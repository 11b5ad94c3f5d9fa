"""Whether what an indicator adds up can be a length of time: from the later of two moments to the earlier it is negative."""

from __future__ import annotations

from collections.abc import Iterator

import sqlglot
from sqlglot import exp

from ioc.catalogue.model import Indicator, RecordType
from ioc.catalogue.source import Finding, Location
from ioc.errors import Said

LENGTHS = {"days_between", "working_days_between", "working_hours_between"}


def check_durations(path: Location, spec: Indicator, record: RecordType) -> Iterator[Finding]:
    """Lengths of time whose two ends stand the wrong way round, as far as a rule of the record says which comes first.

    Expressions have been parsed before.
    """
    later = {pair for rule in record.rules.values() for pair in _ordered(rule.check)}
    for part in ("value", "total"):
        text = getattr(spec, part)
        for first, second in _lengths(text) if text else ():
            if (first, second) in later:
                yield (
                    (*path, part),
                    Said(
                        "“{text}” is negative: “{first}” is never before “{second}” by the rules of “{record}”.",
                        text=text,
                        first=first,
                        second=second,
                        record=spec.record,
                    ),
                    Said("Write the earlier one first: ({second}, {first}).", second=second, first=first),
                )


def _lengths(text: str) -> Iterator[tuple[str, str]]:
    """The two fields of each length of time in an expression; what is more than a field is left alone."""
    for call in sqlglot.parse_one(text).find_all(exp.Anonymous):
        if call.name.lower() in LENGTHS and len(call.expressions) == 2:
            first, second = (_field(each) for each in call.expressions)
            if first and second:
                yield first, second


def _ordered(check: str) -> Iterator[tuple[str, str]]:
    """The later and the earlier of two fields that a rule compares, be it whenever both are known."""
    for each in sqlglot.parse_one(check).find_all(exp.GTE, exp.GT, exp.LTE, exp.LT):
        pair = _field(each.this), _field(each.expression)
        if pair[0] and pair[1]:
            yield (pair[0], pair[1]) if isinstance(each, exp.GTE | exp.GT) else (pair[1], pair[0])


def _field(node: exp.Expr) -> str:
    """The field that an expression is, by itself or as the day of a moment; empty if it is more."""
    inner = node.expressions[0] if isinstance(node, exp.Anonymous) and node.name.lower() == "date_of" and node.expressions else node
    return str(inner.name) if isinstance(inner, exp.Column) else ""

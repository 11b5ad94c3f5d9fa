"""What expressions give, and what can be turned into what."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from sqlglot import exp

from ioc.catalogue.model import FieldType


class Kind(StrEnum):
    """What an expression gives."""

    BOOLEAN = "a condition"
    NUMBER = "a number"
    TEXT = "text"
    DATE = "a date"
    TIMESTAMP = "a moment"
    NULL = "nothing"


KIND_OF_FIELD = {
    FieldType.TEXT: Kind.TEXT,
    FieldType.CODE: Kind.TEXT,
    FieldType.INTEGER: Kind.NUMBER,
    FieldType.NUMBER: Kind.NUMBER,
    FieldType.BOOLEAN: Kind.BOOLEAN,
    FieldType.DATE: Kind.DATE,
    FieldType.TIMESTAMP: Kind.TIMESTAMP,
}
# The most digits that a number may have, as literal or in DECIMAL(…), and of them behind the point.
DIGITS, PLACES = 18, 9
CASTS = {
    exp.DataType.Type.INT: Kind.NUMBER,
    exp.DataType.Type.BIGINT: Kind.NUMBER,
    exp.DataType.Type.DOUBLE: Kind.NUMBER,
    exp.DataType.Type.DECIMAL: Kind.NUMBER,
    exp.DataType.Type.TEXT: Kind.TEXT,
    exp.DataType.Type.VARCHAR: Kind.TEXT,
    exp.DataType.Type.DATE: Kind.DATE,
}
# What can be turned into what; a moment only by date_of, which says in which time zone.
CAST_FROM = {
    Kind.NUMBER: {Kind.NUMBER, Kind.TEXT, Kind.BOOLEAN, Kind.NULL},
    Kind.TEXT: set(Kind) - {Kind.TIMESTAMP},
    Kind.DATE: {Kind.DATE, Kind.TEXT, Kind.NULL},
}


def in_range(number: str) -> bool:
    """Whether every engine can hold a number literal."""
    try:
        parts = Decimal(number).as_tuple()
    except InvalidOperation:
        return False
    exponent = parts.exponent if isinstance(parts.exponent, int) else DIGITS
    return len(parts.digits) + exponent <= DIGITS and -exponent <= PLACES


def is_plain(to: exp.Expr) -> bool:
    """Whether a type is its bare name, or DECIMAL(digits, places)."""
    sizes = [int(size.name) if isinstance(size.this, exp.Literal) and size.name.isdigit() else -1 for size in to.expressions]
    if any(value for argument, value in to.args.items() if argument not in {"this", "expressions"}):
        return False
    return not sizes or (
        to.this is exp.DataType.Type.DECIMAL and len(sizes) == 2 and 0 <= sizes[1] <= min(sizes[0], PLACES) and sizes[0] <= DIGITS + PLACES
    )


def reads_as(text: str, kind: Kind) -> bool:
    """Whether a literal can be cast, so that a misspelt one is a fault and not nothing."""
    try:
        if kind is Kind.DATE:
            date.fromisoformat(text)
        elif kind is Kind.NUMBER:
            Decimal(text)
    except (ValueError, ArithmeticError):
        return False
    return True

"""What has been read of a growing result: the greatest value met, kept as text from one asking to the next."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from data_sources.sql.options import Watermark
from data_sources.watermark_cap import latest, without_ahead
from ioc.errors import FeedRejected

Value = datetime | date | Decimal | int | float | str
_MOMENTS, _DATES, _NUMBERS = timedelta(minutes=10), timedelta(days=1), Decimal(1000)


@dataclass(frozen=True)
class Position:
    """Where a feed goes on.

    Attributes:
        column: the watermark's column.
        kind: what it holds: `moment`, `date`, `number` or `text`.
        at: the greatest value met, as text.
        seen: digest of the last asking when all it brought is known, so that the same is not taken in again.
    """

    column: str = ""
    kind: str = ""
    at: str = ""
    seen: str = ""

    def written(self) -> str:
        """The position as the intake keeps it."""
        return orjson.dumps({"column": self.column, "kind": self.kind, "at": self.at, "seen": self.seen}).decode()

    def value(self) -> Value:
        """The greatest value met."""
        match self.kind:
            case "moment":
                return datetime.fromisoformat(self.at)
            case "date":
                return date.fromisoformat(self.at)
            case "number":
                return int(self.at) if re.fullmatch(r"-?\d+", self.at) else Decimal(self.at)
            case _:
                return self.at


def position(text: str | None, watermark: Watermark | None, now: datetime) -> Position:
    """The position that was kept, now where our own clock has been set back behind it.

    The very beginning when there is none, or another column was declared since.
    """
    try:
        found = Position(**orjson.loads(text)) if text else Position()
        value = found.value()
    except (orjson.JSONDecodeError, TypeError, ValueError, ArithmeticError):
        return Position()
    if found.column != (watermark.column if watermark else ""):
        return Position()
    if isinstance(value, date) and value > (limit := latest(value, now)):
        return replace(found, at=limit.isoformat())
    return found


def bound(at: Position, watermark: Watermark) -> Value:
    """What `:watermark` stands for.

    Raises:
        FeedRejected: the overlap is a length of time, and the column holds numbers.
    """
    value: Value = watermark.start
    if at.kind:
        value = at.value()
        with suppress(OverflowError):
            value = _before(value, watermark)
    return value.astimezone(UTC) if isinstance(value, datetime) and value.tzinfo else value


def within(first: date, last: date, watermark: Watermark | None) -> dict[str, Value]:
    """What the query's names stand for when days gone by are asked for, both inclusive; they begin where `start` says.

    Raises:
        FeedRejected: the watermark is no time.
    """
    start = watermark.start if watermark else None
    if not isinstance(start, date):
        raise FeedRejected("Days gone by cannot be asked for: the feed has no watermark that is a moment.", "Give it one.")
    following = last + timedelta(days=1)
    if not isinstance(start, datetime):
        return {"watermark": first - timedelta(days=1), "first_day": first, "next_day": following}
    begin, end = (datetime.combine(day, time(), start.tzinfo) for day in (first, following))
    if start.tzinfo:
        begin, end = begin.astimezone(UTC), end.astimezone(UTC)
    # The query asks for what is later than the watermark; the first moment of the day is to be among it.
    return {"watermark": begin - timedelta(microseconds=1), "first_day": begin, "next_day": end}


def _before(value: Value, watermark: Watermark) -> Value:
    overlap = watermark.overlap
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return value - (_MOMENTS if overlap is None else overlap if isinstance(overlap, timedelta) else timedelta(seconds=float(overlap)))
    if isinstance(value, date):
        return value - (
            _DATES if overlap is None else -(-overlap // _DATES) * _DATES if isinstance(overlap, timedelta) else int(overlap) * _DATES
        )
    if isinstance(overlap, timedelta):
        raise FeedRejected(
            "The watermark “{column}” holds numbers: its overlap is no length of time.",
            "Give a number, such as 1000.",
            column=watermark.column,
        )
    return Decimal(value) - (_NUMBERS if overlap is None else overlap)


def advanced(
    before: Position, column: str, values: pa.ChunkedArray, wanted: pa.DataType | None, now: datetime, *, ordered: bool, whole: bool
) -> Position:
    """The position after some rows, never behind the one before.

    Args:
        before: the position until now.
        column: the watermark's name.
        values: the column, in the order of the rows.
        wanted: the type that the database declares.
        now: moments and days that lie ahead of it are passed over.
        ordered: whether the last row has the greatest value; only the database knows the order of text.
        whole: whether no row can follow; if not, rows equal to the last may still come, and it stays before those.
    """
    values = without_ahead(_readable(values, wanted), now)
    kind = _kind(column, values.type)
    if not whole and len(values):
        values = values.filter(pc.not_equal(values, values[-1]))
    if not len(values):
        return before
    found = Position(column, kind, _written(values[-1] if ordered else pc.max(values)))
    is_behind = before.kind == kind and not (ordered and kind == "text") and _later(before, found)
    return before if is_behind else found


def check_sorted(name: str, values: pa.ChunkedArray, last: pa.Scalar | None) -> pa.Scalar | None:
    """The last value of a column that is declared sorted. Raises FeedRejected when it is not. Only the database knows the order of text."""
    values = values.drop_null().combine_chunks()
    if not len(values) or pa.types.is_string(values.type):
        return last
    follows = last is None or last.type != values.type or pc.less_equal(last, values[0]).as_py()
    if not follows or not pc.all(pc.less_equal(values[:-1], values[1:]), min_count=0).as_py():
        raise FeedRejected(
            "The rows are not sorted by “{name}” as the feed says.", "Write ORDER BY {name} in the query, or leave “sorted” out.", name=name
        )
    return values[-1]


def _later(one: Position, other: Position) -> bool:
    try:
        return one.value() > other.value()  # type: ignore[operator]
    except TypeError:  # with an offset and without: the column was changed in the source
        return False


def _readable(values: pa.ChunkedArray, wanted: pa.DataType | None) -> pa.ChunkedArray:
    """The values that can be compared: where some are not of the declared type (`infinity`) and all are text, those that are."""
    values = values.drop_null()
    if pa.types.is_floating(values.type):
        return values.filter(pc.is_finite(values))
    if wanted is None or not pa.types.is_string(values.type):
        return values
    found = [each for each in (_cast(value, wanted) for value in values) if each is not None]
    return pa.chunked_array([pa.array(found, wanted)])


def _cast(value: pa.Scalar, wanted: pa.DataType) -> object:
    try:
        return value.cast(wanted).as_py()
    except pa.ArrowInvalid:
        return None


def _kind(column: str, kind: pa.DataType) -> str:
    if pa.types.is_timestamp(kind):
        return "moment"
    if pa.types.is_date(kind):
        return "date"
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return "number"
    if pa.types.is_string(kind):
        return "text"
    raise FeedRejected(
        "The watermark column “{column}” holds {kind}, which does not grow.",
        "Choose a moment, a date, a number or a text.",
        column=column,
        kind=kind,
    )


def _written(value: pa.Scalar) -> str:
    plain = value.as_py()
    return plain.isoformat() if isinstance(plain, date) else str(plain)

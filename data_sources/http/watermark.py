"""What is new: the greatest value of a column met so far, sent as a parameter so that only later rows are answered.

A value is a whole number: of the column itself, or the microseconds since 1970 of a moment.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from data_sources.watermark_cap import without_ahead
from ioc.errors import FeedRejected, Said, offered

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND, _MOMENT = timedelta(microseconds=1), pa.timestamp("us", "UTC")
_UNITS = {"seconds": 1_000_000, "milliseconds": 1_000}
# So many of the last values are looked through for one that shows how they are written.
_SHOWN = 100
_LENGTH = re.compile(r"(\d+)\s*([smhd]?)")
_LENGTHS = {"": 1_000_000, "s": 1_000_000, "m": 60_000_000, "h": 3_600_000_000, "d": 86_400_000_000}


class Watermark(BaseModel):
    """How only rows are asked for that are new or have changed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    column: str = Field(min_length=1, description="the column whose greatest value is remembered")
    param: str = Field(min_length=1, description="what it is called in the query, or in the body of a POST")
    format: str = Field(
        default="iso",
        description="how column and parameter are written: `iso` (2026-11-01T08:00:00+07:00), `seconds` or `milliseconds` since 1970, "
        "`number` (whole), or a pattern such as `%d/%m/%Y %H:%M:%S`",
    )
    start: str | int | datetime | date | None = Field(
        default=None, description="what the first asking sends; without it, it asks for everything"
    )
    overlap: str | int = Field(
        default=0, description="how much is asked for once more, for rows that come late: seconds or a length such as `10m`; or a number"
    )
    time_zone: str = Field(default="UTC", description="the zone of moments without one, such as Asia/Ho_Chi_Minh")
    until_param: str = Field(default="", description="the parameter for the end of days that are asked for once more, if there is one")
    sorted: bool = Field(
        default=False,
        description="whether rows come in the order of the column: then an asking that breaks off is gone on with where it was",
    )

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(Said("“{value}” is no time zone; write one such as Asia/Ho_Chi_Minh", value=value)) from None
        return value

    @field_validator("format")
    @classmethod
    def _known_format(cls, value: str) -> str:
        if value not in {"iso", "number", *_UNITS} and "%" not in value:
            raise ValueError(
                Said("“{value}” is no format; write iso, seconds, milliseconds, number or a pattern such as %Y-%m-%d %H:%M:%S", value=value)
            )
        return value

    @model_validator(mode="after")
    def _fits_together(self) -> Watermark:
        if self._overlap() is None:
            wanted = Said("seconds or a length such as 30s, 5m, 2h or 1d") if self.is_moment else Said("a whole number")
            raise ValueError(
                Said(
                    "“{overlap}” is no overlap for the format {format}; write {wanted}",
                    overlap=self.overlap,
                    format=self.format,
                    wanted=wanted,
                )
            )
        if self.start is not None and self._one(self.start) is None:
            raise ValueError(Said("start “{start}” is not written in the format {format}", start=self.start, format=self.format))
        if self.until_param and not self.is_moment:
            raise ValueError(Said("until_param goes with moments, not with numbers"))
        return self

    @property
    def is_moment(self) -> bool:
        """Whether the values are moments, not numbers."""
        return self.format != "number"

    def first(self) -> str | int | None:
        """What the first asking sends."""
        return self.start.isoformat() if isinstance(self.start, date) else self.start

    def again_from(self, greatest: int) -> int:
        """The value that is asked from when so much has been met."""
        return greatest - (self._overlap() or 0)

    def not_ahead(self, greatest: int | None, now: datetime) -> int | None:
        """What had been met, or now where our own clock has been set back behind it."""
        return min(greatest, _microseconds(now)) if greatest is not None and self.is_moment else greatest

    def _overlap(self) -> int | None:
        length = _LENGTH.fullmatch(str(self.overlap).strip())
        if not length or (length[2] and not self.is_moment):
            return None
        return int(length[1]) * (_LENGTHS[length[2]] if self.is_moment else 1)

    def of_day(self, day: date, *, end: bool = False) -> int:
        """The first moment of a day in the source's zone, or that of the next: a source may take it for the last or not."""
        return _microseconds(datetime.combine(day + timedelta(days=end), time(), ZoneInfo(self.time_zone)))

    def written(self, value: int, sample: str = "") -> str | int:
        """A value as it is sent; what cannot be told in the format is cut off, so that rather too much is asked for.

        Args:
            value: to be written.
            sample: a value as the source has written it: ISO 8601 has many ways, and a source may read its own alone.
        """
        if self.format == "number":
            return value
        if self.format in _UNITS:
            return value // _UNITS[self.format]
        moment = (_EPOCH + value * _MICROSECOND).astimezone(ZoneInfo(self.time_zone))
        return _like(sample.strip(), moment) if self.format == "iso" else moment.strftime(self.format)

    def values(self, table: pa.Table) -> pa.Array:
        """The values of the rows that have one that can be read.

        Raises:
            FeedRejected: there is no such column, or nothing in it can be read.
        """
        if self.column not in table.column_names:
            raise FeedRejected(
                "No row has the watermark's column “{column}”.", column=self.column, **offered(self.column, table.column_names)
            )
        column = pc.drop_null(table.column(self.column).combine_chunks())
        found = pc.drop_null(self._read(column))
        if len(column) and not len(found):
            raise FeedRejected(
                "Nothing in the watermark's column “{column}” is written in the format {format}.",
                "Mend the watermark's format.",
                column=self.column,
                format=self.format,
            )
        return found

    def _read(self, column: pa.Array) -> pa.Array:
        quick: pa.Array | None = None
        with suppress(pa.ArrowInvalid, pa.ArrowNotImplementedError):
            quick = self._quickly(column)
        return quick if quick is not None else pa.array([self._one(value) for value in column.to_pylist()], pa.int64())

    def _quickly(self, column: pa.Array) -> pa.Array | None:
        """All values at once, or None when there is no quick way; raises where one of them is written otherwise."""
        if not self.is_moment or self.format in _UNITS:
            return pc.multiply_checked(pc.cast(column, pa.int64()), _UNITS.get(self.format, 1))
        if not pa.types.is_string(column.type) or "%z" in self.format:
            return None
        if self.format != "iso":
            column = pc.strptime(column, format=self.format, unit="us")
        else:
            try:
                return pc.cast(pc.cast(column, pa.timestamp("us", "UTC")), pa.int64())
            except pa.ArrowInvalid:  # written without a zone
                column = pc.cast(column, pa.timestamp("us"))
        local = pc.assume_timezone(column, self.time_zone, ambiguous="earliest", nonexistent="earliest")
        return pc.cast(pc.cast(local, pa.timestamp("us", "UTC")), pa.int64())

    def reads(self, value: object) -> bool:
        """Whether a value is written in the format."""
        return self._one(value) is not None

    def _one(self, value: object) -> int | None:
        """One value, or None when it is not written in the format."""
        try:
            if self.format in {"number", *_UNITS}:
                return None if isinstance(value, bool) else int(str(value).strip()) * _UNITS.get(self.format, 1)
            if isinstance(value, date) and not isinstance(value, datetime):
                value = datetime.combine(value, time())
            if isinstance(value, str):
                text = value.strip()
                value = datetime.fromisoformat(text) if self.format == "iso" else datetime.strptime(text, self.format)
            if not isinstance(value, datetime):
                return None
            return _microseconds(value if value.tzinfo else value.replace(tzinfo=ZoneInfo(self.time_zone)))
        except (ValueError, OverflowError):
            return None


def _like(sample: str, moment: datetime) -> str:
    """A moment in ISO 8601 as the sample is written; with an offset and seconds when there is none."""
    try:
        zone = datetime.fromisoformat(sample).tzinfo
    except ValueError:
        return moment.isoformat(timespec="seconds")
    if len(sample) <= len("2026-11-01"):
        return moment.date().isoformat()
    digits = re.search(r"[.,](\d+)", sample)
    spec = "seconds" if not digits else "milliseconds" if len(digits[1]) == 3 else "microseconds"
    moment = moment.astimezone(zone) if zone else moment.replace(tzinfo=None)
    text = moment.isoformat(sample[10], spec)
    return text.replace("+00:00", "Z") if sample.endswith(("Z", "z")) else text


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND


@dataclass
class Reached:
    """How far the rows met so far have come.

    Attributes:
        watermark: what is looked at.
        kept: how far those had come that were kept before.
        sample: a value as the source has written it.
        greatest: of the rows met, those aside that claim to be later than now: a wrong clock must not hide what comes.
        below: the greatest value below that.
    """

    watermark: Watermark
    kept: int | None = None
    sample: str = ""
    greatest: int | None = None
    below: int | None = None
    _last: int | None = None

    def at_the_end(self) -> int | None:
        """How far all rows have come."""
        return max((each for each in (self.kept, self.greatest) if each is not None), default=None)

    def midway(self) -> int | None:
        """How far sorted rows have come of which more will follow: of those with the greatest value, some may be yet to come."""
        return max((each for each in (self.kept, self.below) if each is not None), default=None)

    def meet(self, table: pa.Table, now: datetime) -> None:
        """Look at further rows.

        Raises:
            FeedRejected: they cannot be looked at, or are not in the order that they are said to be in.
        """
        if not table.num_rows:
            return
        values = self.watermark.values(table)
        if not len(values):
            return
        if self.watermark.sorted:
            self._must_be_sorted(values)
        shown = pc.drop_null(table.column(self.watermark.column))[-_SHOWN:].to_pylist()
        self.sample = next((str(each) for each in reversed(shown) if self.watermark.reads(each)), self.sample)
        if self.watermark.is_moment:
            values = without_ahead(values.view(_MOMENT), now).view(pa.int64())
        tops = {self.greatest, self.below}
        if len(values):
            greatest = pc.max(values).as_py()
            tops |= {greatest, pc.max(values.filter(pc.less(values, greatest))).as_py()}
        self.greatest, self.below, *_ = *sorted((each for each in tops if each is not None), reverse=True), None, None

    def _must_be_sorted(self, values: pa.Array) -> None:
        first, last = values[0].as_py(), values[-1].as_py()
        falls = pc.any(pc.less(values[1:], values[:-1])).as_py()
        if falls or (self._last is not None and first < self._last):
            raise FeedRejected(
                "The rows do not come in the order of “{column}”.",
                "Set sorted: false, or ask the source to sort them.",
                column=self.watermark.column,
            )
        self._last = last

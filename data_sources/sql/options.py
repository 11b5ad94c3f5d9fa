"""What a person may say about a database in `config.yaml`."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, field_validator, model_validator

from ioc.errors import Said
from ioc.intake.port import Spans, Way

if TYPE_CHECKING:
    from sqlalchemy import URL, TextClause

# The driver for each kind of database.
DRIVERS = {
    "postgresql": "postgresql+psycopg",
    "mariadb": "mariadb+pymysql",
    "mysql": "mysql+pymysql",
    "oracle": "oracle+oracledb",
    "mssql": "mssql+mssqlpython",
}
_COMMENTS = re.compile(r"(--[^\n]*(\n|\Z)|/\*.*?\*/|[\s(])+", re.DOTALL)


_LENGTH, _UNITS = re.compile(r"\s*(\d{1,6})\s*([smhd])\s*"), {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def _overlap(value: Any) -> timedelta | Decimal:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0:
        return Decimal(str(value))
    if not isinstance(value, str) or (match := _LENGTH.fullmatch(value)) is None:
        raise ValueError(Said("is no overlap; write a number, or a length such as 30s, 10m, 2h or 1d"))
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def _url(address: str) -> URL:
    """An address, taken apart; the library is imported with the first feed that has one."""
    from sqlalchemy import make_url

    return make_url(address)


def _text(query: str) -> TextClause:
    from sqlalchemy import text

    return text(query)


class Watermark(BaseModel):
    """How only rows are asked for that are new or have changed."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    column: str = Field(min_length=1, description="the column of the result whose greatest value is remembered")
    start: datetime | date | int | float | str = Field(
        description="what `:watermark` stands for the first time, later the greatest value; a text is given to the database as it is"
    )
    overlap: Annotated[timedelta | Decimal, BeforeValidator(_overlap)] | None = Field(
        default=None,
        description="how much is asked for once more, for rows that are committed late: seconds or a length such as `10m` of moments, days "
        "of dates, or a number; without it 10 minutes, one day, or 1000. Text has none",
    )
    sorted: bool = Field(
        default=False,
        description="whether the query is ordered by the column: then an asking that breaks off is gone on with where it was",
    )


class SqlOptions(BaseModel):
    """Options of a feed of kind `sql`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    way: ClassVar[Way] = Way.ASKED

    url: SecretStr = Field(
        description="the database: `postgresql://user@host:5432/name`, `mariadb://…` or `mysql://…`; `oracle://…` and `mssql://…` with the "
        "extra that brings their driver"
    )
    password: SecretStr | None = Field(
        default=None, description="the password, as `${ENV_NAME}` or `file:PATH`; as it is, not escaped as in an address"
    )
    query: str = Field(
        description="one SELECT; with a watermark, `:watermark` stands in it for where it goes on; any other colon before a word is "
        "written `\\:`"
    )
    watermark: Watermark | None = Field(
        default=None,
        description="what makes each asking go on where the last one came to: `{column: updated_at, start: 2026-01-01}`; see below",
    )
    batch_rows: int = Field(
        default=122_880, ge=1, le=1_000_000, description="the most rows that are read at once; of those, what waits is kept together"
    )
    connect_seconds: float = Field(default=10, ge=1, le=300, description="how long connecting may take")
    statement_seconds: float = Field(default=600, ge=1, le=86400, description="how long the query may take, reading its rows included")
    tls: Literal["verify", "encrypt", "none"] = Field(
        default="verify",
        description="`verify`: the line is encrypted, and the server proves who it is; `encrypt`: it is encrypted; `none`: it is not",
    )
    ca_file: str = Field(default="", description="certificates of the authorities that are trusted, as PEM; without it those of the system")

    @field_validator("url")
    @classmethod
    def _known_database(cls, value: SecretStr) -> SecretStr:
        from sqlalchemy.exc import ArgumentError

        try:
            url = _url(value.get_secret_value())
        except (ArgumentError, ValueError):
            raise ValueError(Said("this is not the address of a database; write one such as postgresql://user@host:5432/name")) from None
        if url.drivername not in DRIVERS:
            raise ValueError(Said("an address begins with one of {known}", known=", ".join(f"{name}://" for name in DRIVERS)))
        if not url.database and url.drivername != "oracle":
            raise ValueError(Said("the address does not say which database; write it after the host: …host:5432/name"))
        return value

    @field_validator("query")
    @classmethod
    def _one_select(cls, value: str) -> str:
        value = value.strip().rstrip(";").rstrip()
        begins = _COMMENTS.sub("", value, count=1) if _COMMENTS.match(value) else value
        if not re.match(r"(select|with)\b", begins, re.IGNORECASE):
            raise ValueError(Said("only one SELECT (or WITH … SELECT) may be asked"))
        return value

    @model_validator(mode="after")
    def _fits(self) -> Self:
        names = set(self.statement.compile().params)
        if unknown := sorted(names - {"watermark"}):
            raise ValueError(
                Said("the query speaks of “:{name}”, which stands for nothing; write “\\:” for a colon that is meant", name=unknown[0])
            )
        if ("watermark" in names) != (self.watermark is not None):
            never, undeclared = (
                Said("the query never speaks of “:watermark”"),
                Said("the query speaks of “:watermark”, and none is declared"),
            )
            told = never if self.watermark else undeclared
            raise ValueError(
                Said(
                    "{told}; write such as: watermark: {{column: updated_at, start: 2026-01-01}} and … WHERE updated_at > :watermark",
                    told=told,
                )
            )
        if self.password and self.address.password:
            raise ValueError(Said("the password stands in “url” and in “password”; write it in one of them"))
        return self

    @property
    def spans(self) -> Spans:
        """Whether it can be asked for days gone by: where the watermark begins with a day or a moment."""
        return Spans.DAYS if self.watermark and isinstance(self.watermark.start, date) else Spans.NONE

    @property
    def kind(self) -> str:
        """The kind of database."""
        return _url(self.url.get_secret_value()).drivername

    @property
    def address(self) -> URL:
        """Where the database is, with the driver that reads it."""
        return _url(self.url.get_secret_value()).set(drivername=DRIVERS[self.kind])

    @property
    def statement(self) -> TextClause:
        """The query."""
        return _text(self.query)

    def within_days(self, column: str) -> TextClause:
        """The query, limited to rows from `:first_day` until before `:next_day`; `column` is the watermark's, quoted."""
        column = column.replace(":", r"\:")
        return _text(f"SELECT * FROM (\n{self.query}\n) asked WHERE asked.{column} >= :first_day AND asked.{column} < :next_day")

    @property
    def place(self) -> str:
        """The database as it is called in messages."""
        url = self.address
        return f"{url.database} on {url.host or 'this machine'}" + (f":{url.port}" if url.port else "")

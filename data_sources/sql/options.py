"""What a person may say about a database in `config.yaml`."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, field_validator, model_validator
from sqlalchemy import URL, TextClause, make_url, text
from sqlalchemy.exc import ArgumentError

from data_sources.duration import Duration, duration

# The driver for each kind of database.
DRIVERS = {
    "postgresql": "postgresql+psycopg",
    "mariadb": "mariadb+pymysql",
    "mysql": "mysql+pymysql",
    "oracle": "oracle+oracledb",
    "mssql": "mssql+mssqlpython",
}
_COMMENTS = re.compile(r"(--[^\n]*(\n|\Z)|/\*.*?\*/|[\s(])+", re.DOTALL)


def _overlap(value: Any) -> timedelta | Decimal:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0:
        return Decimal(str(value))
    return duration(value)


class Watermark(BaseModel):
    """How what is new is told from what has been read."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    column: str = Field(description="Column of the result that tells what is new: a moment of change, a date, a number or a text that grows.")
    start: datetime | date | int | float | str = Field(
        description="What `:watermark` stands for the first time; later it is the greatest value met. Text goes to the database as it is."
    )
    overlap: Annotated[timedelta | Decimal, BeforeValidator(_overlap)] | None = Field(
        default=None,
        description="How far before the greatest value it is asked again, because rows may be committed late: `10m`, or a number for numbers. "
        "Default 10m for moments, a day for dates, 1000 for numbers; text has none.",
    )


class SqlOptions(BaseModel):
    """Options of a feed of kind `sql`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: SecretStr = Field(description="The database: `postgresql://user@host:5432/name`, `mariadb://…`, `mysql://…`, `oracle://…`, `mssql://…`.")
    password: SecretStr | None = Field(default=None, description="The password, as `${ENV_NAME}` or `file:PATH`; as it is, not escaped as in a URL.")
    query: str = Field(description="One SELECT; with a watermark, `:watermark` stands for where it goes on. Write `\\:` for any other colon before a word.")
    watermark: Watermark | None = Field(default=None, description="What is new; without one, every asking reads everything.")
    sorted: bool = Field(
        default=False, description="Whether the query is ordered by the watermark's column: then a reading that breaks off goes on where it was."
    )
    batch_rows: int = Field(default=245_760, ge=1, le=1_000_000, description="The most rows that are kept at once.")
    connect_timeout: Duration = Field(default=timedelta(seconds=10), description="How long connecting may take.")
    statement_timeout: Duration = Field(default=timedelta(minutes=10), description="How long the query may take, reading its rows included.")
    tls: Literal["verify", "encrypt", "none"] = Field(
        default="verify",
        description="`verify`: encrypted, and the server proves by its certificate who it is; `encrypt`: encrypted only; `none`: neither.",
    )
    ca: str | None = Field(
        default=None, description="PEM file of the authority that signed the server's certificate; default those that this machine trusts."
    )

    @field_validator("url")
    @classmethod
    def _known_database(cls, value: SecretStr) -> SecretStr:
        try:
            url = make_url(value.get_secret_value())
        except (ArgumentError, ValueError):
            raise ValueError("this is not the address of a database; write one such as postgresql://user@host:5432/name") from None
        if url.drivername not in DRIVERS:
            raise ValueError(f"an address begins with one of {', '.join(f'{name}://' for name in DRIVERS)}")
        if not url.database and url.drivername != "oracle":
            raise ValueError("the address does not say which database; write it after the host: …host:5432/name")
        return value

    @field_validator("query")
    @classmethod
    def _one_select(cls, value: str) -> str:
        value = value.strip().rstrip(";").rstrip()
        begins = _COMMENTS.sub("", value, count=1) if _COMMENTS.match(value) else value
        if not re.match(r"(select|with)\b", begins, re.IGNORECASE):
            raise ValueError("only one SELECT (or WITH … SELECT) may be asked")
        return value

    @model_validator(mode="after")
    def _fits(self) -> Self:
        names = set(self.statement.compile().params)
        if unknown := sorted(names - {"watermark"}):
            raise ValueError(f"the query speaks of “:{unknown[0]}”, which stands for nothing; write “\\:” for a colon that is meant")
        if ("watermark" in names) != (self.watermark is not None):
            told = "the query never speaks of “:watermark”" if self.watermark else "the query speaks of “:watermark”, and none is declared"
            raise ValueError(f"{told}; write such as: watermark: {{column: updated_at, start: 2026-01-01}} and … WHERE updated_at > :watermark")
        if self.sorted and self.watermark is None:
            raise ValueError("“sorted” means sorted by the watermark's column, and no watermark is declared")
        if self.password and self.address.password:
            raise ValueError("the password stands in “url” and in “password”; write it in one of them")
        return self

    @property
    def address(self) -> URL:
        """Where the database is, with the driver that reads it."""
        url = make_url(self.url.get_secret_value())
        return url.set(drivername=DRIVERS[url.drivername])

    @property
    def statement(self) -> TextClause:
        """The query."""
        return text(self.query)

    @property
    def place(self) -> str:
        """The database as it is called in messages."""
        url = self.address
        return f"{url.database} on {url.host or 'this machine'}" + (f":{url.port}" if url.port else "")

"""What a person may say about an address in `config.yaml`."""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from data_sources.http.watermark import Watermark
from ioc.errors import Said
from ioc.intake.port import Spans, Way

_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")


def _address(value: str) -> str:
    try:
        parts = urlsplit(value)
        is_one = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_one = False
    if not is_one or any(letter.isspace() for letter in value):
        raise ValueError(Said("is no address; write one such as https://host/path"))
    if parts.username is not None or parts.password is not None:
        raise ValueError(Said("holds a name or password; give them as auth: {kind: basic, …}"))
    return value


Address = Annotated[str, AfterValidator(_address)]


class _Options(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Bearer(_Options):
    """A token, sent with every request."""

    kind: Literal["bearer"]
    token: str = Field(min_length=1)


class Basic(_Options):
    """A name and a password, sent with every request."""

    kind: Literal["basic"]
    user: str
    password: str


class OAuth2(_Options):
    """A token that is fetched from another address (client credentials), and again when it has run out or is refused."""

    kind: Literal["oauth2"]
    token_url: Address
    client_id: str = Field(min_length=1)
    client_secret: str = Field(min_length=1)
    scope: str = ""


class Paging(_Options):
    """How the next page is asked for.

    ``by`` page: ``param`` counts pages from ``start``; offset: ``param`` counts rows; cursor: ``param`` repeats what the page says at
    ``cursor`` (without ``param``, the address that stands there is followed); link: the header ``Link`` names the next page.
    ``size`` is sent as ``size_param``; a page may hold fewer rows all the same, since servers have limits of their own.
    """

    by: Literal["page", "offset", "cursor", "link"]
    param: str = ""
    start: int = Field(default=1, ge=0)
    cursor: str = ""
    total: str = ""
    size: int | None = Field(default=None, ge=1)
    size_param: str = ""

    @model_validator(mode="after")
    def _complete(self) -> Paging:
        counts = self.by in {"page", "offset"}
        if counts and not self.param:
            raise ValueError(Said("paging by {by} needs “param”: the parameter that counts", by=self.by))
        if self.by == "cursor" and not self.cursor:
            raise ValueError(Said("paging by cursor needs “cursor”: where the page says what comes next, such as meta.next"))
        if self.cursor and self.by != "cursor":
            raise ValueError(Said("“cursor” goes with paging by cursor"))
        if self.total and not counts:
            raise ValueError(Said("“total” goes with paging by page or offset"))
        if bool(self.size_param) and not self.size:
            raise ValueError(Said("“size_param” needs “size”: how many rows a page has"))
        return self


class HttpOptions(_Options):
    """Options of a feed of kind `http`."""

    way: ClassVar[Way] = Way.ASKED

    url: Address = Field(description="the address, `https://…`; without credentials in it")
    method: Literal["GET", "POST"] = Field(default="GET", description="`GET`, or `POST` where the address wants its parameters as JSON")
    params: dict[str, str | int | float | bool] = Field(
        default={}, description="parameters that are always sent: in the address, or in the body of a `POST`"
    )
    body: dict[str, Any] = Field(default={}, description="what else is in the body of a `POST`")
    headers: dict[str, str] = Field(default={}, description="headers that are always sent, to this host alone; secrets as `${ENV_NAME}`")
    format: Literal["auto", "json", "ndjson", "csv"] = Field(
        default="auto", description="the format; `auto` takes what the answer says of itself, or shows"
    )
    records: str = Field(default="", description="where in a JSON document the list of records stands, such as `data.items`")
    encoding: str = Field(default="auto", description="the encoding of CSV and NDJSON, as for `file`")
    delimiter: str = Field(default="auto", description="what separates the columns of CSV, as for `file`")
    paging: Paging | None = Field(
        default=None,
        description="how the next page is asked for: `{by: page, param: page, start: 1}` or `{by: offset, param: offset}` until a page is "
        "empty, or as many rows have come as the document says at `total`; `{by: cursor, param: cursor, cursor: meta.next}`, without "
        "`param` where an address stands there; or `{by: link}` (header `Link`); with `size` and `size_param`, "
        "how many rows are asked for. Without paging, one answer holds all",
    )
    watermark: Watermark | None = Field(
        default=None,
        description="what makes each asking go on where the last one came to: `{column: updated_at, param: updated_since}`; see below",
    )
    auth: Annotated[Bearer | Basic | OAuth2, Field(discriminator="kind")] | None = Field(
        default=None,
        description="`{kind: bearer, token: …}`, `{kind: basic, user: …, password: …}` or `{kind: oauth2, token_url: …, client_id: …, "
        "client_secret: …, scope: …}`; secrets as `${ENV_NAME}` or `file:PATH`",
    )
    ca_file: str = Field(default="", description="certificates of the authorities that are trusted, as PEM; without it those of the system")
    client_cert: str = Field(default="", description="a certificate of our own, as PEM, with its key in the same file or in `client_key`")
    client_key: str = Field(default="", description="the key of `client_cert`, as PEM, without a password")
    connect_seconds: float = Field(default=10, gt=0, le=300, description="how long a connection may take")
    read_seconds: float = Field(default=60, gt=0, le=3600, description="how long the server may be silent")
    page_seconds: float = Field(default=600, gt=0, le=86400, description="how long one request may take altogether")
    retries: int = Field(default=4, ge=0, le=20, description="how often a request is repeated that failed on the way, with growing pauses")
    max_mib: int = Field(
        default=256, ge=1, le=65536, description="the largest answer, in MiB when unpacked; JSON is read whole, NDJSON and CSV in pieces"
    )

    @field_validator("headers")
    @classmethod
    def _can_be_sent(cls, value: dict[str, str]) -> dict[str, str]:
        for name, text in value.items():
            if not _HEADER_NAME.fullmatch(name):
                raise ValueError(Said("“{name}” is no name of a header", name=name))
            if not (text.isprintable() and text.isascii()):
                raise ValueError(Said("the header “{name}” must be one line of ASCII", name=name))
        return value

    @property
    def spans(self) -> Spans:
        """Whether it can be asked for days gone by: where the watermark is a moment."""
        if self.watermark is None or not self.watermark.is_moment:
            return Spans.NONE
        return Spans.DAYS if self.watermark.until_param else Spans.OPEN

    @model_validator(mode="after")
    def _fitting(self) -> HttpOptions:
        if self.body and self.method == "GET":
            raise ValueError(Said("a body goes with method: POST"))
        if self.auth and any(name.lower() == "authorization" for name in self.headers):
            raise ValueError(Said("give auth or the header Authorization, not both"))
        if self.client_key and not self.client_cert:
            raise ValueError(Said("a client_key goes with a client_cert"))
        inside = self.records or (self.paging and (self.paging.cursor or self.paging.total))
        if inside and self.format not in {"auto", "json"}:
            raise ValueError(Said("“{inside}” stands in a JSON document, but the format is {format}", inside=inside, format=self.format))
        return self

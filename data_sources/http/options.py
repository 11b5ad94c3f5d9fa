"""What a person may say about an address in `config.yaml`."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from ioc.intake.port import Way


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
    """A token that is fetched from another address (client credentials), and again when it has run out."""

    kind: Literal["oauth2"]
    token_url: str
    client_id: str
    client_secret: str
    scope: str = ""


class Paging(_Options):
    """How the next page is asked for.

    ``by`` page: ``param`` counts pages from ``start``; offset: ``param`` counts rows; cursor: ``param`` repeats what the page says at
    ``cursor`` (an address there is followed); link: the header ``Link`` names the next page. ``size`` is sent as ``size_param``.
    """

    by: Literal["page", "offset", "cursor", "link"]
    param: str = ""
    start: int = 1
    cursor: str = ""
    size: int | None = Field(default=None, ge=1)
    size_param: str = ""

    @model_validator(mode="after")
    def _complete(self) -> Paging:
        if self.by in {"page", "offset"} and not self.param:
            raise ValueError(f"paging by {self.by} needs “param”: the parameter that counts")
        if self.by == "cursor" and not self.cursor:
            raise ValueError("paging by cursor needs “cursor”: where the page says what comes next, such as meta.next")
        if self.size_param and not self.size:
            raise ValueError("“size_param” needs “size”: how many rows a page has")
        return self


class Watermark(_Options):
    """What makes each asking go on where the last one came to: the greatest value of a column is sent as a parameter.

    ``overlap`` is asked for once more each time, for records that come late: seconds of a moment, or a number. ``format`` writes a
    moment (strftime); without it, ISO 8601. ``sorted`` says that rows come in the order of the column.
    """

    column: str
    param: str
    start: str | int | None = None
    kind: Literal["moment", "number", "text"] = "moment"
    format: str | None = None
    overlap: float = Field(default=0, ge=0)
    sorted: bool = False
    until_param: str = ""

    @field_validator("start", mode="before")
    @classmethod
    def _written(cls, value: Any) -> Any:
        return value if value is None or isinstance(value, str | int) else str(value)


class HttpOptions(_Options):
    """Options of a feed of kind `http`."""

    way: ClassVar[Way] = Way.ASKED

    url: str = Field(description="the address, `https://…`; without credentials in it")
    method: Literal["GET", "POST"] = Field(default="GET", description="`GET`, or `POST` where the address wants its parameters as JSON")
    params: dict[str, str] = Field(default={}, description="parameters that are always sent: in the address, or in the body of a `POST`")
    body: dict[str, Any] = Field(default={}, description="what else is in the body of a `POST`")
    headers: dict[str, str] = Field(default={}, description="headers that are always sent; secrets as `${ENV_NAME}`")
    format: Literal["auto", "json", "ndjson", "csv"] = Field(
        default="auto", description="the format; `auto` takes what the answer says of itself"
    )
    records: str = Field(default="", description="where in a JSON document the list of records stands, such as `data.items`")
    encoding: str = Field(default="auto", description="the encoding of CSV and NDJSON, as for `file`")
    delimiter: str = Field(default="auto", description="what separates the columns of CSV, as for `file`")
    paging: Paging | None = Field(
        default=None,
        description="how the next page is asked for: `{by: page, param: page, start: 1}`, `{by: offset, param: offset}`, "
        "`{by: cursor, param: cursor, cursor: meta.next}` or `{by: link}`; with `size` and `size_param`, how many rows a page has",
    )
    watermark: Watermark | None = Field(
        default=None,
        description="what makes each asking go on where the last one came to: `{column: updatedAt, param: updatedSince, overlap: 600}`, "
        "with `start`, `kind` (moment, number, text), `format` of a moment, `sorted`, and `until_param` for the end of a span of days",
    )
    auth: Annotated[Bearer | Basic | OAuth2, Field(discriminator="kind")] | None = Field(
        default=None,
        description="`{kind: bearer, token: …}`, `{kind: basic, user: …, password: …}` or `{kind: oauth2, token_url: …, client_id: …, "
        "client_secret: …, scope: …}`; secrets as `${ENV_NAME}` or `file:PATH`",
    )
    ca_file: str = Field(default="", description="the certificate of the authority that has signed the server's; none means the system's")
    client_cert: str = Field(default="", description="a certificate of our own, with its key in the same file or in `client_key`")
    client_key: str = Field(default="", description="the key of `client_cert`")
    connect_seconds: float = Field(default=10, gt=0, le=300, description="how long a connection may take")
    read_seconds: float = Field(default=60, gt=0, le=3600, description="how long the server may be silent")
    page_seconds: float = Field(default=600, gt=0, le=86400, description="how long one page may take altogether")
    retries: int = Field(default=4, ge=0, le=20, description="how often a request is repeated that failed on the way, with growing pauses")
    max_mib: int = Field(default=256, ge=1, le=65536, description="the largest page, in MiB when unpacked")

    @field_validator("url")
    @classmethod
    def _an_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("is no address; write one such as https://host/path")
        if parts.username or parts.password:
            raise ValueError("holds a name or password; give them as auth: {kind: basic, …}")
        return value

    @model_validator(mode="after")
    def _fitting(self) -> HttpOptions:
        if self.body and self.method == "GET":
            raise ValueError("a body goes with method: POST")
        return self

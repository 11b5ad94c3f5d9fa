"""Feeds of kind `push`: another system brings its records, as JSON or NDJSON, with a token and, if asked for, a signature."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import orjson
import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field

from data_sources.push_auth import Proof
from data_sources.readers.header import unique_names
from data_sources.readers.objects import can_be_written
from ioc.errors import FeedRejected
from ioc.intake.port import Door, Way

_NDJSON = frozenset({"application/x-ndjson", "application/ndjson", "application/jsonl"})


class PushOptions(BaseModel):
    """Options of a feed of kind `push`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    way: ClassVar[Way] = Way.BROUGHT

    token: str = Field(min_length=8, description="what the sender proves itself with: ${ENV_NAME} or file:PATH")
    signing_key: str | None = Field(
        default=None, min_length=8, description="key of the HMAC-SHA256 signature of each body; none is asked for without"
    )
    max_mib: int = Field(default=16, ge=1, le=256, description="the largest body that is taken, in MiB")


def connect(options: PushOptions, base: Path) -> Door:
    """The door of a feed. Raises FeedUnavailable when a secret cannot be read."""
    return _PushDoor(Proof.of(options.token, options.signing_key, base), options.max_mib * 2**20)


@dataclass(frozen=True)
class _PushDoor:
    proof: Proof
    most_bytes: int
    kinds: frozenset[str] = _NDJSON | {"application/json"}

    def admit(self, headers: Mapping[str, str]) -> None:
        """Look at the token. Raises NotAdmitted."""
        self.proof.admit(headers)

    def read(self, headers: Mapping[str, str], body: bytes) -> pa.Table:
        """The records of a body, see `Door`."""
        self.proof.check(headers, body)
        return records_table(_lines(body) if headers["content-type"] in _NDJSON else _array(body))


def _array(body: bytes) -> list[object]:
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise FeedRejected("The body is not JSON: {error}.", "Send an array of objects, or NDJSON.", error=error) from error
    return content if isinstance(content, list) else [content]


def _lines(body: bytes) -> list[object]:
    found = []
    for number, line in enumerate(body.splitlines(), 1):
        if not line.strip():
            continue
        try:
            found.append(orjson.loads(line))
        except orjson.JSONDecodeError as error:
            raise FeedRejected(
                "Line {number} is not JSON: {error}.",
                "Nothing of the body was taken in; mend it and send it again.",
                number=number,
                error=error,
            ) from error
    return found


def records_table(records: list[object]) -> pa.Table:
    """JSON objects as rows of text, a column a key; lists and objects inside stay JSON text.

    Raises:
        FeedRejected: one of them is no object, or is nested too deep to be kept, or there is none.
    """
    if not records:
        raise FeedRejected("The body holds no record.", "Send at least one object.")
    for number, record in enumerate(records, 1):
        if not isinstance(record, dict):
            raise FeedRejected("Record {number} is not an object.", "Send objects: {{“field”: value, …}}.", number=number)
    keys = list(dict.fromkeys(key for record in records if isinstance(record, dict) for key in record))
    try:
        columns = [pa.array([_text(record.get(key)) for record in records if isinstance(record, dict)], pa.string()) for key in keys]
    except orjson.JSONEncodeError as error:
        number = next(number for number, record in enumerate(records, 1) if not can_be_written(record))
        raise FeedRejected(
            "Record {number} is nested too deep.", "Nothing of the body was taken in; mend it and send it again.", number=number
        ) from error
    return pa.table(columns, names=list(unique_names(keys)))


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return orjson.dumps(value).decode()

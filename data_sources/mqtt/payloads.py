"""Messages as rows: topic, time of arrival, named levels of the topic, and what the payload holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import orjson
import pyarrow as pa

from data_sources.mqtt.inbox import Message
from data_sources.mqtt.options import Payload
from data_sources.mqtt.topics import RECEIVED, TOPIC, TopicPattern, named_levels
from data_sources.readers.header import unique_names
from data_sources.readers.objects import can_be_written, objects_table
from data_sources.readers.pieces import Piece, composed
from ioc.intake.port import BrokenRow

# A record with more fields is none, and a batch with more columns would not fit into memory.
MOST_FIELDS, MOST_COLUMNS = 1000, 4000

Record = dict[str, object]
Broken = tuple[str, str]


@dataclass
class Rows:
    """Rows on their way to a table.

    Attributes:
        first: number of the next row.
    """

    patterns: Sequence[TopicPattern]
    first: int
    _origins: list[dict[str, str | None]] = field(default_factory=list)
    _records: list[Record] = field(default_factory=list)
    _numbers: list[int] = field(default_factory=list)
    _broken: list[BrokenRow] = field(default_factory=list)
    _keys: set[str] = field(default_factory=set)

    def add(self, message: Message, payload: Payload) -> None:
        """The rows of one message, or what is wrong with each."""
        for found in _records(message, payload):
            if isinstance(found, dict):
                self._records.append(found)
                self._origins.append(self._origin(message))
                self._numbers.append(self.first)
                self._keys |= found.keys()
            else:
                self._broken.append(BrokenRow(self.first, *found))
            self.first += 1

    @property
    def is_wide(self) -> bool:
        """Whether it has as many columns as a batch should."""
        return len(self._keys) > MOST_COLUMNS

    def piece(self) -> Piece:
        """The table, its row numbers, and the broken rows."""
        names = [TOPIC, RECEIVED, *dict.fromkeys(name for pattern in self.patterns for name in pattern.names)]
        origins = [pa.array([origin.get(name) for origin in self._origins], pa.string()) for name in names]
        held = objects_table(self._records)
        table = pa.table([*origins, *held.columns], names=list(unique_names([*names, *held.column_names])))
        return composed(Piece(table, np.array(self._numbers, np.int64), self._broken))

    def _origin(self, message: Message) -> dict[str, str | None]:
        topic = message.topic or ""
        return {**named_levels(self.patterns, topic), TOPIC: topic, RECEIVED: message.received.isoformat(timespec="microseconds")}


def _records(message: Message, payload: Payload) -> Iterator[Record | Broken]:
    """What a message holds. An empty one is a row without a payload: in MQTT it takes back what was retained."""
    if message.topic is None:
        yield "encoding", "the name of its topic is no text in UTF-8"
    elif message.payload is None:
        yield "too_large", f"a message of {message.size:,} bytes"
    elif not message.payload.strip():
        yield {}
    elif payload == "value":
        yield _value(message.payload)
    elif payload == "json":
        yield from _document(message.payload)
    else:
        for line in message.payload.split(b"\n"):
            if line.strip():
                yield _object(_parsed(line))


def _value(payload: bytes) -> Record | Broken:
    try:
        return {"value": payload.decode()}
    except UnicodeDecodeError:
        return "encoding", "a byte that is no text in UTF-8"


def _document(payload: bytes) -> Iterator[Record | Broken]:
    found = _parsed(payload)
    if isinstance(found, list):
        yield from map(_object, found)
    else:
        yield _object(found)


def _parsed(text: bytes) -> object:
    """What a JSON text stands for; a fault is returned as it is told."""
    try:
        return orjson.loads(text.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as fault:
        return "json", f"{fault.msg} at character {fault.pos + 1}"


def _object(found: object) -> Record | Broken:
    if isinstance(found, tuple):
        reason, detail = found
        return reason, detail
    if not isinstance(found, dict):
        return "json", "not an object"
    if len(found) > MOST_FIELDS:
        return "json", f"an object of {len(found):,} fields"
    if not can_be_written(found):
        return "json", "nested too deep"
    return found

"""What a source system does with its records, for each kind of feed."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Protocol

import pyarrow as pa
from pydantic import BaseModel

from data_sources.edxml import EdxmlOptions
from data_sources.http.options import HttpOptions
from data_sources.mqtt.options import MqttOptions
from data_sources.mqtt.publisher import Publisher
from data_sources.push import PushOptions
from data_sources.readers.options import FileOptions
from data_sources.senders.axis import messages
from data_sources.senders.folder import Folder
from data_sources.senders.post import Post
from data_sources.senders.rows import lines, rows
from data_sources.senders.web import Web
from data_sources.sql.filler import Filler
from data_sources.sql.options import SqlOptions

# The most records in one body.
_BODY = 500


class Sender(Protocol):
    """A source system. What ``send`` has returned from is where the feed finds it, or is kept already."""

    def send(self, records: pa.Table) -> None:
        """Send records: a column a field."""
        ...

    def close(self) -> None:
        """End whatever runs."""
        ...


def sender(feed: str, options: BaseModel, base: Path, address: str, stopping: threading.Event) -> Sender | None:
    """The source of a feed with these options; None for a kind that nobody plays.

    Args:
        feed: its name.
        options: of its kind.
        base: the folder that relative paths start from.
        address: where the IOC is served, for records that are brought to it.
        stopping: ends waiting for a door that does not open.
    """
    door = f"{address.rstrip('/')}/api/v1/feeds/{feed}/records"
    if isinstance(options, EdxmlOptions) and options.token:
        return _Messages(Post(door, "application/xml", options.token, options.signing_key, base, stopping))
    if isinstance(options, EdxmlOptions) and options.path:
        return _Messages(Folder(base / Path(options.path).expanduser(), feed, ".edxml"))
    if isinstance(options, FileOptions) and options.path:
        return _Lines(Folder(base / Path(options.path).expanduser(), feed, ".ndjson"))
    if isinstance(options, PushOptions):
        return _Lines(Post(door, "application/x-ndjson", options.token, options.signing_key, base, stopping), _BODY)
    if isinstance(options, MqttOptions):
        return Publisher(feed, options, base)
    if isinstance(options, HttpOptions):
        return Web(options)
    if isinstance(options, SqlOptions):
        return Filler(options, base)
    return None


class _Lines:
    """Brings records as NDJSON, at most so many in one file or body."""

    def __init__(self, way: Folder | Post, most: int | None = None) -> None:
        self._way, self._most = way, most

    def send(self, records: pa.Table) -> None:
        found = rows(records)
        size = self._most or len(found)
        for start in range(0, len(found), size or 1):
            self._way.put(lines(found[start : start + size]))

    def close(self) -> None:
        pass


class _Messages:
    """Brings records as messages of the axis, one at a time."""

    def __init__(self, way: Folder | Post) -> None:
        self._way = way

    def send(self, records: pa.Table) -> None:
        for each in messages(records):
            self._way.put(each)

    def close(self) -> None:
        pass

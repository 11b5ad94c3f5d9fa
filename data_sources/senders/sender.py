"""What a source system does with its records, for each kind of feed."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from pydantic import BaseModel

from data_sources.http.options import HttpOptions
from data_sources.mqtt.options import MqttOptions
from data_sources.mqtt.publisher import Publisher
from data_sources.push import PushOptions
from data_sources.readers.options import FileOptions
from data_sources.secret import revealed
from data_sources.senders.web import Web
from ioc.errors import FeedUnavailable

Row = dict[str, Any]

# A door that does not take records now is asked again after so many seconds.
PAUSE = 0.5


class Sender(Protocol):
    """A source system. What ``send`` has returned from is where the feed finds it, or is kept already."""

    def send(self, rows: Sequence[Row]) -> None:
        """Send records: values are text, numbers, truth values or None."""
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
    if isinstance(options, FileOptions) and options.path:
        return _Files(base / Path(options.path).expanduser(), feed)
    if isinstance(options, PushOptions):
        return _Pusher(f"{address.rstrip('/')}/api/v1/feeds/{feed}/records", options, base, stopping)
    if isinstance(options, MqttOptions):
        return Publisher(feed, options, base)
    if isinstance(options, HttpOptions):
        return Web(options)
    return None


class _Files:
    """Writes a file for each lot, under another name until it is whole."""

    def __init__(self, path: Path, feed: str) -> None:
        if any(sign in str(path) for sign in "*?["):
            raise FeedUnavailable(f"{path} is a pattern; nobody can write to it.", "Give the feed a folder while it is simulated.")
        self._folder, self._feed, self._number = path, feed, 0
        path.mkdir(parents=True, exist_ok=True)

    def send(self, rows: Sequence[Row]) -> None:
        while (target := self._folder / f"{self._feed}-{self._number:06d}.ndjson").exists():
            self._number += 1
        self._number += 1
        part = target.with_suffix(".part")
        part.write_bytes(_lines(rows))
        part.rename(target)

    def close(self) -> None:
        pass


class _Pusher:
    """Posts each lot until it is told that it is kept."""

    def __init__(self, address: str, options: PushOptions, base: Path, stopping: threading.Event) -> None:
        self._address, self._stopping = address, stopping
        self._token = revealed(options.token, base)
        self._key = revealed(options.signing_key, base).encode() if options.signing_key else None

    def send(self, rows: Sequence[Row]) -> None:
        for start in range(0, len(rows), 500):
            body = _lines(rows[start : start + 500])
            while not self._is_kept(body) and not self._stopping.wait(PAUSE):
                pass

    def _is_kept(self, body: bytes) -> bool:
        headers = {"Content-Type": "application/x-ndjson", "Authorization": f"Bearer {self._token}"}
        if self._key:
            headers["X-Signature"] = "sha256=" + hmac.new(self._key, body, hashlib.sha256).hexdigest()
        try:
            with urllib.request.urlopen(urllib.request.Request(self._address, body, headers), timeout=30) as answer:
                return bool(answer.status == 202)
        except urllib.error.HTTPError as fault:
            if fault.code in {429, 503}:
                return False
            raise FeedUnavailable(f"{self._address} answers {fault.code}.", "Check the feed and its token.") from fault
        except OSError:
            return False

    def close(self) -> None:
        pass


def _lines(rows: Sequence[Row]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()

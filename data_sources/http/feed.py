"""The feed of an address: where it goes on, and what is kept of that with each batch."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from data_sources.http.client import Client
from data_sources.http.options import HttpOptions, Watermark
from data_sources.http.pages import Page, Pages
from data_sources.readers.pieces import Piece, batches
from ioc.errors import FeedRejected
from ioc.intake.port import Batch, Delivery, Feed, Occasion

# An answer of no more rows is looked at whole before anything is made of it: it may be what came the last time.
FEW_ROWS = 20_000


@dataclass(frozen=True)
class _Place:
    """Where a feed goes on: the greatest watermark, and what the last document was told apart by."""

    watermark: str | None = None
    etag: str | None = None
    modified: str | None = None
    digest: str | None = None


def connect(options: HttpOptions, base: Path) -> Feed:
    """The feed of an address. Nothing is asked yet."""
    return _HttpFeed(options, Client(options, base))


@dataclass(frozen=True)
class _HttpFeed:
    options: HttpOptions
    client: Client

    def deliveries(self, occasion: Occasion | None = None) -> Iterator[Delivery]:
        """What is new, as one delivery; none when nothing is.

        Raises:
            FeedUnavailable: the address cannot be asked now, or refuses.
            FeedRejected: days gone by are asked for, and nothing says what they are asked by.
        """
        occasion = occasion or Occasion()
        place = _Place(**json.loads(occasion.position)) if occasion.position else _Place()
        params, headers = self._asked_for(place, occasion.span)
        pages = Pages(self.client, self.options)
        found = pages(params, headers, occasion.stopping)
        first = next(found, None)
        if first is None:
            return
        rows, head = batches(self._numbered(chain([first], found), pages)), list[Batch]()
        for batch in rows:
            head.append(batch)
            if pages.rows > FEW_ROWS:
                break
        else:
            if not head or _told_apart(pages) == place.digest:
                return  # nothing, or exactly what came the last time
        yield Delivery(self.options.url, None, self._placed(chain(head, rows), place, first, pages, occasion.stopping))

    def _asked_for(self, place: _Place, span: tuple[date, date] | None) -> tuple[dict[str, str], dict[str, str]]:
        """The parameters and headers by which only what is new is asked for, or the records of some days."""
        mark = self.options.watermark
        if span:
            if mark is None or mark.kind != "moment":
                raise FeedRejected("Days gone by cannot be asked for: the feed has no watermark that is a moment.", "Give it one.")
            params = {mark.param: _written(datetime.combine(span[0], datetime.min.time()), mark)}
            if mark.until_param:
                params[mark.until_param] = _written(datetime.combine(span[1] + timedelta(days=1), datetime.min.time()), mark)
            return params, {}
        if mark:
            since = _since(mark, place.watermark)
            return ({mark.param: since} if since is not None else {}), {}
        headers = {"If-None-Match": place.etag, "If-Modified-Since": place.modified}
        return {}, {name: value for name, value in headers.items() if value}

    def _numbered(self, pages: Iterator[Page], count: Pages) -> Iterator[Piece]:
        """The rows of all pages, numbered through; ``count`` is told how many they are."""
        for page in pages:
            before = count.rows
            for piece in page.pieces:
                count.rows += piece.table.num_rows + len(piece.broken)
                broken = [replace(row, row=row.row + before) for row in piece.broken]
                if piece.table.num_rows or broken:
                    yield Piece(piece.table, piece.rows + before, broken)

    def _placed(self, found: Iterator[Batch], place: _Place, first: Page, pages: Pages, stopping: threading.Event) -> Iterator[Batch]:
        """The batches with the place to go on from: after each where the rows are sorted, else after the last.

        What was asked for is not at its end when it was told to stop: then the place stays where it was.
        """
        mark, held = self.options.watermark, None
        greatest = place.watermark
        for batch in found:
            if held is not None:
                yield held
            if mark:
                greatest = _greatest(greatest, batch.table, mark)
            held = batch
            if mark and mark.sorted:
                held = replace(batch, position=_kept(replace(place, watermark=greatest)))
        if held is None:
            return
        if not stopping.is_set():
            end = _Place(greatest, first.headers.get("etag"), first.headers.get("last-modified"), _told_apart(pages))
            held = replace(held, position=_kept(end))
        yield held


def _told_apart(pages: Pages) -> str:
    return hashlib.sha256("".join(pages.digests).encode()).hexdigest()


def _kept(place: _Place) -> str:
    return json.dumps({name: value for name, value in asdict(place).items() if value is not None})


def _since(mark: Watermark, greatest: str | None) -> str | None:
    """What is sent so that only what is new comes, and what may have come late."""
    if greatest is None:
        return None if mark.start is None else str(mark.start)
    if mark.kind == "moment":
        return _written(_moment(greatest) - timedelta(seconds=mark.overlap), mark)
    if mark.kind == "number":
        return f"{_number(greatest) - mark.overlap:g}" if mark.overlap else greatest
    return greatest


def _written(moment: datetime, mark: Watermark) -> str:
    return moment.strftime(mark.format) if mark.format else moment.isoformat()


def _greatest(so_far: str | None, table: pa.Table, mark: Watermark) -> str | None:
    """The greatest watermark among some rows and before them, as the source wrote it."""
    if mark.column not in table.column_names:
        raise FeedRejected(
            f"The records have no “{mark.column}” to go on from.",
            f"They have: {', '.join(sorted(table.column_names)[:20])}. Check watermark.",
        )
    values = [str(value) for value in pc.unique(table.column(mark.column)).to_pylist() if value is not None and str(value).strip()]
    return max([*values, *([so_far] if so_far is not None else [])], key=_order(mark), default=None)


def _order(mark: Watermark) -> Any:
    return {"moment": lambda text: _moment(text).timestamp(), "number": _number, "text": str}[mark.kind]


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        raise FeedRejected("A watermark is no moment as ISO 8601 writes it.", "Check watermark: column and kind.") from None


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise FeedRejected("A watermark is no number.", "Check watermark: column and kind.") from None

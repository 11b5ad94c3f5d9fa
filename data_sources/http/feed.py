"""The feed of an address: where it goes on, and what is kept of that with each batch."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from itertools import chain
from pathlib import Path

import orjson

from data_sources.http.client import Client
from data_sources.http.faults import named
from data_sources.http.options import HttpOptions
from data_sources.http.pages import Pages
from data_sources.http.watermark import Reached
from data_sources.readers.pieces import batches
from ioc.clock import Clock, SystemClock
from ioc.errors import FeedRejected
from ioc.intake.port import Batch, Delivery, Feed, Occasion

# Answers of no more rows are looked at whole before anything is made of them: they may be what came the last time.
FEW_ROWS = 20_000


@dataclass(frozen=True)
class _Place:
    """Where a feed goes on: how far the watermark has come, and what the last asking was told apart by.

    Attributes:
        of: what the place belongs to; where something else is asked for, it says nothing.
        reached, sample: the watermark, and a value as the source has written it.
        etag, modified: of a document that is sent whole.
        body, rows: digests of what came, and of its rows when they were few.
    """

    of: str
    reached: int | None = None
    sample: str = ""
    etag: str | None = None
    modified: str | None = None
    body: str | None = None
    rows: str | None = None

    @staticmethod
    def told(position: str | None, options: HttpOptions, now: datetime) -> _Place:
        mark = options.watermark
        asked = [options.url, str(options.params), str(options.body), options.records]
        of = _digest([*asked, *((mark.column, mark.format, str(mark.start)) if mark else ())])
        found = json.loads(position) if position else {}
        place = _Place(**found) if found.get("of") == of else _Place(of)
        return replace(place, reached=mark.not_ahead(place.reached, now)) if mark else place

    def kept(self) -> str:
        return json.dumps({name: value for name, value in asdict(self).items() if value not in {None, ""}})


def connect(options: HttpOptions, base: Path) -> Feed:
    """The feed of an address. Nothing is asked yet."""
    return _HttpFeed(options, Client(options, base), SystemClock())


@dataclass(frozen=True)
class _HttpFeed:
    options: HttpOptions
    client: Client
    clock: Clock

    def deliveries(self, occasion: Occasion | None = None) -> Iterator[Delivery]:
        """What is new, as one delivery; none when nothing is.

        Raises:
            FeedUnavailable: the address cannot be asked now, or refuses.
            FeedRejected: what it answers cannot be read, or days gone by are asked for and nothing says what they are asked by.
        """
        occasion = occasion or Occasion()
        place = _Place.told(occasion.position, self.options, self.clock.now())
        params, headers = self._asked_for(place, occasion.span)
        with self.client.session(occasion.stopping) as session:
            pages = Pages(session, self.options)
            found, head = batches(pages.pieces(params, headers)), list[Batch]()
            for batch in found:
                head.append(batch)
                if pages.rows > FEW_ROWS:
                    break
            few = _digest_of_rows(head) if pages.is_complete and pages.rows <= FEW_ROWS else None
            if not head or (pages.is_complete and place.body == pages.digest) or (few and place.rows == few):
                return
            yield Delivery(named(self.options.url), None, self._placed(chain(head, found), replace(place, rows=few), pages))

    def _asked_for(self, place: _Place, span: tuple[date, date] | None) -> tuple[Mapping[str, str | int], Mapping[str, str]]:
        """The parameters and headers by which only what is new is asked for, or the records of some days."""
        mark = self.options.watermark
        if span:
            if mark is None or not mark.is_moment:
                raise FeedRejected("Days gone by cannot be asked for: the feed has no watermark that is a moment.", "Give it one.")
            params = {mark.param: mark.written(mark.of_day(span[0]), place.sample)}
            if mark.until_param:
                params[mark.until_param] = mark.written(mark.of_day(span[1], end=True), place.sample)
            return params, {}
        if mark:
            if place.reached is not None:
                return {mark.param: mark.written(mark.again_from(place.reached), place.sample)}, {}
            start = mark.first()
            return ({mark.param: start} if start is not None else {}), {}
        if self.options.paging:  # the first page may be the same, and the last not
            return {}, {}
        headers = {"If-None-Match": place.etag, "If-Modified-Since": place.modified}
        return {}, {name: value for name, value in headers.items() if value}

    def _placed(self, found: Iterable[Batch], place: _Place, pages: Pages) -> Iterator[Batch]:
        """The batches with the place to go on from: midway where the rows are sorted, else with the last.

        Of many rows no batch is held back until it is known whether it is the last: one without rows follows. What was broken off
        because the feed is to stop has no end: then the place stays where it was.
        """
        mark = self.options.watermark
        reached = Reached(mark, place.reached, place.sample) if mark else None
        few, last = pages.is_complete, None
        for batch in found:
            if few and last is not None:
                yield last
            last = batch
            if reached:
                reached.meet(batch.table, self.clock.now())
                if reached.watermark.sorted and reached.midway() is not None:
                    last = replace(batch, position=_Place(place.of, reached.midway(), reached.sample).kept())
            if not few:
                yield last
        if last is None or not pages.is_complete:
            return
        end = replace(place, etag=pages.first.get("etag"), modified=pages.first.get("last-modified"), body=pages.digest)
        if reached:
            end = replace(end, reached=reached.at_the_end(), sample=reached.sample)
        yield replace(last, position=end.kept()) if few else Batch(last.table.slice(0, 0), pages.rows + 1, position=end.kept())


def _digest_of_rows(found: Iterable[Batch]) -> str:
    """What tells rows apart, whatever stood around them."""
    told = hashlib.sha256()
    for batch in found:
        told.update(orjson.dumps([batch.table.to_pydict(), [(row.row, row.reason) for row in batch.broken]], default=str))
    return told.hexdigest()


def _digest(texts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]

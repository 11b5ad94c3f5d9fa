"""The pages of an answer: what is asked for next, and the rows that each brings."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

import numpy as np
import orjson

from data_sources.http.client import Answer, Client, Request, header_link
from data_sources.http.options import HttpOptions, Paging
from data_sources.readers.content import Content
from data_sources.readers.formats import READERS, by_first_bytes
from data_sources.readers.json_document import pieces_of, records_in
from data_sources.readers.options import FileOptions
from data_sources.readers.pieces import Piece
from data_sources.readers.survey import survey
from ioc.errors import FeedRejected, FeedUnavailable
from ioc.intake.port import Batch

_BY_TYPE = {
    "application/json": "json",
    "application/x-ndjson": "ndjson",
    "application/ndjson": "ndjson",
    "application/jsonl": "ndjson",
    "text/csv": "csv",
}
_HEAD = 1 << 16


@dataclass(frozen=True)
class Page:
    """One page: its rows, and what tells it apart.

    Attributes:
        pieces: the rows, numbered from 1 in each page; raises FeedRejected where they cannot be read.
        digest: of the body.
        headers: of the answer.
        cursor: what the page says comes next, where paging asks for that.
    """

    pieces: Iterator[Piece]
    digest: str
    headers: dict[str, str]
    cursor: str | None = None


@dataclass
class Pages:
    """Asks for page after page.

    Attributes:
        rows: how many rows the pages so far have brought; whoever reads them counts.
        digests: what tells each of them apart.
    """

    client: Client
    options: HttpOptions
    rows: int = 0
    digests: list[str] = field(default_factory=list)
    _asked: set[str] = field(default_factory=set)

    def __call__(self, params: dict[str, str], headers: dict[str, str], stopping: threading.Event) -> Iterator[Page]:
        """The pages, until one is the last. Nothing when the server says that nothing is new.

        Args:
            params: that go with every page.
            headers: that go with the first.
            stopping: ends asking for more.

        Raises:
            FeedUnavailable: the next page cannot be had now, or the pages go in a circle.
        """
        paging, number = self.options.paging, 0
        request: Request | None = self._first(params, headers)
        while request is not None and not stopping.is_set():
            answer = self.client.ask(request, stopping)
            if answer.status in {204, 304}:
                return
            number, before = number + 1, self.rows
            try:
                page = self._page(answer)
            except BaseException:
                answer.body.close()
                raise
            self.digests.append(page.digest)
            yield page
            full = self.rows > before and (not paging or not paging.size or self.rows - before >= paging.size)
            request = self._next(paging, params, number, page, answer, full=full) if paging else None

    def _first(self, params: dict[str, str], headers: dict[str, str]) -> Request:
        paging = self.options.paging
        extra = {}
        if paging and paging.size_param:
            extra[paging.size_param] = str(paging.size)
        if paging and paging.by in {"page", "offset"}:
            extra[paging.param] = str(paging.start if paging.by == "page" else 0)
        return Request(self.options.url, params | extra, headers)

    def _next(self, paging: Paging, params: dict[str, str], number: int, page: Page, answer: Answer, *, full: bool) -> Request | None:
        """What is asked for next; None when that was all."""
        sized = {paging.size_param: str(paging.size)} if paging.size_param else {}
        if paging.by in {"page", "offset"}:
            at = paging.start + number if paging.by == "page" else self.rows
            return Request(self.options.url, params | sized | {paging.param: str(at)}) if full else None
        following = page.cursor if paging.by == "cursor" else header_link(page.headers.get("link", ""), "next")
        if not following:
            return None
        if following in self._asked:
            raise FeedUnavailable(f"The pages of {self.options.url} go in a circle.", "Ask those who run it; what has come is kept.")
        self._asked.add(following)
        if paging.by == "cursor" and paging.param:
            return Request(self.options.url, params | sized | {paging.param: following})
        address = urljoin(answer.url, following)
        if urljoin(address, "/") != urljoin(self.options.url, "/"):
            raise FeedUnavailable(f"{self.options.url} sends on to another host for its next page.", "Ask those who run it.")
        return Request(address, {} if self.options.method == "GET" else params | sized)

    def _page(self, answer: Answer) -> Page:
        """The rows of an answer."""
        name = self.options.url
        head = answer.body.read(_HEAD)
        told = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        start = head.lstrip(b"\xef\xbb\xbf \r\n\t")[:15].lower()
        if told == "text/html" or start.startswith((b"<!doctype html", b"<html")):
            raise FeedUnavailable(f"{name} answers with a page for people, not with records.", "It may ask for a sign-in, or be closed.")
        form = self.options.format if self.options.format != "auto" else _BY_TYPE.get(told) or by_first_bytes(head)
        headers = {key.lower(): value for key, value in answer.headers.items()}
        answer.body.seek(0)
        if form == "json":
            with answer.body as body:
                return self._json(name, body.read(), headers)
        file_options = FileOptions(format=form, encoding=self.options.encoding, delimiter=self.options.delimiter)
        content, reader = Content(name, answer.path, keep=answer.body), READERS[form]  # type: ignore[index]
        found = survey(content, file_options.max_line_mib if reader.has_lines else None, reader.is_text)

        def rows() -> Iterator[Piece]:
            with answer.body:
                if found.fault:
                    raise found.fault
                if found.size:
                    yield from map(_piece, reader.read(content, found, file_options))

        return Page(rows(), found.fingerprint, headers)

    def _json(self, name: str, body: bytes, headers: dict[str, str]) -> Page:
        try:
            document: Any = orjson.loads(body)
        except orjson.JSONDecodeError as fault:
            raise FeedRejected(
                f"{name} does not answer with JSON: {fault.msg} in line {fault.lineno}, column {fault.colno}.", "Ask those who run it."
            ) from fault
        cursor = _at(document, self.options.paging.cursor) if self.options.paging and self.options.paging.by == "cursor" else None
        records = records_in(name, document, self.options.records)
        return Page(iter(pieces_of(records)) if records else iter(()), hashlib.sha256(body).hexdigest(), headers, cursor)


def _piece(batch: Batch) -> Piece:
    size = batch.table.num_rows
    rows = np.arange(batch.first_row, batch.first_row + size) if batch.rows is None else batch.rows.to_numpy()
    return Piece(batch.table, rows, batch.broken)


def _at(document: Any, path: str) -> str | None:
    """What stands at a path of a document, as text; None for nothing."""
    for step in path.split("."):
        document = document.get(step) if isinstance(document, dict) else None
    return str(document) if document not in (None, "", False) else None

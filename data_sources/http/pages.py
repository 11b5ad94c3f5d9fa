"""Page after page of what an address offers, each as rows of source columns."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from urllib.parse import urljoin

import numpy as np

from data_sources.http.client import Answer, Request, Session, within_host
from data_sources.http.faults import named
from data_sources.http.options import HttpOptions, Paging
from data_sources.http.wire import Interrupted
from data_sources.readers.content import Content
from data_sources.readers.formats import READERS, by_first_bytes
from data_sources.readers.json_document import Document
from data_sources.readers.json_lines import Lines
from data_sources.readers.options import FileOptions, Format
from data_sources.readers.pieces import Piece, composed
from data_sources.readers.survey import Survey, must_have_short_lines
from ioc.errors import FeedRejected, FeedUnavailable
from ioc.intake.port import Batch

_BY_TYPE: Mapping[str, Format] = {
    "application/json": "json",
    "application/x-ndjson": "ndjson",
    "application/ndjson": "ndjson",
    "application/jsonl": "ndjson",
    "text/csv": "csv",
}
# What servers say of everything, so that it says nothing.
_ANYTHING = frozenset({"", "text/plain", "text/html", "text/json", "application/octet-stream", "binary/octet-stream"})
_MOST_AHEAD = 32 * 2**20
_LINK = re.compile(r"<([^>]*)>([^<]*)")


@dataclass
class Pages:
    """Asks for page after page.

    Attributes:
        session: that asks.
        options: of the feed.
        rows: how many rows have come, broken ones too.
        is_complete: whether the last page has come.
        first: the headers of the first answer.
        digest: of all that has come.
    """

    session: Session
    options: HttpOptions
    rows: int = 0
    is_complete: bool = False
    first: Mapping[str, str] = field(default_factory=dict)
    digest: str = ""
    _mark: str | None = None
    _asked: set[str] = field(default_factory=set)

    def pieces(self, params: Mapping[str, str | int], headers: Mapping[str, str]) -> Iterator[Piece]:
        """The rows of all pages, numbered through them; fewer when the feed is to stop.

        Args:
            params: that go with every page.
            headers: that go with the first.

        Raises:
            FeedUnavailable: the next page cannot be had now, or the pages go in a circle.
            FeedRejected: a page cannot be read.
        """
        paging, number, lines = self.options.paging, 0, Lines(named(self.options.url))
        ahead = ThreadPoolExecutor(1, "next-page")
        coming = ahead.submit(self._page, Request(self.options.url, {**params, **_beginning(paging)}, headers))
        try:
            while (page := coming.result()) is not None:
                number, before, count = number + 1, self.rows, page.count()
                self.first = self.first or page.answer.headers
                with page.answer.body:
                    self._must_be_new(page)
                    if count is not None:  # then the next page can come while the rows of this one are read
                        coming = ahead.submit(self._after, params, number, page, before + count, is_empty=not count)
                    yield from self._numbered(page.pieces(lines))
                    if count is None:
                        coming = ahead.submit(self._after, params, number, page, self.rows, is_empty=self.rows == before)
        except Interrupted:
            return
        finally:
            ahead.shutdown(wait=False)
            coming.add_done_callback(_let_go)
        self.is_complete = True

    def _page(self, request: Request) -> _Page | None:
        """What is answered, looked into; None when nothing is new."""
        answer = self.session.ask(request)
        if answer is None:
            return None
        try:
            return _Page.of(answer, self.options)
        except BaseException:
            answer.body.close()
            raise

    def _after(self, params: Mapping[str, str | int], number: int, page: _Page, rows: int, *, is_empty: bool) -> _Page | None:
        """The page after the one of this number, up to which so many rows have come; None when that was the last."""
        paging = self.options.paging
        request = self._next(paging, params, number, page, rows, is_empty=is_empty) if paging else None
        return self._page(request) if request else None

    def _numbered(self, pieces: Iterator[Piece]) -> Iterator[Piece]:
        before = self.rows
        for piece in pieces:
            self.rows += piece.table.num_rows + len(piece.broken)
            broken = [replace(row, row=row.row + before) for row in piece.broken]
            if piece.table.num_rows or broken:
                yield Piece(piece.table, piece.rows + before, broken)

    def _must_be_new(self, page: _Page) -> None:
        """Raises FeedUnavailable when a page is the one before: a server that ignores the parameter would go on for ever."""
        self.digest = hashlib.sha256(f"{self.digest}{page.found.fingerprint}".encode()).hexdigest()
        paging, mark = self.options.paging, page.mark()
        if paging and paging.by in {"page", "offset"} and mark and mark == self._mark:
            raise FeedUnavailable(
                "The pages of {name} go in a circle: one is like another.",
                "Check whether the server knows “{param}”.",
                name=named(self.options.url),
                param=paging.param,
            )
        self._mark = mark

    def _next(
        self, paging: Paging, params: Mapping[str, str | int], number: int, page: _Page, rows: int, *, is_empty: bool
    ) -> Request | None:
        """What is asked for next; None when that was all."""
        if paging.by in {"page", "offset"}:
            total = page.at(paging.total) if paging.total else None
            if is_empty or (total is not None and rows >= float(total)):
                return None
            at = paging.start + number if paging.by == "page" else rows
            return Request(self.options.url, {**params, **_beginning(paging), paging.param: at})
        following = page.at(paging.cursor) if paging.by == "cursor" else header_link(page.answer.headers.get("link", ""), "next")
        if following in {None, ""}:
            return None
        if str(following) in self._asked:
            raise FeedUnavailable(
                "The pages of {name} go in a circle.", "Ask those who run it; what has come is kept.", name=named(self.options.url)
            )
        self._asked.add(str(following))
        if paging.by == "cursor" and paging.param:
            return Request(self.options.url, {**params, **_beginning(paging), paging.param: following})  # type: ignore[dict-item]
        address = within_host(urljoin(page.answer.url, str(following)), self.options.url)
        return Request(address, params if self.options.method == "POST" else {})


def _beginning(paging: Paging | None) -> dict[str, str | int]:
    """The parameters of the first page."""
    if paging is None:
        return {}
    sized: dict[str, str | int] = {paging.size_param: paging.size} if paging.size_param and paging.size else {}
    if paging.by in {"page", "offset"}:
        sized[paging.param] = paging.start if paging.by == "page" else 0
    return sized


@dataclass(frozen=True)
class _Page:
    """One answer, and what stands in it."""

    answer: Answer
    content: Content
    found: Survey
    form: Format
    options: FileOptions
    document: Document | None

    @staticmethod
    def of(answer: Answer, options: HttpOptions) -> _Page:
        """Looks into an answer. Raises FeedUnavailable for a page for people, FeedRejected for what cannot be read."""
        form = _format(answer, options)
        reading = FileOptions(
            format=form, encoding=options.encoding, delimiter=options.delimiter, records=options.records, max_document_mib=options.max_mib
        )
        content = Content(named(options.url), answer.path, keep=answer.body)
        found = answer.found
        must_have_short_lines(content.name, found, reading.max_line_mib if READERS[form].has_lines else None)
        return _Page(answer, content, found, form, reading, Document(content, found, reading) if form == "json" and found.size else None)

    def mark(self) -> str | None:
        """What tells the records of a page apart, whatever stands around them; None when there are none."""
        if self.document is None:
            return self.found.fingerprint if self.found.size else None
        records = self.document.records(self.options.records)
        return f"{len(records)}{bytes(records[0])!r}{bytes(records[-1])!r}" if records else None

    def count(self) -> int | None:
        """How many rows it has; None where only reading them tells, or where two of the kind would be too much to hold."""
        if self.document is None or self.found.size > _MOST_AHEAD:
            return None
        return len(self.document.records(self.options.records))

    def at(self, path: str) -> str | int | float | None:
        """What stands at a path of a document."""
        if self.document is None:
            raise FeedRejected(
                "{name} answers with {form}, in which nothing stands at “{path}”.",
                "Check paging and format.",
                name=self.content.name,
                form=self.form,
                path=path,
            )
        return self.document.at(path)

    def pieces(self, lines: Lines) -> Iterator[Piece]:
        """The rows, numbered from 1."""
        if self.document is None:
            if self.found.size:
                yield from map(_piece, READERS[self.form].read(self.content, self.found, self.options))
            return
        row = 1
        for block, count in self.document.lines(self.options.records):
            piece = lines.piece(block, row, count)
            row += piece.table.num_rows + len(piece.broken)
            yield composed(piece) if self.document.compose else piece


def _format(answer: Answer, options: HttpOptions) -> Format:
    head = answer.found.head
    told = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    start = head.lstrip(b"\xef\xbb\xbf \r\n\t")[:15].lower()
    if start.startswith((b"<!doctype html", b"<html")) or (told in {"text/html", "application/xhtml+xml"} and start.startswith(b"<")):
        raise FeedUnavailable(
            "{name} answers with a page for people, not with records.", "It may ask for a sign-in, or be closed.", name=named(options.url)
        )
    if options.format != "auto":
        return options.format
    if told in _BY_TYPE:
        return _BY_TYPE[told]
    if told not in _ANYTHING and not told.endswith("+json"):
        raise FeedRejected(
            "{name} answers with {form}, which this kind does not read.", "Ask for JSON, NDJSON or CSV.", name=named(options.url), form=told
        )
    shown: Format = "json" if told.endswith("+json") else by_first_bytes(head)
    if shown not in _BY_TYPE.values():
        raise FeedRejected(
            "{name} answers with {form}, which this kind does not read.",
            "Ask for JSON, NDJSON or CSV.",
            name=named(options.url),
            form=shown,
        )
    return shown


def _let_go(coming: Future[_Page | None]) -> None:
    """A page that nobody will read any more is not kept on the disk."""
    if not coming.exception() and (page := coming.result()) is not None:
        page.answer.body.close()


def _piece(batch: Batch) -> Piece:
    size = batch.table.num_rows
    rows = np.arange(batch.first_row, batch.first_row + size) if batch.rows is None else batch.rows.to_numpy()
    return Piece(batch.table, rows, batch.broken)


def header_link(value: str, relation: str) -> str | None:
    """The address that a header ``Link`` names with a relation."""
    for address, parameters in _LINK.findall(value):
        found = re.search(r'(?i)(?:^|;)\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]+))', parameters)
        if found and relation in (found[1] or found[2]).lower().split():
            return str(address)
    return None

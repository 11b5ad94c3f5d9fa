"""The feed port: what a data source hands to the intake. Sources know this module and nothing else of ours but errors.

A source delivers **tables of source columns**, untranslated: text as text, native types where the format has them
(Parquet, Excel dates). Mapping, typing, checking and refusing are the intake's work, so that they are the same for all.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Protocol, runtime_checkable

import pyarrow as pa

from ioc.errors import IocError


class Way(StrEnum):
    """How a feed's records come to us. The options of a kind say it in a ``way``.

    | way | |
    |---|---|
    | asked | by its schedule; each asking ends |
    | listening | it is always connected and tells when there is something; it has no schedule |
    | brought | another system brings them; nobody is asked |
    | typed | people type them into a form |
    """

    ASKED = "asked"
    LISTENING = "listening"
    BROUGHT = "brought"
    TYPED = "typed"


class Spans(StrEnum):
    """Whether a source can be asked once more for days gone by. The options of a kind say it in ``spans``; without it, none can.

    | spans | |
    |---|---|
    | none | it cannot |
    | open | for all from a day on: it is not told where to end |
    | days | for any days |
    """

    NONE = "none"
    OPEN = "open"
    DAYS = "days"


@dataclass(frozen=True)
class BrokenRow:
    """A row that the source could not even split into columns; goes to quarantine as it is described here.

    ``row`` counts from 1 as a person would count in the source (the header is row 1 of a sheet).
    ``reason`` is one of the codes in ``ioc/text`` under ``quarantine``; ``detail`` never carries the row's content.
    """

    row: int
    reason: str
    detail: str = ""


@dataclass(frozen=True)
class Batch:
    """Some rows of one source, in source order.

    Attributes:
        table: one column a source column, names as in the source (unique, stripped); any Arrow type.
        rows: source row number of each row of ``table``, or None when they run on from ``first_row`` without gap.
        first_row: source row number of the first row.
        broken: rows that could not be split, met while this batch was read.
        position: where the source goes on once this batch is kept, in words that only the source understands; None leaves it.
        kept: called when the batch is on disk: only now may the source forget it.
    """

    table: pa.Table
    first_row: int = 1
    rows: pa.Int64Array | None = None
    broken: tuple[BrokenRow, ...] = field(default=())
    position: str | None = None
    kept: Callable[[], None] | None = None


@dataclass(frozen=True)
class Delivery:
    """One thing delivered: a file, a page, a message. ``name`` is shown to people.

    ``fingerprint`` tells it apart from any other, so that it is taken in once; None where a position alone says what is new.

    ``batches`` may be consumed once. With a fingerprint they go on to the end, whatever should stop: the intake breaks off. It raises
    ``FeedRejected`` when what was delivered can never be read and ``FeedUnavailable`` when it may be readable later. ``settled`` is
    called when it has been taken in (True), or can never be (False); not when it is to be tried again.

    ``more``: another follows at once, so that a small one may wait for it and be settled only then.

    ``endless``: it goes on as long as the source is listened to, so that its batches are looked at one by one.
    """

    name: str
    fingerprint: str | None
    batches: Iterator[Batch]
    settled: Callable[[bool], None] | None = None
    endless: bool = False
    more: bool = False


@dataclass(frozen=True)
class Occasion:
    """What a feed is told when it is asked.

    Attributes:
        position: that it last gave.
        stopping: set when it should come to its end.
        well: called by a feed that listens once it is connected, so that what was wrong with it before is told no more.
        recall, remember: what the source has remembered, by name, and how it remembers more; None forgets. It is kept beside the position.
        span: the days, both inclusive, that are asked for once more; there is no position then, and none is kept. Only feeds
            whose options say so (``Spans``) are asked for one.
    """

    position: str | None = None
    stopping: threading.Event = field(default_factory=threading.Event)
    well: Callable[[], None] = lambda: None
    recall: Callable[[], Mapping[str, str]] = dict
    remember: Callable[[Mapping[str, str | None]], None] = lambda _: None
    span: tuple[date, date] | None = None


@runtime_checkable
class Feed(Protocol):
    """A connected source that is asked for what it has, or that listens."""

    def deliveries(self, occasion: Occasion | None = None) -> Iterator[Delivery]:
        """What there is to take in now, oldest first; of one that listens, also what comes until it should come to its end.

        Raises:
            FeedUnavailable: the source is not there now; it is asked again soon.
            FeedRejected: it cannot be used as it is configured; it is asked again all the same, since the source may be mended.
        """
        ...


class NotAdmitted(IocError):
    """Whoever brings records may not: no proof of who it is (401), or not for this feed (403)."""

    def __init__(self, status: int, what: str, hint: str = "") -> None:
        super().__init__(what, hint)
        self.status = status


class Door(Protocol):
    """A feed whose records are brought to us."""

    @property
    def kinds(self) -> frozenset[str]:
        """The media types that are read."""
        ...

    @property
    def most_bytes(self) -> int:
        """The largest body that is taken."""
        ...

    def admit(self, headers: Mapping[str, str]) -> None:
        """Look at who brings something, before it is read. Raises NotAdmitted."""
        ...

    def read(self, headers: Mapping[str, str], body: bytes) -> pa.Table:
        """The records in a body, all of their columns text. ``content-type`` is a bare media type.

        Raises:
            NotAdmitted: the body is not signed by who may sign.
            FeedRejected: it cannot be read.
        """
        ...


@runtime_checkable
class Desk(Protocol):
    """A feed whose records are typed by people into a form."""

    @property
    def names(self) -> frozenset[str]:
        """Who may sign in at the form itself."""
        ...

    def person(self, authorization: str) -> str | None:
        """Who has signed in, by the HTTP header ``Authorization``; None for nobody who may."""
        ...

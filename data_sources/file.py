"""Feeds of kind `file`: what lies in a folder, fits a pattern, or is named on the command line.

Each file, each member of a `.zip`, and with `sheet: all` each sheet is a delivery of its own, so that one bad file does not keep
the others out.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

from data_sources.folder import SAVED_TOGETHER, Folder, find, is_ours, stamp_of
from data_sources.readers.content import Content, Stamp, members, telling_faults, unpack_gzip, unpack_member
from data_sources.readers.formats import READERS, Reader, by_first_bytes, by_suffix
from data_sources.readers.options import FileOptions, Format
from data_sources.readers.sheets import sheet_names
from data_sources.readers.survey import Survey, survey
from ioc.errors import FeedRejected, FeedUnavailable, IocError
from ioc.intake.port import Batch, Delivery, Feed, Occasion

__all__ = ["FileOptions", "connect", "from_paths"]

STANDARD_INPUT = "-"


def connect(options: FileOptions, base: Path) -> Feed:
    """The feed of the files at `options.path`; an empty path makes a feed that only `ioc ingest` puts files into.

    Args:
        options: which files, and how to read them.
        base: the folder that a relative path starts from.
    """
    return _FolderFeed(options, Folder(options, base))


def from_paths(options: FileOptions, paths: Sequence[str], stdin: BinaryIO, base: Path | None = None) -> Feed:
    """A feed of the files, folders and patterns given, in that order, read as the options say; `-` is standard input.

    Args:
        options: how to read them; their own path is not looked at.
        paths: what to take in; nothing means standard input.
        stdin: standard input as bytes; it is first copied to a temporary file, since it can be read only once.
        base: the folder that relative paths start from, by default the current one.
    """

    def contents() -> list[Content]:
        found: list[Content] = []
        for path in paths or [STANDARD_INPUT]:
            found += [_spooled(stdin)] if path == STANDARD_INPUT else find(path, base or Path(), options)
        return found

    return _FileFeed(options, contents)


@dataclass(frozen=True)
class _FileFeed:
    """Files that a person names: they are taken as they are."""

    options: FileOptions
    contents: Callable[[], list[Content]]

    def deliveries(self, occasion: Occasion | None = None) -> Iterator[Delivery]:
        """The deliveries, oldest first.

        Raises:
            FeedUnavailable: a path does not exist or may not be looked at. What is wrong with one file is raised by its batches.
        """
        yield from _following(delivery for content in self.contents() for delivery in _deliveries(content, self.options))


@dataclass(frozen=True)
class _FolderFeed:
    """Files that come to a folder: each is taken once it is whole, and put away when it has been dealt with."""

    options: FileOptions
    folder: Folder

    def deliveries(self, occasion: Occasion | None = None) -> Iterator[Delivery]:
        """The deliveries, oldest first; of a folder that is watched, until it should stop.

        Raises:
            FeedUnavailable: the path does not exist or may not be looked at, or a file cannot be put away.
        """
        if not self.options.path:
            return
        for _ in self.folder.looks(occasion.stopping if occasion else threading.Event()):
            kept_back: list[IocError] = []
            for contents in self.folder.new(occasion):
                yield from _following(self._of_files(contents, kept_back, occasion))
            self.folder.remember(occasion)
            if kept_back:
                raise kept_back[-1]
            if occasion and self.options.watch:
                occasion.well()

    def _of_files(self, contents: Sequence[Content], kept_back: list[IocError], occasion: Occasion | None) -> Iterator[Delivery]:
        for content in contents:
            yield from self._of_file(content, kept_back)
            self.folder.remember(occasion, SAVED_TOGETHER)

    def _of_file(self, content: Content, kept_back: list[IocError]) -> Iterator[Delivery]:
        """The deliveries of a file. When all have been dealt with, it is put away; what keeps it from that is ``kept_back``."""
        stamp = stamp_of(content)
        if stamp is None:
            return  # gone again
        link = self.folder.astray(content)
        found = iter([_faulty(content.name, link)]) if link else _deliveries(content, self.options)
        ends = _Ends(content.name, lambda fault: self.folder.deal_with(content, stamp, fault), kept_back)
        for delivery in found:
            ends.offered += 1
            yield replace(delivery, batches=_noting(delivery.batches, ends.faults), settled=ends.settle)
        ends.end()


@dataclass
class _Ends:
    """How the deliveries of one file have ended: it is dealt with once all have been offered and settled, in whatever order."""

    name: str
    deal_with: Callable[[IocError | None], None]
    kept_back: list[IocError]
    offered: int = 0
    all_offered: bool = False
    settled: list[bool] = field(default_factory=list)
    faults: list[IocError] = field(default_factory=list)

    def settle(self, taken_in: bool) -> None:
        """A delivery has been taken in, or can never be."""
        self.settled.append(taken_in)
        self._look()

    def end(self) -> None:
        """All have been offered."""
        self.all_offered = True
        self._look()

    def _look(self) -> None:
        if not self.all_offered or len(self.settled) < self.offered:
            return
        refused = FeedRejected("{name} was refused before.", "", name=self.name)
        try:
            self.deal_with(self.faults[0] if self.faults else None if all(self.settled) else refused)
        except FeedUnavailable as fault:
            self.kept_back.append(fault)


def _following(deliveries: Iterator[Delivery]) -> Iterator[Delivery]:
    """The same deliveries, each told whether another follows."""
    held: Delivery | None = None
    try:
        for delivery in deliveries:
            if held:
                yield replace(held, more=True)
            held = delivery
    except IocError:
        if held:
            yield held
        raise
    if held:
        yield held


def _noting(batches: Iterator[Batch], faults: list[IocError]) -> Iterator[Batch]:
    """The same batches; what makes them unreadable for ever is noted."""
    try:
        yield from batches
    except FeedRejected as fault:
        faults.append(fault)
        raise


def _spooled(stdin: BinaryIO) -> Content:
    file = tempfile.NamedTemporaryFile(prefix="ioc-")  # noqa: SIM115  # lives as long as the content that keeps it
    with telling_faults("the temporary folder"):
        shutil.copyfileobj(stdin, file, 1 << 20)
        file.flush()
    return Content("standard input", Path(file.name), keep=file)


def _deliveries(content: Content, options: FileOptions) -> Iterator[Delivery]:
    """What one file holds; a fault that shows while looking into it becomes a delivery that raises it."""
    try:
        parts = _unpacked(content, options)
    except IocError as fault:
        yield _faulty(content.name, fault)
        return
    for part in parts:
        try:
            yield from _of_one(part, options)
        except IocError as fault:
            yield _faulty(part.name, fault)


def _unpacked(content: Content, options: FileOptions) -> list[Content]:
    """The content itself, out of its `.gz`, or the members of its `.zip`."""
    with content.open() as file:
        head = file.read(4)
    if head.startswith(b"\x1f\x8b"):
        return [replace(content, unpack=unpack_gzip)]
    if not head.startswith(b"PK") or options.format == "xlsx" or by_suffix(content.name) in {"xlsx", "xls"}:
        return [content]
    names = members(content)
    if "[Content_Types].xml" in names:
        return [content]
    ours = [each for each in names if is_ours(each, options)]
    return [replace(content, name=f"{content.name}/{each}", unpack=_of_member(each)) for each in ours or names]


def _of_member(name: str) -> Callable[[BinaryIO], BinaryIO]:
    unpack = unpack_member(name)
    return (lambda file: unpack_gzip(unpack(file))) if name.lower().endswith(".gz") else unpack


def _of_one(content: Content, options: FileOptions) -> Iterator[Delivery]:
    """The delivery of a file that is not packed any more, or those of its sheets."""
    stamp = content.stamp()
    form = options.format if options.format != "auto" else by_suffix(content.name) or _shown_format(content)
    reader = READERS[form]
    found = survey(content, options.max_line_mib if reader.has_lines else None, reader.is_text)
    if form not in {"xlsx", "xls"} or options.sheet != "all":
        yield Delivery(content.name, found.fingerprint, _read(content, stamp, found, reader, options))
        return
    for name in sheet_names(content, options):
        fingerprint = hashlib.sha256(f"{found.fingerprint}#{name}".encode()).hexdigest()
        chosen = options.model_copy(update={"sheet": name})
        yield Delivery(f"{content.name}#{name}", fingerprint, _read(content, stamp, found, reader, chosen))


def _shown_format(content: Content) -> Format:
    with content.open() as file:
        return by_first_bytes(file.read(1 << 16))


def _read(content: Content, stamp: Stamp, found: Survey, reader: Reader, options: FileOptions) -> Iterator[Batch]:
    """The batches of a surveyed content. A file that changed meanwhile is put off, whatever else seems wrong with it."""
    try:
        if found.fault:
            raise found.fault
        _must_be_unchanged(content, stamp)
        yield from reader.read(content, found, options)
    except FeedRejected:
        _must_be_unchanged(content, stamp)
        raise
    _must_be_unchanged(content, stamp)


def _must_be_unchanged(content: Content, stamp: Stamp) -> None:
    if content.stamp() != stamp:
        raise FeedUnavailable("{name} changed while it was read.", "It is read again when nobody writes to it any more.", name=content.name)


def _faulty(name: str, fault: IocError) -> Delivery:
    """A delivery that cannot be read; it is told apart by its name and its fault, since its content is out of reach."""

    def batches() -> Iterator[Batch]:
        raise fault
        yield

    return Delivery(name, hashlib.sha256(f"{name}: {fault.what}".encode()).hexdigest(), batches())

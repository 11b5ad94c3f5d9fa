"""Feeds of kind `file`: what lies in a folder, fits a pattern, or is named on the command line.

Each file, each member of a `.zip`, and with `sheet: all` each sheet is a delivery of its own, so that one bad file does not keep
the others out.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from data_sources.readers.content import Content, Stamp, is_hidden, members, telling_faults, unpack_gzip, unpack_member
from data_sources.readers.formats import READERS, Reader, by_first_bytes, by_suffix
from data_sources.readers.options import FileOptions, Format
from data_sources.readers.sheets import sheet_names
from data_sources.readers.survey import Survey, survey
from ioc.errors import FeedRejected, FeedUnavailable, IocError
from ioc.intake.port import Batch, Delivery, Feed, Occasion

__all__ = ["FileOptions", "connect", "from_paths"]

STANDARD_INPUT = "-"
_WILD = frozenset("*?[")


def connect(options: FileOptions, base: Path) -> Feed:
    """The feed of the files at `options.path`; an empty path makes a feed that only `ioc ingest` puts files into.

    Args:
        options: which files, and how to read them.
        base: the folder that a relative path starts from.
    """
    paths = [options.path] if options.path else []
    return _FileFeed(options, lambda: [content for path in paths for content in _contents(path, base, options)])


def from_paths(options: FileOptions, paths: Sequence[str], stdin: BinaryIO, base: Path | None = None) -> Feed:
    """A feed of the files, folders and patterns given, in that order, read as the options say; `-` is standard input.

    Args:
        options: how to read them; their own path is not looked at.
        paths: what to take in; nothing means standard input.
        stdin: standard input as bytes; it is first copied to a temporary file, since it can be read only once.
        base: the folder that relative paths start from, by default the current one.
    """

    def find() -> list[Content]:
        found: list[Content] = []
        for path in paths or [STANDARD_INPUT]:
            found += [_spooled(stdin)] if path == STANDARD_INPUT else _contents(path, base or Path(), options)
        return found

    return _FileFeed(options, find)


@dataclass(frozen=True)
class _FileFeed:
    options: FileOptions
    find: Callable[[], list[Content]]

    def deliveries(self, occasion: Occasion | None = None) -> Iterator[Delivery]:
        """The deliveries, oldest first.

        Raises:
            FeedUnavailable: a path does not exist or may not be looked at. What is wrong with one file is raised by its batches.
        """
        for content in self.find():
            yield from _deliveries(content, self.options)


def _contents(path: str, base: Path, options: FileOptions) -> list[Content]:
    """The files that a path stands for, oldest first."""
    whole = base / Path(path).expanduser()
    if whole.is_file():
        return [Content(path, whole)]
    if any(_WILD & set(part) for part in Path(path).parts):
        fixed = next(part for part in whole.parents if not any(_WILD & set(name) for name in part.parts))
        _must_be_folder(fixed)
        files = [each for each in fixed.glob(str(whole.relative_to(fixed))) if each.is_file() and not is_hidden(each.name)]
    else:
        _must_be_folder(whole)
        with telling_faults(path):
            files = [each for each in whole.iterdir() if each.is_file() and _is_ours(each.name, options)]
    with telling_faults(path):
        aged = sorted((each.stat().st_mtime_ns, each) for each in files)
    return [Content(str(each.relative_to(base) if each.is_relative_to(base) else each), each) for _, each in aged]


def _must_be_folder(path: Path) -> None:
    if not path.is_dir():
        raise FeedUnavailable(f"{path} does not exist.", "Check the path of the feed, and that the share is mounted.")


def _is_ours(name: str, options: FileOptions) -> bool:
    """Whether a file found in a folder or archive is meant: any when the format is given, otherwise one with a known suffix."""
    return not is_hidden(name) and (options.format != "auto" or name.lower().endswith(".zip") or by_suffix(name) is not None)


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
    ours = [each for each in names if _is_ours(each, options)]
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
        raise FeedUnavailable(f"{content.name} changed while it was read.", "It is read again when nobody writes to it any more.")


def _faulty(name: str, fault: IocError) -> Delivery:
    """A delivery that cannot be read; it is told apart by its name and its fault, since its content is out of reach."""

    def batches() -> Iterator[Batch]:
        raise fault
        yield

    return Delivery(name, hashlib.sha256(f"{name}: {fault.what}".encode()).hexdigest(), batches())

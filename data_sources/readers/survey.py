"""One pass over the bytes before anything is read from them: what tells the content apart, and what could go wrong in reading it.

The whole content is looked at, not a sample, so that a file is refused before its first row is taken in, and a letter at its
very end counts when its encoding is worked out.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO

from data_sources.readers.content import Content
from ioc.errors import FeedRejected, FeedUnavailable, IocError

_CHUNK = 1 << 20
_HEAD = 1 << 16
_SAMPLE = 1 << 18
_ESCAPED = re.compile("[\udc80-\udcff]")


@dataclass
class Survey:
    """What one pass found.

    Attributes:
        fingerprint: SHA-256 of the content, unpacked.
        size: bytes, unpacked.
        head: the first 64 KiB.
        tail: the last few bytes.
        letters: extra bytes of valid UTF-8 letters beyond ASCII.
        bad: bytes that are not UTF-8.
        bad_at: place of the first of them, counted from 0.
        nuls: whether a NUL byte occurs.
        quotes: whether a double quote occurs.
        marks: whether letters are written with combining marks, so that they must be composed.
        line: bytes that no line exceeds; a line shorter than what is read at once is not measured.
        sample: some of the text around bytes that are not UTF-8.
        fault: why the content cannot be read at all, to be raised when somebody tries.
    """

    fingerprint: str = ""
    size: int = 0
    head: bytes = b""
    tail: bytes = b""
    letters: int = 0
    bad: int = 0
    bad_at: int = -1
    nuls: bool = False
    quotes: bool = False
    marks: bool = False
    line: int = _CHUNK
    sample: bytearray = field(default_factory=bytearray)
    fault: IocError | None = None


def survey(content: Content, max_line_mib: float | None, is_text: bool = True) -> Survey:
    """Reads the content once, in bounded memory.

    Args:
        content: what to read.
        max_line_mib: the longest line allowed, or None when the format has no lines.
        is_text: whether encodings matter; otherwise only the fingerprint is taken.
    """
    found = Survey()
    digest = hashlib.sha256()
    try:
        with content.open() as file:
            _look(content.name, file, found, digest.update, max_line_mib, is_text)
        if not found.size:
            raise FeedRejected("{name} is empty.", "Check the export that wrote it.", name=content.name)
    except (FeedRejected, FeedUnavailable) as fault:
        found.fault = fault
        digest.update(fault.what.encode())
    found.fingerprint = digest.hexdigest()
    return found


def _look(name: str, file: BinaryIO, found: Survey, update: Callable[[bytes], None], max_line_mib: float | None, is_text: bool) -> None:
    step = _CHUNK if max_line_mib is None else min(_CHUNK, int(max_line_mib * 2**20) or 1)
    line = 0
    rest = b""
    while chunk := file.read(step):
        update(chunk)
        found.size += len(chunk)
        if len(found.head) < _HEAD:
            found.head += chunk[: _HEAD - len(found.head)]
        found.tail = (found.tail + chunk)[-16:] if len(chunk) < 16 else chunk[-16:]
        if max_line_mib is not None:
            line = _line_after(name, chunk, line, found, max_line_mib)
        if is_text:
            found.quotes = found.quotes or b'"' in chunk
            rest = _weigh(rest + chunk, found)
    if rest:
        _judge(rest, found, found.size - len(rest))


def _line_after(name: str, chunk: bytes, line: int, found: Survey, max_line_mib: float) -> int:
    """The length of the line that the chunk ends in. A chunk is no longer than a line may be: only its first can be too long."""
    end = b"\n" if b"\n" in chunk else b"\r"
    first = chunk.find(end)
    line += len(chunk) if first < 0 else first
    found.line = max(found.line, line)
    if line > max_line_mib * 2**20:
        raise FeedRejected(
            "{name} has a line longer than {mib:g} MiB.",
            "It may not be a text file, or its lines may not be separated; raise max_line_mib if it is right.",
            name=name,
            mib=max_line_mib,
        )
    return line if first < 0 else len(chunk) - chunk.rfind(end) - 1


def _weigh(data: bytes, found: Survey) -> bytes:
    """Judges all of some bytes but a letter that may go on in the next chunk, which is returned."""
    start = found.size - len(data)
    if data.isascii():
        found.nuls = found.nuls or b"\0" in data
        return b""
    cut = len(data)
    while cut > len(data) - 3 and data[cut - 1] >= 0x80:
        cut -= 1
    _judge(data[:cut], found, start)
    return data[cut:]


def _judge(data: bytes, found: Survey, start: int) -> None:
    """Counts letters beyond ASCII and bytes that are not UTF-8."""
    found.nuls = found.nuls or b"\0" in data
    try:
        text = data.decode()
    except UnicodeDecodeError as fault:
        if found.bad_at < 0:
            found.bad_at = start + fault.start
        text = data.decode(errors="surrogateescape")
        bad = len(_ESCAPED.findall(text))
        found.bad += bad
        found.letters += len(text.encode(errors="surrogateescape")) - len(text)
        if len(found.sample) < _SAMPLE:
            found.sample += data[max(0, fault.start - 256) :][: _SAMPLE // 4] + b"\n"
    else:
        found.letters += len(data) - len(text)
        # Every combining mark used in Vietnamese is written with one of these two lead bytes.
        found.marks = found.marks or b"\xcc" in data or b"\xcd" in data

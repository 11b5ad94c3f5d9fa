"""One pass over the bytes before anything is read from them: what tells the content apart, and what could go wrong in reading it.

The whole content is looked at, not a sample, so that a file is refused before its first row is taken in, and a letter at its
very end counts when its encoding is worked out.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field

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
        longest: bytes of the longest line that was measured; one shorter than what is read at once may not be.
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
    longest: int = 0
    sample: bytearray = field(default_factory=bytearray)
    fault: IocError | None = None

    @property
    def line(self) -> int:
        """Bytes that no line exceeds."""
        return max(self.longest, _CHUNK)


def survey(content: Content, max_line_mib: float | None, is_text: bool = True) -> Survey:
    """Reads the content once, in bounded memory.

    Args:
        content: what to read.
        max_line_mib: the longest line allowed, or None when the format has no lines.
        is_text: whether encodings matter; otherwise only the fingerprint is taken.
    """
    step = _CHUNK if max_line_mib is None else min(_CHUNK, int(max_line_mib * 2**20) or 1)
    surveyor = Surveyor(content.name, is_text)
    try:
        with content.open() as file:
            while chunk := file.read(step):
                surveyor.see(chunk)
                must_have_short_lines(content.name, surveyor.found, max_line_mib)
        return surveyor.ended()
    except (FeedRejected, FeedUnavailable) as fault:
        return surveyor.ended(fault)


class Surveyor:
    """Looks at bytes in the order in which they pass.

    Attributes:
        found: in what has passed; not whole before ``ended``.
    """

    def __init__(self, name: str, is_text: bool = True) -> None:
        self.found = Survey()
        self._name, self._is_text = name, is_text
        self._digest, self._line, self._rest = hashlib.sha256(), 0, b""

    def see(self, chunk: bytes) -> None:
        """Look at the next bytes, no more at once than a line may have."""
        found = self.found
        self._digest.update(chunk)
        found.size += len(chunk)
        if len(found.head) < _HEAD:
            found.head += chunk[: _HEAD - len(found.head)]
        found.tail = (found.tail + chunk)[-16:] if len(chunk) < 16 else chunk[-16:]
        if self._is_text:  # nothing else has lines
            self._line = _line_after(chunk, self._line, found)
            found.quotes = found.quotes or b'"' in chunk
            self._rest = _weigh(self._rest + chunk if self._rest else chunk, found)

    def ended(self, fault: IocError | None = None) -> Survey:
        """What was found, when nothing more comes, or cannot come because of a fault."""
        found = self.found
        if fault is None:
            if self._rest:
                _judge(self._rest, found, found.size - len(self._rest))
            if not found.size:
                fault = FeedRejected("{name} is empty.", "Check the export that wrote it.", name=self._name)
        if fault is not None:
            found.fault = fault
            self._digest.update(fault.what.encode())
        found.fingerprint = self._digest.hexdigest()
        return found


def must_have_short_lines(name: str, found: Survey, max_line_mib: float | None) -> None:
    """Raises FeedRejected when there is a line longer than allowed; None allows any."""
    if max_line_mib is not None and found.longest > max_line_mib * 2**20:
        raise FeedRejected(
            "{name} has a line longer than {mib:g} MiB.",
            "It may not be a text file, or its lines may not be separated; raise max_line_mib if it is right.",
            name=name,
            mib=max_line_mib,
        )


def _line_after(chunk: bytes, line: int, found: Survey) -> int:
    """The length of the line that the chunk ends in. A chunk is no longer than a line may be: only its first can be too long."""
    end = b"\n" if b"\n" in chunk else b"\r"
    first = chunk.find(end)
    line += len(chunk) if first < 0 else first
    found.longest = max(found.longest, line)
    return line if first < 0 else len(chunk) - chunk.rfind(end) - 1


def _weigh(data: bytes, found: Survey) -> bytes:
    """Judges all of some bytes but a letter that may go on in the next chunk, which is returned."""
    start = found.size - len(data)
    if data.isascii():
        found.nuls = found.nuls or b"\0" in data
        return b""
    cut = len(data)
    while cut > max(len(data) - 3, 0) and 0x80 <= data[cut - 1] < 0xC0:  # what follows the first byte of a letter
        cut -= 1
    if cut and data[cut - 1] >= 0xC0:
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

"""Which encoding a text is in, and the text as a stream of UTF-8.

The rules, in order, when it is not given: a byte order mark; NUL bytes at every other place (UTF-16); valid UTF-8 to the last
byte; more UTF-8 letters than bytes that are none (damaged UTF-8); otherwise an 8-bit encoding: of TCVN3 and Windows-1258 the one
in which the words read as Vietnamese, and Windows-1252 when they do in neither.
"""

from __future__ import annotations

import codecs
import io
import re
from dataclasses import dataclass
from typing import BinaryIO

from data_sources.readers import tcvn3
from data_sources.readers.options import TCVN3
from data_sources.readers.survey import Survey
from data_sources.readers.vietnamese import plausibility
from ioc.errors import FeedRejected

BROKEN = "\ufdd0"
"""Stands for a byte that is no text: a code that Unicode keeps out of texts, so that no honest row holds it."""

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")
_NO_UTF16 = re.compile("[\x00\ufffd]")
_VIETNAMESE_ENOUGH = 0.5
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Text:
    """How to read a content as text.

    Attributes:
        encoding: a codec's name, or `tcvn3`.
        bom: bytes of byte order mark to leave out.
        damaged: whether some bytes are no text; the stream then holds `BROKEN` in their place.
        compose: whether letters may be written with combining marks.
    """

    encoding: str
    bom: int = 0
    damaged: bool = False
    compose: bool = False


def detect(found: Survey, given: str) -> Text:
    """The encoding that is given, or the one that the survey speaks for."""
    name, bom = _marked(found.head)
    encoding = (given if given != "auto" else name) or _unmarked(found)
    if encoding == "utf-16" and not name:  # Python takes UTF-16 without a mark for the order of the machine
        encoding = _utf16(found.head) or "utf-16-le"
    if name and encoding in {"utf-8-sig", "utf-16", name}:
        encoding = name
    else:
        encoding, bom = encoding.removesuffix("-sig"), 0
    if encoding in {"utf-8", "ascii"}:
        return Text("utf-8", bom, damaged=bool(found.bad or found.nuls), compose=found.marks)
    return Text(encoding, bom, damaged=True, compose=encoding != "cp1252")


def _marked(head: bytes) -> tuple[str, int]:
    return next(((name, len(mark)) for mark, name in _BOMS if head.startswith(mark)), ("", 0))


def _unmarked(found: Survey) -> str:
    utf16 = _utf16(found.head)
    if utf16:
        return utf16
    if found.letters >= found.bad:
        return "utf-8"
    sample = bytes(found.sample)
    best, name = max((plausibility(_decoded(sample, each)), each) for each in ("cp1252", "cp1258", TCVN3))
    if best < _VIETNAMESE_ENOUGH or best == plausibility(_decoded(sample, "cp1252")):
        return "cp1252"
    return name


def _utf16(head: bytes) -> str:
    """UTF-16 by its NULs: letters of Western texts have one at every other place and hardly any at the places between."""
    half = max(1, len(head) // 2)
    even, odd = head[0::2].count(0) / half, head[1::2].count(0) / half
    if max(even, odd) < 0.25 or min(even, odd) > 0.05:
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _decoded(data: bytes, encoding: str) -> str:
    return _decoder(encoding).decode(data, True)


def _decoder(encoding: str) -> codecs.IncrementalDecoder:
    if encoding == TCVN3:
        return tcvn3.Decoder(errors="surrogateescape")
    return codecs.getincrementaldecoder(encoding)("replace" if _is_wide(encoding) else "surrogateescape")


def _is_wide(encoding: str) -> bool:
    """Whether letters take two bytes or four; what is no letter then becomes U+FFFD, since it cannot be kept as a surrogate."""
    return encoding.startswith(("utf-16", "utf-32"))


def _without_broken(text: str, encoding: str) -> bytes:
    return (_NO_UTF16 if _is_wide(encoding) else _NO_TEXT).sub(BROKEN, text).encode()


def has_broken(data: bytes) -> bool:
    """Whether something in UTF-8 holds what stands for a byte that is no text."""
    return not data.isascii() and BROKEN.encode() in data


def utf8(file: BinaryIO, text: Text) -> BinaryIO:
    """The file as UTF-8 without a byte order mark; as it is, at no cost, when that is what it holds."""
    file.read(text.bom)
    if text.encoding == "utf-8" and not text.damaged:
        return file
    return io.BufferedReader(_Transcoded(file, text.encoding), _CHUNK)


def decode_whole(data: bytes, text: Text, name: str) -> bytes:
    """A whole document as UTF-8.

    Raises:
        FeedRejected: a byte in it is no text, so that nothing can be said of what surrounds it.
    """
    if text.encoding == "utf-8":
        try:
            if text.damaged:  # else it has been looked at already
                data[text.bom :].decode()
        except UnicodeDecodeError as fault:
            raise FeedRejected(
                "{name} is not UTF-8: byte {place} is 0x{byte:02X}.",
                "Export it as UTF-8, or name its encoding.",
                name=name,
                place=fault.start + text.bom,
                byte=data[fault.start + text.bom],
            ) from fault
        return data[text.bom :]
    return _without_broken(_decoded(data[text.bom :], text.encoding), text.encoding)


class _Transcoded(io.RawIOBase):
    """A stream of UTF-8 made on the fly from a stream in another encoding."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        super().__init__()
        self._file = file
        self._encoding = encoding
        self._decoder = _decoder(encoding)
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        target = memoryview(buffer).cast("B")  # type: ignore[arg-type]  # io asks for any writable buffer
        while not self._ready:
            data = self._file.read(_CHUNK)
            text = self._decoder.decode(data, not data)
            if not data and not text:
                return 0
            self._ready = memoryview(_without_broken(text, self._encoding))
        taken = min(len(target), len(self._ready))
        target[:taken] = self._ready[:taken]
        self._ready = self._ready[taken:]
        return taken

"""The body of an answer, unpacked, in a file: no larger than allowed, and whole; looked at while it comes."""

from __future__ import annotations

import zlib
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import IO

from urllib3 import BaseHTTPResponse
from urllib3.exceptions import DecodeError

from data_sources.readers.content import telling_faults
from data_sources.readers.survey import Survey, Surveyor
from ioc.errors import FeedRejected

_CHUNK = 1 << 18
_GZIP = 31
# What is larger than this is looked at in a thread of its own, which is some chunks behind at most.
_LARGE = 4 * _CHUNK
_MOST_BEHIND = 8


def spool(response: BaseHTTPResponse, name: str, most_mib: int, file: IO[bytes]) -> Survey:
    """Write the body of an answer of this name to an empty file, and go back to its start.

    Returns:
        What one pass over it found; lines are measured, but any are allowed.

    Raises:
        FeedRejected: it is larger than ``most_mib``, or packed in a way that was not asked for.
        FeedUnavailable: the disk is full.
        urllib3's errors: it does not come to its end, or its packing is damaged.
    """
    packing = response.headers.get("Content-Encoding", "").strip().lower()
    if packing not in {"", "identity", "gzip", "x-gzip"}:
        raise FeedRejected("{name} answers packed as {packing}; only gzip was asked for.", "Ask the source.", name=name, packing=packing)
    most = most_mib * 2**20
    chunks = iter(lambda: response.read1(_CHUNK, decode_content=False), b"")
    looking, size = _Looking(name), 0
    try:
        with telling_faults("the temporary folder"):
            for data in _unpacked(chunks) if packing.endswith("gzip") else chunks:
                size += len(data)
                if size > most:
                    raise FeedRejected(
                        "{name} answers with more than {mib} MiB.", "Ask for smaller pages, or raise max_mib.", name=name, mib=most_mib
                    )
                looking.see(data, aside=size > _LARGE)
                file.write(data)
            file.flush()
            file.seek(0)
        return looking.ended()
    finally:
        looking.close()


class _Looking:
    """Looks at what passes, aside where it is much: the digest of a large answer takes as long as its way to the disk."""

    def __init__(self, name: str) -> None:
        self._surveyor = Surveyor(name)
        self._thread: ThreadPoolExecutor | None = None
        self._behind: deque[Future[None]] = deque()

    def see(self, data: bytes, *, aside: bool) -> None:
        if not aside:
            self._surveyor.see(data)
            return
        self._thread = self._thread or ThreadPoolExecutor(1, "look")
        self._behind.append(self._thread.submit(self._surveyor.see, data))
        if len(self._behind) > _MOST_BEHIND:
            self._behind.popleft().result()

    def ended(self) -> Survey:
        """What was found, once all that passed has been looked at."""
        while self._behind:
            self._behind.popleft().result()
        return self._surveyor.ended()

    def close(self) -> None:
        if self._thread:
            self._thread.shutdown(cancel_futures=True)


def _unpacked(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The bytes that gzip has packed, never many at once. (urllib3 unpacks too, but takes what is cut short for whole.)"""
    unpacker = zlib.decompressobj(_GZIP)
    begun = False
    try:
        for chunk in chunks:
            begun, left = True, chunk
            while left:
                if unpacker.eof:  # one packed part may follow another
                    unpacker = zlib.decompressobj(_GZIP)
                yield unpacker.decompress(left, _CHUNK)
                left = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
        while begun and not unpacker.eof and (data := unpacker.decompress(b"", _CHUNK)):
            yield data
    except zlib.error as fault:
        raise DecodeError("damaged") from fault
    if begun and not unpacker.eof:
        raise DecodeError("cut short")

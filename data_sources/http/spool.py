"""The body of an answer, unpacked, in a file: no larger than allowed, and whole."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import IO

from urllib3 import BaseHTTPResponse
from urllib3.exceptions import DecodeError

from data_sources.readers.content import telling_faults
from ioc.errors import FeedRejected

_CHUNK = 1 << 18
_GZIP = 31


def spool(response: BaseHTTPResponse, name: str, most_mib: int, file: IO[bytes]) -> None:
    """Write the body of an answer of this name to an empty file, and go back to its start.

    Raises:
        FeedRejected: it is larger than ``most_mib``, or packed in a way that was not asked for.
        FeedUnavailable: the disk is full.
        urllib3's errors: it does not come to its end, or its packing is damaged.
    """
    packing = response.headers.get("Content-Encoding", "").strip().lower()
    if packing not in {"", "identity", "gzip", "x-gzip"}:
        raise FeedRejected("{name} answers packed as {packing}; only gzip was asked for.", "Ask the source.", name=name, packing=packing)
    left = most_mib * 2**20
    chunks = iter(lambda: response.read1(_CHUNK, decode_content=False), b"")
    with telling_faults("the temporary folder"):
        for data in _unpacked(chunks) if packing.endswith("gzip") else chunks:
            left -= len(data)
            if left < 0:
                raise FeedRejected(
                    "{name} answers with more than {mib} MiB.", "Ask for smaller pages, or raise max_mib.", name=name, mib=most_mib
                )
            file.write(data)
        file.flush()
        file.seek(0)


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

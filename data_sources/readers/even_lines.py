"""Lines of JSON that are all written alike, as programs write them: the same keys in the same order, no blanks, nothing escaped.

Split like CSV, texts without commas are read in half the time that a parser of JSON takes; with commas or numbers little is gained. What a
block must be for that is proved of every value; of any other block nothing is told, and a parser of JSON reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

# A block is split at once.
_MOST_BYTES = 2**30
_PART = 2**17
_QUOTE, _FIRST_VISIBLE = ord('"'), 32
# Where texts hold commas the members are parted by this, which stands in no block that is read here.
_UNIT = b"\x1f"
_WHOLE, _NUMBER = r"^-?(0|[1-9][0-9]{0,17})$", r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$"


def even(block: bytes, lines: int, schema: pa.Schema) -> pa.Table | None:
    """So many lines, each ended by a line break, in columns of the types that a schema has for their keys.

    None unless it is certain that each line is one object of JSON with these keys and no others, and each value of its key's type or
    null; a parser of JSON would give the same, but for numbers too large for a float, of which whoever asks has to look at each.
    """
    keys = _keys(block)
    if not keys or len(block) > _MOST_BYTES or not set(keys) <= set(schema.names) or b"\\" in block:
        return None
    data = np.frombuffer(block, np.uint8)
    if _count(np.less, data, _FIRST_VISIBLE) != lines:
        return None
    with suppress(pa.ArrowInvalid):
        columns, texts = list[pa.ChunkedArray](), 0
        for key, (column, before, after) in zip(keys, _members(block, keys), strict=True):
            if len(column) != lines or (found := _READ[schema.field(key).type](column, before, after)) is None:
                return None
            columns.append(found)
            texts += lines - found.null_count if pa.types.is_string(found.type) else 0
        # No text holds a quote, so that no member has more of them than two around its key and two around a text. There being as many
        # as that in all, each has: so each text ends with one.
        if _count(np.equal, data, _QUOTE) == 2 * (lines * len(keys) + texts):
            return pa.table(columns, names=keys)
    return None


def _count(comparison: np.ufunc, data: npt.NDArray[np.uint8], byte: int) -> int:
    """How many bytes compare so with one; looked at in parts that stay at hand in the processor."""
    found, count = np.empty(_PART, bool), 0
    for start in range(0, len(data), _PART):
        part = data[start : start + _PART]
        count += int(np.count_nonzero(comparison(part, byte, out=found[: len(part)])))
    return count


def _keys(block: bytes) -> list[str]:
    """The keys of the first line; none unless it is written as is read here."""
    line = block[: block.index(b"\n")]
    with suppress(orjson.JSONDecodeError):
        found = orjson.loads(line)
        names = [orjson.dumps(key) + b":" for key in found] if isinstance(found, dict) else []
        if names and line.startswith(b"{" + names[0]) and all(b"," + name in line for name in names[1:]):
            return list(found)
    return []


def _members(block: bytes, keys: Sequence[str]) -> Iterator[tuple[pa.ChunkedArray, bytes, bytes]]:
    """Of each key its members, and what stands in each before and after the value. Raises ArrowInvalid where lines have more or fewer."""
    names = [orjson.dumps(key) + b":" for key in keys]
    try:
        columns, parted = _split(block, len(keys), b","), b""
    except pa.ArrowInvalid:
        columns, parted = _split(block.replace(b',"', _UNIT), len(keys), _UNIT), b'"'
    for place, (column, name) in enumerate(zip(columns, names, strict=True)):
        yield column, name.removeprefix(parted) if place else b"{" + name, b"}" if place == len(keys) - 1 else b""


def _split(block: bytes, width: int, delimiter: bytes) -> Sequence[pa.ChunkedArray]:
    names = [str(place) for place in range(width)]
    found: Sequence[pa.ChunkedArray] = pacsv.read_csv(
        pa.BufferReader(block),
        pacsv.ReadOptions(column_names=names, block_size=len(block) + 1, use_threads=False),
        pacsv.ParseOptions(delimiter=delimiter.decode(), quote_char=False, ignore_empty_lines=False),
        pacsv.ConvertOptions(column_types=dict.fromkeys(names, pa.binary()), strings_can_be_null=False),
    ).columns
    return found


def _texts(column: pa.ChunkedArray, before: bytes, after: bytes) -> pa.ChunkedArray | None:
    """Texts without what stands around them, which is looked at but for the quote at the end; none holds a quote."""
    begun = pc.starts_with(column, before + b'"')
    found = pc.binary_slice(column, len(before) + 1, -1 - len(after)).cast(pa.string())
    if after and not pc.all(pc.ends_with(column, after)).as_py():
        return None
    if any(_holds_quote(chunk) for chunk in found.chunks):
        return None
    if pc.all(begun).as_py():
        return found
    nothing = pc.equal(column, before + b"null" + after)
    return pc.if_else(begun, found, pa.scalar(None, pa.string())) if pc.all(pc.or_(begun, nothing)).as_py() else None


def _holds_quote(texts: pa.StringArray) -> bool:
    data = texts.buffers()[2]
    return data is not None and _count(np.equal, np.frombuffer(data, np.uint8), _QUOTE) > 0


def _logical(column: pa.ChunkedArray, before: bytes, after: bytes) -> pa.ChunkedArray | None:
    yes, no, nothing = (pc.equal(column, before + word + after) for word in (b"true", b"false", b"null"))
    known = pc.or_(yes, no)
    return pc.if_else(known, yes, pa.scalar(None, pa.bool_())) if pc.all(pc.or_(known, nothing)).as_py() else None


def _nulls(column: pa.ChunkedArray, before: bytes, after: bytes) -> pa.ChunkedArray | None:
    nothing = pc.all(pc.equal(column, before + b"null" + after)).as_py()
    return pa.chunked_array([pa.nulls(len(column))]) if nothing else None


def _numbers(kind: pa.DataType, pattern: str) -> Callable[[pa.ChunkedArray, bytes, bytes], pa.ChunkedArray | None]:
    def read(column: pa.ChunkedArray, before: bytes, after: bytes) -> pa.ChunkedArray | None:
        if not pc.all(pc.and_(pc.starts_with(column, before), pc.ends_with(column, after))).as_py():
            return None
        found = pc.binary_slice(column, len(before), -len(after) or _MOST_BYTES).cast(pa.string())
        found = pc.if_else(pc.equal(found, "null"), pa.scalar(None, pa.string()), found)
        return pc.cast(found, kind) if pc.all(pc.match_substring_regex(found, pattern)).as_py() is not False else None

    return read


_READ: dict[pa.DataType, Callable[[pa.ChunkedArray, bytes, bytes], pa.ChunkedArray | None]] = {
    pa.string(): _texts,
    pa.bool_(): _logical,
    pa.null(): _nulls,
    pa.int64(): _numbers(pa.int64(), _WHOLE),
    pa.float64(): _numbers(pa.float64(), _NUMBER),
}

"""JSON documents: a list of objects, an object with the list inside it, or one object that is the only record.

The records are cut out as lines and read as those of NDJSON are, so that no Python object is made of every value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
import orjson

from data_sources.readers.content import Content
from data_sources.readers.encoding import decode_whole, detect, has_broken
from data_sources.readers.json_lines import Block, pieces_of_lines
from data_sources.readers.options import FileOptions
from data_sources.readers.pieces import batches, composed
from data_sources.readers.survey import Survey
from ioc.errors import FeedRejected, offered
from ioc.intake.port import Batch

_ROWS = 50_000


def read_json(content: Content, found: Survey, options: FileOptions) -> Iterator[Batch]:
    """The objects of a JSON document as rows; a row's number is its place in the list, from 1.

    Raises:
        FeedRejected: not JSON, too large, no list where `records` says, or other columns than expected.
    """
    document = Document(content, found, options)
    pieces = pieces_of_lines(content.name, document.lines(options.records), options.columns)
    yield from batches(composed(piece) if document.compose else piece for piece in pieces)


class Document:
    """A whole document, whose parts are looked at one by one.

    Attributes:
        compose: whether its letters may be written with combining marks.
    """

    def __init__(self, content: Content, found: Survey, options: FileOptions) -> None:
        """Reads it. Raises FeedRejected when it is not JSON, too large, or no text."""
        text = detect(found, options.encoding)
        self.compose = text.compose
        self._name = content.name
        data = decode_whole(content.whole(options.max_document_mib), text, content.name)
        if has_broken(data):
            raise FeedRejected(
                "{name} holds bytes that are no text in {encoding}.", "Name its encoding.", name=content.name, encoding=text.encoding
            )
        if not data[:64].strip() and not data.strip():
            raise FeedRejected("{name} is empty.", "Check the export that wrote it.", name=content.name)
        self._top = msgspec.Raw(data)
        self._inside = self._parts(self._top)

    def lines(self, path: str) -> Iterator[Block]:
        """The records at a path, each on a line, in blocks. Raises what `records` raises."""
        records = self.records(path)
        return (_block(records[start : start + _ROWS]) for start in range(0, len(records), _ROWS))

    def records(self, path: str) -> list[msgspec.Raw]:
        """The records at a path; an object there is the only record.

        Raises:
            FeedRejected: there is no list, and where there is one if it can be told.
        """
        found, inside, at = self._top, self._inside, ""
        for step in path.split(".") if path else ():
            if not isinstance(inside, dict):
                raise FeedRejected(
                    "{name} has no object at “{at}” to find “{step}” in.",
                    "Check records: {path}.",
                    name=self._name,
                    at=at or "/",
                    step=step,
                    path=path,
                )
            if step not in inside:
                raise FeedRejected("{name} has no “{step}” at “{at}”.", name=self._name, step=step, at=at or "/", **offered(step, inside))
            found, at = inside[step], f"{at}.{step}".lstrip(".")
            inside = self._parts(found)
        if isinstance(inside, dict):
            self._must_be_a_record(inside, at)
        elif inside is None and path and bytes(found).strip() == b"null":  # many systems say so that there are none
            return []
        elif inside is None:
            raise FeedRejected(
                "{name} has no list of records at “{at}”.", "Say where it stands with records.", name=self._name, at=at or "/"
            )
        return inside if isinstance(inside, list) else [found]

    def at(self, path: str) -> str | int | float | None:
        """The text or number at a path; None for nothing, or anything else."""
        found, inside = None, self._inside
        for step in path.split("."):
            found = inside.get(step) if isinstance(inside, dict) else None
            inside = self._parts(found) if found is not None else None
        value: Any = orjson.loads(bytes(found)) if found is not None and inside is None else None
        return value if isinstance(value, str | int | float) and not isinstance(value, bool) else None

    def _parts(self, part: msgspec.Raw) -> Mapping[str, msgspec.Raw] | list[msgspec.Raw] | None:
        """What an object or a list holds; None for anything else."""
        start = bytes(memoryview(part)[:64]).lstrip()[:1] or bytes(part).lstrip()[:1]
        kind: Any = {b"{": dict[str, msgspec.Raw], b"[": list[msgspec.Raw]}.get(start, msgspec.Raw)
        try:
            found = msgspec.json.decode(part, type=kind)
        except (msgspec.DecodeError, RecursionError) as fault:
            raise FeedRejected(
                "{name} is not JSON: {fault}.", "It may be cut short; send it again.", name=self._name, fault=_fault(part)
            ) from fault
        return found if isinstance(found, dict | list) else None

    def _must_be_a_record(self, inside: Mapping[str, msgspec.Raw], at: str) -> None:
        lists = [key for key, value in inside.items() if self._is_list_of_objects(value)]
        if lists:
            raise FeedRejected(
                "{name} is an object that holds lists of objects ({names}), not a list of records.",
                "Say which with records: {path}.",
                name=self._name,
                names=", ".join(lists),
                path=f"{at}.{lists[0]}".lstrip("."),
            )

    def _is_list_of_objects(self, part: msgspec.Raw) -> bool:
        found = self._parts(part)
        return isinstance(found, list) and bool(found) and all(isinstance(self._parts(each), dict) for each in found)


def _block(records: list[msgspec.Raw]) -> Block:
    block = b"\n".join([*records, b""])
    if block.count(b"\n") == len(records):
        return block, len(records)
    block = b"\n".join(bytes(each).replace(b"\n", b" ") for each in records) + b"\n"  # a text holds none as such
    return block, len(records)


def _fault(data: msgspec.Raw) -> str:
    """What is wrong, and where it stands."""
    try:
        orjson.loads(bytes(data))
    except orjson.JSONDecodeError as fault:
        return f"{fault.msg} in line {fault.lineno}, column {fault.colno}"
    return "it is nested too deep"

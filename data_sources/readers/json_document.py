"""JSON documents: a list of objects, an object with the list inside it, or one object that is the only record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import numpy as np
import orjson

from data_sources.readers.content import Content
from data_sources.readers.encoding import BROKEN, decode_whole, detect
from data_sources.readers.header import check_columns
from data_sources.readers.objects import objects_table
from data_sources.readers.options import FileOptions
from data_sources.readers.pieces import MOST_ROWS, Piece, batches, composed
from data_sources.readers.survey import Survey
from ioc.errors import FeedRejected, did_you_mean
from ioc.intake.port import Batch, BrokenRow


def read_json(content: Content, found: Survey, options: FileOptions) -> Iterator[Batch]:
    """The objects of a JSON document as rows; a row's number is its place in the list, from 1.

    Raises:
        FeedRejected: not JSON, too large, no list where `records` says, or other columns than expected.
    """
    text = detect(found, options.encoding)
    data = decode_whole(content.whole(options.max_document_mib), text, content.name)
    if BROKEN.encode() in data:
        raise FeedRejected(f"{content.name} holds bytes that are no text in {text.encoding}.", "Name its encoding.")
    if not data.strip():
        raise FeedRejected(f"{content.name} is empty.", "Check the export that wrote it.")
    try:
        document = orjson.loads(data)
    except orjson.JSONDecodeError as fault:
        raise FeedRejected(
            f"{content.name} is not JSON: {fault.msg} in line {fault.lineno}, column {fault.colno}.",
            "It may be cut short; send it again.",
        ) from fault
    pieces = pieces_of(records_in(content.name, document, options.records))
    for piece in pieces:
        if piece.table.num_rows:
            check_columns(content.name, piece.table.column_names, options.columns)
    yield from batches(composed(piece) if text.compose else piece for piece in pieces)


def records_in(name: str, document: object, path: str) -> list[object]:
    """The list of records in a document.

    Args:
        name: of the document, for people.
        document: parsed.
        path: where the list stands, such as `data.items`; empty when it is the document.

    Raises:
        FeedRejected: it does not stand there.
    """
    here, at = document, ""
    for step in path.split(".") if path else ():
        if not isinstance(here, dict):
            raise FeedRejected(f"{name} has no object at “{at or 'its top'}” to find “{step}” in.", f"Check records: {path}.")
        if step not in here:
            raise FeedRejected(f"{name} has no “{step}” at “{at or 'its top'}”.", did_you_mean(step, here))
        here, at = here[step], f"{at}.{step}".lstrip(".")
    if isinstance(here, dict):
        inside = [key for key, value in here.items() if isinstance(value, list) and value and all(isinstance(each, dict) for each in value)]
        if inside:
            raise FeedRejected(
                f"{name} is an object that holds lists of objects ({', '.join(inside)}), not a list of records.",
                f"Say which with records: {f'{at}.{inside[0]}'.lstrip('.')}.",
            )
        return [here]
    if not isinstance(here, list):
        raise FeedRejected(f"{name} has no list of records at “{at or 'its top'}”.", "Say where it stands with records.")
    return here


def pieces_of(records: list[object]) -> list[Piece]:
    """The records in pieces of a batch each; whatever is no object is reported as broken."""
    pieces = []
    for start in range(0, max(1, len(records)), MOST_ROWS):
        chosen = records[start : start + MOST_ROWS]
        if set(map(type, chosen)) == {dict}:
            pieces.append(Piece(objects_table(cast(list[dict[str, object]], chosen)), np.arange(start + 1, start + 1 + len(chosen))))
            continue
        part = list(enumerate(chosen, start + 1))
        objects = [(row, each) for row, each in part if isinstance(each, dict)]
        broken = [BrokenRow(row, "json", "not an object") for row, each in part if not isinstance(each, dict)]
        rows = np.array([row for row, _ in objects], np.int64)
        pieces.append(Piece(objects_table([each for _, each in objects]), rows, broken))
    return pieces

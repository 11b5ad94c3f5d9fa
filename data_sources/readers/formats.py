"""The formats of files: how each is told from the others, and which reader it has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from types import MappingProxyType

from data_sources.readers.content import Content
from data_sources.readers.delimited import read_csv, read_tsv
from data_sources.readers.edxml import read_edxml
from data_sources.readers.json_document import read_json
from data_sources.readers.json_lines import read_ndjson
from data_sources.readers.options import FileOptions, Format
from data_sources.readers.parquet import read_parquet
from data_sources.readers.sheets import read_sheet
from data_sources.readers.survey import Survey
from ioc.intake.port import Batch


@dataclass(frozen=True)
class Reader:
    """How a format is read; whether it is text, whose encoding matters, and made of lines, whose length does."""

    read: Callable[[Content, Survey, FileOptions], Iterator[Batch]]
    is_text: bool = True
    has_lines: bool = False


READERS: Mapping[Format, Reader] = MappingProxyType(
    {
        "csv": Reader(read_csv, has_lines=True),
        "tsv": Reader(read_tsv, has_lines=True),
        "ndjson": Reader(read_ndjson, has_lines=True),
        "json": Reader(read_json),
        "xlsx": Reader(read_sheet, is_text=False),
        "xls": Reader(read_sheet, is_text=False),
        "parquet": Reader(read_parquet, is_text=False),
        "edxml": Reader(read_edxml, is_text=False),
    }
)

_SUFFIXES: Mapping[str, Format] = MappingProxyType(
    {
        ".csv": "csv",
        ".tsv": "tsv",
        ".tab": "tsv",
        ".json": "json",
        ".ndjson": "ndjson",
        ".jsonl": "ndjson",
        ".xlsx": "xlsx",
        ".xlsm": "xlsx",
        ".xls": "xls",
        ".parquet": "parquet",
        ".edxml": "edxml",
    }
)


def by_suffix(name: str) -> Format | None:
    """The format that a name ends with, before `.gz`; None when it says nothing."""
    return _SUFFIXES.get(PurePath(name.lower().removesuffix(".gz")).suffix)


def by_first_bytes(head: bytes) -> Format:
    """The format of something without a telling name, such as standard input."""
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"PK"):
        return "xlsx"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return "xls"
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"["):
        return "json"
    if start.startswith(b"{"):
        first = start.split(b"\n", 1)[0].rstrip()
        return "ndjson" if first.endswith(b"}") and start.count(b"\n{") else "json"
    return "csv"

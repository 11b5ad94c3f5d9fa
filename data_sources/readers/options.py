"""What a person may say about files in `config.yaml`. Whatever is left at `auto` is worked out from the file itself."""

from __future__ import annotations

import codecs
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from ioc.errors import Said
from ioc.intake.port import Way

Format = Literal["csv", "tsv", "json", "ndjson", "xlsx", "xls", "parquet", "edxml"]
TCVN3 = "tcvn3"


class FolderOptions(BaseModel):
    """Where files come to, and what becomes of them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str = Field(default="", description="A file, a folder or a pattern, relative to the configuration file.")
    watch: bool = Field(
        default=False,
        description="Whether the path is watched: files are then taken in as soon as they have come, without a schedule. Where a "
        "network share tells nothing of what changes, it is looked through every minute.",
    )
    settle_seconds: float = Field(
        default=2,
        ge=0,
        le=3600,
        description="How long a file must have stood still to count as whole. Hidden files and names such as `a.csv.part` are never read.",
    )
    archive: str = Field(default="", description="The folder that a file is moved to once its records are on disk; none leaves it.")
    reject: str = Field(
        default="", description="The folder that a file is moved to that can never be read, with a note that says why; none leaves it."
    )

    @property
    def way(self) -> Way:
        """How the files come."""
        if not self.path:
            return Way.BROUGHT
        return Way.LISTENING if self.watch else Way.ASKED

    @model_validator(mode="after")
    def _a_path_to_watch(self) -> FolderOptions:
        if self.watch and not self.path:
            raise ValueError(Said("there is nothing to watch: give a path"))
        return self


class FileOptions(FolderOptions):
    """Options of a feed of kind `file`."""

    path: str = Field(
        default="",
        description="A file, a folder or a pattern such as `in/*.csv`, relative to the configuration file. Of a folder, every "
        "file with a known suffix is read, oldest first. Text may be packed as `.gz`, anything as `.zip`. When it is empty, the "
        "feed takes only what `ioc ingest` is given.",
    )
    format: Literal["auto"] | Format = Field(
        default="auto",
        description="The format of the files; `auto` takes it from the suffix, and without one from the first bytes.",
    )
    encoding: str = Field(
        default="auto",
        description="The encoding of text: `auto`, any name Python knows (`utf-8`, `utf-16`, `cp1252`, `cp1258`), or `tcvn3`, "
        "the old Vietnamese fonts; `tcvn3` is also heeded, and found by `auto`, in the cells of spreadsheets.",
    )
    delimiter: str = Field(
        default="auto",
        description="What separates the columns of a CSV file: `auto`, one character such as `;` or `|`, or `tab`.",
    )
    quote: str = Field(default='"', description="The character around values that hold separators; empty when there is none.")
    header_row: Literal["auto"] | Annotated[int, Field(ge=0)] = Field(
        default="auto",
        description="The row, counted from 1, that names the columns; `auto` looks for it below a title or letterhead; `0` when "
        "there is none, and the columns are then called `column_1`, `column_2` and so on.",
    )
    header_rows: tuple[Annotated[int, Field(ge=1)], ...] = Field(
        default=(), description="The rows of a header of several rows, such as `[3, 4]`; their texts are joined with ` / `."
    )
    sheet: int | str = Field(
        default=1, description="The sheet of a workbook: its name, its place counted from 1, or `all` for every visible sheet."
    )
    columns: tuple[str, ...] = Field(
        default=(),
        description="The columns that the file must have, in any order; a file with others, or without one of these, is refused.",
    )
    records: str = Field(
        default="",
        description="Where in a JSON document the list of records stands, such as `data.items`; empty when it is the document.",
    )
    max_line_mib: float = Field(
        default=16, gt=0, le=1024, description="The longest line, in MiB, of a text file; a file with a longer one is refused."
    )
    max_document_mib: float = Field(
        default=1024,
        gt=0,
        description="The largest JSON document or workbook, in MiB when unpacked; such files are read whole, unlike CSV.",
    )

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, value: str) -> str:
        name = value.strip().lower()
        if name in {"auto", TCVN3}:
            return name
        try:
            codec = codecs.lookup(name)
        except LookupError:
            raise ValueError(Said("“{value}” is no encoding; try auto, utf-8, utf-16, cp1252, cp1258 or tcvn3", value=value)) from None
        if not getattr(codec, "_is_text_encoding", True):
            raise ValueError(Said("“{value}” does not encode text; try auto, utf-8, utf-16, cp1252, cp1258 or tcvn3", value=value))
        return codec.name

    @field_validator("delimiter")
    @classmethod
    def _one_character(cls, value: str) -> str:
        value = {"tab": "\t", "\\t": "\t"}.get(value, value)
        if value != "auto" and not _is_one_byte(value):
            raise ValueError(Said("“{value}” is no separator; give one character such as , ; or |, or tab", value=value))
        return value

    @field_validator("quote")
    @classmethod
    def _at_most_one_character(cls, value: str) -> str:
        if value and not _is_one_byte(value):
            raise ValueError(Said("“{value}” is no quote; give one character, or an empty text for none", value=value))
        return value

    @model_validator(mode="after")
    def _one_way_to_name_the_header(self) -> FileOptions:
        if self.header_rows and self.header_row != "auto":
            raise ValueError(Said("give header_row or header_rows, not both"))
        if list(self.header_rows) != sorted(set(self.header_rows)):
            raise ValueError(Said("header_rows must rise, such as [3, 4]"))
        return self


def _is_one_byte(value: str) -> bool:
    return len(value) == 1 and value.isascii() and value not in "\r\n\0"

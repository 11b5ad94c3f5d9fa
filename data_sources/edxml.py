"""Feeds of kind `edxml`: messages of the national axis of document exchange, found as files or brought one at a time."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from pydantic import Field, model_validator

from data_sources import file
from data_sources.push_auth import Proof
from data_sources.readers.edxml import message_table
from data_sources.readers.options import FileOptions, FolderOptions
from ioc.errors import Said
from ioc.intake.port import Door, Feed


class EdxmlOptions(FolderOptions):
    """Options of a feed of kind `edxml`."""

    path: str = Field(
        default="",
        description="a folder or a pattern such as `in/*.edxml` where the axis adapter drops messages, also in `.zip` or `.gz`; "
        "without `path` and `token` the feed takes only what `ioc ingest` is given",
    )
    token: str | None = Field(
        default=None, min_length=8, description="instead of `path`: what a sender proves itself with, `${ENV_NAME}` or `file:PATH`"
    )
    signing_key: str | None = Field(
        default=None, min_length=8, description="key of the HMAC-SHA256 signature of each body; none is asked for without"
    )
    max_mib: int = Field(default=64, ge=1, le=256, description="the largest message that may be brought, in MiB with its attachments")

    @model_validator(mode="after")
    def _one_way_in(self) -> EdxmlOptions:
        if self.path and self.token:
            raise ValueError(Said("give path or token, not both: a feed either looks for messages or is brought them"))
        if self.signing_key and not self.token:
            raise ValueError(Said("a signing_key is for messages that are brought: give a token too"))
        return self


def connect(options: EdxmlOptions, base: Path) -> Feed | Door:
    """The door of a feed with a token; the feed of the files at its path otherwise. Raises FeedUnavailable for an unreadable secret."""
    if options.token:
        return _EdxmlDoor(Proof.of(options.token, options.signing_key, base), options.max_mib * 2**20)
    return file.connect(files(options), base)


def files(options: EdxmlOptions) -> FileOptions:
    """How files with messages are read."""
    return FileOptions(format="edxml", **options.model_dump(include=set(FolderOptions.model_fields)))


@dataclass(frozen=True)
class _EdxmlDoor:
    proof: Proof
    most_bytes: int
    kinds: frozenset[str] = frozenset({"application/xml", "text/xml"})

    def admit(self, headers: Mapping[str, str]) -> None:
        """Look at the token. Raises NotAdmitted."""
        self.proof.admit(headers)

    def read(self, headers: Mapping[str, str], body: bytes) -> pa.Table:
        """The message in a body, see `Door`."""
        self.proof.check(headers, body)
        return message_table("The body", io.BytesIO(body))

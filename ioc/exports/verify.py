"""Tells whether a file is one of ours, unchanged: by its fingerprint; and if it is not, whether it says that it is."""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ioc.exports.exporter import fingerprint
from ioc.exports.register import LETTERS, Entry, Register, code_of

# So much of a file is looked through for a code: that is where each form has it.
LOOKED_THROUGH = 4 << 20
PARTS_LOOKED_AT = 8
_CODE = re.compile(rf"(?<![0-9A-Za-z])[{LETTERS}]{{4}}-[{LETTERS}]{{4}}(?![0-9A-Za-z])")


class Finding(StrEnum):
    """What is found of a file."""

    GENUINE = "genuine"
    CHANGED = "changed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Verdict:
    """What is found of a file; ``entry`` is the export that it is, or says that it is."""

    finding: Finding
    entry: Entry | None


def verified(register: Register, file: Path) -> Verdict:
    """Whether a file is genuine: the very bytes that were entered. Raises OSError or StoreError."""
    if entry := register.of_file(fingerprint(file)):
        return Verdict(Finding.GENUINE, entry)
    for code in _codes(file):
        if entry := register.find(code):
            return Verdict(Finding.CHANGED, entry)
    return Verdict(Finding.UNKNOWN, None)


def _codes(file: Path) -> list[str]:
    """The codes that stand in a file, wherever its form has them."""
    with file.open("rb") as content:
        raw = content.read(LOOKED_THROUGH)
        content.seek(max(file.stat().st_size - LOOKED_THROUGH, 0))
        raw += content.read(LOOKED_THROUGH)
    texts = [raw.decode("latin-1"), raw.replace(b"\0", b"").decode("latin-1"), *_inside_pdf(raw), *_inside_book(file)]
    found = (code_of(code) for text in texts for code in _CODE.findall(text))
    return list(dict.fromkeys(code for code in found if code))


def _inside_book(file: Path) -> list[str]:
    """What a workbook says about itself."""
    try:
        with zipfile.ZipFile(file) as book:
            wanted = [name for name in book.namelist() if name.startswith("docProps/")]
            return [_beginning(book, name) for name in wanted[:PARTS_LOOKED_AT]]
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, zlib.error):
        return []


def _beginning(book: zipfile.ZipFile, name: str) -> str:
    with book.open(name) as part:
        return part.read(LOOKED_THROUGH).decode("utf-8", "replace")


def _inside_pdf(raw: bytes) -> list[str]:
    """What a PDF says about itself as strings of hexadecimal digits."""
    if not raw.startswith(b"%PDF"):
        return []
    strings = re.findall(rb"<(FEFF[0-9A-Fa-f]+)>", raw)
    return [bytes.fromhex(each.decode()).decode("utf-16", "replace") for each in strings if len(each) % 4 == 0]

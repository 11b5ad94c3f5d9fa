"""Opens a workbook in a process of its own: a damaged one can make the parser ask for more memory than there is, and abort.

The process is given the bytes and hands back plain values; nothing that happens to it can harm the one that keeps the store.
"""

from __future__ import annotations

import io
import os
import pickle
import resource
import subprocess
import sys
import unicodedata
import zipfile
from dataclasses import dataclass

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from data_sources.readers import tcvn3
from data_sources.readers.fonts import draws_capitals, old_fonts
from data_sources.readers.vietnamese import plausibility
from ioc.errors import FeedRejected, offered

_MOST_MEMORY = 8 * 2**30
_MOST_SECONDS = 900
_VIETNAMESE_ENOUGH = 0.5
_SERVE = "from data_sources.readers.workbook import serve; serve()"

Rows = list[list[object]]
Merge = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True)
class Request:
    """What to read.

    Attributes:
        file: what people call the workbook.
        data: its bytes.
        sheet: a name, a place counted from 1, or None when only the names of the visible sheets are wanted.
        encoding: `tcvn3`, `auto`, or anything else to leave texts as they are.
        most_mib: the largest size when unpacked.
    """

    file: str
    data: bytes
    sheet: int | str | None
    encoding: str
    most_mib: float


@dataclass(frozen=True)
class Sheet:
    """The cells of a sheet from its first corner, empty ones as empty text, and which of them are merged."""

    name: str
    rows: Rows
    merges: list[Merge]


def read_apart(request: Request) -> Sheet | list[str]:
    """The sheet, or the names of the visible sheets, read by another process.

    Raises:
        FeedRejected: the workbook cannot be read, or the process did not survive it.
    """
    damaged = FeedRejected(
        "{name} is damaged, or has cells too far apart to be read.",
        "Copy its table into a new workbook, or save it as CSV.",
        name=request.file,
    )
    try:
        done = subprocess.run(
            [sys.executable, "-c", _SERVE],
            input=pickle.dumps(request),
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "RUST_BACKTRACE": "0"},
            capture_output=True,
            check=False,
            timeout=_MOST_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise damaged from None
    if done.returncode:
        raise damaged
    found: Sheet | list[str] | FeedRejected = pickle.loads(done.stdout)
    if isinstance(found, FeedRejected):
        raise found
    return found


def serve() -> None:
    """What the other process does: reads a request from standard input and writes the answer to standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    request: Request = pickle.load(sys.stdin.buffer)
    answer: Sheet | list[str] | FeedRejected
    try:
        answer = _read(request)
    except FeedRejected as fault:
        answer = fault
    except PasswordError:
        answer = FeedRejected("{name} is locked with a password.", "Save it without one.", name=request.file)
    except (CalamineError, zipfile.BadZipFile) as fault:
        answer = FeedRejected(
            "{name} is damaged, cut short or not a workbook ({fault}).",
            "Open it in a spreadsheet program and save it as XLSX.",
            name=request.file,
            fault=fault,
        )
    pickle.dump(answer, sys.stdout.buffer)


def _read(request: Request) -> Sheet | list[str]:
    if request.data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(request.data)) as archive:
            if sum(item.file_size for item in archive.infolist()) > request.most_mib * 2**20:
                raise FeedRejected(
                    "{name} is larger than {mib:g} MiB when unpacked.", "Send it as CSV.", name=request.file, mib=request.most_mib
                )
    book = CalamineWorkbook.from_filelike(io.BytesIO(request.data))
    if request.sheet is None:
        sheets = [each for each in book.sheets_metadata if each.typ == SheetTypeEnum.WorkSheet]
        return [each.name for each in sheets if each.visible == SheetVisibleEnum.Visible]
    name = _sheet_name(request.file, book.sheet_names, request.sheet)
    sheet = book.get_sheet_by_name(name)
    rows: Rows = [list(row) for row in sheet.to_python(skip_empty_area=False)]
    return Sheet(name, _unicode(rows, request, name), list(sheet.merged_cell_ranges or ()))


def _sheet_name(file: str, names: list[str], wanted: int | str) -> str:
    if isinstance(wanted, str):
        if wanted not in names:
            raise FeedRejected("{file} has no sheet “{wanted}”.", file=file, wanted=wanted, **offered(wanted, names))
        return wanted
    if not 1 <= wanted <= len(names):
        raise FeedRejected(
            "{file} has no sheet {wanted}; it has {count}.",
            "Known: {offered}.",
            file=file,
            wanted=wanted,
            count=len(names),
            offered=", ".join(names),
        )
    return names[wanted - 1]


def _unicode(rows: Rows, request: Request, sheet: str) -> Rows:
    """The rows with every text in Unicode and composed (NFC), out of TCVN3 where that is given or evident."""
    if request.encoding == "tcvn3" or (request.encoding == "auto" and _looks_like_tcvn3(rows)):
        fonts = old_fonts(request.data, sheet)
        rows = [[_from_old_font(cell, (at, place), fonts) for place, cell in enumerate(row)] for at, row in enumerate(rows)]
    return [[unicodedata.normalize("NFC", cell) if isinstance(cell, str) else cell for cell in row] for row in rows]


def _looks_like_tcvn3(rows: Rows) -> bool:
    text = "\n".join(cell for row in rows for cell in row if isinstance(cell, str) and not cell.isascii())[: 2**18]
    as_it_is, converted = plausibility(text), plausibility("\n".join(map(tcvn3.from_latin, text.split("\n"))))
    return converted >= _VIETNAMESE_ENOUGH and converted > as_it_is


def _from_old_font(cell: object, place: tuple[int, int], fonts: dict[tuple[int, int], str]) -> object:
    """A cell's text out of TCVN3. When fonts are known, a cell in another one is not TCVN3, and a capital font makes capitals."""
    if not isinstance(cell, str) or (fonts and place not in fonts):
        return cell
    text = tcvn3.from_latin(cell)
    return text.upper() if draws_capitals(fonts.get(place, "")) else text

"""Which cells of a workbook are in old Vietnamese fonts: only the font tells TCVN3 from Latin-1, and capitals from small."""

from __future__ import annotations

import io
from collections.abc import Iterator

_MARK = ".vn"


def old_fonts(data: bytes, sheet: str) -> dict[tuple[int, int], str]:
    """The fonts of those cells, by row and column from 0, that are set in an old Vietnamese one (`.VnTime`, `.VnArialH`)."""
    fonts = _xls_fonts if data.startswith(b"\xd0\xcf\x11\xe0") else _xlsx_fonts
    return {place: name for place, name in fonts(data, sheet) if name.lower().startswith(_MARK)}


def draws_capitals(font: str) -> bool:
    """Whether a font draws small letters as capitals, as those whose name ends in H do."""
    return font.endswith("H")


def _xls_fonts(data: bytes, sheet: str) -> Iterator[tuple[tuple[int, int], str]]:
    import xlrd  # type: ignore[import-untyped]  # noqa: PLC0415  # only a workbook in old fonts needs it

    with xlrd.open_workbook(file_contents=data, formatting_info=True, on_demand=True) as book:
        cells = book.sheet_by_name(sheet)
        for row in range(cells.nrows):
            for place in range(cells.row_len(row)):
                yield (row, place), book.font_list[book.xf_list[cells.cell_xf_index(row, place)].font_index].name


def _xlsx_fonts(data: bytes, sheet: str) -> Iterator[tuple[tuple[int, int], str]]:
    import openpyxl  # type: ignore[import-untyped]  # noqa: PLC0415  # only a workbook in old fonts needs it

    book = openpyxl.load_workbook(io.BytesIO(data))
    for row in book[sheet].iter_rows():
        for cell in row:
            if cell.value is not None and cell.font is not None:
                yield (cell.row - 1, cell.column - 1), cell.font.name or ""

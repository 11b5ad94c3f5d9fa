"""An exhibit as JSON: its tables with exact numbers, and all that says where they come from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from ioc.exports.exhibit import Amount, Cell, Column, Exhibit, Part, Table
from ioc.exports.progress import Progress


def write_json(exhibit: Exhibit, file: Path, progress: Progress) -> None:
    """Write it, row by row. Raises OSError."""
    with file.open("w", encoding="utf-8") as out:
        head = json.dumps(described(exhibit), ensure_ascii=False, indent=1)
        out.write(f'{head.removesuffix("}").rstrip()},\n "parts": [')
        for number, part in enumerate(exhibit.parts):
            out.write(",\n" if number else "\n")
            for piece in _part(part, exhibit, progress):
                out.write(piece)
        out.write("\n ]\n}\n")


def described(exhibit: Exhibit) -> dict[str, Any]:
    """All but its tables."""
    mark = exhibit.mark
    return {
        "code": mark.code if mark else None,
        "verify": mark.verify if mark else None,
        "title": exhibit.title,
        "organisation": exhibit.organisation,
        "subject": str(exhibit.subject),
        "scope": exhibit.scope,
        "period": exhibit.period,
        "filters": [{"dimension": dimension, "codes": codes} for dimension, codes in exhibit.filters],
        "version": exhibit.version,
        "at": _moment(exhibit.version_at, exhibit),
        "as_of": _moment(exhibit.as_of, exhibit),
        "data_at": _moment(exhibit.data_at, exhibit),
        "simulated": exhibit.simulated,
        "classification": mark.classification if mark else "",
        "made_by": mark.made_by if mark else None,
        "made_at": _moment(mark.made_at, exhibit) if mark else None,
        "language": exhibit.language,
        "reading": list(exhibit.reading),
        "definitions": [vars(each) for each in exhibit.definitions],
        "sources": [vars(each) | {"last_arrival": _moment(each.last_arrival, exhibit)} for each in exhibit.sources],
    }


def _part(part: Part, exhibit: Exhibit, progress: Progress) -> Iterator[str]:
    head = {"id": part.id, "kind": part.kind, "title": part.title, "note": part.note, "sentences": list(part.sentences)}
    yield json.dumps(head, ensure_ascii=False).removesuffix("}") + ', "tables": ['
    for number, table in enumerate(part.tables):
        yield ", " if number else ""
        yield from _table(table, exhibit, progress)
    yield "]}"


def _table(table: Table, exhibit: Exhibit, progress: Progress) -> Iterator[str]:
    columns = [{"code": each.code, "label": each.label, "kind": each.kind, "unit": each.unit} for each in table.columns]
    head = {"title": table.title, "count": table.count, "columns": columns}
    yield json.dumps(head, ensure_ascii=False).removesuffix("}") + ', "rows": ['
    for number, row in enumerate(progress.over(table.rows)):
        cells = [_cell(cell, column, exhibit) for cell, column in zip(row, table.columns, strict=True)]
        yield (",\n  " if number else "\n  ") + json.dumps(cells, ensure_ascii=False)
    yield "]}"


def _cell(cell: Cell, column: Column, exhibit: Exhibit) -> object:
    if isinstance(cell, Amount):
        return {"value": _number(cell.value), "unit": cell.unit}
    if isinstance(cell, Decimal):
        return _number(cell)
    if isinstance(cell, datetime):
        return _moment(cell, exhibit)
    return cell.isoformat() if isinstance(cell, date) else cell


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _moment(value: datetime | None, exhibit: Exhibit) -> str | None:
    return value.astimezone(exhibit.zone).isoformat() if value else None

"""A table of which each line becomes a card where there is no room for columns (``assets/feeds.css``)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from layouts import elements as h


@dataclass(frozen=True)
class Column:
    """One column: by which name ``assets/feeds.css`` knows it, its words, whether it holds numbers; ``head`` stands above it instead."""

    name: str
    label: str
    is_number: bool = False
    head: h.Node = None

    @property
    def style(self) -> str:
        """The classes of its cells."""
        return f"ioc-lines-{self.name}" + (" ioc-number" if self.is_number else "")


@dataclass(frozen=True)
class Line:
    """One line: a cell for each column, the first of which names it."""

    cells: Sequence[h.Node]
    style: str = ""


def lines(label: str, columns: Sequence[Column], rows: Iterable[Line], foot: Sequence[h.Node] | None = None) -> h.Element:
    """The table; ``foot`` is what all lines come to.

    Its roles are written out: cards would otherwise be no table any more for who listens.
    """
    heads = (h.th(class_=column.style, role="columnheader", scope="col")[column.head or column.label] for column in columns)
    return h.table(".ioc-lines", role="table", aria_label=label)[
        h.thead(role="rowgroup")[h.tr(role="row")[heads]],
        h.tbody(role="rowgroup")[(_line(each, columns) for each in rows)],
        h.tfoot(role="rowgroup")[_line(Line(foot), columns)] if foot else None,
    ]


def _line(line: Line, columns: Sequence[Column]) -> h.Element:
    first, *others = zip(columns, line.cells, strict=True)
    return h.tr(role="row", class_=line.style or None)[
        h.th(class_=first[0].style, role="rowheader", scope="row")[first[1]],
        (h.td(class_=column.style, role="cell", data_label=column.label)[cell] for column, cell in others),
    ]

"""Any table or list of a page as it stands there: read from the page as its viewer would be shown it, so that nobody takes more along than
may be seen, and what is taken is what stands on the screen, to the digit.

A page marks what can be taken by ``data-listing`` and ``data-title`` (``layouts.panels.listing``). Cells that are numbers, days or moments
on the screen are numbers, days or moments again. What has pages of figures behind it (``ioc.exports.collect``) is not read like this.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from lxml import html

from ioc.access.viewer import Viewer
from ioc.errors import BadQuestion, UnknownName
from ioc.exports.collect import sources_of
from ioc.exports.exhibit import Amount, Cell, Column, Definition, Exhibit, Kind, Part, Table
from ioc.exports.subject import Subject, has_past
from ioc.text import dates
from ioc.text.numbers import number as written
from ioc.text.words import Words, words
from ioc.views.gather import Gatherer
from ioc.views.provenance import provenance
from ioc.views.values import day_from_words

# Draws the page of an address for a viewer, as HTML. Raises Refusal.
DrawPage = Callable[[str, Viewer], str]
# What is pressed or typed into, drawn, or said only to who listens, is not taken along.
_CONTROLS = frozenset({"form", "button", "select", "input", "textarea", "script", "svg"})
_UNTOLD = frozenset({"ioc-unseen", "ioc-export"})
_BLOCKS = frozenset({"p", "div", "li", "ul", "ol", "br", "summary", "details"})
_MOMENT, _DAY = re.compile(r"(\d\d:\d\d) (\d\d/\d\d/\d{4})"), re.compile(r"\d\d/\d\d/\d{4}")
_SEPARATORS = {"vi": (".", ","), "en": (",", ".")}
_NOTHING = frozenset({"", "–"})
# Days that an address limits a page to.
_SPAN = ("from", "to")
_UNSAID = frozenset({"before", "page", "rows", "cursor", "sort"})


@dataclass(frozen=True)
class Listing:
    """A table as it stands on a page, in words: ``numbers`` says of each column whether it holds numbers, ``labels`` has the words of the
    page's fields, ``simulated`` is whether the page says that its data are, ``is_all`` whether there is no more of it than stands there."""

    heading: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[bool, ...]
    labels: dict[str, str]
    simulated: bool
    is_all: bool


def listing_of(views: Gatherer, draw: DrawPage, viewer: Viewer, subject: Subject, as_of: datetime | None) -> Exhibit:
    """The exhibit of a listing, as its page shows it to the viewer.

    Raises:
        Refusal: the viewer may not open the page.
        UnknownName: there is no such page, or nothing of this name on it.
        BadQuestion: a past moment of a page that is of the present only.
    """
    path = unquote(subject.path)
    if as_of and not has_past(path):
        raise BadQuestion("no_past")
    more = (("lang", viewer.language), *((("as_of", as_of.isoformat()),) if as_of else ()))
    for _ in range(3):  # until nothing has come while it was drawn
        with views.moment(as_of) as moment:
            at, version, version_at = as_of or views.store.clock.now(), moment.snapshot.version, moment.snapshot.committed_at
            found = listed(draw(replace(subject, part="").address(*more), viewer), subject.part, viewer.language)
        if as_of or views.version() == version:
            break
    if found is None:
        raise UnknownName("export", subject.part, ())
    names = [path.split("/")[2]] if path.startswith(("/indicators/", "/changes/")) else []
    behind = provenance(views, names, as_of, viewer.language, _records(path, views.store.catalogue.records))
    table = table_of(found, viewer.language, views.zone())
    return Exhibit(
        subject=subject,
        title=f"{found.heading} – {found.title}" if found.title != found.heading else found.heading,
        organisation=behind.organisation,
        language=viewer.language,
        zone=views.zone(),
        version=version,
        version_at=version_at,
        at=max(at, version_at),
        as_of=as_of,
        simulated=found.simulated,
        parts=(Part(subject.part, "listing", found.title, tables=(table,)),),
        period=" – ".join(dates.day(day) for key in _SPAN if (day := day_from_words(subject.get(key) or ""))),
        filters=(*_filters(subject, found), *_part(found, words(viewer.language))),
        data_at=behind.data_at,
        definitions=tuple(Definition(**vars(each)) for each in behind.meanings),
        sources=sources_of(behind, words(viewer.language)),
        records=True,  # whatever its page lists
    )


def _records(path: str, known: Any) -> tuple[str, ...]:
    """The type of record that a page is of."""
    parts = path.split("/")
    return (parts[2],) if len(parts) > 2 and parts[1] == "records" and parts[2] in known else ()


def _filters(subject: Subject, found: Listing) -> Iterator[tuple[str, str]]:
    """What the page was limited to, under the words that its own fields have for it."""
    for key, value in subject.query:
        name, mark, code = value.partition(":") if key == "where" else (key, "", value)
        if name not in {*_SPAN, *_UNSAID}:
            yield found.labels.get(f"{key}:{name}" if mark else name, name), code


def _part(found: Listing, said: Words) -> Iterator[tuple[str, str]]:
    """Says that there is more than what was taken."""
    if not found.is_all:
        yield said("export.fact.lines"), said("export.first_lines", count=written(Decimal(len(found.rows)), said.language))


def listed(page: str, name: str, language: str) -> Listing | None:
    """What is marked by a name on a page; None when nothing is."""
    tree = html.document_fromstring(page)
    marked = [each for each in tree.iter() if each.get("data-listing") == name]
    if not marked:
        return None
    place = marked[0]
    heads = list(tree.iter("h1"))
    tables = [each for each in place.iter("table") if not _is_within(each, place, "table")]
    read = [_of_table(each) for each in tables] if tables else [_of_list(place, str(place.get("data-title")))]
    columns = tuple(dict.fromkeys(column for found, _, _ in read for column in found))
    numbers = {column: is_number for found, _, kinds in read for column, is_number in zip(found, kinds, strict=True)}
    rows = tuple(tuple(row.get(column, "") for column in columns) for _, found, _ in read for row in found)
    return Listing(
        told(heads[0]) if heads else "",
        str(place.get("data-title")),
        columns,
        rows,
        tuple(numbers[column] for column in columns),
        _labels(tree),
        any("ioc-simulated" in (each.get("class") or "") for each in tree.iter("strong")),
        place.get("data-more") is None,
    )


Read = tuple[list[str], list[dict[str, str]], list[bool]]


def _of_table(table: Any) -> Read:
    """A table: its headings, its lines by heading, and which columns are of numbers. A column of nothing but buttons is left out."""
    lines = [each for each in table.iter("tr") if not _is_within(each, table, "table")]
    cells = [[each for each in line if each.tag in {"td", "th"}] for line in lines]
    in_head = [any(above.tag == "thead" for above in line.iterancestors()) for line in lines]
    heads: list[str] = []
    for line, is_head in zip(cells, in_head, strict=True):
        heads = _distinct([told(each) for each in line]) if is_head else heads
    body = [line for line, is_head in zip(cells, in_head, strict=True) if not is_head]
    wanted = [
        index
        for index, head in enumerate(heads)
        if any(index < len(line) and told(line[index]) for line in body) or (head and not any(_has_controls(line, index) for line in body))
    ]
    kinds = [all("ioc-number" in (line[index].get("class") or "") for line in body if index < len(line)) for index in wanted]
    rows = [{heads[index]: told(line[index]) for index in wanted if index < len(line)} for line in body]
    return [heads[index] for index in wanted], rows, kinds


def _of_list(place: Any, title: str) -> Read:
    """A list: a line for each of its outermost items. What is marked by ``data-cell``, and each term, has a column of its own."""
    columns: list[str] = []
    rows = []
    for item in (each for each in place.iter("li") if not _is_within(each, place, "li")):
        row: dict[str, str] = {}
        term = ""
        for each in item.iter():
            if each.tag == "dt":
                term = told(each)
            heading = each.get("data-cell") or (term if each.tag == "dd" else None)
            if heading and not any(above.get("data-cell") for above in each.iterancestors() if above is not each):
                row[heading] = told(each)
        row = row or {title: told(item)}
        columns += [each for each in row if each not in columns]
        rows.append(row)
    return columns, rows, [False] * len(columns)


def table_of(found: Listing, language: str, zone: ZoneInfo) -> Table:
    """What was read, with numbers, days and moments where all of a column are such."""
    read = [_typed([row[index] for row in found.rows], found.numbers[index], language, zone) for index in range(len(found.columns))]
    columns = tuple(
        Column(f"column_{index + 1}", label, kind, places=places)
        for index, (label, (kind, places, _)) in enumerate(zip(found.columns, read, strict=True))
    )
    rows = tuple(zip(*(cells for _, _, cells in read), strict=True)) if read else ()
    return Table(found.title, columns, rows, len(found.rows))


def _typed(texts: Sequence[str], is_number: bool, language: str, zone: ZoneInfo) -> tuple[Kind, int, list[Cell]]:
    said = [text for text in texts if text not in _NOTHING]
    if said and is_number and all(number_of(text, language) for text in said):
        cells: list[Cell] = [number_of(text, language) for text in texts]
        return Kind.NUMBER, max(each.places for each in cells if isinstance(each, Amount)), cells
    if said and all(_DAY.fullmatch(text) for text in said):
        return Kind.DAY, 0, [_day(text) if text not in _NOTHING else None for text in texts]
    if said and all(_MOMENT.fullmatch(text) for text in said):
        return Kind.MOMENT, 0, [_moment(text, zone) if text not in _NOTHING else None for text in texts]
    return Kind.TEXT, 0, list(texts)


def number_of(text: str, language: str) -> Amount | None:
    """A number as ``ioc.text.numbers`` writes it, read back; None for what is none."""
    thousands, decimal = _SEPARATORS.get(language, _SEPARATORS["vi"])
    bare = text.replace("−", "-").removeprefix("+").removeprefix("±")
    unit = "percent" if bare.endswith("%") else "number"
    bare = bare.removesuffix("%").strip()
    if not re.fullmatch(rf"-?\d{{1,3}}(?:{re.escape(thousands)}?\d{{3}})*(?:{re.escape(decimal)}\d+)?", bare):
        return None
    value = Decimal(bare.replace(thousands, "").replace(decimal, "."))
    return Amount(value, unit, max(0, -int(value.as_tuple().exponent)))


def _day(text: str) -> Cell:
    return datetime.strptime(text, "%d/%m/%Y").date()


def _moment(text: str, zone: ZoneInfo) -> Cell:
    return datetime.strptime(text, "%H:%M %d/%m/%Y").replace(tzinfo=zone)


def told(node: Any) -> str:
    """What an element says, each block of it apart."""
    parts = (" ".join(part.split()) for part in "".join(_pieces(node)).split("\n"))
    return " · ".join(part for part in parts if part)


def _pieces(node: Any) -> Iterator[str]:
    yield _flat(node.text)
    for child in node:
        if isinstance(child.tag, str) and child.tag not in _CONTROLS and not _UNTOLD & set((child.get("class") or "").split()):
            apart = "\n" if child.tag in _BLOCKS else ""
            yield apart
            yield from _pieces(child)
            yield apart
        yield _flat(child.tail)


def _flat(text: str | None) -> str:
    return (text or "").replace("\n", " ")


def _distinct(heads: Sequence[str]) -> list[str]:
    """Headings by which columns can be told apart."""
    found: list[str] = []
    for head in heads:
        name, number = head, 1
        while name in found:
            number += 1
            name = f"{head} {number}".strip()
        found.append(name)
    return found


def _has_controls(line: Sequence[Any], index: int) -> bool:
    return index < len(line) and any(each.tag in _CONTROLS for each in line[index].iter())


def _is_within(node: Any, place: Any, tag: str) -> bool:
    """Whether an element stands in another of a kind, below a place."""
    for above in node.iterancestors():
        if above is place:
            return False
        if above.tag == tag:
            return True
    return False


def _labels(tree: Any) -> dict[str, str]:
    """The words that fields of the page have, by their names."""
    found = {}
    for label in tree.iter("label"):
        fields = [each for each in label.iter("input", "select") if each.get("name")]
        if fields:
            found[str(fields[0].get("name"))] = told(label)
    return found

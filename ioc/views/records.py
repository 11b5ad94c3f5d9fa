"""Records in a list: those of a type, or those behind a number, within filters, sorted, a page at a time."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal

from ioc.catalogue.model import Catalogue, FieldType, RecordType
from ioc.catalogue.period import period_of
from ioc.catalogue.tree import NOTHING
from ioc.errors import BadQuestion, UnknownName
from ioc.indicators.drilldown import Part, behind, parts_of
from ioc.indicators.values import Question, Value, ask
from ioc.store.listing import ListQuestion, Total, read_groups, read_records, read_total
from ioc.store.snapshot import Snapshot
from ioc.views.drilldown import numbers_behind
from ioc.views.filters import Filters, codes_of, limit, where_of
from ioc.views.labels import code_label
from ioc.views.model import Choice, Stamp
from ioc.views.removed import Removed, removed
from ioc.views.sight import Sight, sight_of
from ioc.views.values import day_from_words, filter_from_words

PAGE_ROWS = 50
MOST_ROWS = 1000
# Of more groups than this a table says nothing.
MOST_GROUPS = 200


@dataclass(frozen=True)
class RecordsQuestion:
    """Which records are to be listed, as an address says it.

    Attributes:
        record: their type.
        indicator, part: the number that they are behind, if any; ``part`` defaults to what most ask for (``parts_of``).
        start, end: inclusive days that the number is of; by default, this year.
        filters: fields, each with what it must hold: a code or text (``abc*`` begins with it), ``-`` for nothing,
            ``low..high`` for days and numbers; several of one field are alternatives where they are codes.
        columns: which are shown, in order.
        sort: a column, marked with “-” from the greatest down.
        page: from 1.
        rows: how many a page has.
        group: the field by whose values records are counted instead of listed.
        version: the data version to read; by default the newest, or that of the moment asked for.
    """

    record: str
    indicator: str | None = None
    part: str | None = None
    start: date | None = None
    end: date | None = None
    filters: Filters = ()
    columns: tuple[str, ...] = ()
    sort: str | None = None
    page: int = 1
    rows: int = PAGE_ROWS
    group: str | None = None
    version: int | None = None


@dataclass(frozen=True)
class Column:
    """A column: a field or one that is computed. ``codes`` are those to choose from, where there are not too many."""

    code: str
    label: str
    type: FieldType | None
    codes: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Chosen:
    """One filter in words: its field, how it is written in an address, and what it says."""

    field: Choice
    text: str
    label: str


@dataclass(frozen=True)
class Behind:
    """The number that records are behind: the indicator, which part of it, over which days, its value, and the part's own number.

    ``counts``: whether that counts records; it may also be a sum of what they say. ``once``: the field of whose values each is counted
    once instead; ``of``: the indicator that says which values are counted at all, if not every one that records have.
    """

    indicator: Choice
    part: Part
    parts: tuple[Part, ...]
    start: date | None
    end: date
    value: Value | None
    number: Decimal | None
    counts: bool
    once: Choice | None = None
    of: Choice | None = None


@dataclass(frozen=True)
class Row:
    """One record: its key, and its cells as values (text, numbers, days, moments in the organisation's time zone, codes)."""

    key: str
    cells: tuple[object, ...]


@dataclass(frozen=True)
class GroupRow:
    """How many records have one value of a field; ``code`` is None for those that have none."""

    code: str | None
    label: str
    count: int


@dataclass(frozen=True)
class RecordsView:
    """A list of records. ``groups`` instead of ``rows`` where they are counted by the values of a field; ``removed`` stand in none."""

    stamp: Stamp
    record: Choice
    behind: Behind | None
    total: Total
    filters: tuple[Chosen, ...]
    columns: tuple[Column, ...]
    others: tuple[Column, ...]
    sort: tuple[str, bool]
    rows: tuple[Row, ...]
    page: int
    pages: int
    dimensions: tuple[Choice, ...]
    group: str | None
    groups: tuple[GroupRow, ...]
    removed: Removed | None = None
    sight: Sight | None = None


def check_records(catalogue: Catalogue, question: RecordsQuestion) -> RecordType:
    """The type of the records that a question is about. Raises UnknownName or BadQuestion with what would be right."""
    if question.record not in catalogue.records:
        raise UnknownName("record", question.record, catalogue.records)
    spec = catalogue.records[question.record]
    columns = {*spec.fields, *spec.listing.computed}
    sort = [question.sort.removeprefix("-")] if question.sort else []
    for name in (*question.columns, *sort):
        if name not in columns:
            raise UnknownName("column", name, columns)
    for name in (*(field for field, _ in question.filters), *([question.group] if question.group else [])):
        if name not in spec.fields:
            raise UnknownName("field", name, spec.fields)
    if question.start and question.end and question.start > question.end:
        raise BadQuestion("reversed", start=question.start, end=question.end)
    if question.page < 1 or not 1 <= question.rows <= MOST_ROWS:
        raise BadQuestion("page", most=MOST_ROWS)
    return spec


def records_view(
    snapshot: Snapshot, stamp: Stamp, question: RecordsQuestion, scope: tuple[str, ...] | None, today: date, language: str
) -> RecordsView:
    """See ``RecordsView``.

    Args:
        question: see ``RecordsQuestion``.
        scope: the units whose records the viewer may see; None is all.

    Raises:
        UnknownName, BadQuestion: the question does not fit.
    """
    catalogue = snapshot.catalogue
    spec = check_records(catalogue, question)
    mine = _behind(snapshot, question, today, language) if question.indicator else None
    columns = question.columns or spec.listing.columns or tuple(spec.fields)
    asked = replace(listed(snapshot, question, scope, today), columns=columns)
    total = read_total(snapshot, asked)
    pages = max(1, -(-total.count // question.rows))
    page = min(question.page, pages)
    groups: tuple[GroupRow, ...] = ()
    rows: tuple[Row, ...] = ()
    if question.group:
        found = read_groups(snapshot, replace(asked, limit=MOST_GROUPS), question.group)
        groups = tuple(GroupRow(_code(value), _label(catalogue, spec, question.group, value, language), count) for value, count in found)
    elif total.count:
        wanted = replace(asked, columns=(spec.key, *columns), limit=question.rows, offset=(page - 1) * question.rows)
        rows = tuple(Row(str(key), tuple(plain(catalogue, cell) for cell in cells)) for key, *cells in read_records(snapshot, wanted))
    every = {name: _column(catalogue, spec, name, language) for name in (*spec.listing.computed, *spec.fields)}
    return RecordsView(
        stamp=stamp,
        record=Choice(question.record, spec.label.of(language)),
        behind=mine,
        total=total,
        filters=tuple(_chosen(catalogue, spec, field, text, language) for field, text in question.filters),
        columns=tuple(every[name] for name in columns),
        others=tuple(column for name, column in every.items() if name not in columns),
        sort=asked.order[0],
        rows=rows,
        page=page,
        pages=pages,
        dimensions=tuple(Choice(name, spec.fields[name].label.of(language)) for name in spec.dimensions),
        group=question.group,
        groups=groups,
        removed=removed(snapshot, asked, language),
        sight=sight_of(catalogue, spec, question.filters, scope, language),
    )


def _behind(snapshot: Snapshot, question: RecordsQuestion, today: date, language: str) -> Behind:
    """The number that the records are behind, asked for anew, so that both can be compared."""
    catalogue, indicator = snapshot.catalogue, question.indicator or ""
    part = _part(catalogue, question)
    start, end = _span(question, today)
    found = behind(catalogue, indicator, part, start, end, today)
    where = where_of(catalogue.records[question.record], question.filters, catalogue.dimensions_of(indicator))
    asked = None if where is None else Question(indicator, start=found.counted.start, end=end, where=where)
    values = ask(snapshot, asked, today) if asked else []
    value = values[0] if values else None
    number, counts = _number(catalogue, indicator, part, value)
    label = Choice(indicator, catalogue.indicators[indicator].label.of(language))
    parts = parts_of(catalogue, indicator)
    return Behind(label, part, parts, found.counted.start, end, value, number, counts, *_once(catalogue, indicator, language))


def _once(catalogue: Catalogue, indicator: str, language: str) -> tuple[Choice | None, Choice | None]:
    """Of what is counted once: the field of the values, and the indicator that says which of them are counted."""
    spec = catalogue.indicators[indicator]
    if spec.distinct is None or spec.record is None:
        return None, None
    label = catalogue.records[spec.record].fields[spec.distinct].label.of(language)
    of = Choice(spec.out_of, catalogue.indicators[spec.out_of].label.of(language)) if spec.out_of else None
    return Choice(spec.distinct, label), of


def _number(catalogue: Catalogue, indicator: str, part: Part, value: Value | None) -> tuple[Decimal | None, bool]:
    """A part's own number, and whether it counts records."""
    numbers = numbers_behind(catalogue, indicator)
    if value is None or numbers is None:
        return None, False
    if numbers.once:
        return (value.denominator if part is Part.DENOMINATOR else value.numerator), False
    of = {numbers.numerator: value.numerator, numbers.denominator: value.denominator}
    if part is Part.REST:
        above, below = of.get(Part.NUMERATOR), of.get(Part.DENOMINATOR)
        return (below - above, True) if above is not None and below is not None else (None, False)
    return (of[part], True) if part in of else (value.numerator, False)


def _part(catalogue: Catalogue, question: RecordsQuestion) -> Part:
    if question.indicator not in catalogue.indicators:
        raise UnknownName("indicator", question.indicator or "", catalogue.indicators)
    parts = parts_of(catalogue, question.indicator)
    if question.part is None and parts:
        return parts[0]
    if question.part not in set(Part):
        raise UnknownName("part", question.part or "", Part) if question.part else BadQuestion("no_records")
    return Part(question.part)


def _span(question: RecordsQuestion, today: date) -> tuple[date, date]:
    """The days that are asked for; by default this year until today."""
    return question.start or period_of("year", question.end or today).start, question.end or today


def listed(snapshot: Snapshot, question: RecordsQuestion, scope: tuple[str, ...] | None, today: date) -> ListQuestion:
    """The question to the store, without columns. Raises UnknownName or BadQuestion."""
    catalogue = snapshot.catalogue
    spec = catalogue.records[question.record]
    counted = None
    if question.indicator:
        found = behind(catalogue, question.indicator, _part(catalogue, question), *_span(question, today), today)
        if found.record != question.record:
            raise BadQuestion("other_record", record=found.record)
        counted = found.counted
    where = codes_of(catalogue, spec, question.filters)
    if scope is not None:
        where += tuple((name, scope) for name, field in spec.fields.items() if field.codes == "units")
    taken = {field for field, _ in where}
    limits = tuple(limit(spec, field, text) for field, text in question.filters if field not in taken or text == NOTHING)
    order = tuple((each.removeprefix("-"), each.startswith("-")) for each in ((question.sort,) if question.sort else spec.listing.order))
    return ListQuestion(question.record, where=where, limits=limits, counted=counted, order=order or ((spec.event, True),), today=today)


def _chosen(catalogue: Catalogue, spec: RecordType, field: str, text: str, language: str) -> Chosen:
    codes = spec.fields[field].codes
    labels = {code: said.of(language) for code, said in (catalogue.code_list(codes) if codes else {}).items()}
    label = text if text == NOTHING else code_label(labels, text, language) if codes else _label(catalogue, spec, field, text, language)
    return Chosen(Choice(field, spec.fields[field].label.of(language)), text, label)


def _column(catalogue: Catalogue, spec: RecordType, name: str, language: str) -> Column:
    computed = spec.listing.computed.get(name)
    if computed:
        return Column(name, computed.label.of(language), None)
    field = spec.fields[name]
    codes = catalogue.code_list(field.codes) if field.codes else {}
    return Column(name, field.label.of(language), field.type, tuple(Choice(code, text.of(language)) for code, text in codes.items()))


def _code(value: object) -> str | None:
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)


def _label(catalogue: Catalogue, spec: RecordType, field: str, value: object, language: str) -> str:
    """A value in words, for a heading; those of nothing and of yes and no belong to the page."""
    said = shown(catalogue, spec, field, value, language)
    return "" if said is None else str(said)


def plain(catalogue: Catalogue, value: object) -> object:
    """A cell as a value: moments in the organisation's time zone, numbers exact."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC).astimezone(catalogue.zone)
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


def shown(catalogue: Catalogue, spec: RecordType, column: str, value: object, language: str) -> object:
    """A cell for a reader: the same with codes in words."""
    field = spec.fields.get(column)
    if field and field.codes and isinstance(value, str):
        text = catalogue.code_list(field.codes).get(value)
        return text.of(language) if text else value
    return plain(catalogue, value)


def records_from_words(record: str, given: Mapping[str, str], where: Sequence[str]) -> RecordsQuestion:
    """A question as an address writes it.

    Args:
        record: the type of records.
        given: ``indicator``, ``part``, ``from``, ``to``, ``columns`` (with commas), ``sort``, ``page``, ``rows``, ``group``; ``cursor``
            instead of ``page`` is the next page of the same data version.
        where: a field and what it must hold each, as ``unit=vp`` or ``unit:vp``.

    Raises:
        BadQuestion: what is wrong, and the form that is understood.
    """
    cursor = cursor_from_words(given["cursor"]) if given.get("cursor") else None
    return RecordsQuestion(
        record,
        indicator=given.get("indicator") or None,
        part=given.get("part") or None,
        start=day_from_words(given.get("from")),
        end=day_from_words(given.get("to")),
        filters=tuple(dict.fromkeys(map(filter_from_words, where))),
        columns=tuple(part.strip() for part in given.get("columns", "").split(",") if part.strip()),
        sort=given.get("sort") or None,
        page=cursor.page if cursor else whole(given.get("page"), 1),
        rows=whole(given.get("rows"), PAGE_ROWS),
        group=given.get("group") or None,
        version=cursor.version if cursor else None,
    )


def whole(text: str | None, default: int) -> int:
    """A whole number of an address. Raises BadQuestion."""
    if not text:
        return default
    if not re.fullmatch(r"\d{1,9}", text):
        raise BadQuestion("page", most=MOST_ROWS)
    return int(text)


@dataclass(frozen=True)
class Cursor:
    """Where a walk through pages of records goes on: the data version that all its pages are of, and the page."""

    version: int
    page: int

    def __str__(self) -> str:
        return f"{self.version}.{self.page}"


def cursor_from_words(text: str) -> Cursor:
    """A cursor as it was handed out. Raises BadQuestion for anything else."""
    found = re.fullmatch(r"(\d{1,9})\.(\d{1,9})", text)
    if found is None:
        raise BadQuestion("cursor")
    return Cursor(*map(int, found.groups()))

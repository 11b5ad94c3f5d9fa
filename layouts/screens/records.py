"""Records in a list: which they are, filters beside them, a page of them, each with a way to its own page."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from urllib.parse import quote

from ioc.catalogue.model import FieldType
from ioc.catalogue.tree import NOTHING as NO_VALUE
from ioc.text import dates
from ioc.text.numbers import NOTHING, number
from ioc.views.filters import TO
from ioc.views.model import Choice
from ioc.views.records import Behind, Chosen, Column, GroupRow, RecordsView, Row
from ioc.views.sight import Sight
from layouts import elements as h
from layouts.markup import Markup
from layouts.page import Page
from layouts.panels.choices import choices
from layouts.panels.leads import ALL, to_indicator
from layouts.panels.lines import Column as Head
from layouts.panels.lines import Line, lines
from layouts.shell import Heading, shell
from layouts.state import Context

# What forms of this page set themselves.
_FORM = ("where", "columns", "page")


def records(view: RecordsView, context: Context) -> Page:
    """The page."""
    words = context.words
    above = Markup([_number(view, context), _filters(view, context), _columns(view, context)], className="ioc-narrowing")
    if view.sight and view.sight.outside:
        table = _outside(view, view.sight, context)
    else:
        table = _groups(view, context) if view.group else _table(view, context)
    main = Markup(
        [
            h.section(".ioc-panel")[
                _head(view, context),
                _chips(view, context),
                _limited(view, context),
                _removed(view, context),
                table,
                None if view.group else _pages(view, context),
            ]
        ],
        className="ioc-charts",
    )
    return shell(
        [above, main],
        Heading(view.record.label, subtitle=words("records.subtitle"), crumbs=_crumbs(view, context)),
        view.stamp,
        context,
    )


def _crumbs(view: RecordsView, context: Context) -> tuple[tuple[str, str], ...]:
    """The way here: the indicator that counts the records, and the same within the filters."""
    if view.behind is None:
        return ()
    indicator = view.behind.indicator
    whole = (indicator.label, to_indicator(indicator.code, (), context))
    limits = ", ".join(each.label for each in view.filters)
    return (whole, (limits, _back(view, view.behind, context))) if limits and view.behind.value else (whole,)


def _back(view: RecordsView, behind: Behind, context: Context) -> str:
    """The indicator's page with the number that these records make."""
    limits = [(each.field.code, each.text) for each in view.filters] if behind.value else []
    chosen = (behind.start, behind.end) if context.get("from") or context.get("to") else ALL
    return to_indicator(behind.indicator.code, limits, context, chosen)


def _number(view: RecordsView, context: Context) -> h.Element | None:
    """The number that the records are behind, and whether there are as many of them."""
    behind, words = view.behind, context.words
    if behind is None:
        return None
    back = _back(view, behind, context)
    start, end = (dates.day(day) if day else "" for day in (behind.start, behind.end))
    span = words("records.span", start=start, end=end) if start else words("records.until", end=end)
    parts = (
        (words(f"records.part.{part.value}"), context.with_query(part=part.value, page=None), part is behind.part) for part in behind.parts
    )
    return h.section(".ioc-panel.ioc-behind")[
        h.h2(".ioc-panel-title")[h.a(".ioc-link", href=back)[behind.indicator.label]],
        h.p(".ioc-faint")[span],
        choices(words("records.which"), parts) if len(behind.parts) > 1 else None,
        _agreement(view, behind, context),
    ]


def _agreement(view: RecordsView, behind: Behind, context: Context) -> h.Element | None:
    words = context.words
    if behind.number is None:
        return None
    shown = number(behind.number, context.language)
    if behind.once:
        return _once(view, behind, behind.once, shown, context)
    if behind.number == view.total.count + (view.removed.count if view.removed else 0):
        return h.p(".ioc-agrees")[words("records.agrees", number=shown)]
    return h.p(".ioc-faint")[words("records.limited" if behind.counts else "records.sum", number=shown)]


def _once(view: RecordsView, behind: Behind, field: Choice, shown: str, context: Context) -> h.Element:
    """A number of things that each count once: as many as the records have values of a field, which are listed at one click."""
    words = context.words
    values = sum(each.code is not None for each in view.groups)
    if view.group == field.code and values == behind.number:
        return h.p(".ioc-agrees")[words("records.agrees", number=shown)]
    of, each = behind.of, None
    if view.group != field.code:
        way = context.with_query(group=field.code, page=None)
        each = [" ", h.a(".ioc-link", href=way)[words("records.once_each", field=field.label)]]
    only = of and [" ", h.a(".ioc-link", href=context.link(f"/indicators/{of.code}"))[words("records.once_of", of=of.label)]]
    return h.p(".ioc-faint")[words("records.once", number=shown, field=field.label), only, each]


def _filters(view: RecordsView, context: Context) -> h.Element:
    words = context.words
    kept = [h.input(type="hidden", name=name, value=value) for name, value in context.query if name not in _FORM]
    kept += [h.input(type="hidden", name="columns", value=value) for value in context.all("columns")]
    chosen: dict[str, list[str]] = {}
    for each in view.filters:
        chosen.setdefault(each.field.code, []).append(each.text)
    fields = [column for column in (*view.columns, *view.others) if column.type is not None]
    dimensions = {each.code for each in view.dimensions}
    first = [column for column in fields if column.code in dimensions or column.code in chosen]
    rest = [column for column in fields if column not in first]
    return h.details(".ioc-panel", id="filters")[
        h.summary(".ioc-panel-title")[words("records.filter"), f" ({len(view.filters)})" if view.filters else None],
        h.form(".ioc-filters", method="get", action=context.path)[
            kept,
            (_filter(column, chosen.get(column.code, []), context) for column in first),
            h.details[h.summary[words("records.more_filters")], (_filter(column, [], context) for column in rest)] if rest else None,
            h.p[h.button(".ioc-choice")[words("records.apply")]],
        ],
    ]


def _filter(column: Column, chosen: list[str], context: Context) -> h.Element:
    """One field's control; what several values are chosen of is kept beside it."""
    words = context.words
    name = f"where:{column.code}"
    more = [h.input(type="hidden", name=name, value=value) for value in chosen[1:]]
    value = chosen[0] if chosen else ""
    if column.type in {FieldType.CODE, FieldType.BOOLEAN}:
        options = [(choice.code, choice.label) for choice in column.codes] or [("true", words("yes")), ("false", words("no"))]
        options = [("", words("records.any")), *options, (NO_VALUE, words("records.nothing"))]
        control: h.Node = h.select(name=name)[(h.option(value=code, selected=code == value)[label] for code, label in options)]
    else:
        control = h.input(name=name, value=value, placeholder=words(f"records.hint.{_hint(column)}"), autocomplete="off")
    return h.label(".ioc-filter")[h.span[column.label], control, more]


def _hint(column: Column) -> str:
    if column.type is FieldType.TEXT:
        return "text"
    return "number" if column.type in {FieldType.INTEGER, FieldType.NUMBER} else "days"


def _columns(view: RecordsView, context: Context) -> h.Element:
    """Which columns are shown."""
    words = context.words
    kept = (h.input(type="hidden", name=name, value=value) for name, value in context.query if name not in {"columns", "page"})
    boxes = (
        h.label(".ioc-check")[h.input(type="checkbox", name="columns", value=column.code, checked=column in view.columns), column.label]
        for column in (*view.columns, *view.others)
    )
    return h.details(".ioc-panel")[
        h.summary(".ioc-panel-title")[words("records.columns")],
        h.form(".ioc-filters", method="get", action=context.path)[kept, boxes, h.p[h.button(".ioc-choice")[words("records.apply")]]],
    ]


def _head(view: RecordsView, context: Context) -> h.Element:
    words = context.words
    by = [(words("records.each"), context.with_query(group=None, page=None), view.group is None)]
    by += [(each.label, context.with_query(group=each.code, page=None), each.code == view.group) for each in view.dimensions]
    count = number(Decimal(view.total.count), context.language)
    return h.div(".ioc-panel-head")[
        h.h2(".ioc-panel-title")[words("records.one" if view.total.count == 1 else "records.count", count=count)],
        h.details(".ioc-group-by", open=view.group is not None)[h.summary[words("records.group")], choices(words("records.group"), by)],
    ]


def _chips(view: RecordsView, context: Context) -> h.Element | None:
    if not view.filters:
        return None
    return h.p(".ioc-chips")[(_chip(each, context) for each in view.filters)]


def _chip(each: Chosen, context: Context) -> h.Element:
    words = context.words
    label = words("records.nothing") if each.text == NO_VALUE else _boolean(each.label, context)
    address = context.without("where", f"{each.field.code}:{each.text}")
    return h.a(".ioc-chip", href=address, title=words("indicator.remove"))[
        h.span[f"{each.field.label}: "], h.b[label.replace(TO, " – ")], h.i(aria_hidden="true")["×"]
    ]


def _removed(view: RecordsView, context: Context) -> h.Element | None:
    """That records are not listed because their time has passed, since when and why."""
    removed = view.removed
    if removed is None:
        return None
    said = {"on": dates.day(removed.on), "before": dates.day(removed.before), "rule": removed.rule}
    return h.p(".ioc-faint")[context.words("records.removed", count=number(Decimal(removed.count), context.language), **said)]


def _limited(view: RecordsView, context: Context) -> h.Element | None:
    """That only the records of one unit are listed."""
    if view.sight is None or view.sight.outside:
        return None
    return h.p(".ioc-faint")[context.words("records.scope", unit=view.sight.unit.label)]


def _outside(view: RecordsView, sight: Sight, context: Context) -> h.Element:
    """That what is asked for belongs to other units, and the ways on from there."""
    words, unit = context.words, sight.unit
    if not unit.code:
        return h.p(".ioc-empty")[words("records.unitless")]
    kept = [
        (key, value) for key, value in context.query if key != "page" and not (key == "where" and value.partition(":")[0] in sight.fields)
    ]
    own = replace(context, query=tuple(kept)).with_more("where", f"{sight.fields[0]}:{unit.code}")
    total = _back(view, view.behind, context) if view.behind else None
    return h.div(".ioc-empty")[
        h.p[words("records.outside", unit=unit.label)],
        h.p[words("records.outside_hint")],
        h.p[
            h.a(".ioc-choice", href=own)[words("records.own", unit=unit.label)],
            [" ", h.a(".ioc-choice", href=total)[words("records.to_total")]] if total else None,
        ],
    ]


def _boolean(text: str, context: Context) -> str:
    return context.words("yes" if text == "true" else "no") if text in {"true", "false"} else text


def _table(view: RecordsView, context: Context) -> h.Element:
    words = context.words
    if not view.rows:
        return h.p(".ioc-empty")[words("records.none")]
    labels = [{choice.code: choice.label for choice in column.codes} for column in view.columns]
    heads = [Head(column.code, column.label, _is_number(column), _sorting(column, view, context)) for column in view.columns]
    rows = (_row(row, view, labels, context) for row in view.rows)
    foot = [number(view.total.sums[column.code], context.language) if column.code in view.total.sums else None for column in view.columns]
    foot[0] = foot[0] or words("records.total")
    table = lines(view.record.label, heads, rows, foot if view.total.sums else None)
    return h.div(".ioc-scroll.ioc-records", tabindex="0", role="region", aria_label=view.record.label)[table]


def _sorting(column: Column, view: RecordsView, context: Context) -> h.Node:
    """The column's name as the way to sort by it, and again to turn the order round."""
    by, greatest = view.sort
    here = by == column.code
    turned = column.code if here and greatest else f"-{column.code}"
    arrow = ("↓" if greatest else "↑") if here else ""
    said = context.words("records.sorted_down" if greatest else "records.sorted_up") if here else None
    return h.a(href=context.with_query(sort=turned, page=None), title=context.words("records.sort"))[
        column.label, h.span(".ioc-arrow", aria_hidden="true")[arrow], h.span(".ioc-unseen")[said] if said else None
    ]


def _row(row: Row, view: RecordsView, labels: list[dict[str, str]], context: Context) -> Line:
    cells = [cell(value, known, context) for value, known in zip(row.cells, labels, strict=True)]
    address = context.link(f"/records/{view.record.code}/{quote(row.key, safe='')}")
    return Line([h.a(".ioc-link", href=address)[cells[0] or row.key], *cells[1:]])


def _is_number(column: Column) -> bool:
    return column.type in {FieldType.INTEGER, FieldType.NUMBER}


def cell(value: object, labels: dict[str, str], context: Context) -> str:
    """A value in the manner of the language."""
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return context.words("yes" if value else "no")
    if isinstance(value, Decimal):
        return number(value, context.language)
    if isinstance(value, datetime):
        return dates.moment(value, context.zone)
    if isinstance(value, date):
        return dates.day(value)
    return labels.get(str(value), str(value))


def _pages(view: RecordsView, context: Context) -> h.Element | None:
    words = context.words
    if view.pages == 1:
        return None
    before = context.with_query(page=str(view.page - 1)) if view.page > 1 else None
    after = context.with_query(page=str(view.page + 1)) if view.page < view.pages else None
    page, pages = (number(Decimal(each), context.language) for each in (view.page, view.pages))
    return h.nav(".ioc-choices", aria_label=words("records.pages"))[
        h.a(".ioc-choice", href=before, rel="prev")[words("records.before")] if before else None,
        h.span(".ioc-faint")[words("records.page", page=page, pages=pages)],
        h.a(".ioc-choice", href=after, rel="next")[words("records.after")] if after else None,
    ]


def _groups(view: RecordsView, context: Context) -> h.Element:
    """How many records there are of each value; each line leads to those records."""
    words = context.words
    label = next((each.label for each in (*view.columns, *view.others) if each.code == view.group), view.group or "")
    heads = [Head("group", label), Head("count", words("records.records"), True), Head("share", words("records.share"), True)]
    return lines(label, heads, (_group(each, view, context) for each in view.groups))


def _group(each: GroupRow, view: RecordsView, context: Context) -> Line:
    words = context.words
    code = NO_VALUE if each.code is None else each.code
    address = context.with_more("where", f"{view.group}:{code}", group=None, page=None)
    label = (
        words("records.nothing")
        if each.code is None
        else _boolean(each.label if each.label not in {"True", "False"} else each.code, context)
    )
    share = number(Decimal(100) * each.count / view.total.count, context.language, 1)
    return Line([h.a(".ioc-link", href=address)[label], number(Decimal(each.count), context.language), words("unit.percent", value=share)])

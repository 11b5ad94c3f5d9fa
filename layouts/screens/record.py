"""One record: what it says, how it came to say so, and which indicators count it, and why."""

from __future__ import annotations

from dash import html

from ioc.catalogue.clauses import Token
from ioc.text import dates
from ioc.views.record import Counting, FieldView, Reason, RecordView, VersionView
from layouts import elements as h
from layouts.markup import Markup
from layouts.page import Page
from layouts.panels.listing import listing
from layouts.screens.records import cell
from layouts.shell import Heading, shell
from layouts.state import Context


def record(view: RecordView, context: Context) -> Page:
    """The page."""
    facts = Markup([_fields(view, context)], className="ioc-facts")
    main = Markup([_countings(view, context), _versions(view, context)], className="ioc-charts")
    crumbs = ((view.record.label, context.link(f"/records/{view.record.code}")),)
    return shell([html.Div([facts, main], className="ioc-sheet")], Heading(view.key, crumbs=crumbs), view.stamp, context)


def _fields(view: RecordView, context: Context) -> h.Element:
    words = context.words
    return h.section(".ioc-panel")[
        h.h2(".ioc-panel-title")[words("record.fields")],
        h.p(".ioc-agrees-not")[words("record.gone")] if view.gone else None,
        h.dl(".ioc-terms")[((h.dt[each.field.label], h.dd[cell(each.said, {}, context)]) for each in view.fields)],
    ]


def _countings(view: RecordView, context: Context) -> h.Element:
    """The indicators that count the record before those that do not."""
    words = context.words
    ordered = sorted(view.countings, key=lambda each: not each.counts)
    return h.section(".ioc-panel")[
        listing("countings", words("record.countings"), h.ul(".ioc-countings")[(_counting(each, context) for each in ordered)], context)
        if ordered
        else [h.h2(".ioc-panel-title")[words("record.countings")], h.p(".ioc-faint")[words("record.uncounted")]],
    ]


def _counting(each: Counting, context: Context) -> h.Element:
    words = context.words
    key = "out" if not each.counts else "counts" if each.succeeds is None else "succeeds" if each.succeeds else "falls_short"
    at = words("record.at", field=each.at, value=cell(each.on, {}, context)) if each.counts else None
    return h.li(class_=f"ioc-counting ioc-counting-{key}")[
        h.p[
            h.a(".ioc-link", href=context.link(f"/indicators/{each.indicator.code}"), data_cell=words("export.column.indicator"))[
                each.indicator.label
            ],
            " ",
            h.b(data_cell=words("export.column.status"))[words(f"record.{key}")],
        ],
        h.p(".ioc-faint", data_cell=words("export.column.note"))[at] if at else None,
        h.ul(".ioc-reasons", data_cell=words("export.column.reason"))[
            (_reason(reason, context) for reason in (*each.why_counts, *(each.why_succeeds if each.counts else ())))
        ],
    ]


def _reason(each: Reason, context: Context) -> h.Element:
    """A condition with its mark: holds, does not, or cannot be told."""
    key = {True: "holds", False: "fails", None: "unknown"}[each.holds]
    return h.li(class_=f"ioc-reason-{key}")[
        h.span(".ioc-unseen")[context.words(f"record.{key}"), ": "], h.span[" ".join(_piece(token, context) for token in each.pieces)]
    ]


def _piece(token: Token, context: Context) -> str:
    if token.kind == "word":
        return context.words(f"expression.{token.text}")
    return f"“{token.text}”" if token.kind == "field" else token.text


def _versions(view: RecordView, context: Context) -> h.Element:
    """The versions as a line of time, the newest first."""
    words = context.words
    return h.section(".ioc-panel")[
        listing(
            "versions",
            words("record.versions", count=len(view.versions)),
            h.ol(".ioc-timeline")[(_version(each, context) for each in reversed(view.versions))],
            context,
        )
    ]


def _version(each: VersionView, context: Context) -> h.Element:
    words = context.words
    since = dates.moment(each.since, context.zone)
    if each.until is None:
        said = words("record.since", since=since)
    elif each.until == each.since:
        said = words("record.never_current", since=since)
    else:
        said = words("record.span", since=since, until=dates.moment(each.until, context.zone))
    row = words("record.row", row=each.row) if each.row is not None else ""
    source: h.Node = [h.a(".ioc-link", href=context.link(f"/feeds/{each.feed.code}"))[each.feed.label], f" · {each.delivery}{row}"]
    changes = h.ul(".ioc-pairs")[(_change(change, context) for change in each.changes if change.changed or change.value is not None)]
    return h.li(class_="ioc-now" if each.until is None else None)[
        h.p(data_cell=words("export.column.period"))[h.b[said]],
        h.p(".ioc-faint", data_cell=words("export.fact.sources"))[source],
        h.div(data_cell=words("record.changes"))[
            h.p[words("record.deleted")] if each.gone else changes if each.changes else h.p(".ioc-faint")[words("record.unchanged")]
        ],
    ]


def _change(each: FieldView, context: Context) -> h.Element:
    value = h.b[cell(each.said, {}, context)]
    before: h.Node = [h.s[cell(each.before, {}, context)], " → "] if each.changed else None
    return h.li[h.span(".ioc-faint")[f"{each.field.label}: "], before, value]

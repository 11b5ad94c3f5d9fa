"""An exhibit on a sheet: its title, what it shows, and where it comes from; on paper, with tables and definitions behind it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

import segno
from markupsafe import Markup

from ioc.exports.exhibit import Exhibit
from ioc.exports.exhibit_text import definitions, facts
from ioc.exports.exhibit_text import made as made_by
from ioc.text import dates
from ioc.text.lines import unbroken
from layouts import elements as h
from layouts.exports.figures import figure
from layouts.exports.tables import table
from layouts.state import Context, context_of

# Feeds that are named; of more the rest is counted.
MOST_FEEDS = 3
# Notes that are told beside the drawing; all stand in the table behind it.
MOST_REMARKS = 2


@dataclass(frozen=True)
class Sheet:
    """What is to be drawn.

    Attributes:
        html: of the body.
        title: of the document; what is not seen is read from it.
        description: the same in a sentence for who cannot see it.
        rem: CSS pixels that a rem is long.
        foot: what stands at the foot of each page of paper.
    """

    html: str
    title: str
    description: str
    rem: float
    foot: str


def sheet(exhibit: Exhibit, theme: str, width: int, height: int, *, paper: bool) -> Sheet:
    """The sheet of an exhibit in a theme and a size of CSS pixels; on ``paper`` with all that stands behind it."""
    context = _context(exhibit, theme)
    drawing, wide = figure(exhibit, context)
    rem = min(width / wide, height / (wide * 9 / 16))
    size = f"--wide:{width}px;--deep:{height}px"
    body = [
        h.section(".ioc.ioc-x", style=size)[_head(exhibit, context), h.div(".ioc-x-main")[drawing], _foot(exhibit, context)],
        _behind(exhibit, context, size) if paper else None,
    ]
    mark = exhibit.mark
    title = f"{exhibit.title} – {mark.code}" if mark else exhibit.title
    said = "; ".join(f"{heading}: {text}" for heading, text in facts(exhibit))
    foot = " · ".join(filter(None, (exhibit.organisation, mark.classification, f"{mark.code} · {mark.verify}") if mark else ()))
    return Sheet(str(h.fragment[body]), title[:500], said, rem, foot)


def _context(exhibit: Exhibit, theme: str) -> Context:
    """Nobody can click on paper, and ages do not grow there: moments are told as they are."""
    query = {"lang": exhibit.language, "theme": theme, "as_of": exhibit.at.isoformat()}
    found = context_of(exhibit.subject.path, urlencode(query), exhibit.at, exhibit.zone, exhibit.language)
    return Context(found.path, found.query, found.language, found.scheme, found.now, found.zone, unattended=True)


def _head(exhibit: Exhibit, context: Context) -> h.Element:
    mark = exhibit.mark
    filters = "; ".join(f"{dimension}: {codes}" for dimension, codes in exhibit.filters)
    under = " · ".join(part for part in (exhibit.scope, exhibit.period, filters) if part)
    reading = " ".join(exhibit.reading)
    return h.header(".ioc-x-head")[
        h.p(".ioc-x-whose")[exhibit.organisation],
        h.p(".ioc-x-marks")[
            h.b(".ioc-x-mock")[context.words("app.simulated")] if exhibit.simulated else None,
            h.b(".ioc-x-mock")[context.words("export.late")] if any(each.late for each in exhibit.sources) else None,
            h.b[mark.classification] if mark and mark.classification else None,
        ],
        h.h1[unbroken(exhibit.title)],
        h.p(".ioc-x-under")[under] if under else None,
        h.p(".ioc-x-under")[reading] if reading else None,
        h.p(".ioc-x-under")[_remarks(exhibit)] if exhibit.notes and exhibit.subject.part in {"", "trend"} else None,
    ]


def _remarks(exhibit: Exhibit) -> str:
    """What the flags on the trend mean, the newest first; of many the first few."""
    more = "…" if len(exhibit.notes) > MOST_REMARKS else ""
    return "▲ " + " · ".join(f"{dates.days(each.start, each.end)}: {each.text}" for each in exhibit.notes[:MOST_REMARKS]) + more


def _foot(exhibit: Exhibit, context: Context) -> h.Element:
    words, zone, mark = context.words, context.zone, exhibit.mark
    fact = {key: words(f"export.fact.{key}") for key in ("data_at", "version", "as_of", "sources", "made", "verify")}
    version = words("export.version_of", version=exhibit.version, moment=dates.moment(exhibit.version_at, zone))
    of = [
        _said(fact["data_at"], dates.moment(exhibit.data_at, zone)) if exhibit.data_at else None,
        _said(fact["version"], version),
        _said(fact["as_of"], dates.moment(exhibit.as_of, zone)) if exhibit.as_of else None,
        _said(fact["sources"], _feeds(exhibit, context)) if exhibit.sources else None,
    ]
    made = [_said(fact["made"], made_by(mark, zone))] if mark else []
    return h.footer(".ioc-x-foot")[
        h.div[h.p[_joined(each for each in of if each)], h.p[_joined(made)] if made else None],
        h.p(".ioc-x-code")[fact["verify"], h.b[mark.code], mark.verify.partition("://")[2].rpartition("/")[0]] if mark else None,
        h.div(".ioc-x-qr", role="img", aria_label=mark.verify)[_qr(mark.verify)] if mark else None,
    ]


def _said(heading: str, text: str) -> list[h.Node]:
    return [heading, ": ", h.b[text]]


def _joined(parts: Iterable[h.Node]) -> list[h.Node]:
    found: list[h.Node] = []
    for part in parts:
        found += [" · ", part] if found else [part]
    return found


def _feeds(exhibit: Exhibit, context: Context) -> str:
    named = ", ".join(each.label for each in exhibit.sources[:MOST_FEEDS])
    more = len(exhibit.sources) - MOST_FEEDS
    return named + (context.words("export.more_feeds", count=more) if more > 0 else "")


def _qr(address: str) -> Markup:
    """The address as a square that telephones read."""
    return Markup(segno.make(address, error="m", micro=False).svg_inline(border=0, dark="#000", omitsize=True))


def _behind(exhibit: Exhibit, context: Context, size: str) -> h.Element:
    """Tables, definitions, provenance."""
    words = context.words
    return h.div(".ioc.ioc-x-behind", style=size)[
        (h.section[h.h2[unbroken(each.title)], table(each, exhibit, context)] for each in exhibit.tables if each.count),
        (_definitions(exhibit, context) if exhibit.definitions else None),
        h.section[
            h.h2[words("export.provenance")],
            h.dl[((h.dt[heading], h.dd[text]) for heading, text in facts(exhibit))],
        ],
    ]


def _definitions(exhibit: Exhibit, context: Context) -> h.Element:
    return h.section[
        h.h2[context.words("export.definitions")],
        ([h.h3[label], h.dl[((h.dt[heading], h.dd[text]) for heading, text in lines)]] for label, lines in definitions(exhibit)),
    ]

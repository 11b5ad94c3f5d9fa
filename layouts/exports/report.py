"""A report on paper: its sections drawn, and bound by one template, which an office may replace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import segno
from jinja2 import TemplateError, Undefined
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from ioc.errors import Refusal
from ioc.exports.exhibit import Exhibit, Table
from ioc.exports.exhibit_text import definitions, facts, source
from ioc.exports.reports.report import Figure, Report, Section
from ioc.text import dates
from ioc.text.lines import unbroken
from ioc.text.words import words
from layouts import elements as h
from layouts.dash_app import ASSETS
from layouts.exports.figures import figure
from layouts.exports.tables import table
from layouts.state import Context, context_of

TEMPLATE = ASSETS / "export" / "report.html"
# A page of A4 is 165 mm wide within its margins; a drawing in it has letters of this many CSS pixels a rem.
REM = 8.4
# Kinds of parts that are read as a drawing; others are a table.
DRAWN = frozenset(
    {"number", "trend", "ranking", "heatmap", "map", "bullet", "funnel", "score", "split", "milestones", "outlook", "multiples"}
)
TALL = frozenset({"map", "heatmap", "milestones", "score", "multiples"})
TABLE_ROWS, MOST_COLUMNS = 40, 7
LEFT_OUT = frozenset({"numerator", "denominator", "data_at", "owner", "state", "reported_at"})


class _Strict(Undefined):
    """What a template asks for and is not there is a fault, not an empty place."""

    __slots__ = ()
    __str__ = __iter__ = __bool__ = Undefined._fail_with_undefined_error


def report_html(report: Report, template: Path | None = None, pages: Mapping[str, int] | None = None) -> str:
    """The HTML of a report.

    Args:
        template: the office's own.
        pages: on which page each heading stands, once it is known.

    Raises:
        Refusal: the template cannot be read, or has an error; told is in which line.
    """
    given = template or TEMPLATE
    try:
        text = given.read_text(encoding="utf-8")
        environment = SandboxedEnvironment(autoescape=True, undefined=_Strict, trim_blocks=True)
        return environment.from_string(text).render(**_given(report, pages or {}))
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal("report_template", 500, file=given, line="–", why=error) from error
    except TemplateError as error:
        raise Refusal("report_template", 500, file=given, line=getattr(error, "lineno", None) or "–", why=error.message or error) from error


def headings(report: Report) -> tuple[str, ...]:
    """The heading of each section, numbered as administrative documents do, and of the definitions."""
    said = words(report.language)
    return (*(f"{_roman(number)}. {each.title}" for number, each in enumerate(report.sections, start=1)), said("export.definitions"))


def _given(report: Report, pages: Mapping[str, int]) -> dict[str, Any]:
    said, settings, first, mark = words(report.language), report.settings, report.first, report.mark
    of, at = report.language, report.at.astimezone(report.first.zone)
    titles = headings(report)
    bare = replace(first, title=report.title, scope="", period="", filters=(), mark=mark, definitions=report.definitions)
    return {
        "said": said,
        "title": report.title,
        "superior": settings.superior.of(of) if settings.superior else "",
        "body": settings.body.of(of),
        "number": settings.number,
        "dated": said("report.dated", place=settings.place.of(of), **_date(at)),
        "intro": settings.intro.of(of) if settings.intro else "",
        "late": report.late,
        "simulated": report.simulated,
        "classification": mark.classification if mark else "",
        "facts": _facts(bare, report),
        "sources": source(bare),
        "code": mark.code if mark else "",
        "verify": mark.verify if mark else "",
        "qr": Markup(segno.make(mark.verify, error="m", micro=False).svg_inline(border=0, omitsize=True)) if mark else "",
        "sections": [_section(each, title, pages.get(title, ""), report) for each, title in zip(report.sections, titles, strict=False)],
        "definitions": definitions(bare),
        "definitions_page": pages.get(titles[-1], ""),
        "recipients": [each.of(of) for each in settings.recipients],
        "signatory": _signatory(report),
    }


def _facts(bare: Exhibit, report: Report) -> list[tuple[str, str]]:
    """What stands below the title; of the feeds their names alone, when each last delivered is told in the annex."""
    said, heading = words(report.language), words(report.language)("export.fact.sources")
    unsaid = {said("export.fact.title"), said("export.fact.verify")}
    feeds = ", ".join(each.label for each in bare.sources)
    return [(name, feeds if name == heading else text) for name, text in facts(bare) if name not in unsaid]


def _date(at: datetime) -> dict[str, object]:
    """A date as administrative documents write it: days below 10 and the months 1 and 2 with a zero before."""
    month = f"{at:%m}" if at.month < 3 else str(at.month)
    return {"day": f"{at:%d}", "month": month, "year": at.year, "date": dates.day(at.date())}


def _section(section: Section, heading: str, page: int | str, report: Report) -> dict[str, Any]:
    drawn = [_figure(each, section, report) for each in section.figures]
    return {"heading": heading, "page": page, "text": section.text, "said": section.said, "figures": drawn}


def _figure(given: Figure, section: Section, report: Report) -> dict[str, Any]:
    part, exhibit = given.part, given.exhibit
    context = _context(exhibit, report)
    # A whole board is no drawing of one of its parts.
    drawn: h.Node = figure(exhibit, context)[0] if part.kind in DRAWN and len(exhibit.parts) == 1 else None
    title = part.title if part.title != section.title else ""
    rows = part.tables[:1] if drawn is None else ()
    listed = Markup("").join(Markup(str(h.fragment[table(_narrow(each), exhibit, context, TABLE_ROWS)])) for each in rows)
    inside = Markup(str(h.div(".ioc.ioc-x-figure")[drawn])) if drawn is not None else ""
    size = "number" if part.kind == "number" else "tall" if part.kind in TALL else "usual"
    return {"title": unbroken(title), "note": part.note, "drawn": inside, "size": size, "table": listed}


def _narrow(given: Table) -> Table:
    """A table for a page that stands: what its definitions and sources tell anyway is left out where there are many columns."""
    kept = [index for index, column in enumerate(given.columns) if column.code not in LEFT_OUT]
    if len(given.columns) <= MOST_COLUMNS:
        return given
    rows = (tuple(row[index] for index in kept) for row in given.rows)
    return replace(given, columns=tuple(given.columns[index] for index in kept), rows=tuple(islice(rows, TABLE_ROWS)))


def _context(exhibit: Exhibit, report: Report) -> Context:
    query = {"lang": report.language, "theme": "light", "as_of": exhibit.at.isoformat()}
    found = context_of(exhibit.subject.path, urlencode(query), exhibit.at, exhibit.zone, report.language)
    return Context(found.path, found.query, found.language, found.scheme, found.now, found.zone, unattended=True)


def _signatory(report: Report) -> dict[str, str] | None:
    given, of = report.settings.signatory, report.language
    if given is None:
        return None
    return {"position": given.position.of(of), "name": given.name, "behalf": given.behalf.of(of) if given.behalf else ""}


def _roman(number: int) -> str:
    found = ""
    for value, sign in ((50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        while number >= value:
            found, number = found + sign, number - value
    return found

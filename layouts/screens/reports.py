"""The pages of reports: which there are, what was drafted, and one draft whose sentences can be changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ioc.exports.reports.drafts import Draft
from ioc.exports.reports.report import Report
from ioc.text import dates
from ioc.text.lines import unbroken
from layouts import elements as h
from layouts.markup import Markup
from layouts.page import Page
from layouts.panels.lines import Column, Line, lines
from layouts.panels.listing import listing
from layouts.screens.snapshots import signing
from layouts.shell import Heading, shell
from layouts.state import Context

FORMS = ("pdf", "pptx")
# An author may write as many paragraphs more as this in a section.
MORE = 1


@dataclass(frozen=True)
class Listed:
    """A report that is configured."""

    name: str
    title: str


def reports(known: Sequence[Listed], drafts: Sequence[Draft], more: h.Node, context: Context, *, may_sign: bool) -> Page:
    """All reports, what was drafted of them, and ``more`` below."""
    words = context.words
    titles = {each.name: each.title for each in known}
    listed = [h.section(".ioc-panel")[h.h2(".ioc-panel-title")[unbroken(each.title)], _buttons(each, context, may_sign)] for each in known]
    columns = [
        Column("title", words("reports.title")),
        Column("moment", words("reports.begun")),
        Column("changed", words("reports.changed")),
        Column("state", words("reports.state")),
    ]
    table = lines(words("reports.drafts"), columns, (_line(each, titles, context) for each in drafts)) if drafts else None
    content = [
        listed or h.p(".ioc-empty")[words("reports.none")],
        h.section(".ioc-panel")[
            listing("drafts", words("reports.drafts"), table, context)
            if table
            else [h.h2(".ioc-panel-title")[words("reports.drafts")], h.p(".ioc-empty")[words("reports.no_drafts")]]
        ],
        more,
    ]
    heading = Heading(words("reports.title"), subtitle=words("reports.subtitle"))
    return shell([Markup(content, className="ioc-reports")], heading, None, context)


def draft(found: Draft, report: Report, told: str, context: Context, status: int = 200, *, may_sign: bool) -> Page:
    """One draft; ``told`` is what has just happened."""
    words = context.words
    fixed = found.fixed_at is not None
    version, moment = report.first.version, dates.moment(report.first.version_at, context.zone)
    content = [
        h.p(".ioc-empty", role="status")[told] if told else None,
        h.p(".ioc-faint")[words("reports.of", moment=dates.moment(found.at, context.zone), version=f"{version} ({moment})")],
        h.form(".ioc-report-form", method="post", action=f"/reports/{found.id}")[
            h.input(type="hidden", name="seen", value=found.changed_at.isoformat()),
            (_section(number, report, fixed, context) for number in range(len(report.sections))),
            None
            if fixed
            else [
                h.p(".ioc-faint")[words("reports.generated"), " ", words("reports.fix_hint")],
                h.p(".ioc-choices")[
                    h.button(".ioc-switch", type="submit", name="do", value="save")[words("reports.save")],
                    h.button(".ioc-switch", type="submit", name="do", value="fix")[words("reports.fix")],
                ],
            ],
        ],
        _buttons(Listed(f"{found.report}?draft={found.id}", report.title), context, may_sign, begins=False),
    ]
    state = words("reports.fixed" if fixed else "reports.open")
    heading = Heading(report.title, subtitle=f"{words('reports.draft', id=found.id)} · {state}")
    return shell([Markup(content, className="ioc-reports")], heading, None, context, status=status)


def past(report: Report, context: Context) -> Page:
    """A report as it was: what it said, and of each section the page that shows the same numbers."""
    words, at = context.words, report.at.astimezone(context.zone)
    version = f"{report.first.version} ({dates.moment(report.first.version_at, context.zone)})"
    sections = (
        h.section(".ioc-panel")[
            h.h2(".ioc-panel-title")[unbroken(each.title)],
            (h.p[said] for said in (*([each.text] if each.text else []), *each.said)),
            h.p[
                h.a(".ioc-link", href=each.exhibit.subject.address(("as_of", at.isoformat()), ("lang", context.language)))[
                    words("verify.open")
                ]
            ],
        ]
        for each in report.sections
    )
    told = h.p(".ioc-faint")[words("reports.of", moment=dates.moment(report.at, context.zone), version=version)]
    heading = Heading(report.title, subtitle=words("export.fact.as_of") + f": {dates.moment(report.at, context.zone)}")
    return shell([Markup([told, sections], className="ioc-reports")], heading, None, context)


def _section(number: int, report: Report, fixed: bool, context: Context) -> h.Element:
    section, words = report.sections[number], context.words
    paragraphs = [*section.said, *([""] * MORE if not fixed else [])]
    fields = (
        h.textarea(
            name=f"said-{number}",
            rows=3,
            maxlength=4000,
            readonly=fixed,
            aria_label=f"{section.title} – {words('reports.paragraph', number=place)}",
        )[text]
        for place, text in enumerate(paragraphs, start=1)
    )
    return h.section(".ioc-panel")[h.h2(".ioc-panel-title")[unbroken(section.title)], fields]


def _buttons(each: Listed, context: Context, may_sign: bool, *, begins: bool = True) -> h.Element:
    words = context.words
    makes = h.form(method="post", action="/snapshots")[
        h.input(type="hidden", name="what", value=f"/reports/{each.name}"),
        h.input(type="hidden", name="lang", value=context.language),
        signing(context) if may_sign else None,
        (h.button(".ioc-switch", type="submit", name="format", value=form)[words("reports.make", form=form.upper())] for form in FORMS),
    ]
    begin = h.form(method="post", action=f"/reports/{each.name}/draft")[h.button(".ioc-switch", type="submit")[words("reports.begin")]]
    return h.div(".ioc-report-do")[makes, begin if begins else None]


def _line(each: Draft, titles: dict[str, str], context: Context) -> Line:
    words = context.words

    def by(name: str, moment: datetime) -> str:
        at = dates.moment(moment, context.zone)
        return words("reports.by", name=name, moment=at) if name else at  # without accounts nobody has a name

    title = [unbroken(titles.get(each.report, each.report)), " · ", words("reports.draft", id=each.id)]
    state = words("reports.fixed") if each.fixed_at else words("reports.open")
    link = h.a(".ioc-link", href=context.link(f"/reports/{each.id}"))[title]
    return Line([link, by(each.begun_by, each.begun_at), by(each.changed_by, each.changed_at), state])

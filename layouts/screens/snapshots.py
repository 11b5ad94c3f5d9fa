"""The register of exports; having one made with all choices; one that is being made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from ioc.text import dates
from ioc.text.lines import unbroken
from ioc.text.numbers import number
from layouts import elements as h
from layouts.markup import Markup
from layouts.page import Page
from layouts.panels.export import FORMS
from layouts.panels.lines import Column, Line, lines
from layouts.panels.listing import listing
from layouts.shell import Heading, shell
from layouts.state import KEPT, Context

SIZES = (("1280", "720"), ("1920", "1080"), ("3840", "2160"))
SCALES = ("1", "2", "3", "4")


@dataclass(frozen=True)
class Snapshot:
    """One export as a line: ``page`` is the address of its page as it was, ``file`` that of the file if it is still kept."""

    code: str
    made_at: datetime
    made_by: str
    title: str
    told: str
    version: int
    format: str
    page: str
    file: str | None
    signed_by: str


def snapshots(found: Sequence[Snapshot], query: str, older: str | None, context: Context) -> Page:
    """The register, searched by a few words; ``older`` is the address of the page after."""
    words = context.words
    field = h.form(".ioc-search", method="get", action="/snapshots", role="search")[
        (h.input(type="hidden", name=name, value=value) for name, value in context.query if name in KEPT),
        h.input(type="search", name="q", value=query, placeholder=words("snapshots.search"), aria_label=words("snapshots.search")),
    ]
    columns = [
        Column("title", words("snapshots.what")),
        Column("moment", words("snapshots.made_at")),
        Column("who", words("snapshots.made_by")),
        Column("version", words("export.fact.version"), True),
        Column("code", words("export.fact.code")),
        Column("file", words("snapshots.file")),
    ]
    table = lines(words("snapshots.title"), columns, (_line(each, context) for each in found)) if found else None
    content = [
        field,
        h.section(".ioc-panel")[
            listing("register", words("snapshots.title"), table, context, is_named=False, is_all=not older)
            if table
            else h.p(".ioc-empty")[words("snapshots.none")]
        ],
        h.p(".ioc-choices")[
            h.a(".ioc-switch", href=older)[words("snapshots.older")] if older else None,
            h.a(".ioc-switch", href=context.link("/verify"))[words("verify.title")],
            h.a(".ioc-switch", href=context.link("/reports"))[words("reports.title")],
        ],
    ]
    heading = Heading(words("snapshots.title"), subtitle=words("snapshots.subtitle"))
    return shell([Markup(content, className="ioc-search-page")], heading, None, context)


def _line(each: Snapshot, context: Context) -> Line:
    signed = h.p(".ioc-faint")[context.words("snapshots.signed", name=each.signed_by)] if each.signed_by else None
    return Line(
        [
            [h.a(".ioc-link", href=each.page)[unbroken(each.title)], h.p(".ioc-faint")[each.told] if each.told else None],
            dates.moment(each.made_at, context.zone),
            [each.made_by, signed],
            number(Decimal(each.version), context.language),
            h.a(".ioc-link", href=context.link(f"/verify/{each.code}"))[each.code],
            h.a(".ioc-link", href=each.file)[each.format.upper()] if each.file else h.span(".ioc-faint")[each.format.upper()],
        ]
    )


def choosing(given: Mapping[str, str], title: str, fault: str, context: Context, status: int = 200, *, may_sign: bool) -> Page:
    """All choices of an export; to sign it for whoever may."""
    words = context.words

    def select(name: str, options: Sequence[tuple[str, str]], default: str) -> h.Element:
        chosen = given.get(name) or default
        return h.label[
            h.span[words(f"export.choose.{name}")],
            h.select(name=name)[(h.option(value=value, selected=value == chosen)[said] for value, said in options)],
        ]

    sizes = [(f"{wide}x{deep}", f"{wide} × {deep}") for wide, deep in SIZES]
    fields = [
        select("format", [(form, words(f"export.form.{form}")) for form in FORMS], "pdf"),
        select("lang", [(each, words(f"export.language.{each}")) for each in ("vi", "en")], context.language),
        select("size", sizes, "1920x1080"),
        select("scale", [(scale, f"{scale}×") for scale in SCALES], "1"),
        select("theme", [(theme, words(f"app.{theme}")) for theme in ("light", "dark")], "light"),
        select("separators", [(each, words(f"export.separators.{each}")) for each in ("vi", "en")], context.language),
    ]
    form = h.form(".ioc-form.ioc-export-form", method="post", action="/snapshots")[
        (h.input(type="hidden", name=name, value=given[name]) for name in ("what", "as_of") if given.get(name)),
        fields,
        signing(context) if may_sign else None,
        h.p[h.button(".ioc-switch.ioc-export-go", type="submit")[words("export.go")]],
    ]
    said = h.p(".ioc-empty", role="alert")[fault] if fault else None
    content = Markup([said, h.section(".ioc-panel")[form]], className="ioc-message")
    return shell([content], Heading(words("export.heading"), subtitle=title), None, context, status=status)


def signing(context: Context) -> h.Element:
    """Whether it is to be signed."""
    said = context.words("export.choose.sign")
    return h.label(".ioc-export-sign")[h.input(type="checkbox", name="sign", value="1"), h.span[said]]


def being_made(id_: str, title: str, done: int, of: int, unit: str, context: Context) -> Page:
    """One on its way: how far, and the way to end it. The answer asks the browser to look again."""
    words = context.words
    counted = words(f"export.progress_{unit}", done=number(Decimal(done), context.language), of=number(Decimal(of), context.language))
    content = [
        h.p(role="status")[counted if done else words("export.begun")],
        h.progress(max=max(of, 1), value=done if done else None, aria_label=words("export.heading")),
        h.form(method="post", action=context.link(f"/snapshots/jobs/{id_}/cancel"))[
            h.button(".ioc-switch", type="submit")[words("export.cancel")],
        ],
    ]
    return shell([Markup(content, className="ioc-message")], Heading(words("export.heading"), subtitle=title), None, context)

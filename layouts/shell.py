"""What surrounds every page: whose it is, what it shows, of which data, and the ways to other languages and schemes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from dash import html
from dash.development.base_component import Component

from ioc.text import dates
from ioc.text.lines import unbroken
from ioc.views.model import Stamp
from layouts import elements as h
from layouts.markup import Markup
from layouts.page import Page, numbered
from layouts.panels import keys
from layouts.panels.export import page_export
from layouts.panels.moments import moments
from layouts.state import Context

# Pages that have no past.
_OF_THE_PRESENT = ("/feeds", "/admin", "/search", "/changes", "/views", "/account")


@dataclass(frozen=True)
class Heading:
    """What stands above a page: its title, whose it is, and what is said beside it; ``crumbs`` is the way to it, as words and addresses."""

    title: str
    organisation: str = ""
    subtitle: h.Node = None
    aside: h.Node = None
    crumbs: tuple[tuple[str, str], ...] = ()


def shell(
    content: list[Any],
    heading: Heading,
    stamp: Stamp | None,
    context: Context,
    *,
    status: int = 200,
    charts: bool = False,
    restless: bool = False,
    main: str = "ioc-main",
) -> Page:
    """A whole page: header, the mark of simulated data, the band of a past moment, content, and the stamp of the data.

    ``restless``: what it shows may change without a new data version. ``main``: the class of what lies below the header.
    """
    window = f"{heading.title} – {heading.organisation}" if heading.organisation else heading.title
    body = html.Div(
        [
            Markup(_header(heading, stamp, context, status), tag="header", className="ioc-header"),
            *_bands(stamp, context),
            html.Main(content, id="main", className=main, tabIndex="-1"),
        ],
        className="ioc",
        lang=context.language,
        **_data(
            version=str(stamp.version if stamp else ""),
            title=window,
            scheme=context.scheme,
            now=f"{context.now.timestamp():.0f}",
            ages=json.dumps({key: context.words(f"age.{key}") for key in ("now", "minutes", "hours")}, ensure_ascii=False),
            # Nothing that comes changes a past moment, or makes a wrong address right; a fault may pass.
            restless="yes" if restless or context.recounting is not None else "",
            pinned="yes" if context.get("as_of") or 400 <= status < 500 else "",
        ),
    )
    return Page(numbered(body), window, context.language, context.scheme, status, charts)


def _data(**values: str) -> Any:
    """Attributes that scripts of the page read."""
    return {f"data-{name}": value for name, value in values.items()}


def _header(heading: Heading, stamp: Stamp | None, context: Context, status: int) -> h.Node:
    words = context.words
    home = h.a(href=context.link("/"))[heading.organisation or words("app.home")]
    return [
        h.a(".ioc-skip", href="#main")[words("app.skip")],
        h.div(".ioc-names")[
            h.nav(".ioc-organisation.ioc-crumbs", aria_label=words("app.crumbs"))[
                home, (h.a(href=address)[unbroken(said)] for said, address in heading.crumbs)
            ]
            if heading.crumbs
            else h.p(".ioc-organisation")[home, h.span[words("app.title")]],
            h.h1(".ioc-title")[unbroken(heading.title)],
            h.p(".ioc-subtitle")[heading.subtitle] if heading.subtitle else None,
        ],
        h.div(".ioc-aside")[heading.aside] if heading.aside else None,
        h.div(".ioc-side")[
            _navigation(stamp, context),
            h.div(".ioc-taken")[_version(stamp, context), _own(context), page_export(context, heading.title) if status < 400 else None],
        ],
        keys.told(context),
    ]


def _navigation(stamp: Stamp | None, context: Context) -> h.Element:
    words = context.words
    other = "en" if context.language == "vi" else "vi"
    scheme = "light" if context.scheme == "dark" else "dark"
    return h.nav(".ioc-nav", aria_label=words("app.navigation"))[
        h.strong(".ioc-simulated")[words("app.simulated")] if stamp and stamp.simulated else None,
        _place("/screens", "app.screens", context),
        h.a(".ioc-switch.ioc-find", href=context.link("/search"), title=words("search.key"))[words("search.title")],
        _alerts(context),
        _place("/feeds", "feeds.title", context),
        h.a(".ioc-switch", href=context.with_query(lang=other), lang=other, hreflang=other)[words("app.other_language")],
        h.a(".ioc-switch", href=context.with_query(theme=scheme))[words(f"app.{scheme}")],
    ]


def _place(path: str, key: str, context: Context) -> h.Element:
    """The way to a page, or its name where it is shown."""
    return h.a(".ioc-switch", href=context.link(path), aria_current="page" if context.path == path else None)[context.words(key)]


def _alerts(context: Context) -> h.Element:
    """The way to what needs acting on, with how many of it nobody has taken note of."""
    words = context.words
    count = [" ", h.b(".ioc-unread", title=words("alerts.unread", count=context.unread))[str(context.unread)]] if context.unread else None
    return h.a(".ioc-switch", href=context.link("/alerts"), aria_current="page" if context.path == "/alerts" else None)[
        words("alerts.nav"), count
    ]


def _version(stamp: Stamp | None, context: Context) -> h.Element | None:
    if stamp is None or not stamp.version:
        return None
    at = dates.moment(stamp.at, context.zone)
    said = context.words("app.version", version=stamp.version, moment=at)
    return h.p(".ioc-version")[said] if context.path.startswith(_OF_THE_PRESENT) else moments(said, stamp.begins, context)


def _own(context: Context) -> list[h.Element]:
    """What is one's own: the way to keep this page by a name, or to what is kept, and the account."""
    here = [] if context.path == "/views" else [("save", context.with_query())]
    ways = (("saved.title", context.link("/views", *here)), ("account.title", context.link("/account")))
    return [h.a(".ioc-version.ioc-own", href=address)[context.words(key)] for key, address in ways]


def _bands(stamp: Stamp | None, context: Context) -> list[Component]:
    """The strips below the header: a lost connection, being signed out (both shown by ``assets/live.js``), a past moment, a recount."""
    words = context.words
    bands: list[Component] = [html.Div(words("app.lost"), className="ioc-lost", role="status", hidden=True)]
    again = html.A(words("app.out_again"), href=context.link("/login"))
    bands.append(html.Div([html.Span(words("app.out")), again], className="ioc-out", role="status", hidden=True))
    if stamp and stamp.as_of:
        text = words("app.as_of", moment=dates.moment(stamp.as_of, context.zone))
        leave = h.a(".ioc-switch", href=context.with_query(as_of=None))[words("app.as_of_leave")]
        name = context.path.removeprefix("/indicators/") if context.path.startswith("/indicators/") else ""
        since = h.a(".ioc-switch", href=context.link(f"/changes/{name}".rstrip("/")))[words("changes.title")]
        bands.append(Markup([h.span[text], leave, since], tag="aside", className="ioc-past"))
    elif context.recounting is not None:
        text = words("app.recounting", share=f"{context.recounting:.0%}")
        bands.append(Markup([h.span[text]], tag="aside", className="ioc-recounting"))
    return bands

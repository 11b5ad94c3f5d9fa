"""What a few words find, and the keys that work everywhere."""

from __future__ import annotations

from urllib.parse import quote

from ioc.views.search import Found, Hit, SearchView
from layouts import elements as h
from layouts.markup import Markup
from layouts.page import Page
from layouts.panels.keys import keys
from layouts.shell import Heading, shell
from layouts.state import KEPT, Context

PATHS = {Found.INDICATOR: "/indicators", Found.UNIT: "/units", Found.SCREEN: "/screens", Found.FEED: "/feeds"}


def search(view: SearchView, context: Context) -> Page:
    """The page."""
    words = context.words
    kept = (h.input(type="hidden", name=name, value=value) for name, value in context.query if name in KEPT)
    field = h.input(
        "#ioc-search",
        name="q",
        type="search",
        value=view.query,
        placeholder=words("search.hint"),
        aria_label=words("search.title"),
        autocomplete="off",
    )
    form = h.form(".ioc-search", method="get", action=context.path, role="search")[kept, field]
    nothing = h.p(".ioc-empty")[words("search.none", query=view.query)] if view.query and not view.groups else None
    found = [
        h.section(".ioc-panel")[h.h2(".ioc-panel-title")[words(f"search.{kind.value}")], _hits(hits, context)] for kind, hits in view.groups
    ]
    section = h.section(".ioc-panel")[
        h.h2(".ioc-panel-title")[words("search.keys_title")],
        keys(words),
    ]
    content = Markup([form, h.div(".ioc-found", role="status", aria_live="polite")[found, nothing], section], className="ioc-search-page")
    return shell([content], Heading(words("search.title")), view.stamp, context)


def _hits(hits: tuple[Hit, ...], context: Context) -> h.Element:
    return h.ul(".ioc-hits")[
        (
            h.li[h.a(".ioc-link", href=_address(hit, context))[hit.label], h.span(".ioc-faint")[hit.note] if hit.note else None]
            for hit in hits
        )
    ]


def _address(hit: Hit, context: Context) -> str:
    if hit.kind is Found.RECORD:
        return context.link(f"/records/{hit.record}/{quote(hit.code, safe='')}")
    if hit.kind is Found.CODE:
        return context.link(f"/records/{hit.record}", ("where", f"{hit.field}:{hit.code}"))
    return context.link(f"{PATHS[hit.kind]}/{hit.code}")

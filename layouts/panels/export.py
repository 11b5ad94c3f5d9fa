"""The one button by which what is seen is taken along: a small menu of forms. Without scripts; keyboard and screen readers reach it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import sha256
from urllib.parse import urlencode

from layouts import elements as h
from layouts.state import KEPT, Context

# The forms of a picture or page, and of a table.
FORMS = ("png", "svg", "pdf", "pptx", "xlsx", "csv", "json")
LISTED = ("pdf", "xlsx", "csv", "json")
# Pages that can be exported as a whole.
_PAGES = re.compile(r"/|/screens/[^/]+|/indicators/[^/]+|/units/[^/]+|/records/[^/]+|/milestones|/feeds")
_ARROW = "M8 1.2v8M4.6 6.2 8 9.6l3.4-3.4M2 11.2v3.2h12v-3.2"


def page_export(context: Context, title: str) -> h.Node:
    """The button of a whole page; none where it cannot be exported."""
    return export(title, "", context) if _PAGES.fullmatch(context.path) else None


def export(title: str, part: str, context: Context, css: str = "", forms: Sequence[str] = FORMS) -> h.Node:
    """The button of a part of the page (``panel-3``), or of all of it. Before a wall nobody can press one."""
    if context.unattended:
        return None
    what = address(part, context)
    name = f"ioc-export-{sha256(f'{what} {title}'.encode()).hexdigest()[:8]}"
    words = context.words
    said = words("export.title", title=title)
    icon = h.svg(viewBox="0 0 16 16", aria_hidden="true")[h.path(d=_ARROW)]
    return h.div(class_=f"ioc-export {css}".rstrip())[
        h.button(".ioc-export-open", type="button", popovertarget=name, aria_label=said, title=said)[icon],
        h.form(".ioc-export-menu", popover="auto", id=name, method="post", action="/snapshots", aria_label=said)[
            h.p(".ioc-export-title")[said],
            (h.input(type="hidden", name=key, value=value) for key, value in _given(what, context)),
            h.div(".ioc-export-forms")[
                (h.button(type="submit", name="format", value=form, title=words(f"export.form.{form}"))[form.upper()] for form in forms)
            ],
            h.p(".ioc-export-ways")[
                h.a(".ioc-link", href=context.link("/snapshots/new", ("what", what)))[words("export.more")],
                h.a(".ioc-link", href=context.link("/snapshots"))[words("snapshots.title")],
            ],
        ],
    ]


def address(part: str, context: Context) -> str:
    """What is to be exported, as ``ioc.exports.subject`` reads it."""
    query = urlencode([(key, value) for key, value in context.query if key not in KEPT])
    return context.path + (f"?{query}" if query else "") + (f"#{part}" if part else "")


def _given(what: str, context: Context) -> list[tuple[str, str]]:
    as_of = context.get("as_of")
    return [("what", what), ("lang", context.language), *([("as_of", as_of)] if as_of else [])]

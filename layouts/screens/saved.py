"""Saved views: a form to keep the page that one comes from, and what is kept."""

from __future__ import annotations

from ioc.views.saved import SavedListView, SavedView
from layouts import elements as h
from layouts.markup import Markup
from layouts.page import Page
from layouts.panels.listing import listing
from layouts.shell import Heading, shell
from layouts.state import Context


def saved(view: SavedListView, address: str, context: Context) -> Page:
    """The page; ``address`` is what may be saved now, empty for nothing."""
    words = context.words
    content = [
        _form(view, address, context) if address else None,
        h.section(".ioc-card")[
            listing("views", words("saved.all"), h.ul(".ioc-saved")[(_one(each, context) for each in view.views)], context)
            if view.views
            else [h.h2[words("saved.all")], h.p(".ioc-faint")[words("saved.none")]],
        ],
    ]
    return shell([Markup(content, className="ioc-form-page")], Heading(words("saved.title")), None, context)


def _form(view: SavedListView, address: str, context: Context) -> h.Element:
    words = context.words
    return h.section(".ioc-card")[
        h.h2[words("saved.save")],
        h.form(".ioc-form", method="post", action=context.link("/views"))[
            h.input(type="hidden", name="address", value=address),
            h.label(".ioc-field")[h.span[words("saved.name")], h.input(name="name", maxlength="120", required=True, autofocus=True)],
            h.label(".ioc-check")[h.input(type="checkbox", name="share", value="yes"), h.span[words("saved.share", unit=view.share_with)]]
            if view.share_with
            else None,
            h.p(".ioc-faint")[address],
            h.p[h.button(".ioc-choice.ioc-chief")[words("saved.keep")]],
        ],
    ]


def _one(each: SavedView, context: Context) -> h.Element:
    words = context.words
    about = [words("saved.shared", unit=each.shared)] if each.shared else []
    about += [] if each.own else [each.owner or words("notes.here")]
    removal = h.form(method="post", action=context.link(f"/views/{each.id}/removal"))[h.button(".ioc-note-act")[words("notes.remove")]]
    return h.li[
        h.a(".ioc-link", href=f"/views/{each.id}", data_cell=context.words("saved.name"))[each.name],
        " ",
        h.span(".ioc-faint", data_cell=context.words("export.column.note"))[" · ".join(about)],
        removal if each.own else None,
    ]

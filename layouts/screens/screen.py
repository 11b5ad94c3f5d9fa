"""One configured screen: its panels in a grid; and the list of all screens and playlists."""

from __future__ import annotations

from collections.abc import Mapping

from ioc.catalogue.model import Text
from ioc.text.lines import unbroken
from ioc.views.panels.types import ScreenView
from layouts import elements as h
from layouts.markup import Markup
from layouts.page import Page
from layouts.panels.grid import grid
from layouts.screens.deferred import margin
from layouts.shell import Heading, shell
from layouts.state import Context


def screen(view: ScreenView, context: Context) -> Page:
    """The page of a screen."""
    heading = Heading(view.label, view.organisation, subtitle=view.scope)
    return shell([Markup(grid(view, context)), *margin(context)], heading, view.stamp, context)


def screens(names: Mapping[str, Text], playlists: Mapping[str, Text], context: Context) -> Page:
    """Every screen, and every playlist of a wall."""
    words = context.words
    content = Markup(
        [
            h.section[h.h2(".ioc-group-label")[words("screens.list")], _links("/screens", names, context)],
            h.section[
                h.h2(".ioc-group-label")[words("screens.playlists")],
                _links("/wall", playlists, context),
                h.p(".ioc-choices")[
                    h.a(".ioc-switch", href=context.link("/admin/screens"))[words("walls.title")],
                    h.a(".ioc-switch", href=context.link("/admin/screens/edit"))[words("editor.arrange")],
                ],
            ],
        ],
        className="ioc-index",
    )
    return shell([content], Heading(words("app.screens"), subtitle=words("screens.subtitle")), None, context)


def _links(where: str, names: Mapping[str, Text], context: Context) -> h.Element:
    return h.ul[
        (h.li[h.a(".ioc-link", href=context.link(f"{where}/{name}"))[unbroken(text.of(context.language))]] for name, text in names.items())
    ]

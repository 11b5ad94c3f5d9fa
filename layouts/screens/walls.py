"""The walls that are connected: what each shows and since when, and what can be done to one or to all."""

from __future__ import annotations

from collections.abc import Mapping

import htpy as h

from ioc.catalogue.model import Text
from ioc.views.walls import WallsView, WallTile
from layouts.markup import Markup
from layouts.page import Page
from layouts.panels.lines import Column, Line, lines
from layouts.panels.moment import ago
from layouts.shell import Heading, shell
from layouts.state import Context

COLUMNS = ("name", "room", "playlist", "since", "version", "act")


def walls(view: WallsView, playlists: Mapping[str, Text], context: Context) -> Page:
    """The page."""
    context = context.at_present()
    words = context.words
    columns = [Column(name, words(f"walls.{name}"), name == "version") for name in COLUMNS]
    listed = lines(words("walls.title"), columns, (_line(wall, playlists, context) for wall in view.walls))
    first = next(iter(playlists), "")
    none = h.p(".ioc-empty")[words("walls.none", playlist=first)]
    told = h.p(".ioc-told", role="status")
    arrange = h.p[h.a(".ioc-switch", href=context.link("/admin/screens/edit"))[words("editor.arrange")]]
    content = [arrange, listed if view.walls else none, told, h.div(".ioc-remote")[_to_all(context), _emergency(view, context)]]
    return shell([Markup(content)], Heading(words("walls.title"), subtitle=words("walls.subtitle")), None, context, restless=True)


def _line(wall: WallTile, playlists: Mapping[str, Text], context: Context) -> Line:
    words = context.words
    shown = playlists[wall.playlist].of(context.language) if wall.playlist in playlists else wall.playlist
    options = (h.option(value=name, selected=name == wall.playlist)[text.of(context.language)] for name, text in playlists.items())
    switch = h.select(".ioc-day", name="text", aria_label=words("walls.playlist"))[options]
    controls = h.div(".ioc-actions")[
        _form("identify", wall.id, words("walls.identify"), context),
        _form("reload", wall.id, words("walls.reload"), context),
        _form("playlist", wall.id, words("walls.switch"), context, switch),
    ]
    name = h.b[wall.name] if wall.name else h.span(".ioc-faint")[words("walls.unnamed")]
    return Line((name, wall.room, shown, ago(wall.since, context), str(wall.version), controls))


def _to_all(context: Context) -> h.Element:
    words = context.words
    text = h.input(".ioc-words", name="text", required=True, maxlength="300", aria_label=words("walls.message"))
    return h.section(".ioc-panel")[
        h.h2(".ioc-panel-title")[words("walls.to_all")],
        _form("message", "", words("walls.send"), context, text),
        h.div(".ioc-actions")[_form("identify", "", words("walls.identify"), context), _form("reload", "", words("walls.reload"), context)],
    ]


def _emergency(view: WallsView, context: Context) -> h.Element:
    words = context.words
    title = h.h2(".ioc-panel-title")[words("walls.emergency")]
    if view.emergency:
        ending = _form("emergency", "", words("walls.emergency_end"), context)
        return h.section(".ioc-panel")[title, h.p[words("walls.emergency_on", text=view.emergency)], ending]
    text = h.input(".ioc-words", name="text", required=True, maxlength="300", aria_label=words("walls.emergency"))
    return h.section(".ioc-panel")[
        title,
        h.details(".ioc-twice")[
            h.summary[words("walls.emergency_start")], _form("emergency", "", words("walls.emergency_start"), context, text)
        ],
    ]


def _form(action: str, wall: str, label: str, context: Context, field: h.Node = None) -> h.Element:
    """A form of one button; ``assets/actions.js`` sends it and says what came of it."""
    failed = context.words("walls.failed")
    return h.form(
        ".ioc-action.ioc-span", method="post", action="/admin/screens", data_failed=failed, data_done=context.words("walls.sent")
    )[
        # Not “action”: a field of that name would hide the address of the form from scripts.
        h.input(type="hidden", name="do", value=action),
        h.input(type="hidden", name="wall", value=wall),
        h.input(type="hidden", name="lang", value=context.language),
        field,
        h.button(".ioc-choice", type="submit")[label],
    ]

"""The walls that are or were connected: what each shows and since when, with a small picture, and what can be done to one or to all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from ioc.catalogue.model import Text
from ioc.views.health import Health
from ioc.views.walls import WallsView, WallTile
from layouts import elements as h
from layouts.markup import Markup
from layouts.page import Page
from layouts.panels.listing import listing
from layouts.panels.moment import ago
from layouts.panels.status import shape
from layouts.shell import Heading, shell
from layouts.state import Context

# A wall that has given no sign of life for so long is told to be silent; it gives one every half minute.
SILENT = timedelta(seconds=90)


def walls(view: WallsView, playlists: Mapping[str, Text], screens: Mapping[str, Text], version: int, context: Context) -> Page:
    """The page. ``version`` is the newest data version, ``screens`` are all by name."""
    words = context.words
    cards = h.ul(".ioc-wall-list")[(_card(wall, playlists, screens, version, context) for wall in view.walls)]
    none = h.p(".ioc-empty")[words("walls.none", playlist=next(iter(playlists), ""))]
    content = h.div(".ioc-walls")[
        listing("walls", words("walls.title"), cards, context, is_named=False) if view.walls else none,
        h.div(".ioc-remote")[_to_all(playlists, context), _emergency(view, context)],
        h.p[h.a(".ioc-link", href=context.link("/admin/screens/edit"))[words("editor.arrange")]],
    ]
    told = h.p(".ioc-told", role="status")  # outside of what is drawn anew every few seconds
    return shell([Markup([told, content])], Heading(words("walls.title"), subtitle=words("walls.subtitle")), None, context)


def _card(wall: WallTile, playlists: Mapping[str, Text], screens: Mapping[str, Text], version: int, context: Context) -> h.Element:
    words, language = context.words, context.language
    is_lost = wall.is_gone or context.now - wall.seen > SILENT
    playlist = playlists[wall.playlist].of(language) if wall.playlist in playlists else wall.playlist
    shown = ", ".join(screens[name].of(language) if name in screens else name for name in wall.shown)
    state = "left" if wall.is_gone else "silent" if is_lost else "connected"
    is_behind = not wall.is_gone and wall.version < version
    facts: dict[str, h.Node] = {
        "playlist": playlist,
        "shown": shown or "–",
        "seen": [_state(is_lost, state, context), " ", ago(wall.seen, context)],
        "since": None if wall.is_gone else ago(wall.since, context),
        "version": words("walls.behind", version=wall.version, newest=version) if is_behind else str(wall.version),
    }
    return h.li(class_=f"ioc-wall-card{' ioc-gone' if is_lost else ''}", id=f"wall-{wall.id}")[
        _picture(wall, context),
        h.div[
            h.h2(data_cell=words("walls.title"))[
                wall.name or h.span(".ioc-faint")[words("walls.unnamed")], [" ", h.small[wall.room]] if wall.room else None
            ],
            h.dl[([h.dt[words(f"walls.{name}")], h.dd[said]] for name, said in facts.items() if said is not None)],
        ],
        None if wall.is_gone else _controls(wall, playlists, context),
    ]


def _state(is_lost: bool, state: str, context: Context) -> h.Element:
    return h.span(".ioc-wall-state")[shape(Health.LATE if is_lost else Health.OK), context.words(f"walls.{state}")]


def _picture(wall: WallTile, context: Context) -> h.Element:
    """What the wall shows, small and inert, as it is in this minute."""
    if not wall.shown:
        return h.div(".ioc-picture", aria_hidden="true")[h.p[context.words("walls.no_picture")]]
    minute = f"{context.now.timestamp() // 60:.0f}"
    address = context.link("/admin/pictures", ("screens", ",".join(wall.shown)), ("minute", minute))
    return h.div(".ioc-picture", style=f"--panes:{len(wall.shown)}", aria_hidden="true")[
        h.iframe(src=address, loading="lazy", tabindex="-1", inert=True, title=context.words("walls.picture"))
    ]


def _controls(wall: WallTile, playlists: Mapping[str, Text], context: Context) -> h.Element:
    words = context.words
    called = " ".join(filter(None, (wall.name or words("walls.unnamed"), wall.room)))
    return h.div(".ioc-actions")[
        _form("identify", wall.id, words("walls.identify"), context, to=called),
        _form("reload", wall.id, words("walls.reload"), context, to=called),
        _form("playlist", wall.id, words("walls.switch"), context, _switch(playlists, wall.playlist, called, context), to=called),
        _form("message", wall.id, words("walls.send"), context, _message(called, context), to=called),
    ]


def _switch(playlists: Mapping[str, Text], chosen: str, to: str, context: Context) -> h.Element:
    options = (h.option(value=name, selected=name == chosen)[text.of(context.language)] for name, text in playlists.items())
    return h.select(".ioc-day", name="text", aria_label=f"{context.words('walls.playlist')}: {to}")[options]


def _message(to: str, context: Context) -> h.VoidElement:
    word = context.words("walls.message")
    return h.input(".ioc-words", name="text", required=True, maxlength="300", aria_label=f"{word}: {to}", placeholder=word)


def _to_all(playlists: Mapping[str, Text], context: Context) -> h.Element:
    words = context.words
    everyone = words("walls.to_all")
    return h.section(".ioc-panel")[
        h.h2(".ioc-panel-title")[everyone],
        _form("message", "", words("walls.send"), context, _message(everyone, context)),
        _form("playlist", "", words("walls.switch"), context, _switch(playlists, "", everyone, context)) if playlists else None,
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


def _form(action: str, wall: str, label: str, context: Context, field: h.Node = None, to: str = "") -> h.Element:
    """A form of one button; ``assets/actions.js`` sends it and says what came of it. ``to`` is the one wall it is about, in words."""
    failed = context.words("walls.failed")
    return h.form(
        ".ioc-action.ioc-span", method="post", action="/admin/screens", data_failed=failed, data_done=context.words("walls.sent")
    )[
        # Not “action”: a field of that name would hide the address of the form from scripts.
        h.input(type="hidden", name="do", value=action),
        h.input(type="hidden", name="wall", value=wall),
        h.input(type="hidden", name="lang", value=context.language),
        field,
        h.button(".ioc-choice", type="submit", aria_label=f"{label}: {to}" if to else None)[label],
    ]

"""The page of a wall: full screen, no pointer, weeks without a reload. ``assets/wall/wall.js`` keeps it true."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from ioc.goals.status import Status
from ioc.text import dates
from ioc.text.lines import unbroken
from ioc.views.health import Health
from ioc.views.model import Stamp
from ioc.views.panels.types import PlaylistView, ScreenView
from layouts import elements as h
from layouts.panels.grid import drawn, grid
from layouts.panels.status import shape
from layouts.state import Context


@dataclass(frozen=True)
class Cell:
    """Which part of a canvas of several displays this one shows: the canvas is ``wide`` x ``deep`` displays."""

    wide: int = 1
    deep: int = 1
    column: int = 0
    row: int = 0

    @property
    def style(self) -> str:
        """As variables of the style sheet."""
        return f"--gx:{self.wide};--gy:{self.deep};--cx:{self.column};--cy:{self.row}"


def cell_of(grid_words: str | None, cell_words: str | None) -> Cell:
    """The cell of ``2x1`` and ``1``; cells are counted from 1, row by row. What cannot be read is one display."""
    wide, _, deep = (grid_words or "").partition("x")
    if not (wide.isdecimal() and deep.isdecimal() and 1 <= int(wide) <= 8 and 1 <= int(deep) <= 8):
        return Cell()
    count = int(wide) * int(deep)
    number = int(cell_words) if cell_words and cell_words.isdecimal() and 1 <= int(cell_words) <= count else 1
    return Cell(int(wide), int(deep), (number - 1) % int(wide), (number - 1) // int(wide))


def wall(playlist: PlaylistView, shown: h.Element, stamp: Stamp | None, build: str, context: Context) -> h.Element:
    """The body of the page, with the pane of the screen whose turn it is."""
    words = context.words
    cell = cell_of(context.get("grid"), context.get("cell"))
    return h.div(
        ".ioc.ioc-wall",
        lang=context.language,
        style=cell.style,
        data_cell="one" if cell == Cell() else "part",
        data_playlist=playlist.id,
        data_turns=_json([{"screen": turn.screen, "label": turn.label, "seconds": turn.seconds} for turn in playlist.turns]),
        data_night=_json(playlist.night),
        data_build=build,
        data_now=f"{context.now.timestamp():.3f}",
        data_version=str(stamp.version if stamp else 0),
        data_zone=str(context.zone),
        data_weekdays=_json([words(f"weekday.{number}") for number in (7, 1, 2, 3, 4, 5, 6)]),
        data_ages=_json({key: words(f"age.{key}") for key in ("now", "minutes", "hours")}),
    )[
        h.main(".ioc-stage")[
            h.h1(".ioc-unseen")[f"{playlist.organisation}: {playlist.label}"],
            h.div(".ioc-panes")[shown],
            _foot(playlist, stamp, context),
        ],
        h.p(".ioc-wall-said", role="status", hidden=True),
        h.div(".ioc-wall-urgent", role="alert", hidden=True)[h.h2[shape(Status.AT_RISK), words("wall.urgent")], h.p],
        h.div(".ioc-wall-night", aria_hidden="true"),
    ]


def still_wall(panes: list[h.Node], context: Context) -> h.Element:
    """Panes side by side as a wall shows them, for a picture of it: without foot, and without a life of its own."""
    return h.div(".ioc.ioc-wall", lang=context.language, style=f"{Cell().style};--panes:{max(len(panes), 1)}")[
        h.main(".ioc-stage")[h.div(".ioc-panes")[panes]]
    ]


def pane(view: ScreenView, context: Context) -> h.Element:
    """One screen on the wall."""
    return h.section(
        ".ioc-pane", data_screen=view.id, data_version=str(view.stamp.version), data_arranged=view.arranged, aria_label=view.label
    )[
        h.header(".ioc-pane-head")[
            h.h2(".ioc-title")[unbroken(view.label)],
            h.p(".ioc-pane-scope")[view.scope] if view.scope else None,
            h.strong(".ioc-simulated")[context.words("app.simulated")] if view.stamp.simulated else None,
        ],
        grid(view, context),
    ]


def nothing(title: str, hint: str, context: Context) -> h.Element:
    """A calm pane that says why it shows nothing."""
    return h.section(".ioc-pane.ioc-pane-calm", data_screen="", aria_label=title)[
        h.div[shape(Health.PAUSED), h.h2(".ioc-title")[unbroken(title)], h.p[hint] if hint else None]
    ]


def changes(view: ScreenView, wanted: frozenset[int], context: Context) -> dict[str, Any]:
    """Some panels of a screen again, as what the page asks for when they have changed."""
    panels = {str(panel.frame.index): str(drawn(panel, context)) for panel in view.panels if panel.frame.index in wanted}
    return {"version": view.stamp.version, "arranged": view.arranged, "said": stamped(view.stamp, context), "panels": panels}


def stamped(stamp: Stamp, context: Context) -> str:
    """Which data are shown, in words."""
    return context.words("wall.version", version=stamp.version, moment=dates.moment(stamp.at, context.zone))


def _foot(playlist: PlaylistView, stamp: Stamp | None, context: Context) -> h.Element:
    words = context.words
    local = context.now.astimezone(context.zone)
    return h.footer(".ioc-wall-foot")[
        h.p(".ioc-wall-whose")[h.b[playlist.organisation], " ", h.span[words("app.title")]],
        h.ol(".ioc-wall-turns", aria_hidden="true")[(h.li(data_screen=turn.screen) for turn in playlist.turns)],
        h.p(".ioc-wall-lost", role="status", hidden=True)[shape(Health.LATE), h.span[words("wall.lost")]],
        h.p(".ioc-wall-paused", hidden=True)[shape(Health.PAUSED), h.span[words("wall.paused")]],
        h.p(".ioc-wall-version")[stamped(stamp, context) if stamp else ""],
        h.p(".ioc-wall-clock")[
            h.span(data_clock="day")[dates.long_day(local.date(), words)], h.b(data_clock="seconds")[f"{local:%H:%M}", h.i[f"{local:%S}"]]
        ],
    ]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)

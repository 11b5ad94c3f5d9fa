"""What of a page comes after the rest, because it takes longer than a page may."""

from __future__ import annotations

import json
from zlib import crc32

from dash import dcc
from dash.development.base_component import Component

from layouts import ids
from layouts.figures import Figure
from layouts.markup import Markup
from layouts.state import Context


def place(version: int, context: Context, stands: str = "") -> list[Component]:
    """The place that is filled once the page stands, and what asks for it: anew for every address and data version.

    ``stands``: the mark of the figure that may have to be drawn again, with what is found out later marked on it.
    """
    asking = f"{version} {context.path} {context.query} {stands}"
    return [
        dcc.Store(id=ids.LATER_ASK, data=asking),
        dcc.Store(id=ids.LATER_PARTS),
        waiting(Markup(context.words("app.loading"), className="ioc-later")),
    ]


def margin(context: Context) -> list[Component]:
    """The place of the notes on a page of many indicators. It is asked for once an address: each new data version has the same notes."""
    return [
        dcc.Store(id=ids.LATER_ASK, data=f"{context.path} {context.query}"),
        dcc.Store(id=ids.LATER_PARTS),
        waiting(Markup(None, className="ioc-margin")),
    ]


def waiting(content: Markup) -> Markup:
    """The place by the name under which it is filled."""
    setattr(content, "id", ids.LATER)  # noqa: B010 (not declared on the base class)
    return content


def mark(figure: Figure) -> str:
    """What tells a figure from another."""
    return f"{crc32(json.dumps(figure).encode()):08x}"


def stood(asking: object) -> str:
    """The mark of the figure that stands, of what asks for what comes later."""
    return str(asking).rpartition(" ")[2]

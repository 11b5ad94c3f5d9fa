"""What of an indicator's page comes after the rest, because it takes longer than a page may."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from layouts import ids
from layouts.markup import Markup
from layouts.state import Context


def place(version: int, context: Context) -> list[Any]:
    """The place that is filled once the page stands, and what asks for it: anew for every address and data version."""
    waiting = Markup(context.words("app.loading"), tag="p", className="ioc-panel ioc-faint ioc-later-waiting")
    asking = f"{version} {context.path} {context.query}"
    return [dcc.Store(id=ids.LATER_ASK, data=asking), html.Div([waiting], id=ids.LATER, className="ioc-later")]

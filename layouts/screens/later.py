"""What of an indicator's page comes after the rest, because it takes longer than a page may."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from layouts import ids
from layouts.state import Context


def place(version: int, context: Context) -> list[Any]:
    """The place that is filled once the page stands, and what asks for it: anew for every address and data version.

    Until then it holds bare text: a component in it would be gone afterwards, and could not be changed in place with the others.
    """
    asking = f"{version} {context.path} {context.query}"
    stores = [dcc.Store(id=ids.LATER_ASK, data=asking), dcc.Store(id=ids.LATER_PARTS)]
    return [*stores, html.Div(context.words("app.loading"), id=ids.LATER, className="ioc-later")]

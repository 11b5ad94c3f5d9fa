"""Wires: an address in, a page out. Bodies of a few lines; what is drawn is in ``layouts``, what is known in ``ioc.views``."""

from __future__ import annotations

from callbacks import deferred, page
from ioc.clock import Clock
from ioc.views.ask import Views
from ioc.views.notes import Margin
from layouts.dash_app import Pages


def register_all(app: Pages, views: Views, clock: Clock, margin: Margin | None = None) -> None:
    """Register every callback of the product; ``margin`` has the notes on figures, where any are kept."""
    page.register(app, views, clock)
    deferred.register(app, views, clock, margin)

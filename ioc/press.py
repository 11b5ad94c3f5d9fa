"""Where exports meet what draws them: the exporter of a deployment, with its browser."""

from __future__ import annotations

from functools import partial

from ioc.clock import Clock
from ioc.config import Config
from ioc.exports.browser import Pool
from ioc.exports.exhibit import Exhibit
from ioc.exports.exporter import Exporter, Seals
from ioc.exports.order import Format, Order
from ioc.exports.register import Register
from ioc.exports.studio import Studio
from ioc.exports.whereabouts import address
from ioc.views.gather import Gatherer
from layouts.exports.page import drawing_page
from layouts.exports.sheet import Sheet, sheet


def exporter_of(config: Config, views: Gatherer, clock: Clock, seals: Seals | None = None) -> tuple[Exporter, Pool]:
    """What makes exports, and the browser that it draws with, which starts when it is first wanted and is to be closed."""
    settings = config.settings.exports
    pool = Pool(settings.browser, settings.pictures, settings.timeout.total_seconds(), drawing_page)
    studio = Studio(pool, laid)
    return Exporter(views, Register(config.data), config.data, clock, settings, partial(address, config), studio, seals), pool


def laid(exhibit: Exhibit, order: Order, width: int, height: int) -> Sheet:
    """An exhibit on a sheet: paper is always light."""
    is_paper = order.format is Format.PDF
    return sheet(exhibit, "light" if is_paper else order.theme, width, height, paper=is_paper)

"""Where exports meet what draws them: the exporter of a deployment, with its browser."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from data_sources.secret import revealed
from ioc.clock import Clock
from ioc.config import Config
from ioc.exports.browser import Pool
from ioc.exports.deliveries.courier import Courier
from ioc.exports.deliveries.journal import Journal
from ioc.exports.exhibit import Exhibit
from ioc.exports.exporter import Exporter, Seals
from ioc.exports.listings import DrawPage
from ioc.exports.order import Format, Order
from ioc.exports.register import Register
from ioc.exports.reports.binder import Binder
from ioc.exports.reports.drafts import Drafts
from ioc.exports.reports.paper import print_report
from ioc.exports.reports.report import Report
from ioc.exports.server_address import address
from ioc.exports.signing.office import Office
from ioc.exports.studio import Studio
from ioc.views.gather import Gatherer
from layouts.exports.page import drawing_page, print_letters
from layouts.exports.report import REM, headings, report_html
from layouts.exports.sheet import Sheet, sheet


def exporter_of(
    config: Config, views: Gatherer, clock: Clock, seals: Seals | None = None, pages: DrawPage | None = None
) -> tuple[Exporter, Pool]:
    """What makes exports, and the browser that it draws with, which starts when it is first wanted and is to be closed."""
    settings = config.settings.exports
    pool = Pool(settings.browser, settings.pictures, settings.timeout.total_seconds(), drawing_page)
    studio = Studio(pool, laid, print_letters)
    slides = config.base / settings.slides if settings.slides else None
    binder = Binder(views, config.settings.reports, Drafts(config.data), config.base, partial(_printed, pool), headings, slides)
    known = partial(address, config)
    return Exporter(views, Register(config.data), config.data, clock, settings, known, studio, seals, binder, slides, pages), pool


def courier_of(config: Config, exporter: Exporter) -> Courier:
    """What sends exports out of itself."""
    settings = config.settings
    assert isinstance(exporter.binder, Binder)
    reveal = partial(revealed, base=config.base)
    return Courier(settings.schedules, exporter, exporter.binder, Journal(config.data), settings.mail, config.base, reveal)


def signing_of(config: Config) -> Office:
    """Who signs what a deployment exports."""
    organisation = config.catalogue.organisation.name.of(config.settings.language)
    reveal = partial(revealed, base=config.base)
    return Office(config.settings.signing, config.base, config.data, organisation, config.catalogue.zone, reveal)


def _printed(pool: Pool, report: Report, template: Path | None, printed: Callable[[], None]) -> bytes:
    return print_report(pool, lambda pages: report_html(report, template, pages), report.title, report.language, REM, printed)


def laid(exhibit: Exhibit, order: Order, width: int, height: int) -> Sheet:
    """An exhibit on a sheet: paper is always light."""
    is_paper = order.format is Format.PDF
    return sheet(exhibit, "light" if is_paper else order.theme, width, height, paper=is_paper)

"""Pages without Dash, as most addresses besides the screens answer them: what is asked for and by whom, the page, the way to another."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import Response, redirect, request

from ioc.access.asking import preferred, viewer
from ioc.access.viewer import Viewer
from ioc.clock import Clock
from ioc.text.words import LANGUAGES
from ioc.views.ask import Views
from layouts.dash_app import SHEETS, Pages
from layouts.page import Page
from layouts.state import Context, context_of


@dataclass(frozen=True)
class PlainPages:
    """What such a page is made of.

    Attributes:
        pages: draws it.
        views: tells zone and language, and what is shown.
        clock: tells the moment.
    """

    pages: Pages
    views: Views
    clock: Clock

    def context(self, path: str | None = None, language: str | None = None) -> Context:
        """What the present request asks for.

        Args:
            path: of the page that answers, where it is not the one that was asked.
            language: of the page, where the address says none and it is one that is known; else the one that whoever asks prefers.
        """
        query = request.query_string.decode("utf-8", "replace")
        usual = language if language in LANGUAGES else preferred(self.views.language())
        return context_of(path or request.path, query, self.clock.now(), self.views.zone(), usual)

    def asker(self) -> tuple[Context, Viewer]:
        """What is asked for, at present, and by whom."""
        context = self.context().at_present()
        found = viewer(context.language)
        unread = self.views.alerts.unread(found) if self.views.alerts else 0
        return replace(context, unread=unread), found

    def page(self, page: Page, sheets: tuple[str, ...] = SHEETS, scripts: tuple[str, ...] = ()) -> Response:
        """A page that nobody keeps."""
        return unkept(Response(self.pages.plain(page, sheets, scripts), page.status, mimetype="text/html"))


def unkept(response: Response) -> Response:
    """An answer that no browser or proxy keeps."""
    response.headers["Cache-Control"] = "no-store"
    return response


def to(address: str, status: int = 303) -> Response:
    """The way to another address: with 303, it is asked for with GET whatever was done here."""
    return unkept(redirect(address, status))  # type: ignore[arg-type]  # Werkzeug's own class

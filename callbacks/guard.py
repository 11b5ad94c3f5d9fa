"""Shows pages to administrators alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from flask import Response, request

from ioc.access.asking import preferred, viewer
from ioc.access.viewer import Viewer
from ioc.clock import Clock
from ioc.views.ask import Views
from layouts.dash_app import SHEETS, Pages
from layouts.page import Page
from layouts.screens.message import message
from layouts.state import Context, context_of


class Gate(Protocol):
    """How administrators sign in."""

    @property
    def can_sign_in(self) -> bool:
        """Whether a name and password can make an administrator of somebody."""
        ...


@dataclass(frozen=True)
class Guard:
    """Stands before the pages of administrators.

    Attributes:
        pages, views, clock: what a page is made of.
        gate: tells how administrators sign in.
    """

    pages: Pages
    views: Views
    clock: Clock
    gate: Gate

    def asker(self) -> tuple[Context, Viewer]:
        """What is asked for, and by whom."""
        views, query = self.views, request.query_string.decode()
        context = context_of(request.path, query, self.clock.now(), views.zone(), preferred(views.language())).at_present()
        return context, viewer(context.language)

    def closed(self, context: Context) -> Response:
        """What others than administrators are told; where somebody can sign in, the browser asks for name and password."""
        words = context.words
        hint = words("administrators.sign_in_hint" if self.gate.can_sign_in else "administrators.closed_hint")
        answer = self.page(message(words("administrators.closed"), hint, context, status=401 if self.gate.can_sign_in else 403))
        if self.gate.can_sign_in:
            answer.headers["WWW-Authenticate"] = 'Basic realm="IOC", charset="UTF-8"'
        return answer

    def page(self, page: Page, sheets: tuple[str, ...] = SHEETS, scripts: tuple[str, ...] = ()) -> Response:
        """A page that nobody keeps."""
        return unkept(Response(self.pages.plain(page, sheets, scripts), page.status, mimetype="text/html"))


def unkept(response: Response) -> Response:
    """An answer that no browser or proxy keeps."""
    response.headers["Cache-Control"] = "no-store"
    return response

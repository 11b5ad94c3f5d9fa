"""The addresses of saved views: the list, one that leads on to what was saved, and how one is kept and given up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Response, request

from callbacks.plain_pages import PlainPages, to
from ioc.access.same_origin import check_sender, own_address
from ioc.errors import Refusal, UnknownName
from ioc.views.saved import Shelves
from layouts.screens.message import message
from layouts.screens.saved import saved


def blueprint(plain: PlainPages, shelves: Shelves) -> Blueprint:
    """The routes; ``plain`` tells who asks and draws pages."""
    routes, views = Blueprint("saved", __name__), _Saved(plain, shelves)
    routes.get("/views")(views.show)
    routes.post("/views")(views.save)
    routes.get("/views/<int:number>")(views.open)
    routes.post("/views/<int:number>/removal")(views.remove)
    return routes


@dataclass(frozen=True)
class _Saved:
    """What each address answers."""

    plain: PlainPages
    shelves: Shelves

    def show(self) -> Response:
        """The list, and a form for the address in ``save``."""
        context, viewer = self.plain.asker()
        return self.plain.page(saved(self.shelves.all(viewer), own_address(request.args.get("save", "")), context))

    def open(self, number: int) -> Response:
        """Leads on; what is not there any more is told, with the way to the others."""
        context, viewer = self.plain.asker()
        try:
            return to(own_address(self.shelves.address(viewer, number)) or "/")
        except UnknownName as error:
            what, hint = context.words.told(error)
            links = ((context.words("saved.title"), context.link("/views")),)
            return self.plain.page(message(what, hint or context.words("saved.gone_hint"), context, links=links))

    def save(self) -> Response:
        """Keeps an address."""
        _, viewer = self.plain.asker()
        given = request.form
        return self._done(
            lambda: self.shelves.save(viewer, given.get("name", ""), given.get("address", ""), share=given.get("share") == "yes")
        )

    def remove(self, number: int) -> Response:
        """Keeps one no more."""
        _, viewer = self.plain.asker()
        return self._done(lambda: self.shelves.remove(viewer, number))

    def _done(self, doing: Callable[[], None]) -> Response:
        context, _ = self.plain.asker()
        links = ((context.words("saved.title"), context.link("/views")),)
        try:
            check_sender(dict(request.headers), request.host)
            doing()
        except Refusal as error:
            what, hint = context.words.told(error)
            return self.plain.page(message(what, hint, context, links=links, status=error.status))
        return to(links[0][1])

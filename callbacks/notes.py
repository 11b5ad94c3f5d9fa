"""The addresses at which notes are written, answered, changed and taken back; each leads back to the page that it was done on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, Response, request

from callbacks.plain_pages import PlainPages, to
from ioc.access.same_origin import check_sender, own_address
from ioc.errors import BadQuestion, Refusal, UnknownName
from ioc.views.notes import Margin
from ioc.views.values import day_from_words
from layouts.screens.message import message


def blueprint(plain: PlainPages, margin: Margin) -> Blueprint:
    """The routes; ``plain`` tells who asks and draws what went wrong."""
    routes, notes = Blueprint("notes", __name__), _Notes(plain, margin)
    routes.post("/notes")(notes.write)
    routes.post("/notes/<int:note>")(notes.change)
    routes.post("/notes/<int:note>/answers")(notes.answer)
    routes.post("/notes/<int:note>/removal")(notes.remove)
    return routes


@dataclass(frozen=True)
class _Notes:
    """What each address answers."""

    plain: PlainPages
    margin: Margin

    def write(self) -> Response:
        """Takes a new note."""
        given, (_, viewer) = request.form, self.plain.asker()

        def write() -> None:
            days = _both(_day("from"), _day("to"))
            self.margin.write(viewer, given.get("indicator", ""), given.get("unit", ""), days, _text())

        return self._done(write)

    def answer(self, note: int) -> Response:
        """Takes what is written below a note."""
        _, viewer = self.plain.asker()
        return self._done(lambda: self.margin.answer(viewer, note, _text()))

    def change(self, note: int) -> Response:
        """Takes another text."""
        _, viewer = self.plain.asker()
        return self._done(lambda: self.margin.change(viewer, note, _text()))

    def remove(self, note: int) -> Response:
        """Takes a note back."""
        _, viewer = self.plain.asker()
        return self._done(lambda: self.margin.remove(viewer, note))

    def _done(self, doing: Callable[[], None]) -> Response:
        """Does it and leads back; what cannot be done is told, with the way back."""
        context, _ = self.plain.asker()
        back = _back()
        try:
            check_sender(dict(request.headers), request.host)
            doing()
        except (Refusal, BadQuestion, UnknownName) as error:
            what, hint = context.words.told(error)
            status = error.status if isinstance(error, Refusal) else 400
            links = ((context.words("notes.back"), back),)
            return self.plain.page(message(what, hint, context, status=status, links=links))
        return to(f"{back}#notes")


def _text() -> str:
    return request.form.get("text", "")


def _day(name: str) -> date | None:
    return day_from_words(request.form.get(name))


def _both(start: date | None, end: date | None) -> tuple[date, date]:
    """Both days; of one that was left out, the other."""
    first, last = start or end, end or start
    if first is None or last is None:
        raise Refusal("note_days", 400)
    return first, last


def _back() -> str:
    """The page that it was done on."""
    return own_address(request.form.get("back", "")) or "/"

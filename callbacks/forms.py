"""The addresses of forms: a page, what is typed into it, and what a second person decides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, g, request

from callbacks.plain_pages import PlainPages, to
from ioc.access.asking import viewer
from ioc.access.same_origin import check_sender
from ioc.access.typists import Typists
from ioc.errors import BadQuestion, IocError, Refusal
from ioc.views.forms import Desk, FieldFault, FormView
from layouts.screens.form import form
from layouts.state import Context

ViewOf = Callable[[str, str], FormView]


def blueprint(plain: PlainPages, desk: Desk, view: ViewOf, people: Typists) -> Blueprint:
    """The routes.

    Args:
        plain: what a page is made of.
        desk: does what is asked for.
        view: the form of a feed in a language.
        people: who types, at the forms that have people of their own.
    """
    routes, forms = Blueprint("forms", __name__), _Forms(plain, desk, view, people)
    routes.get("/forms/<feed>")(forms.look)
    routes.post("/forms/<feed>")(forms.enter)
    routes.post("/forms/<feed>/<int:entry>")(forms.decide)
    routes.register_error_handler(Refusal, forms.shut)
    return routes


@dataclass(frozen=True)
class _Forms:
    """What each address answers."""

    plain: PlainPages
    desk: Desk
    view: ViewOf
    people: Typists

    def look(self, feed: str) -> Response:
        """The page."""
        who, done = self._person(feed), request.args.get("done", "")
        context = self.plain.context()
        if not who:
            return _sign_in(context)
        return self._shown(feed, who, said=context.words(f"form.done_{done}") if done in _DONE else "")

    def enter(self, feed: str) -> Response:
        """Takes what was typed."""
        who, typed = self._person(feed), dict(request.form)
        context = self.plain.context()
        if not who or not _is_own():
            return _sign_in(context)
        faults = self.desk.enter(feed, typed, who)
        if faults:
            told = _told(faults, self.view(feed, context.language), context)
            return self._shown(feed, who, typed=typed, faults=told, status=400)
        return _again(context, feed, "entered")

    def decide(self, feed: str, entry: int) -> Response:
        """Takes what a person decides of an entry."""
        who, decision = self._person(feed), request.form.get("decision", "")
        context = self.plain.context()
        if not who or not _is_own():
            return _sign_in(context)
        try:
            if decision == "confirm":
                self.desk.confirm(feed, entry, who)
            else:
                self.desk.refuse(feed, entry, who, request.form.get("note", ""))
        except BadQuestion as error:
            return self._shown(feed, who, said=" ".join(context.words.told(error)), status=409)
        except IocError as error:
            return self._shown(feed, who, said=" ".join(filter(None, context.words.told(error))), status=503)
        return _again(context, feed, "confirmed" if decision == "confirm" else "refused")

    def shut(self, error: Refusal) -> Response:
        """Told to whoever has guessed too often: the browser is not to ask for another password before some seconds have gone."""
        told, again = self.plain.context().words.told(error), str(error.values.get("seconds", 60))
        headers = {"Retry-After": again, "Cache-Control": "no-store"}
        return Response(" ".join(filter(None, told)), error.status, headers, mimetype="text/plain")

    def _person(self, feed: str) -> str | None:
        """Who types: one of the form's own people, or whoever is signed in as a role that types into forms."""
        if feed not in self.people.gates:
            return None
        found = self.people.person(feed, request.headers.get("Authorization", ""), request.remote_addr or "")
        if found or g.get("viewer") is None:
            return found
        asker = viewer("vi")
        return asker.name if asker.role and asker.may("forms") else None

    def _shown(self, feed: str, who: str, **rest: Any) -> Response:
        context = self.plain.context()
        asker = g.get("viewer")  # whoever is known by the form alone can open no other page
        taken = asker is not None and asker.name == who and asker.may("exports")
        return self.plain.page(form(self.view(feed, context.language), who, context, taken=taken, **rest))


_DONE = {"entered", "confirmed", "refused"}


def _is_own() -> bool:
    """Whether a form stood on a page of this site; what another site's page sends is not sent by whoever sits before it."""
    try:
        check_sender(dict(request.headers), request.host)
    except Refusal:
        return False
    return True


def _again(context: Context, feed: str, done: str) -> Response:
    return to(context.link(f"/forms/{feed}", ("done", done)))


def _sign_in(context: Context) -> Response:
    """The browser asks for name and password."""
    return Response(context.words("form.sign_in"), 401, {"WWW-Authenticate": 'Basic realm="IOC", charset="UTF-8"'}, mimetype="text/plain")


def _told(faults: Any, view: FormView, context: Context) -> dict[str, str]:
    """What is wrong, by field, in words."""
    told: dict[str, str] = {}
    for fault in faults:
        told.setdefault(fault.field or "", _reason(fault, view, context))
    return told


def _reason(fault: FieldFault, view: FormView, context: Context) -> str:
    rule = view.rules.get(fault.reason.removeprefix("rule:"))
    return rule if rule else context.words(f"form.fault.{fault.reason}")

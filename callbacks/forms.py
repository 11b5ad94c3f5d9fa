"""The addresses of forms: a page, what is typed into it, and what a second person decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, redirect, request

from ioc.clock import Clock
from ioc.errors import BadQuestion, IocError
from ioc.views.ask import Views
from ioc.views.forms import Desk, FieldFault, FormView
from layouts.dash_app import Pages
from layouts.page import Page
from layouts.screens.form import form
from layouts.state import Context, context_of

# A browser says where a form stands that it sends; what stands on another site's page is not sent by whoever sits before it.
_OWN = {"same-origin", "none"}


def blueprint(
    app: Pages,
    views: Views,
    clock: Clock,
    desk: Desk,
    view: Callable[[str, str], FormView],
    people: Mapping[str, Callable[[str], str | None]],
) -> Blueprint:
    """The routes.

    Args:
        app: draws whole pages.
        views, clock: for what surrounds a page.
        desk: does what is asked for.
        view: the form of a feed in a language.
        people: by feed, who has signed in by a header ``Authorization``.
    """
    routes = Blueprint("forms", __name__)

    def context() -> Context:
        search = request.query_string.decode()
        return context_of(request.path, search, clock.now(), views.zone(), views.language(), views.screens())

    def person(feed: str) -> str | None:
        return people[feed](request.headers.get("Authorization", "")) if feed in people else None

    def shown(feed: str, who: str, **rest: Any) -> Response:
        here = context()
        return _answer(app, form(view(feed, here.language), who, here, **rest))

    @routes.get("/forms/<feed>")
    def look(feed: str) -> Response:
        who = person(feed)
        said = request.args.get("done", "")
        return shown(feed, who, said=context().words(f"form.done_{said}") if said in _DONE else "") if who else _sign_in(context())

    @routes.post("/forms/<feed>")
    def enter(feed: str) -> Response:
        who, typed = person(feed), dict(request.form)
        if not who or not _is_own():
            return _sign_in(context())
        faults = desk.enter(feed, typed, who)
        if faults:
            return shown(feed, who, typed=typed, faults=_told(faults, view(feed, context().language), context()), status=400)
        return _again(context(), feed, "entered")

    @routes.post("/forms/<feed>/<int:entry>")
    def decide(feed: str, entry: int) -> Response:
        who, decision = person(feed), request.form.get("decision", "")
        if not who or not _is_own():
            return _sign_in(context())
        try:
            if decision == "confirm":
                desk.confirm(feed, entry, who)
            else:
                desk.refuse(feed, entry, who, request.form.get("note", ""))
        except BadQuestion as error:
            return shown(feed, who, said=" ".join(context().words.told(error)), status=409)
        except IocError as error:
            return shown(feed, who, said=str(error), status=503)
        return _again(context(), feed, "confirmed" if decision == "confirm" else "refused")

    return routes


_DONE = {"entered", "confirmed", "refused"}


def _is_own() -> bool:
    return request.headers.get("Sec-Fetch-Site", "none") in _OWN


def _answer(app: Pages, page: Page) -> Response:
    response = Response(app.plain(page), page.status, mimetype="text/html")
    response.headers["Cache-Control"] = "no-store"
    return response


def _again(context: Context, feed: str, done: str) -> Response:
    address = context.link(f"/forms/{feed}")
    return redirect(f"{address}{'&' if '?' in address else '?'}done={done}", 303)  # type: ignore[return-value]


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

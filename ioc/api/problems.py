"""What went wrong, as a problem document (RFC 9457) in the language of whoever asks; every part of the API tells it here."""

from __future__ import annotations

from collections.abc import Container

import orjson
from flask import Blueprint, Response, request
from flask.sansio.app import App
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from ioc.api.json_values import problem
from ioc.errors import BadQuestion, IocError, Refusal, UnknownName
from ioc.text.words import LANGUAGES, words

# Kinds of names that a question is asked with, whatever its address.
ASKED_WITH = frozenset({"parameter", "language"})
PROBLEM = "application/problem+json"
# What is answered to any path of the API that is none, so that it is not taken for a page.
UNKNOWN = "/api/<path:unknown>"


def told_as_problems(routes: Blueprint, places: Container[str] | None = None) -> None:
    """Have the faults of a blueprint answered as problem documents.

    Args:
        routes: the blueprint.
        places: kinds of names that addresses are made of: an unknown one is 404, of another kind 400. None: all are 404.
    """

    def of_ours(error: IocError) -> Response:
        what, hint = words(spoken()).told(error)
        return _document(_status(error, places), what, hint)

    routes.register_error_handler(IocError, of_ours)
    routes.register_error_handler(HTTPException, _of_http)


def all_as_problems(flask: App) -> None:
    """Have all that goes wrong below /api answered so, also before any route of it is found: an unknown address, a method it has not."""

    def unknown(unknown: str) -> Response:
        raise NotFound

    def of_http(error: HTTPException) -> Response | HTTPException:
        if not request.path.startswith("/api/"):
            return error
        is_unknown = isinstance(error, MethodNotAllowed) and _is_unknown(flask)
        return _of_http(NotFound() if is_unknown else error)

    flask.add_url_rule(UNKNOWN, view_func=unknown)
    flask.register_error_handler(HTTPException, of_http)


def _is_unknown(flask: App) -> bool:
    """Whether there is no such address, whatever the method."""
    found = flask.url_map.bind("localhost")
    rules = (found.match(request.path, method=method, return_rule=True)[0] for method in found.allowed_methods(request.path))
    return all(rule.rule in {UNKNOWN, "/<path:path>"} for rule in rules)


def _of_http(error: HTTPException) -> Response:
    status, said = error.code or 500, words(spoken())
    key = f"http.{status}"
    answer = _document(status, said(key) if key in said.texts else error.name)
    answer.headers.extend([each for each in error.get_headers() if each[0] in {"Allow", "Retry-After"}])
    return answer


def spoken() -> str:
    """The language of whoever asks: the one that is asked for, else the first of the reader's own that is spoken here."""
    given = request.args.get("lang")
    if given in LANGUAGES:
        return str(given)
    return next((tag[:2] for tag in request.accept_languages.values() if tag[:2] in LANGUAGES), "en")


def _status(error: IocError, places: Container[str] | None) -> int:
    if isinstance(error, Refusal):
        return error.status
    if isinstance(error, UnknownName):
        if error.kind in ASKED_WITH:
            return 400
        return 404 if places is None or error.kind in places else 400
    return 400 if isinstance(error, BadQuestion) else 500


def _document(status: int, what: str, hint: str = "") -> Response:
    return Response(orjson.dumps(problem(status, what, hint)), status, mimetype=PROBLEM)

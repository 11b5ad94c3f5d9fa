"""What went wrong, as a problem document (RFC 9457) in the language of whoever asks; every part of the API tells it here."""

from __future__ import annotations

from collections.abc import Container

import orjson
from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from ioc.api.plain import problem
from ioc.errors import BadQuestion, IocError, Refusal, UnknownName
from ioc.text.words import LANGUAGES, words

PROBLEM = "application/problem+json"


def told_as_problems(routes: Blueprint, places: Container[str] | None = None) -> None:
    """Have the faults of a blueprint answered as problem documents.

    Args:
        routes: the blueprint.
        places: kinds of names that addresses are made of: an unknown one is 404, of another kind 400. None: all are 404.
    """

    def of_ours(error: IocError) -> Response:
        what, hint = words(spoken()).told(error)
        return _document(_status(error, places), what, hint)

    def of_http(error: HTTPException) -> Response:
        return _document(error.code or 500, error.name)

    routes.register_error_handler(IocError, of_ours)
    routes.register_error_handler(HTTPException, of_http)


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
        return 404 if places is None or error.kind in places else 400
    return 400 if isinstance(error, BadQuestion) else 500


def _document(status: int, what: str, hint: str = "") -> Response:
    return Response(orjson.dumps(problem(status, what, hint)), status, mimetype=PROBLEM)

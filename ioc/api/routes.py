"""HTTP version 1: what the pages show, in the same words, as JSON or CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import orjson
from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from ioc.access.viewer import Viewer
from ioc.api import plain
from ioc.api.openapi import document
from ioc.errors import BadQuestion, IocError, UnknownName
from ioc.views.gather import Gatherer
from ioc.views.values import moment_from_words, question_from_words

JSON = "application/json"
PROBLEM = "application/problem+json"


def blueprint(views: Gatherer) -> Blueprint:
    """The routes under /api/v1 over a read side."""
    routes = Blueprint("api", __name__, url_prefix="/api/v1")
    catalogue = views.store.catalogue
    zone = catalogue.zone

    def asked(compute: Callable[[Viewer, Any], dict[str, Any]]) -> Response:
        """Answers a question about now or a past moment, with the data version as its ETag."""
        as_of = moment_from_words(request.args.get("as_of"), zone)
        viewer = Viewer("api", "en" if request.args.get("lang") == "en" else "vi")
        return _answer(compute(viewer, as_of))

    @routes.get("/version")
    def version() -> Response:
        with views.moment() as moment:
            found = moment.snapshot
            return _json({"version": found.version, "at": plain.moment(found.committed_at, zone)})

    @routes.get("/indicators")
    def indicators() -> Response:
        language = "en" if request.args.get("lang") == "en" else "vi"
        return _json(
            [
                {
                    "indicator": name,
                    "label": spec.label.of(language),
                    "definition": spec.definition.of(language),
                    "formula": spec.formula.of(language),
                    "source": spec.source.of(language),
                    "owner": spec.owner,
                    "unit": spec.unit.value,
                    "measure": spec.measure.value,
                    "direction": spec.direction,
                    "dimensions": list(catalogue.dimensions_of(name)),
                    "target": spec.target,
                }
                for name, spec in catalogue.indicators.items()
            ]
        )

    @routes.get("/indicators/<indicator>/values")
    def values(indicator: str) -> Response:
        words = request.args
        question = question_from_words(
            catalogue,
            indicator,
            by=words.get("by"),
            period=words.get("period"),
            start=words.get("from"),
            end=words.get("to"),
            where=tuple(part for text in words.getlist("where") for part in text.split(",") if part),
        )
        return asked(lambda viewer, as_of: plain.values(views.values(viewer, question, as_of), zone))

    @routes.get("/targets")
    def targets() -> Response:
        def compute(viewer: Viewer, as_of: Any) -> dict[str, Any]:
            view = views.overview(viewer, as_of)
            shown = [plain.tile(tile, zone) for group in view.groups for tile in group.tiles]
            return {**plain.stamp(view.stamp, zone), "targets": shown}

        return asked(compute)

    @routes.get("/milestones")
    def milestones() -> Response:
        def compute(viewer: Viewer, as_of: Any) -> dict[str, Any]:
            view = views.overview(viewer, as_of)
            return {**plain.stamp(view.stamp, zone), "milestones": [plain.milestone(each, zone) for each in view.milestones]}

        return asked(compute)

    @routes.get("/feeds")
    def feeds() -> Response:
        shown = [
            {
                "feed": feed.feed,
                "record": feed.record,
                "last_arrival": plain.moment(feed.last_arrival, zone),
                "runs": feed.runs,
                "accepted": feed.accepted,
                "duplicates": feed.duplicates,
                "rejected": feed.rejected,
                "skipped": feed.skipped,
                "state": feed.last_state,
                "message": feed.last_message,
            }
            for feed in views.feeds()
        ]
        return _json({"feeds": shown})

    @routes.get("/openapi.json")
    def openapi() -> Response:
        return _json(document(catalogue))

    routes.register_error_handler(IocError, _problem)
    routes.register_error_handler(HTTPException, _http_problem)
    return routes


def _json(content: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(content), status, mimetype=JSON)


def _answer(content: dict[str, Any]) -> Response:
    best = request.accept_mimetypes.best_match([JSON, "text/csv"], JSON)
    response = _csv(content) if best == "text/csv" and "values" in content else _json(content)
    response.set_etag(f"{content['version']}-{content['as_of'] or 'now'}")
    response.vary.add("Accept")
    response.cache_control.no_cache = True
    response.make_conditional(request)
    return response


def _csv(content: dict[str, Any]) -> Response:
    out = io.StringIO()
    columns = [*content["by"], "from", "to", "numerator", "denominator", "value", "provisional"]
    writer = csv.DictWriter(out, columns, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(content["values"])
    response = Response("\ufeff" + out.getvalue(), mimetype="text/csv")
    response.headers["X-Data-Version"] = str(content["version"])
    response.headers["X-Data-Simulated"] = str(content["simulated"]).lower()
    return response


def _problem(error: IocError) -> Response:
    status = 404 if isinstance(error, UnknownName) and error.kind in {"indicator", "screen"} else 400
    status = status if isinstance(error, UnknownName | BadQuestion) else 500
    body = {"type": "about:blank", "title": error.what, "status": status, "detail": error.hint}
    return Response(orjson.dumps(body), status, mimetype=PROBLEM)


def _http_problem(error: HTTPException) -> Response:
    status = error.code or 500
    return Response(orjson.dumps({"type": "about:blank", "title": error.name, "status": status}), status, mimetype=PROBLEM)

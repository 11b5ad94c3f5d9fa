"""HTTP version 1: what the pages show, in the same words, as JSON or CSV."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from hashlib import sha256
from typing import Any

import orjson
from flask import Blueprint, Response, request

from ioc.access.asking import preferred, viewer
from ioc.access.viewer import Viewer
from ioc.api import csv_rows, json_alerts, json_explanations, json_records, json_scores, json_values
from ioc.api.actions import FeedControls, add_actions
from ioc.api.json_forecasts import forecast
from ioc.api.json_milestones import milestone
from ioc.api.openapi import document, keys
from ioc.api.parameters import asked_with
from ioc.api.problems import all_as_problems, spoken, told_as_problems
from ioc.indicators.question import Question
from ioc.text.words import LANGUAGES, words
from ioc.views.alerts import alerts_from_words
from ioc.views.ask import IndicatorQuestion
from ioc.views.explanation import explanation_of
from ioc.views.gather import Gatherer
from ioc.views.notes import NotesQuestion
from ioc.views.records import records_from_words
from ioc.views.runs import RunsQuestion, runs_from_words
from ioc.views.tiles import records_of
from ioc.views.values import moment_from_words, past_from_words, question_from_words

JSON = "application/json"
# Kinds of names that addresses are made of.
PLACES = frozenset({"indicator", "screen", "feed", "run", "record", "key"})


def blueprint(views: Gatherer, controls: FeedControls) -> Blueprint:
    """The routes under /api/v1 over a read side, and what may be done to feeds."""
    routes, api = Blueprint("api", __name__, url_prefix="/api/v1"), _Api(views)
    for path, answer in (
        ("/version", api.version),
        ("/indicators", api.indicators),
        ("/indicators/<indicator>/values", api.values),
        ("/indicators/<indicator>/explanation", api.explanation),
        ("/indicators/<indicator>/forecast", api.forecast),
        ("/indicators/<indicator>/anomalies", api.anomalies),
        ("/indicators/<indicator>/ranking", api.ranking),
        ("/indicators/<indicator>/notes", api.notes),
        ("/indicators/<indicator>/score", api.score),
        ("/targets", api.targets),
        ("/milestones", api.milestones),
        ("/alerts", api.alerts),
        ("/records/<record>", api.records),
        ("/records/<record>/<path:key>", api.record),
        ("/feeds", api.feeds),
        ("/feeds/<feed>", api.feed),
        ("/feeds/<feed>/runs", api.feed_runs),
        ("/feeds/<feed>/runs/<int:run>", api.feed_run),
        ("/openapi.json", api.openapi),
    ):
        routes.add_url_rule(path, view_func=answer)
    add_actions(routes, controls, spoken)
    told_as_problems(routes, PLACES)
    routes.record(lambda setup: all_as_problems(setup.app))
    routes.record(lambda setup: asked_with(setup.app, keys(document(api.catalogue))))
    return routes


class _Api:
    """What each route answers."""

    def __init__(self, views: Gatherer) -> None:
        self.views = views
        self.catalogue = views.store.catalogue
        self.zone = self.catalogue.zone

    def _asked(self, compute: Callable[[Viewer, datetime | None], dict[str, Any]]) -> Response:
        """Answers a question about now or a past moment, with an ETag that begins with the data version."""
        as_of = past_from_words(request.args.get("as_of"), self.zone, self.views.store.clock.now())
        return _answer(compute(viewer(_language()), as_of))

    def _question(self, indicator: str, *, whole: bool = False) -> Question:
        """The question that the address asks; ``whole``: neither split nor by period. Raises UnknownName or BadQuestion."""
        given = request.args
        by, period = (None, None) if whole else (given.get("by"), given.get("period"))
        span = {"start": given.get("from"), "end": given.get("to")}
        return question_from_words(self.catalogue, indicator, by=by, period=period, **span, where=_filters())

    def version(self) -> Response:
        """The newest data version."""
        with self.views.moment() as moment:
            found = moment.snapshot
            return _json({"version": found.version, "at": json_values.moment(found.committed_at, self.zone)})

    def indicators(self) -> Response:
        """All indicators with their definitions."""
        catalogue, language = self.catalogue, _language()
        return _json([json_values.indicator(catalogue, name, language) for name in catalogue.indicators])

    def values(self, indicator: str) -> Response:
        """Values of one indicator."""
        question = self._question(indicator)
        return self._asked(lambda viewer, as_of: json_values.values(self.views.values(viewer, question, as_of), self.zone))

    def explanation(self, indicator: str) -> Response:
        """Why an indicator changed, and the indicator in two sentences."""
        question = explanation_of(self._question(indicator), request.args.get("against"))

        def compute(viewer: Viewer, as_of: datetime | None) -> dict[str, Any]:
            view = self.views.explanation(viewer, question, as_of)
            reading = self.views.reading(viewer, indicator, question.where, as_of)
            return json_explanations.explanation(view, reading, words(viewer.language), self.zone)

        return self._asked(compute)

    def forecast(self, indicator: str) -> Response:
        """One indicator looked ahead."""
        return self._asked(lambda viewer, as_of: forecast(self.views.forecast(viewer, indicator, as_of), self.zone))

    def anomalies(self, indicator: str) -> Response:
        """What is unusual about an indicator."""
        return self._asked(lambda viewer, as_of: json_explanations.anomalies(self.views.anomalies(viewer, indicator, as_of), self.zone))

    def ranking(self, indicator: str) -> Response:
        """Units or other places beside each other and beside the whole."""
        plain_question = self._question(indicator, whole=True)
        question = IndicatorQuestion(
            indicator,
            start=plain_question.start,
            end=plain_question.end,
            where=tuple((dimension, code) for dimension, codes in plain_question.where for code in codes),
            split=request.args.get("by"),
        )
        return self._asked(lambda viewer, as_of: json_explanations.ranking(self.views.indicator(viewer, question, as_of), self.zone))

    def notes(self, indicator: str) -> Response:
        """What people have noted on an indicator."""
        question = self._question(indicator, whole=True)
        units = tuple(code for dimension, codes in question.where for code in codes if code in self.catalogue.units)
        asked = NotesQuestion(indicator, question.start or date.min, question.end or date.max, units)

        def compute(viewer: Viewer, as_of: datetime | None) -> dict[str, Any]:
            with self.views.moment(as_of) as moment:
                found, stamp = self.views.noted(viewer, asked, as_of), moment.stamp(records_of(self.catalogue, indicator))
                return json_explanations.notes(indicator, found, stamp, self.zone)

        return self._asked(compute)

    def score(self, indicator: str) -> Response:
        """A score as the tree of its parts, beside the published one."""
        question = self._question(indicator, whole=True)

        def compute(viewer: Viewer, as_of: datetime | None) -> dict[str, Any]:
            stamp, view = self.views.score(viewer, question, as_of)
            return json_scores.score(indicator, view, stamp, self.zone)

        return self._asked(compute)

    def targets(self) -> Response:
        """Every target."""
        return self._asked(lambda viewer, as_of: json_values.targets(self.views.overview(viewer, as_of), self.zone))

    def milestones(self) -> Response:
        """Every milestone."""

        def compute(viewer: Viewer, as_of: datetime | None) -> dict[str, Any]:
            view = self.views.milestones(viewer, as_of)
            shown = [milestone(each, view.companions, self.zone) for each in view.milestones]
            return {**json_values.stamp(view.stamp, self.zone), "milestones": shown}

        return self._asked(compute)

    def alerts(self) -> Response:
        """What needs acting on; open ones alone unless it is asked otherwise."""
        given, desk = request.args, self.views.alerts
        since = moment_from_words(given.get("since"), self.zone)
        state = given.get("state") or ("all" if since else "open")
        asked = alerts_from_words(state, given.get("kind"), given.get("severity"), since, "open")
        assert desk, "an application watches"
        return self._asked(lambda viewer, as_of: json_alerts.alerts(desk.view(viewer, asked, as_of), self.zone))

    def records(self, record: str) -> Response:
        """Records of a type, or those behind a number, a page at a time; every page of one walk is of one data version."""
        question = records_from_words(record, request.args.to_dict(), request.args.getlist("where"))
        return self._asked(lambda viewer, as_of: json_records.records(self.views.records(viewer, question, as_of), self.zone))

    def record(self, record: str, key: str) -> Response:
        """One record: its versions, and which indicators count it, and why."""
        return self._asked(lambda viewer, as_of: json_records.record(self.views.record(viewer, record, key, as_of), self.zone))

    def feeds(self) -> Response:
        """Every feed: how it is, how new, what it has delivered."""
        view = self.views.feeds(viewer(_language()))
        return _json(json_values.feeds(view, self.zone, words(_language())))

    def feed(self, feed: str) -> Response:
        """One feed, with its last runs and what lies in quarantine."""
        view = self.views.feed(viewer(_language()), feed)
        return _json({**json_values.stamp(view.stamp, self.zone), **json_values.feed_page(view, self.zone, words(_language()))})

    def feed_runs(self, feed: str) -> Response:
        """A feed's runs, a page at a time."""
        view = self.views.runs(viewer(_language()), feed, runs_from_words(request.args))
        return _json(json_values.runs(view, self.zone, words(_language())))

    def feed_run(self, feed: str, run: int) -> Response:
        """One run of a feed, with what of it lies in quarantine."""
        view = self.views.feed(viewer(_language()), feed, RunsQuestion(run=run, rows=1))
        return _json(json_values.one_run(view, self.zone, words(_language())))

    def openapi(self) -> Response:
        """The description of all this."""
        return _json(document(self.catalogue))


def _filters() -> tuple[str, ...]:
    return tuple(part for text in request.args.getlist("where") for part in text.split(",") if part)


def _language() -> str:
    """The language of an answer's words: the one that is asked for, else the one that whoever asks has chosen."""
    given = request.args.get("lang")
    return given if given in LANGUAGES else preferred(LANGUAGES[0])


def _json(content: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(content), status, mimetype=JSON)


def _answer(content: dict[str, Any]) -> Response:
    best = request.accept_mimetypes.best_match([JSON, "text/csv"], JSON)
    response = _csv(content) if best == "text/csv" and {"values", "targets"} & content.keys() else _json(content)
    # What changes without a new data version, as ages, days and notes, and what differs by who asks, is in the bytes themselves.
    response.set_etag(f"{content['version']}-{content['as_of'] or 'now'}-{sha256(response.get_data()).hexdigest()[:16]}")
    response.vary.update(("Accept", "Cookie", "Authorization"))
    response.cache_control.private = True
    response.cache_control.no_cache = True
    response.make_conditional(request)
    return response


def _csv(content: dict[str, Any]) -> Response:
    rows, columns = ("values", csv_rows.of_values(content)) if "values" in content else ("targets", csv_rows.TARGETS)
    response = Response("\ufeff" + csv_rows.text(content, rows, columns, "\r\n"), mimetype="text/csv")
    response.headers["X-Data-Version"] = str(content["version"])
    response.headers["X-Data-Simulated"] = str(content["simulated"]).lower()
    return response

"""The description of the API, for programs that read it."""

from __future__ import annotations

import re
from typing import Any

from ioc.alerts.lifecycle import Severity
from ioc.catalogue.model import Catalogue
from ioc.catalogue.period import PERIODS
from ioc.indicators.drilldown import Part
from ioc.views.alerts import KINDS
from ioc.views.records import MOST_ROWS
from ioc.views.runs import RUNS

_MOMENT = {
    "name": "as_of",
    "in": "query",
    "schema": {"type": "string"},
    "description": "A past moment in ISO form, or a day: its end, or now if it is today.",
}
_LANGUAGE = {"name": "lang", "in": "query", "schema": {"type": "string", "enum": ["vi", "en"]}}
_FROM = (
    "The first day. If not given, with “period” that of the first record, else that of the year of “to”, and of what stands “to” itself: "
    "the days of every page"
)
_FORECAST = "The months ahead with their range, how such forecasts did on the past, and what goals need"
_CSV = "text/csv"
_FEED = {"name": "feed", "in": "path", "required": True, "schema": {"type": "string"}}
_RUN = {"name": "run", "in": "path", "required": True, "schema": {"type": "integer"}}
_RUNS = "A feed's runs, the newest first; “before” of an answer asks for the older ones"
_WHY = "Why an indicator changed: mix and rate effects that add up to the change, and the indicator in two sentences"
_KEY = {"name": "key", "in": "path", "required": True, "schema": {"type": "string"}}
_UNUSUAL = "Days of the whole, and weeks of units and procedures, that have left their usual range in the last year"
_PEERS = "Units or other places by one dimension: ranks with ties, movement, and who lies outside of what chance allows for"
_NOTED = "What people have noted on the days of an indicator, within the scope of who asks, each note with its answers"
_SCORE = (
    "A score as a tree: points, most, of that measured, and value of each part, beside what its source published for the same span and "
    "where a difference comes from; without “from” and “to” of the latest span published, else of this year so far"
)
_ALERTS = "What needs acting on: open alerts with why, since when, value and limit, who took note; with “state” or “since” ended ones too"
_ACTIONS = {
    "run": "Ask a feed now, beside its schedule",
    "pause": "Take nothing more from a feed; what it has waits there",
    "resume": "Let a feed go on",
    "replay": "Send what lies in a feed's quarantine through its mapping again",
    "backfill": "Ask a feed once more for the records of some days, given as “from” and “to”",
    "cancel": "End asking for days gone by",
}


def document(catalogue: Catalogue) -> dict[str, Any]:
    """OpenAPI 3.1 of version 1, with the names of this catalogue."""
    problem = {"description": "Problem (RFC 9457)", "content": {"application/problem+json": {"schema": {"type": "object"}}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": catalogue.organisation.name.en, "version": "1"},
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
        "paths": {
            "/api/v1/version": {"get": _operation("The newest data version", [], problem)},
            "/api/v1/indicators": {"get": _operation("All indicators with their definitions", [], problem)},
            "/api/v1/indicators/{id}/values": {"get": _operation("Values of one indicator", _value_parameters(catalogue), problem, _CSV)},
            "/api/v1/indicators/{id}/explanation": {"get": _operation(_WHY, _explanation_parameters(catalogue), problem)},
            "/api/v1/indicators/{id}/forecast": {"get": _operation(_FORECAST, [_id(catalogue), _MOMENT], problem)},
            "/api/v1/targets": {
                "get": _operation("Every target: value, goals with path, status, reason and forecast", [_MOMENT], problem, _CSV)
            },
            "/api/v1/indicators/{id}/anomalies": {"get": _operation(_UNUSUAL, [_id(catalogue), _MOMENT], problem)},
            "/api/v1/indicators/{id}/ranking": {"get": _operation(_PEERS, _ranking_parameters(catalogue), problem)},
            "/api/v1/indicators/{id}/notes": {"get": _operation(_NOTED, _score_parameters(catalogue), problem)},
            "/api/v1/indicators/{id}/score": {"get": _operation(_SCORE, _score_parameters(catalogue), problem)},
            "/api/v1/milestones": {
                "get": _operation(
                    "Every milestone: state, progress, why it is judged so, what was reported, figures beside it", [_MOMENT], problem
                )
            },
            "/api/v1/alerts": {"get": _operation(_ALERTS, [*_alert_parameters(), _MOMENT], problem)},
            "/api/v1/records/{record}": {
                "get": _operation("Records of a type, or those behind a number", _record_parameters(catalogue), problem)
            },
            "/api/v1/records/{record}/{key}": {
                "get": _operation("One record: its versions, and which indicators count it", [_record(catalogue), _KEY, _MOMENT], problem)
            },
            "/api/v1/feeds": {"get": _operation("Every feed: how it is, how new, what it has delivered", [], problem)},
            "/api/v1/feeds/{feed}": {"get": _operation("One feed with its last runs and quarantine", [_FEED], problem)},
            "/api/v1/feeds/{feed}/runs": {"get": _operation(_RUNS, _run_parameters(), problem)},
            "/api/v1/feeds/{feed}/runs/{run}": {
                "get": _operation("One run of a feed, and what of it lies in quarantine", [_FEED, _RUN], problem)
            },
            **{f"/api/v1/feeds/{{feed}}/{action}": {"post": _action(action, summary, problem)} for action, summary in _ACTIONS.items()},
            "/api/v1/feeds/{feed}/records": {"post": _push(problem)},
            **_snapshots(problem),
        },
    }


def _operation(summary: str, parameters: list[dict[str, Any]], problem: dict[str, Any], *forms: str) -> dict[str, Any]:
    """A question. Of any, a parameter that is not known, or a language, is answered 400; ``forms``: what it is answered in beside JSON."""
    content = {"application/json": {"schema": {"type": "object"}}} | {form: {"schema": {"type": "string"}} for form in forms}
    missing = {"404": problem} if any(each["in"] == "path" for each in parameters) else {}
    responses = {"200": {"description": summary, "content": content}, "400": problem, **missing}
    return {"summary": summary, "parameters": [*parameters, _LANGUAGE], "responses": responses}


def _alert_parameters() -> list[dict[str, Any]]:
    """How alerts are chosen."""
    chosen = {"state": ["open", "ended", "all"], "kind": list(KINDS), "severity": [each.value for each in Severity]}
    found = [{"name": name, "in": "query", "schema": {"type": "string", "enum": values}} for name, values in chosen.items()]
    since = "Those that have ended since a moment too; by default, none, or those of the last 30 days"
    return [*found, {"name": "since", "in": "query", "schema": {"type": "string"}, "description": since}]


def _action(action: str, summary: str, problem: dict[str, Any]) -> dict[str, Any]:
    """Something done to a feed; what it comes to stands among the feed's runs."""
    day = {"in": "query", "required": True, "schema": {"type": "string", "format": "date"}}
    days = [{"name": name, **day} for name in ("from", "to")] if action == "backfill" else []
    body = {"type": "object", "properties": {key: {"type": "string"} for key in ("feed", "action", "title")}}
    begun = {"description": "It has begun; the title says what will happen", "content": {"application/json": {"schema": body}}}
    return {
        "summary": summary,
        "parameters": [_FEED, *days, _LANGUAGE],
        "responses": {"202": begun, **dict.fromkeys(("403", "404", "409"), problem)},
    }


def _snapshots(problem: dict[str, Any]) -> dict[str, Any]:
    """Exports: what there is, and having one made."""
    code, job = ({"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in ("snapshot", "job"))
    words = {"name": "q", "in": "query", "schema": {"type": "string"}}
    before = {"name": "before", "in": "query", "schema": {"type": "string"}}
    made = {
        key: {"type": "string"} for key in ("what", "format", "lang", "as_of", "theme", "width", "height", "scale", "separators", "sign")
    }
    body = {"application/json": {"schema": {"type": "object", "properties": made, "required": ["what"]}}}
    answers = {"201": "It is there", "202": "It is being made: ask for its job"}
    make = {
        "summary": "Have a screen, panel, indicator or list exported",
        "requestBody": {"content": body},
        "responses": {
            **{code: {"description": said} for code, said in answers.items()},
            **dict.fromkeys(("400", "403", "404", "503"), problem),
        },
    }
    cancel = {"summary": "Make it no more", "parameters": [job], "responses": {"202": {"description": "It ends"}, "404": problem}}
    return {
        "/api/v1/snapshots": {"get": _operation("Exports, the newest first", [words, before], problem), "post": make},
        "/api/v1/snapshots/{snapshot}": {"get": _operation("One export: of what, of which data, its fingerprint", [code], problem)},
        "/api/v1/snapshots/jobs/{job}": {"get": _operation("How far an export is", [job], problem)},
        "/api/v1/snapshots/jobs/{job}/cancel": {"post": cancel},
    }


def _push(problem: dict[str, Any]) -> dict[str, Any]:
    """Bringing records: answered when they are on disk."""
    record = {"type": "object"}
    counts = {key: {"type": "integer"} for key in ("accepted", "duplicates", "secret", "skipped", "version")}
    fault = {
        "type": "object",
        "properties": {"index": {"type": "integer"}, "reason": {"type": "string"}, "field": {"type": ["string", "null"]}},
    }
    receipt = {"type": "object", "properties": counts | {"rejected": {"type": "array", "items": fault}}}
    return {
        "summary": "Bring records of a feed of kind push",
        "security": [{"token": []}],
        "parameters": [
            _FEED,
            {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "maxLength": 200}},
            {"name": "X-Signature", "in": "header", "schema": {"type": "string"}, "description": "sha256= and the body's HMAC in hex."},
        ],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"type": "array", "items": record}}, "application/x-ndjson": {"schema": record}},
        },
        "responses": {
            "202": {"description": "The records are on disk", "content": {"application/json": {"schema": receipt}}},
            **dict.fromkeys(("400", "401", "403", "404", "413", "415", "422", "429", "503"), problem),
        },
    }


def _id(catalogue: Catalogue) -> dict[str, Any]:
    return {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "enum": sorted(catalogue.indicators)}}


def _value_parameters(catalogue: Catalogue) -> list[dict[str, Any]]:
    text = {"type": "string"}
    return [
        _id(catalogue),
        {"name": "by", "in": "query", "schema": text, "description": "Dimensions, separated by commas."},
        {"name": "period", "in": "query", "schema": {"type": "string", "enum": list(PERIODS)}},
        {"name": "from", "in": "query", "schema": {"type": "string", "format": "date"}, "description": _FROM},
        {"name": "to", "in": "query", "schema": {"type": "string", "format": "date"}, "description": "The last day; today if not given."},
        {
            "name": "where",
            "in": "query",
            "schema": {"type": "array", "items": text},
            "description": "dimension=code or dimension:code, repeatable.",
        },
        _MOMENT,
    ]


def _score_parameters(catalogue: Catalogue) -> list[dict[str, Any]]:
    return [each for each in _value_parameters(catalogue) if each["name"] not in {"by", "period"}]


def _explanation_parameters(catalogue: Catalogue) -> list[dict[str, Any]]:
    against = "last_year (if not given), previous, days as 2025-01-01..2025-03-31, or another place as unit=vp."
    instead = {"by": "Up to three dimensions, separated by commas.", "period": "In place of “from”: the kind of period in which “to” lies."}
    shared = [each | ({"description": instead[each["name"]]} if each["name"] in instead else {}) for each in _value_parameters(catalogue)]
    return [*shared, {"name": "against", "in": "query", "schema": {"type": "string"}, "description": against}]


def _record(catalogue: Catalogue) -> dict[str, Any]:
    return {"name": "record", "in": "path", "required": True, "schema": {"type": "string", "enum": sorted(catalogue.records)}}


def _record_parameters(catalogue: Catalogue) -> list[dict[str, Any]]:
    text = {"type": "string"}

    def query(name: str, description: str, schema: dict[str, Any] | None = None) -> dict[str, Any]:
        return {"name": name, "in": "query", "schema": schema or text, "description": description}

    filters = (
        "field=code or field:code, repeatable; field=abc* for text that begins so, field=low..high for days and numbers, "
        "field=- for nothing."
    )
    return [
        _record(catalogue),
        query("where", filters, {"type": "array", "items": text}),
        query("indicator", "Only the records behind this indicator's number.", {"type": "string", "enum": sorted(catalogue.indicators)}),
        query("part", "Which of them.", {"type": "string", "enum": [part.value for part in Part]}),
        query("from", "First day of the number.", {"type": "string", "format": "date"}),
        query("to", "Its last day.", {"type": "string", "format": "date"}),
        query("columns", "Fields and computed columns, separated by commas."),
        query("sort", "A column; -column for the greatest first."),
        query("rows", "How many records a page has.", {"type": "integer", "minimum": 1, "maximum": MOST_ROWS}),
        query("page", "Which page; without a cursor, of the newest data version.", {"type": "integer", "minimum": 1}),
        query("cursor", "The “next” of the page before: of the same data version."),
        query("group", "A field by whose values records are counted instead."),
        _MOMENT,
    ]


def _run_parameters() -> list[dict[str, Any]]:
    rows = {"name": "rows", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": MOST_ROWS, "default": RUNS}}
    before = {"name": "before", "in": "query", "schema": {"type": "integer"}, "description": "Only runs before this one."}
    return [_FEED, before, rows]


def _ranking_parameters(catalogue: Catalogue) -> list[dict[str, Any]]:
    """Those of values, by one dimension and for one span."""
    one = {"by": "One dimension; the indicator's first if not given."}
    shared = [each | ({"description": one[each["name"]]} if each["name"] in one else {}) for each in _value_parameters(catalogue)]
    return [*(each for each in shared if each["name"] != "period")]


def keys(description: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """What each question may be asked with, by its path; names in paths are ``{}``."""
    asked = {path: each["get"]["parameters"] for path, each in description["paths"].items() if "get" in each}
    return {re.sub(r"\{\w+\}", "{}", path): tuple(each["name"] for each in found if each["in"] == "query") for path, found in asked.items()}

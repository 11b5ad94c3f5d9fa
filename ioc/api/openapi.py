"""The description of the API, for programs that read it."""

from __future__ import annotations

from typing import Any

from ioc.catalogue.model import Catalogue
from ioc.indicators.period import PERIODS

_MOMENT = {"name": "as_of", "in": "query", "schema": {"type": "string"}, "description": "A past moment in ISO form."}
_LANGUAGE = {"name": "lang", "in": "query", "schema": {"type": "string", "enum": ["vi", "en"]}}


def document(catalogue: Catalogue) -> dict[str, Any]:
    """OpenAPI 3.1 of version 1, with the names of this catalogue."""
    problem = {"description": "Problem (RFC 9457)", "content": {"application/problem+json": {"schema": {"type": "object"}}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": catalogue.organisation.name.en, "version": "1"},
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
        "paths": {
            "/api/v1/version": {"get": _operation("The newest data version", [])},
            "/api/v1/indicators": {"get": _operation("All indicators with their definitions", [_LANGUAGE])},
            "/api/v1/indicators/{id}/values": {"get": _operation("Values of one indicator", _value_parameters(catalogue), problem)},
            "/api/v1/targets": {"get": _operation("Every target: value, goal, gap, status", [_MOMENT, _LANGUAGE])},
            "/api/v1/milestones": {"get": _operation("Every milestone with its state", [_MOMENT, _LANGUAGE])},
            "/api/v1/feeds": {"get": _operation("What each feed has delivered", [])},
            "/api/v1/feeds/{feed}/records": {"post": _push(problem)},
        },
    }


def _operation(summary: str, parameters: list[dict[str, Any]], problem: dict[str, Any] | None = None) -> dict[str, Any]:
    answer = {"description": summary, "content": {"application/json": {"schema": {"type": "object"}}}}
    responses = {"200": answer} | ({"400": problem, "404": problem} if problem else {})
    return {"summary": summary, "parameters": parameters, "responses": responses}


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
            {"name": "feed", "in": "path", "required": True, "schema": {"type": "string"}},
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


def _value_parameters(catalogue: Catalogue) -> list[dict[str, Any]]:
    text = {"type": "string"}
    return [
        {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "enum": sorted(catalogue.indicators)}},
        {"name": "by", "in": "query", "schema": text, "description": "Dimensions, separated by commas."},
        {"name": "period", "in": "query", "schema": {"type": "string", "enum": list(PERIODS)}},
        {"name": "from", "in": "query", "schema": {"type": "string", "format": "date"}},
        {"name": "to", "in": "query", "schema": {"type": "string", "format": "date"}},
        {
            "name": "where",
            "in": "query",
            "schema": {"type": "array", "items": text},
            "description": "dimension=code, repeatable.",
        },
        _MOMENT,
    ]

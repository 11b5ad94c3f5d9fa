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
        "paths": {
            "/api/v1/version": {"get": _operation("The newest data version", [])},
            "/api/v1/indicators": {"get": _operation("All indicators with their definitions", [_LANGUAGE])},
            "/api/v1/indicators/{id}/values": {"get": _operation("Values of one indicator", _value_parameters(catalogue), problem)},
            "/api/v1/targets": {"get": _operation("Every target: value, goal, gap, status", [_MOMENT, _LANGUAGE])},
            "/api/v1/milestones": {"get": _operation("Every milestone with its state", [_MOMENT, _LANGUAGE])},
            "/api/v1/feeds": {"get": _operation("What each feed has delivered", [])},
        },
    }


def _operation(summary: str, parameters: list[dict[str, Any]], problem: dict[str, Any] | None = None) -> dict[str, Any]:
    answer = {"description": summary, "content": {"application/json": {"schema": {"type": "object"}}}}
    responses = {"200": answer} | ({"400": problem, "404": problem} if problem else {})
    return {"summary": summary, "parameters": parameters, "responses": responses}


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

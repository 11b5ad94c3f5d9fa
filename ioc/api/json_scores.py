"""Scores as plain JSON values."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from ioc.api.json_values import day, number, stamp
from ioc.views.model import Stamp
from ioc.views.score import ScoreNode, ScoreView


def score(indicator: str, view: ScoreView | None, of: Stamp, zone: ZoneInfo) -> dict[str, Any]:
    """A score as a tree; without anything to count there is none."""
    span = {"from": day(view.span.start), "to": day(view.span.end), "provisional": view.provisional} if view else {}
    provider = view.provider if view else None
    return {
        "indicator": indicator,
        **stamp(of, zone),
        **span,
        "published_by": provider,
        "score": score_node(view.tree) if view else None,
    }


def score_node(node: ScoreNode) -> dict[str, Any]:
    """One part of a score with its own parts."""
    theirs = node.published
    published = (
        {
            "points": number(theirs.points),
            "max": number(theirs.most),
            "numerator": number(theirs.numerator),
            "denominator": number(theirs.denominator),
        }
        if theirs
        else None
    )
    return {
        "indicator": node.indicator,
        "code": node.code,
        "label": node.label,
        "points": number(node.points),
        "max": number(node.most),
        "measured": number(node.measured),
        "value": number(node.value),
        "numerator": number(node.numerator),
        "denominator": number(node.denominator),
        "published": published,
        "difference": number(node.difference),
        "why": node.why,
        "parts": [score_node(child) for child in node.children],
    }

"""Milestones as plain JSON values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from ioc.api.json_values import day, moment, number
from ioc.views.model import MilestoneTile, TileView


def milestone(view: MilestoneTile, companions: Mapping[str, TileView], zone: ZoneInfo) -> dict[str, Any]:
    """A milestone with what was reported of it, the newest first, and the figures beside it."""
    return {
        "milestone": view.id,
        "label": view.label,
        "owner": view.owner,
        "state": view.state,
        "percent": number(view.percent),
        "due_on": day(view.due_on),
        "horizon": day(view.horizon),
        "status": view.status.value,
        "updated_at": moment(view.updated_at, zone),
        "reason": view.reason,
        "even_percent": number(view.even),
        "evidence": view.evidence or None,
        "definition": view.definition,
        "source": view.source,
        "reports": [
            {
                "at": moment(each.at, zone),
                "state": each.state,
                "percent": number(each.percent),
                "due_on": day(each.due_on),
                "evidence": each.evidence or None,
            }
            for each in view.reports
        ],
        "companions": [
            {"indicator": name, "label": tile.label, "value": number(tile.value), "unit": tile.unit.value, "status": tile.status.value}
            for name in view.companions
            for tile in [companions[name]]
        ],
    }

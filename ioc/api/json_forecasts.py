"""Forecasts as plain JSON values."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from ioc.api.json_values import ahead, day, outlook, stamp
from ioc.views.forecast import ForecastView
from ioc.views.outlooks import Look


def back_test(look: Look) -> dict[str, Any] | None:
    """How the forecast would have done on the past; null without one."""
    found = look.forecast
    if found is None:
        return None
    return {
        "method": found.method.value,
        "error_relative_to_no_change": None if found.error is None else round(found.error, 3),
        "range_held": round(found.held, 3),
        "months_tested": found.tests,
    }


def forecast(view: ForecastView, zone: ZoneInfo) -> dict[str, Any]:
    """An indicator looked ahead, month by month, and what that says about each goal."""
    look = view.look
    return {
        "indicator": view.indicator,
        **stamp(view.stamp, zone),
        "closed_months": look.closed,
        "months_lacking": look.lacking,
        "back_test": back_test(look),
        "months": [ahead(each) for each in view.months],
        "twelve_months": [ahead(each) for each in look.months.years] if look.months else [],
        "goals": [
            {"id": goal.id, "horizon": day(goal.horizon), "forecast": outlook(goal), "prospect": list(goal.prospect)} for goal in view.goals
        ],
    }

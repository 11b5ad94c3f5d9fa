"""Alerts as plain JSON values."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from ioc.alerts.ledger import Step
from ioc.api.json_values import moment, number, stamp
from ioc.views.alerts import AlertsView, AlertView


def alerts(view: AlertsView, zone: ZoneInfo) -> dict[str, Any]:
    """What needs acting on, in the order of the page: open ones first."""
    shown = [_alert(each, zone) for each in (*view.open, *view.ended)]
    return {**stamp(view.stamp, zone), "watched_since": moment(view.began, zone), "calm_since": moment(view.calm, zone), "alerts": shown}


def _alert(each: AlertView, zone: ZoneInfo) -> dict[str, Any]:
    noted = each.acknowledged
    return {
        "id": each.id,
        "state": "ended" if each.ended else "open",
        "severity": each.severity.value,
        "kind": each.kind,
        "rule": each.rule,
        "about": each.about or None,
        "label": each.label,
        "reason": each.reason,
        "why": each.state,
        "value": number(each.exact[0]),
        "limit": number(each.exact[1]),
        "indicator": each.indicator or None,
        "where": dict(each.where),
        "unit": each.unit or None,
        "owner": each.owner or None,
        "raised_at": moment(each.raised.at, zone),
        "raised_version": each.raised.version,
        "ended_at": moment(each.ended.at, zone) if each.ended else None,
        "ended_version": each.ended.version if each.ended else None,
        "acknowledged": {"by": noted.by or None, "at": moment(noted.at, zone), "word": noted.word or None} if noted else None,
        "steps": [_step(step, zone) for step in each.steps],
    }


def _step(step: Step, zone: ZoneInfo) -> dict[str, Any]:
    what = {"kind": step.kind.value, "at": moment(step.at, zone), "version": step.version}
    return {**what, "severity": step.severity.value, "why": step.state, "value": _number(step.value)}


def _number(text: str) -> int | float | None:
    return number(Decimal(text)) if text else None

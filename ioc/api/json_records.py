"""Records as plain JSON values."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from ioc.api import json_values
from ioc.views.record import RecordView
from ioc.views.records import Behind, Cursor, RecordsView
from ioc.views.removed import Removed


def cell(value: object, zone: ZoneInfo) -> Any:
    """A value of a record."""
    if isinstance(value, datetime):
        return json_values.moment(value, zone)
    if isinstance(value, date):
        return json_values.day(value)
    return json_values.number(value) if isinstance(value, Decimal) else value


def records(view: RecordsView, zone: ZoneInfo) -> dict[str, Any]:
    """Some records, what they are behind, how many there are in all, and where the next page is."""
    names = [column.code for column in view.columns]
    more = view.page < view.pages and not view.group
    return {
        "record": view.record.code,
        **json_values.stamp(view.stamp, zone),
        "behind": _behind(view.behind),
        "total": view.total.count,
        "scope": view.sight.unit.code if view.sight else None,
        "removed": _removed(view.removed),
        "sums": {name: json_values.number(total) for name, total in view.total.sums.items()},
        "columns": names,
        "records": [
            {"key": row.key} | {name: cell(value, zone) for name, value in zip(names, row.cells, strict=True)} for row in view.rows
        ],
        "groups": [{"code": group.code, "label": group.label, "records": group.count} for group in view.groups],
        "next": str(Cursor(view.stamp.version, view.page + 1)) if more else None,
    }


def _removed(view: Removed | None) -> dict[str, Any] | None:
    """Of how many records only figures are left, and why."""
    if view is None:
        return None
    return {"records": view.count, "on": json_values.day(view.on), "before": json_values.day(view.before), "rule": view.rule}


def _behind(view: Behind | None) -> dict[str, Any] | None:
    if view is None:
        return None
    return {
        "indicator": view.indicator.code,
        "part": view.part.value,
        "from": json_values.day(view.start),
        "to": json_values.day(view.end),
        "numerator": json_values.number(view.value.numerator) if view.value else None,
        "denominator": json_values.number(view.value.denominator) if view.value else None,
    }


def record(view: RecordView, zone: ZoneInfo) -> dict[str, Any]:
    """One record: what it says, its versions, and what every indicator makes of it."""
    return {
        "record": view.record.code,
        "key": view.key,
        **json_values.stamp(view.stamp, zone),
        "gone": view.gone,
        "fields": {each.field.code: cell(each.value, zone) for each in view.fields},
        "versions": [
            {
                "since": json_values.moment(each.since, zone),
                "until": json_values.moment(each.until, zone),
                "gone": each.gone,
                "feed": each.feed.code,
                "delivery": each.delivery,
                "row": each.row,
                "changes": {change.field.code: cell(change.value, zone) for change in each.changes},
            }
            for each in view.versions
        ],
        "indicators": [
            {
                "indicator": each.indicator.code,
                "counts": each.counts,
                "succeeds": each.succeeds,
                "because": [{"condition": reason.expression, "holds": reason.holds} for reason in (*each.why_counts, *each.why_succeeds)],
            }
            for each in view.countings
        ],
    }

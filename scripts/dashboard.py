"""Writes deploy/grafana-dashboard.json: ``python scripts/dashboard.py``. Only figures that the product counts may stand in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parents[1] / "deploy" / "grafana-dashboard.json"
_RATE = "rate({}[$__rate_interval])"
_HITS = _RATE.format('ioc_cache_lookups{outcome="hit"}')
# Title, unit, kind, and what is drawn, with its legend.
PANELS: tuple[tuple[str, str, str, tuple[tuple[str, str], ...]], ...] = (
    ("Up", "bool_on_off", "stat", (('up{job="ioc"}', "up"),)),
    ("Age of the data", "s", "stat", (("ioc_data_age_seconds", "last commit"),)),
    ("Store can be written", "bool_yes_no", "stat", (("1 - ioc_store_fault", "written"),)),
    ("Age of the newest backup", "s", "stat", (("ioc_backup_age_seconds", "backup"),)),
    ("Last arrival by feed", "s", "timeseries", (("ioc_feed_arrival_age_seconds", "{{feed}}"),)),
    ("Failures of feeds", "short", "timeseries", (("ioc_feed_failures", "{{feed}}"),)),
    ("Rows of feeds a second", "short", "timeseries", ((f"sum by (feed, fate) ({_RATE.format('ioc_feed_rows')})", "{{feed}} {{fate}}"),)),
    ("Rows that wait to be written", "short", "timeseries", (("ioc_queue_rows", "rows"),)),
    (
        "Commits",
        "s",
        "timeseries",
        tuple(
            (f"histogram_quantile({share}, sum by (le) ({_RATE.format('ioc_commit_seconds_bucket')}))", f"p{round(share * 100)}")
            for share in (0.5, 0.95, 0.99)
        ),
    ),
    ("Commits a second", "short", "timeseries", ((_RATE.format("ioc_commit_seconds_count"), "commits"),)),
    (
        "Answers by route, p95",
        "s",
        "timeseries",
        ((f"histogram_quantile(0.95, sum by (le, route) ({_RATE.format('ioc_request_seconds_bucket')}))", "{{route}}"),),
    ),
    (
        "Answers a second by status",
        "short",
        "timeseries",
        ((f"sum by (status) ({_RATE.format('ioc_request_seconds_count')})", "{{status}}"),),
    ),
    ("Streams and walls", "short", "timeseries", (("ioc_streams", "streams"), ("ioc_walls", "walls"))),
    (
        "Share of answers from the cache",
        "percentunit",
        "timeseries",
        ((f"{_HITS} / sum without (outcome) ({_RATE.format('ioc_cache_lookups')})", "hits"),),
    ),
    ("Size of the store", "bytes", "timeseries", (("ioc_store_bytes", "{{of}}"),)),
    ("Errors logged", "short", "timeseries", (("increase(ioc_log_errors_total[5m])", "errors"),)),
)


def dashboard() -> dict[str, Any]:
    """The dashboard as Grafana imports it; which Prometheus it asks is chosen there."""
    panels, x, y = [], 0, 0
    for number, (title, unit, kind, drawn) in enumerate(PANELS, 1):
        width, height = (6, 4) if kind == "stat" else (12, 8)
        panels.append(
            {
                "id": number,
                "title": title,
                "type": kind,
                "datasource": {"type": "prometheus", "uid": "${datasource}"},
                "gridPos": {"x": x, "y": y, "w": width, "h": height},
                "fieldConfig": {"defaults": {"unit": unit}, "overrides": []},
                "targets": [
                    {"refId": "ABC"[at], "expr": expression, "legendFormat": legend} for at, (expression, legend) in enumerate(drawn)
                ],
            }
        )
        x, y = (0, y + height) if x + width >= 24 else (x + width, y)
    choice = {"name": "datasource", "type": "datasource", "query": "prometheus", "label": "Prometheus"}
    return {
        "uid": "ioc",
        "title": "Intelligent Operations Center",
        "tags": ["ioc"],
        "schemaVersion": 39,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": [choice]},
        "panels": panels,
    }


if __name__ == "__main__":
    TARGET.write_text(json.dumps(dashboard(), indent=1) + "\n", encoding="utf-8")

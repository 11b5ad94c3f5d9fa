"""How long numbers and records take to read, against the same SQL asked of DuckDB directly, and how it grows with the records."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

from benchmarks.data import NOW, open_store
from benchmarks.report import compared, milliseconds, say
from ioc.access.viewer import Viewer
from ioc.catalogue.model import Text
from ioc.catalogue.screens import PanelSettings, ScreenSettings
from ioc.config import Settings
from ioc.indicators.values import Question, ask
from ioc.store.listing import Limit, ListQuestion, read_records
from ioc.store.store import Store
from ioc.views.cache import ViewCache
from ioc.views.gather import Gatherer
from ioc.views.overview import overview_view

YEAR, MONTHS_24 = date(2026, 1, 1), date(2024, 12, 1)
OVERDUE = "completed_at IS NULL AND date_of(due_at) < today"
PANELS = (
    {"kind": "number", "indicator": "online_rate"},
    {"kind": "number", "indicator": "ontime_rate"},
    {"kind": "trend", "indicator": "online_rate", "months": 24},
    {"kind": "ranking", "indicator": "ontime_rate", "by": "unit"},
    {"kind": "heatmap", "indicator": "late", "by": "unit", "months": 24},
    {"kind": "ranking", "indicator": "open_late", "by": "procedure", "months": 36, "most": 20},
    {"kind": "trend", "indicator": "satisfaction", "months": 24},
    {
        "kind": "records",
        "record": "dossier",
        "filter": OVERDUE,
        "where": {"unit": "Unit 07"},
        "columns": ("dossier_id", "procedure", "received_at", "due_at", "status", "channel"),
        "most": 50,
    },
)


def settings() -> Settings:
    """The eight panels as a screen."""
    panels = tuple(PanelSettings.model_validate(panel) for panel in PANELS)
    return Settings(screens={"eight": ScreenSettings(label=Text(vi="Tám bảng", en="Eight panels"), panels=panels)})


def run(folder: Path, rows: int) -> None:
    """Measure reading from the store that loading left."""
    start = time.perf_counter()
    store = open_store(folder / f"store-{rows}", "2GB")
    opened = time.perf_counter() - start
    part = f"reading {rows:,}"
    say(part, "start with this store", f"{opened:.2f} s", "below 3 s at 10 M")
    try:
        _numbers(store, part)
        _panels(store, part)
    finally:
        store.close()


def _numbers(store: Store, part: str) -> None:
    views = Gatherer(store, settings(), ViewCache())
    viewer = Viewer("benchmark")

    def overview() -> None:
        store.forget()
        with views.moment() as moment:
            overview_view(moment, viewer.language, None)

    say(part, "overview, all indicators with 24-month trends, uncached", f"{milliseconds(overview):.1f} ms", "below 50 ms at 100 M")
    question = Question("online_rate", by=("unit",), period="month", start=MONTHS_24)
    numerator, denominator = _columns(store, "online_rate")
    raw = (
        f"SELECT date_trunc('month', day), unit, sum({numerator}), sum({denominator}) FROM cell_dossier__unit "
        f"WHERE day >= DATE '{MONTHS_24}' AND day <= DATE '2026-11-01' GROUP BY ALL ORDER BY ALL"
    )

    def ours() -> None:
        store.forget()
        with store.read() as snapshot:
            ask(snapshot, question, NOW.date())

    def theirs() -> None:
        with store.database.read() as cursor:
            cursor.execute(raw).fetchall()

    mine, limit = compared(ours, theirs)
    say(part, "one indicator by unit x month", f"{mine:.1f} ms = {mine / limit:.2f} x raw SQL on the cube", "within 1.5 x")

    listed = ListQuestion(
        "dossier",
        ("dossier_id", "received_at", "due_at"),
        where=(("unit", ("Unit 07",)), ("procedure", ("PR-050",))),
        order=(("received_at", True),),
        limits=(Limit("received_at", date(2026, 5, 1), date(2026, 5, 31)),),
    )

    def drill() -> None:
        with store.read() as snapshot:
            read_records(snapshot, listed)

    say(part, "records of one unit, month and procedure", f"{milliseconds(drill):.1f} ms", "below 50 ms at 100 M")


def _columns(store: Store, indicator: str) -> tuple[str, str]:
    from ioc.catalogue.terms import terms_of

    terms = terms_of(store.catalogue.indicators[indicator])
    return terms.numerator[0].column, terms.denominator[0].column


def _panels(store: Store, part: str) -> None:
    """The eight panels' data, uncached, against the aggregate that one would make for them by hand."""
    views = Gatherer(store, settings(), ViewCache())
    viewer = Viewer("benchmark")

    eight = settings()

    def ours() -> None:
        store.forget()
        Gatherer(store, eight, ViewCache()).screen(viewer, "eight")

    with store.database.write() as cursor:
        cursor.execute(f"CREATE OR REPLACE TEMP TABLE agg AS {AGGREGATE}")

    def theirs() -> None:
        with store.database._write_lock:
            for sql in RAW:
                store.database._writer.execute(sql).fetchall()

    mine, limit = compared(ours, theirs)
    say(part, "data of the 8 panels, uncached", f"{mine:.1f} ms = {mine / limit:.2f} x raw DuckDB on the aggregate", "within 1.5 x")
    cached = milliseconds(lambda: views.screen(viewer, "eight"))
    say(part, "data of the 8 panels, cached", f"{cached:.1f} ms", "")


LATE = "(completed_at > due_at OR (completed_at IS NULL AND due_at < TIMESTAMP '2026-11-01'))"
OPEN_LATE = "(completed_at IS NULL AND due_at < TIMESTAMP '2026-11-01')"
AGGREGATE = f"""
    SELECT received_at::DATE AS day, unit, procedure, count(*)::INT AS n, count(*) FILTER (fully_online)::INT AS n_online,
           count(completed_at)::INT AS n_done, count(*) FILTER (completed_at <= due_at)::INT AS n_ontime,
           count(*) FILTER {LATE}::INT AS n_late, count(*) FILTER {OPEN_LATE}::INT AS n_open_late,
           coalesce(sum(satisfaction), 0)::INT AS sat_sum, count(satisfaction)::INT AS sat_n
    FROM rec_dossier WHERE _until = 2147483647 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"""
RAW = (
    "SELECT 100.0 * sum(n_online) / sum(n) FROM agg WHERE day >= DATE '2026-01-01'",
    "SELECT 100.0 * sum(n_ontime) / sum(n_done) FROM agg WHERE day >= DATE '2026-01-01'",
    "SELECT date_trunc('month', day), 100.0 * sum(n_online) / sum(n) FROM agg WHERE day >= DATE '2024-12-01' GROUP BY 1 ORDER BY 1",
    "SELECT unit, 100.0 * sum(n_ontime) / sum(n_done) FROM agg WHERE day >= DATE '2026-01-01' GROUP BY 1 ORDER BY 2 DESC",
    "SELECT unit, date_trunc('month', day), sum(n_late)::BIGINT FROM agg WHERE day >= DATE '2024-12-01' GROUP BY 1, 2 ORDER BY 1, 2",
    "SELECT procedure, sum(n_open_late)::BIGINT FROM agg GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 20",
    "SELECT date_trunc('month', day), sum(sat_sum) / sum(sat_n) FROM agg WHERE day >= DATE '2024-12-01' GROUP BY 1 ORDER BY 1",
    f"""SELECT dossier_id, procedure, received_at, due_at, status, channel FROM rec_dossier
    WHERE unit = 'Unit 07' AND {OPEN_LATE} AND _until = 2147483647 ORDER BY received_at DESC LIMIT 50""",
)

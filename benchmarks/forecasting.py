"""How forecasts do on the past: the product's choice beside other methods, on the demonstration ministry and on real data. Writes a table.

At every third month the months after it are looked ahead with what was known then, and compared with what came.
"""

from __future__ import annotations

import csv
import gc
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
from statsmodels.tsa.forecasting.theta import ThetaModel
from statsmodels.tsa.holtwinters import Holt, SimpleExpSmoothing

from data_sources.demo.ministry import DemoMinistry
from ioc.catalogue.load import BUILT_IN, load
from ioc.clock import FrozenClock
from ioc.commands.simulation import SEED, mapping
from ioc.goals.forecast import EVERY, STEPS, TRIED_FROM, Forecast, Month, forecast
from ioc.goals.outlook import SHARES, kind_of
from ioc.goals.smoothing import Floats
from ioc.indicators.values import Question, ask
from ioc.store.store import Store
from ioc.views.outlooks import MOST_MONTHS, closed_months
from ioc.views.tiles import is_stock

NOW = datetime(2026, 11, 24, 5, tzinfo=UTC)
REPORT = Path(__file__).with_name("forecasts.md")
REAL = Path(__file__).parents[2] / "shared" / "data" / "municipal_permits" / "cases.csv"
Method = Callable[[Floats, int], Floats]
METHODS: Mapping[str, Method] = {
    "as a year ago": lambda course, steps: np.array([course[len(course) - 12 + step % 12] for step in range(steps)]),
    "SES": lambda course, steps: SimpleExpSmoothing(course, initialization_method="estimated").fit().forecast(steps),
    "Theta": lambda course, steps: np.asarray(ThetaModel(course, period=12, deseasonalize=False).fit(disp=False).forecast(steps)),
    "Holt, searched": lambda course, steps: Holt(course, damped_trend=True, initialization_method="estimated").fit().forecast(steps),
}


def run(folder: Path, rows: int) -> None:
    """Write the table; ``rows`` does not matter, the ministry is always the same."""
    lines = [HEAD, *_ministry(folder), *_permits()]
    REPORT.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines), flush=True)


HEAD = """# Back-tests of forecasts

Written by `python -m benchmarks forecasting`; how forecasts are made is in [docs/reference/forecast.md](../docs/reference/forecast.md).
Each figure is the mean error of the twelve months ahead as a share of that of "no change", from origins at every third month with what was
known then; below 1 is better than "no change". "Ours" is what the product does, its choice made anew at each origin; "(no change)" where
that is its choice today. "Held" is the share of those months that lay within its range, which is meant to be 80 %.
"""


def _ministry(folder: Path) -> list[str]:
    found = {name: (months, share, goal) for name, months, share, goal in _series(folder)}
    lines = ["## The demonstration ministry, 36 closed months", "", "| indicator | goal | ours | held | " + " | ".join(METHODS) + " |"]
    lines.append("|---|---|---|---|" + "---|" * len(METHODS))
    every: list[tuple[bool, float | None, float, list[float | None]]] = []
    for name, (months, share, goal) in found.items():
        ours = forecast(months, STEPS, share=share)
        if ours is None:
            lines.append(f"| {name} | | too little history | | {' | '.join('' for _ in METHODS)} |")
            continue
        others = [_error(method, months, share) for method in METHODS.values()]
        every.append((goal, ours.error, ours.held, others))
        shown = " | ".join(map(_shown, others))
        lines.append(f"| {name} | {'yes' if goal else ''} | {_ours(ours)} | {ours.held:.0%} | {shown} |")
    for label, chosen in (("with a goal", [each for each in every if each[0]]), ("all", every)):
        known = [each for each in chosen if each[1] is not None]
        worse = sum(1 for each in known if (each[1] or 0) > 1.02)
        means = [_mean([each[3][place] for each in known]) for place in range(len(METHODS))]
        held, mean = np.mean([each[2] for each in chosen]), _mean([each[1] for each in known])
        lines.append(
            f"| **{label}: geometric mean, {worse} of {len(known)} worse** | | **{mean}** | **{held:.0%}** | {' | '.join(means)} |"
        )
    return [*lines, ""]


def _mean(errors: list[float | None]) -> str:
    """The geometric mean; an error of nearly nothing counts as 0.05."""
    return f"{np.exp(np.mean([np.log(max(each, 0.05)) for each in errors if each is not None])):.2f}"


def _shown(error: float | None) -> str:
    return "–" if error is None else f"{error:.2f}"


def _ours(found: Forecast) -> str:
    return _shown(found.error) + ("" if found.manner else " (no change)")


def _series(folder: Path) -> Iterator[tuple[str, tuple[Month, ...], bool, bool]]:
    """The closed months of every indicator of the ministry: name, months, whether a share, whether a goal is set on it."""
    store = ministry_store(folder)
    today = NOW.date()
    spans = closed_months(today)
    with store.read() as snapshot:
        for name, spec in store.catalogue.indicators.items():
            question = Question(name, period="month", start=spans[0].start, end=spans[-1].end)
            known = {value.span.start: value for value in ask(snapshot, question, today) if value.span and value.value is not None}
            run_: list[Month] = []
            for span in spans:
                value = known.get(span.start)
                run_ = [*run_, Month(value.numerator, value.denominator, value.value)] if value and value.value is not None else []
            share = kind_of(spec, is_stock(store.catalogue, name)) in SHARES
            yield name, tuple(run_[-MOST_MONTHS:]), share, bool(store.catalogue.goals_of(name))
    store.close()


def ministry_store(folder: Path) -> Store:
    """The ministry's three years in a store, made if it is not there."""
    place = folder / "ministry"
    fresh = not (place / "ioc.duckdb").exists()
    place.mkdir(parents=True, exist_ok=True)
    store = Store(place / "ioc.duckdb", load(BUILT_IN / "moha", "moha"), FrozenClock(NOW), memory_limit="2GB")
    ministry = DemoMinistry(store.catalogue, SEED, NOW) if fresh else None
    for record in ministry.records if ministry else ():
        begun = store.begin(f"demo_{record}", record, mapping(store.catalogue, record), "history", None, simulated=True)
        for table in ministry.history(record) if ministry else ():
            store.take_in(begun, table, _numbers(table.num_rows))
        store.finish(begun)
    gc.freeze()  # as with ``ioc run``
    return store


def _numbers(count: int) -> pa.Int64Array:
    return pa.array(range(1, count + 1), pa.int64())


def _error(method: Method, months: tuple[Month, ...], share: bool) -> float | None:
    """The mean error of a method as a share of that of “no change”, from the same origins."""
    course = _course(months, share)
    back = (lambda values: 100 / (1 + np.exp(-np.asarray(values)))) if share else np.asarray
    off, unchanged = [], []
    for at in range(TRIED_FROM, len(course) - 1, EVERY):
        steps = min(STEPS, len(course) - 1 - at)
        known, came = course[: at + 1], back(course[at + 1 : at + 1 + steps])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            off.append(np.abs(back(method(known, steps)) - came))
        unchanged.append(np.abs(back(np.repeat(known[-1], steps)) - came))
    base = float(np.concatenate(unchanged).mean())
    return float(np.concatenate(off).mean()) / base if base > 0 else None


def _course(months: tuple[Month, ...], share: bool) -> Floats:
    if not share:
        return np.array([float(month.value) for month in months])
    above, below = (np.array([float(getattr(month, part) or 0) for month in months]) for part in ("numerator", "denominator"))
    return np.log((above + 0.5) / (below - above + 0.5))


def _permits() -> list[str]:
    """Real records: permits of a municipality, by week, since they span fifteen months only."""
    title = ["## Real data sets", ""]
    if not REAL.is_file():
        return [*title, "The public data sets were not there."]
    counts: dict[str, tuple[Counter[date], Counter[date]]] = {}
    with REAL.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            came, due, done = (
                datetime.fromisoformat(row[name]) if row[name] else None for name in ("received_at", "due_at", "completed_at")
            )
            shares = {"received through the Internet": row["channel"] == "Internet"}
            if done and due:
                shares["completed on time, by week of receipt"] = done <= due
            for name, hit in shares.items():
                above, below = counts.setdefault(name, (Counter(), Counter()))
                week = came.date() - timedelta(days=came.weekday()) if came else date.min
                below[week] += 1
                above[week] += hit
    lines = [
        *title,
        "`municipal_permits` spans 15 months, `canada_services` two years in one figure each, `qd766` single months and quarters: all",
        "too short for the 18 closed months that the product asks for, where it says that there is too little history. As a test of",
        "the method, the permits were looked ahead **by week** instead, twelve weeks from every third:",
        "",
        "| share | weeks | ours | held | " + " | ".join(METHODS) + " |",
        "|---|---|---|---|" + "---|" * len(METHODS),
    ]
    for name, (above, below) in counts.items():
        weeks = sorted(below)[1:-1]
        months = tuple(Month(Decimal(above[week]), Decimal(below[week]), Decimal(100 * above[week]) / below[week]) for week in weeks)
        ours = forecast(months, STEPS, share=True)
        assert ours is not None
        others = " | ".join(_shown(_error(method, months, True)) for method in METHODS.values())
        lines.append(f"| {name} | {len(weeks)} | {_ours(ours)} | {ours.held:.0%} | {others} |")
    return lines

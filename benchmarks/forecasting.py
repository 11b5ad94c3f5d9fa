"""How forecasts do on the past: the product's choice beside other methods, on the demonstration ministry and on real data. Writes a table.

With what was known at a month, the twelve after it are looked ahead, and compared with what came; so at every third month.
"""

from __future__ import annotations

import csv
import gc
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.forecasting.stl import STLForecast
from statsmodels.tsa.forecasting.theta import ThetaModel
from statsmodels.tsa.holtwinters import ExponentialSmoothing, Holt, SimpleExpSmoothing

from data_sources.demo.ministry import DemoMinistry
from ioc.catalogue.load import BUILT_IN, load
from ioc.catalogue.period import month_after, period_of
from ioc.clock import FrozenClock
from ioc.commands.simulation import SEED, mapping
from ioc.goals.forecast import STEPS, TWO_YEARS, Month, forecast
from ioc.goals.outlook import SHARES, Kind, kind_of
from ioc.goals.smoothing import YEAR, Floats, Method
from ioc.goals.volumes import working_days
from ioc.indicators.values import Question, ask
from ioc.store.store import Store
from ioc.views.outlooks import MOST_MONTHS, closed_months
from ioc.views.tiles import is_stock

NOW = datetime(2026, 11, 24, 5, tzinfo=UTC)
REPORT = Path(__file__).with_name("forecasts.md")
REAL = Path(__file__).parents[2] / "shared" / "data" / "municipal_permits" / "cases.csv"
# Weeks are looked ahead from the eighteenth on, as months are where there is less than two years of them.
FIRST_WEEK = 18
EVERY = 3
Other = Callable[[Floats, int], Floats]


def _year_ago(course: Floats, steps: int) -> Floats:
    return np.array([course[len(course) - YEAR + step % YEAR] for step in range(steps)])


PLAIN: Mapping[str, Other] = {
    "SES": lambda course, steps: SimpleExpSmoothing(course, initialization_method="estimated").fit().forecast(steps),
    "Theta": lambda course, steps: np.asarray(ThetaModel(course, period=YEAR, deseasonalize=False).fit(disp=False).forecast(steps)),
    "Holt, searched": lambda course, steps: Holt(course, damped_trend=True, initialization_method="estimated").fit().forecast(steps),
}
SEASONAL: Mapping[str, Other] = {
    "as a year ago": _year_ago,
    "… moved to the level of now": lambda course, steps: _year_ago(course, steps) + np.mean(course[-3:] - course[-15:-12]),
    "Holt-Winters, searched": lambda course, steps: (
        ExponentialSmoothing(
            course, trend="add", damped_trend=True, seasonal="add", seasonal_periods=YEAR, initialization_method="heuristic"
        )
        .fit()
        .forecast(steps)
    ),
    "STL and ETS": lambda course, steps: (
        STLForecast(course, ETSModel, model_kwargs={"trend": "add", "damped_trend": True}, period=YEAR)
        .fit(fit_kwargs={"disp": False})
        .forecast(steps)
    ),
}


@dataclass(frozen=True)
class Series:
    """The closed months of an indicator; ``worked`` are the working days of each and of a year more, where it is a count."""

    name: str
    months: tuple[Month, ...]
    share: bool
    goal: bool
    worked: tuple[int, ...] | None = None

    @cached_property
    def course(self) -> Floats:
        """The scale on which all methods look ahead: log odds, the log of so many a working day, or the value."""
        values = np.array([float(month.value) for month in self.months])
        if self.worked:
            return np.log((values + 0.5) / np.array(self.worked[: len(values)]))
        if not self.share:
            return values
        above, below = (np.array([float(getattr(month, part) or 0) for month in self.months]) for part in ("numerator", "denominator"))
        return np.log((above + 0.5) / (below - above + 0.5))

    def back(self, course: Floats, at: int) -> Floats:
        """The indicator's own scale, of months from a place on."""
        if self.worked:
            return np.exp(course) * np.array(self.worked[at : at + len(course)]) - 0.5
        return 100 / (1 + np.exp(-course)) if self.share else course


def run(folder: Path, rows: int) -> None:
    """Write the table; ``rows`` does not matter, the ministry is always the same."""
    lines = [HEAD, *_ministry(folder), *_permits()]
    REPORT.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines), flush=True)


HEAD = """# Back-tests of forecasts

Written by `python -m benchmarks forecasting`; how forecasts are made is in [docs/reference/forecast.md](../docs/reference/forecast.md).
Each figure is the mean error of the twelve months ahead as a share of that of "no change" (the last month's own value), from every third
month on at which two years were known; below 1 is better than "no change". "Ours" is what the product says with what was known then, its
choice among its manners made anew each time; the manner named is that of today. "Held" is the share of those months that lay within its
range, which is meant to be 80 %. All methods look ahead on the same scale: shares as log odds, counts as the log of how many a working day.
"""


def _ministry(folder: Path) -> list[str]:
    others = {**PLAIN, **SEASONAL}
    lines = ["## The demonstration ministry, 36 closed months", "", "| indicator | goal | ours | held | " + " | ".join(others) + " |"]
    lines.append("|---|---|---|---|" + "---|" * len(others))
    every: list[tuple[Series, float | None, float, list[float | None]]] = []
    for series in _series(folder):
        today = forecast(series.months, STEPS, share=series.share, worked=series.worked)
        if today is None or len(series.months) <= TWO_YEARS:
            lines.append(f"| {series.name} | | too little history | | {' | '.join('' for _ in others)} |")
            continue
        ours, held = _ours(series, TWO_YEARS)
        theirs = [_error(method, series, TWO_YEARS) for method in others.values()]
        every.append((series, ours, held, theirs))
        shown = " | ".join(map(_shown, theirs))
        lines.append(f"| {series.name} | {'yes' if series.goal else ''} | {_shown(ours)} ({SAID[today.method]}) | {held:.0%} | {shown} |")
    for label, chosen in (("with a goal", [each for each in every if each[0].goal]), ("all", every)):
        known = [each for each in chosen if each[1] is not None]
        worse = sum(1 for each in known if (each[1] or 0) > 1.02)
        means = [_mean([each[3][place] for each in known]) for place in range(len(others))]
        held, mean = np.mean([each[2] for each in chosen]), _mean([each[1] for each in known])
        title = f"**{label}: geometric mean, {worse} of {len(known)} worse than no change**"
        lines.append(f"| {title} | | **{mean}** | **{held:.0%}** | {' | '.join(means)} |")
    return [*lines, ""]


SAID = {Method.NO_CHANGE: "no change", Method.YEAR_AGO: "a year ago", Method.HOLT: "Holt", Method.HOLT_WINTERS: "Holt-Winters"}


def _mean(errors: Sequence[float | None]) -> str:
    """The geometric mean; an error of nearly nothing counts as 0.05."""
    return f"{np.exp(np.mean([np.log(max(each, 0.05)) for each in errors if each is not None])):.2f}"


def _shown(error: float | None) -> str:
    return "–" if error is None else f"{error:.2f}"


def _series(folder: Path) -> Iterator[Series]:
    """The closed months of every indicator of the ministry."""
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
            kind, months = kind_of(spec, is_stock(store.catalogue, name)), tuple(run_[-MOST_MONTHS:])
            share = kind in SHARES and all(0 <= (each.numerator or 0) <= (each.denominator or 0) for each in months)
            starts = [month_after(today, place) for place in range(-len(months), STEPS)]
            worked = tuple(working_days(store.catalogue.civil_time, starts).values()) if kind is Kind.TOTAL else None
            yield Series(name, months, share, bool(store.catalogue.goals_of(name)), worked)
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


def _origins(series: Series, first: int) -> Iterator[tuple[int, Floats]]:
    """How many months are known, and what came in those after them."""
    values = np.array([float(month.value) for month in series.months])
    for known in range(first, len(values), EVERY):
        yield known, values[known : known + STEPS]


def _ours(series: Series, first: int) -> tuple[float | None, float]:
    """The error of the product's own forecasts against “no change”, and the share of months that lay within their ranges."""
    off, unchanged, held = [], [], []
    for known, came in _origins(series, first):
        said = forecast(series.months[:known], STEPS, share=series.share, worked=series.worked and series.worked[: known + STEPS])
        assert said is not None
        middle, low, high = (np.array(side[: len(came)]) for side in (said.middle, said.low, said.high))
        off.append(np.abs(middle - came))
        unchanged.append(np.abs(float(series.months[known - 1].value) - came))
        held.append((low <= came + 1e-9) & (came <= high + 1e-9))
    return _ratio(off, unchanged), float(np.concatenate(held).mean())


def _error(method: Other, series: Series, first: int) -> float | None:
    """The same of another method."""
    off, unchanged = [], []
    for known, came in _origins(series, first):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            said = np.asarray(method(series.course[:known], len(came)))
        off.append(np.abs(series.back(said, known) - came))
        unchanged.append(np.abs(float(series.months[known - 1].value) - came))
    return _ratio(off, unchanged)


def _ratio(off: Sequence[Floats], unchanged: Sequence[Floats]) -> float | None:
    base = float(np.concatenate(unchanged).mean())
    return float(np.concatenate(off).mean()) / base if base > 0 else None


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
                week = period_of("week", came.date()).start if came else date.min
                below[week] += 1
                above[week] += hit
    lines = [
        *title,
        "`municipal_permits` spans 15 months, `canada_services` two years in one figure each, `qd766` single months and quarters: all",
        "too short for the 18 closed months that the product asks for, where it says that there is too little history. As a test of",
        "the method, the permits were looked ahead **by week** instead, twelve weeks from every third week on:",
        "",
        "| series | weeks | ours | held | " + " | ".join(PLAIN) + " |",
        "|---|---|---|---|" + "---|" * len(PLAIN),
    ]
    for name, (above, below) in counts.items():
        weeks = sorted(below)[1:-1]
        months = tuple(Month(Decimal(above[week]), Decimal(below[week]), Decimal(100 * above[week]) / below[week]) for week in weeks)
        lines.append(_of_weeks(Series(name, months, share=True, goal=False)))
    whole = counts["received through the Internet"][1]
    weeks = [min(whole) + timedelta(weeks=place) for place in range(1, (max(whole) - min(whole)).days // 7)]
    lines.append(_of_weeks(Series("received", tuple(Month(None, None, Decimal(whole[week])) for week in weeks), share=False, goal=False)))
    return lines


def _of_weeks(series: Series) -> str:
    ours, held = _ours(series, FIRST_WEEK)
    others = " | ".join(_shown(_error(method, series, FIRST_WEEK)) for method in PLAIN.values())
    return f"| {series.name} | {len(series.months)} | {_shown(ours)} | {held:.0%} | {others} |"

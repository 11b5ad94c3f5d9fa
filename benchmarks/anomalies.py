"""How well planted faults are found in what the simulated ministry delivers, and how often there is a false alarm."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from benchmarks.report import say
from data_sources.demo.ministry import DemoMinistry
from ioc.catalogue.load import BUILT_IN, load
from ioc.catalogue.model import Catalogue
from ioc.catalogue.period import period_of
from ioc.indicators.unusual import BEFORE, RECENT, Series, Unusual, unusual_counts, unusual_rates

NOW = datetime(2026, 11, 27, 5, tzinfo=UTC)
TODAY = date(2026, 11, 27)
SEEDS = (1, 2, 3, 4, 5, 6)
COLUMNS = ("unit", "procedure", "received_at", "fully_online")


@dataclass(frozen=True)
class Fault:
    """Something that went wrong: how, on which days, in which records; ``by`` is where it is to be found."""

    kind: str
    by: str | None
    code: str | None
    first: date
    last: date

    def touches(self, found: Unusual) -> bool:
        """Whether an alarm is about records that this fault has changed."""
        return self.first <= found.span.end and found.span.start <= self.last

    def is_found_by(self, found: Unusual) -> bool:
        """Whether an alarm names this very fault."""
        return self.touches(found) and (found.dimension, found.code) == (self.by, self.code)


# kind, where it is to be found, how many are planted in a year, and the least number of records a day or week that it is planted in.
FAULTS = (
    ("a day's records halved", None, 3, 300),
    ("a day's records half as many again", None, 3, 300),
    ("a day's share down by a quarter", None, 3, 300),
    ("a unit's week halved", "unit", 3, 100),
    ("a unit's share down by 20 points for a week", "unit", 3, 100),
    ("a procedure's week doubled", "procedure", 3, 50),
    ("a procedure's share down by 30 points for a week", "procedure", 3, 60),
)


@dataclass
class Tally:
    """What was found: of each kind of fault how many of how many; alarms with a fault behind them, of all; and those without any fault."""

    planted: dict[str, list[int]]
    alarms: list[int]
    quiet: int = 0

    @property
    def recall(self) -> float:
        """Which share of all planted faults was found, each where it was planted."""
        return sum(hits for hits, _ in self.planted.values()) / sum(of for _, of in self.planted.values())

    @property
    def precision(self) -> float:
        """Which share of all alarms is about records that a fault has changed."""
        return self.alarms[0] / self.alarms[1]


def run(_folder: Path, _rows: int) -> None:
    """Measure over several ministries; folder and size of the other parts do not matter."""
    found = measure(SEEDS)
    part = f"anomalies, {len(SEEDS)} simulated ministries"
    for kind, (hits, of) in found.planted.items():
        say(part, kind, f"{hits} of {of} found", "")
    say(part, "recall", f"{found.recall:.0%}", "")
    say(part, "precision", f"{found.alarms[0]} of {found.alarms[1]} alarms = {found.precision:.0%}", "")
    say(part, "alarms where nothing was planted", f"{found.quiet / len(SEEDS):.1f} a ministry and year", "")


def measure(seeds: Sequence[int]) -> Tally:
    """Plant faults into the last of three years of each ministry, and look for them."""
    catalogue = load(BUILT_IN / "moha")
    tally = Tally({kind: [0, 0] for kind, *_ in FAULTS}, [0, 0])
    for seed in seeds:
        records = _records(catalogue, seed)
        tally.quiet += len(_alarms(records, catalogue))
        faults, soiled = _plant(records, catalogue, np.random.default_rng(seed))
        found = _alarms(soiled, catalogue)
        for fault in faults:
            tally.planted[fault.kind][0] += any(map(fault.is_found_by, found))
            tally.planted[fault.kind][1] += 1
        tally.alarms[0] += sum(any(fault.touches(each) and _shares(fault, each, records) for fault in faults) for each in found)
        tally.alarms[1] += len(found)
    return tally


def _records(catalogue: Catalogue, seed: int) -> pd.DataFrame:
    tables = DemoMinistry(catalogue, seed, NOW, years=3).history("dossier")
    frame = pa.concat_tables([table.select(COLUMNS) for table in tables]).to_pandas().dropna(subset=["unit", "received_at"])
    frame["day"] = frame["received_at"].dt.tz_convert(catalogue.zone).dt.date
    return frame[frame["day"] < TODAY].reset_index(drop=True)


def _plant(frame: pd.DataFrame, catalogue: Catalogue, rng: np.random.Generator) -> tuple[list[Fault], pd.DataFrame]:
    """The records with faults in them, all within the last year and none near another."""
    faults: list[Fault] = []
    keep, twice = np.ones(len(frame), dtype=bool), np.zeros(len(frame), dtype=bool)
    online = frame["fully_online"].to_numpy(dtype=bool).copy()
    taken: set[date] = set()
    for kind, by, count, least in FAULTS:
        for _ in range(count):
            fault, mine = next(_places(frame, catalogue, kind, by, least, taken, rng))
            taken |= {fault.first + timedelta(days=off) for off in range(-7, (fault.last - fault.first).days + 8)}
            chance = rng.random(len(frame))
            if "halved" in kind:
                keep &= ~(mine & (chance < 0.5))
            elif "again" in kind or "doubled" in kind:
                twice |= mine & (chance < (1.0 if "doubled" in kind else 0.5))
            else:
                share = online[mine].mean()
                lost = share * 0.25 if "quarter" in kind else 0.2 if "20" in kind else 0.3
                online &= ~(mine & (chance < min(lost / share, 1)))
            faults.append(fault)
    soiled = frame.assign(fully_online=online)
    return faults, pd.concat([soiled[keep], soiled[keep & twice]], ignore_index=True)


def _places(
    frame: pd.DataFrame, catalogue: Catalogue, kind: str, by: str | None, least: int, taken: set[date], rng: np.random.Generator
) -> Iterator[tuple[Fault, np.ndarray]]:
    """Random places that hold enough records, where nothing has been planted, and the records there."""
    while True:
        day = TODAY - timedelta(days=int(rng.integers(14, RECENT.days - 14)))
        span = period_of("week" if by else "day", day)
        if not catalogue.civil_time.is_working(day) or span.start in taken or span.end in taken:
            continue
        within = ((frame["day"] >= span.start) & (frame["day"] <= span.end)).to_numpy()
        code = None
        if by:
            sizes = frame.loc[within, by].value_counts()
            fitting = sorted(sizes[sizes >= least].index)
            if not fitting:
                continue
            code = str(rng.choice(fitting))
            within = within & (frame[by] == code).to_numpy()
        share = frame.loc[within, "fully_online"].mean()
        if within.sum() >= least and ("share" not in kind or share > 0.4):
            yield Fault(kind, by, code, span.start, span.end), within


def _alarms(frame: pd.DataFrame, catalogue: Catalogue) -> list[Unusual]:
    days = _series(frame, None, "day")
    lately = frame[frame["day"] >= period_of("week", TODAY - RECENT - BEFORE).start]
    weeks = [_series(lately, dimension, "week") for dimension in ("unit", "procedure")]
    found = [each for series in (days, *weeks) for each in unusual_rates(series, catalogue.civil_time)]
    counts = [series._replace(numerators=series.denominators) for series in (days, *weeks)]
    found += unusual_counts(counts[0], counts[1:], catalogue.civil_time)
    return [each for each in found if each.span.end >= TODAY - RECENT]


def _series(frame: pd.DataFrame, dimension: str | None, kind: str) -> Series:
    start = period_of(kind, frame["day"].min())
    step = 1 if kind == "day" else 7
    length = ((TODAY if kind == "day" else period_of(kind, TODAY).start) - start.start).days // step
    column = ((pd.to_datetime(frame["day"]) - pd.Timestamp(start.start)).dt.days // step).to_numpy()
    codes = sorted(frame[dimension].unique()) if dimension else [None]
    row = frame[dimension].map({code: number for number, code in enumerate(codes)}).to_numpy() if dimension else np.zeros(len(frame), int)
    inside = column < length
    below, above = np.zeros((len(codes), length)), np.zeros((len(codes), length))
    np.add.at(below, (row[inside], column[inside]), 1)
    np.add.at(above, (row[inside], column[inside]), frame["fully_online"].to_numpy(dtype=float)[inside])
    return Series(
        dimension, codes, [period_of(kind, start.start + timedelta(days=step * number)) for number in range(length)], above, below
    )


def _shares(fault: Fault, found: Unusual, frame: pd.DataFrame) -> bool:
    """Whether the records of a fault and of an alarm overlap in unit and procedure."""
    if fault.by is None or found.dimension is None or fault.by == found.dimension:
        return fault.by is None or found.dimension is None or fault.code == found.code
    both = frame[(frame[fault.by] == fault.code) & (frame[found.dimension] == found.code)]
    return len(both) > 0

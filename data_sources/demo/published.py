"""What the national portal publishes about the ministry: its score of Decision 766 for each month, on the tenth of the next."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from data_sources.demo.life import Column, Life
from data_sources.demo.rhythm import Month
from data_sources.demo.world import World

INDEX = "public_service_score"
PUBLISHED_AFTER = 9  # days into the month
# Groups with their most points, and the rate of the story that each follows.
GROUPS = {
    "CKMB": (18, "dossiers_digitised"),
    "TDGQ": (20, "dossiers_on_time"),
    "ONLINE": (12, "dossiers_fully_online"),
    "TTTT": (10, "paid_online"),
    "MDSH": (22, "result_electronic"),
    "MDHL": (18, "satisfied"),
}
TOTAL = "TOTAL"
CASES = 10_000  # of so many each group is a rate


def published_scores(world: World, month: Month, rng: np.random.Generator) -> Life:
    """The score of the month before, published in this one: six groups and the whole."""
    codes = (*GROUPS, TOTAL)
    first, past = world.rhythm.day(np.array([month.start, month.start])) - np.array([0, 1])
    begins = int(world.rhythm.day(np.array([world.rhythm.month(*_before(month)).start]))[0])
    units = np.arange(len(world.catalogue.units))
    at = np.full(len(units), month.start)
    most = np.array([points for points, _ in GROUPS.values()], dtype=np.float64)
    rates = np.array([float(np.nanmean(world.chance(rate, units, at))) for _, rate in GROUPS.values()])
    points = np.round(most * np.clip(rates + rng.normal(0, 0.01, len(rates)), 0, 1), 2)
    born = world.rhythm.morning(np.full(len(codes), first + PUBLISHED_AFTER))
    place = np.arange(len(codes))
    fixed: dict[str, Column] = {
        "provider": np.full(len(codes), world.code("score_providers", "national_portal")),
        "indicator": np.zeros(len(codes), dtype=np.int64),
        "metric": place,
        "period_from": np.full(len(codes), begins),
        "period_to": np.full(len(codes), past),
        "numerator": np.append(np.round(CASES * points / most), np.nan),
        "denominator": np.append(np.full(len(most), float(CASES)), np.nan),
        "score": np.append(points, np.round(points.sum(), 2)),
        "max_score": np.append(most, most.sum()),
        "published_at": born,
    }
    keys = pa.array([f"DVCQG-{month.year}{month.month:02d}-{code}" for code in codes])
    return Life(keys, born, fixed, words={"indicator": (INDEX,), "metric": codes})


def _before(month: Month) -> tuple[int, int]:
    return (month.year - 1, 12) if month.month == 1 else (month.year, month.month - 1)

"""What the national portal publishes about the ministry: its score of Decision 766 for each month, on the tenth of the next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from data_sources.demo.life import Column, Life
from data_sources.demo.rhythm import Month
from data_sources.demo.story import day_number
from data_sources.demo.world import World
from ioc.catalogue.period import month_after

INDEX = "public_service_score"
PUBLISHED_AFTER = 9  # days into the month
TOTAL = "TOTAL"
# Of so many cases each metric is a rate.
DOSSIERS, PAID, PETITIONS, PROCEDURES, PAYABLE = 20_000, 13_000, 400, 49, 18


class Metric(NamedTuple):
    """A metric: its most points, and of how many cases it is a rate."""

    code: str
    most: float
    cases: int


# Groups with the rate of the story that their metrics follow.
GROUPS: Mapping[str, tuple[str, tuple[Metric, ...]]] = {
    "CKMB": (
        "dossiers_digitised",
        (
            Metric("PUBLISH_ON_TIME", 6, PROCEDURES),
            Metric("PUBLIC_UPDATE_ON_TIME", 4, PROCEDURES),
            Metric("PUBLIC_CONTENT_FULL", 2, PROCEDURES),
            Metric("DOSSIER_SYNC", 6, DOSSIERS),
        ),
    ),
    "TDGQ": ("dossiers_on_time", (Metric("ON_TIME", 20, DOSSIERS),)),
    "ONLINE": (
        "dossiers_fully_online",
        (Metric("ONLINE_PROVIDED", 2, PROCEDURES), Metric("ONLINE_USED", 4, PROCEDURES), Metric("ONLINE_DOSSIERS", 6, DOSSIERS)),
    ),
    "TTTT": (
        "paid_online",
        (Metric("PAID_DOSSIERS", 6, PAID), Metric("PAID_PROCEDURES", 2, PAYABLE), Metric("PAYMENT_INTEGRATED", 2, PAYABLE)),
    ),
    "MDSH": (
        "result_electronic",
        (
            Metric("ORIGINAL_RESULT_AVAILABLE", 6, DOSSIERS),
            Metric("SO_HOA_GIAY_TO_GIAI_QUYET", 4, DOSSIERS),
            Metric("REUSED_DIGITIZED_DATA", 2, DOSSIERS),
            Metric("SYNCED_WITH_DVCQG_PERSONAL_STORAGE", 4, DOSSIERS),
            Metric("CITIZEN_DATA_CONNECTED_DOSSIER", 2, DOSSIERS),
            Metric("CITIZEN_DATA_CONNECTED_FORMALITY", 2, PROCEDURES),
            Metric("ELECTRONIC_CERTIFIED_COPY", 2, PROCEDURES),
        ),
    ),
    "MDHL": (
        "satisfied",
        (
            Metric("PETITION_PROCESSING_ON_TIME", 6, PETITIONS),
            Metric("PETITION_HANDLING_SATISFACTION", 6, PETITIONS),
            Metric("DOSSIER_RECEIVING_SATISFACTION", 6, DOSSIERS),
        ),
    ),
}


class Row(NamedTuple):
    """What is published of a metric, or of a group or the whole, which say nothing of their cases."""

    code: str
    points: float
    most: float
    numerator: float = np.nan
    denominator: float = np.nan


def published_scores(world: World, month: Month, rng: np.random.Generator) -> Life:
    """The score of the month before, published in this one: every metric, six groups and the whole."""
    rows = list(_rows(world, month, rng))
    first, past = world.rhythm.day(np.array([month.start, month.start])) - np.array([0, 1])
    begins = day_number(month_after(month.first, -1))
    born = world.rhythm.morning(np.full(len(rows), first + PUBLISHED_AFTER))
    fixed: dict[str, Column] = {
        "provider": np.full(len(rows), world.code("score_providers", "national_portal")),
        "indicator": np.zeros(len(rows), dtype=np.int64),
        "metric": np.arange(len(rows)),
        "period_from": np.full(len(rows), begins),
        "period_to": np.full(len(rows), past),
        "numerator": np.array([row.numerator for row in rows]),
        "denominator": np.array([row.denominator for row in rows]),
        "score": np.array([row.points for row in rows]),
        "max_score": np.array([row.most for row in rows]),
        "published_at": born,
    }
    keys = pa.array([f"DVCQG-{month.year}{month.month:02d}-{row.code}" for row in rows])
    return Life(keys, born, fixed, words={"indicator": (INDEX,), "metric": tuple(row.code for row in rows)})


def _rows(world: World, month: Month, rng: np.random.Generator) -> Iterator[Row]:
    """Each group after its metrics, and the whole: they add up."""
    units = np.arange(len(world.catalogue.units))
    at, groups = np.full(len(units), month.start), list[Row]()
    for group, (rate, metrics) in GROUPS.items():
        usual = float(np.nanmean(world.chance(rate, units, at)))
        parts = [_metric(each, usual, rng) for each in metrics]
        groups.append(Row(group, round(sum(each.points for each in parts), 2), sum(each.most for each in parts)))
        yield from (*parts, groups[-1])
    yield Row(TOTAL, round(sum(each.points for each in groups), 2), sum(each.most for each in groups))


def _metric(metric: Metric, usual: float, rng: np.random.Generator) -> Row:
    cases = max(round(metric.cases * (1 + rng.normal(0, 0.03))), 1)
    done = round(cases * min(max(usual + rng.normal(0, 0.01), 0), 1))
    return Row(metric.code, round(metric.most * done / cases, 2), metric.most, done, cases)

"""What all records of the demonstration ministry share: units, calendar, how good each unit is at what, and random numbers."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_sources.demo.life import MICROSECONDS_A_DAY, NEVER, Flags, Floats, Index, Moments
from data_sources.demo.rhythm import Month, Pace, Rhythm, choose
from data_sources.demo.story import Story, along, day_number
from ioc.catalogue.model import Catalogue

SECRECY = ("thuong", "mat", "toi_mat", "tuyet_mat")
SECRET_WEIGHTS = (0.86, 0.12, 0.02)  # of mật, tối mật, tuyệt mật among the secret
STEP = 7 * MICROSECONDS_A_DAY  # how finely a stock follows its path
LAST_STEP = day_number(date(2035, 1, 1)) * MICROSECONDS_A_DAY


@dataclass(frozen=True)
class World:
    """The demonstration ministry itself. All methods are pure: their chance comes from the seed or the ``rng`` they are given."""

    catalogue: Catalogue
    story: Story
    rhythm: Rhythm
    seed: int
    scale: float

    def rng(self, *names: object) -> np.random.Generator:
        """Random numbers that belong to a name: the same for the same seed, whatever else was drawn before."""
        return np.random.default_rng([self.seed, *(zlib.crc32(str(name).encode()) for name in names)])

    @cached_property
    def _places(self) -> dict[str, dict[str, int]]:
        return {}

    def places(self, codes: str) -> Mapping[str, int]:
        """The index of each code in its list."""
        if codes not in self._places:
            self._places[codes] = {code: place for place, code in enumerate(self.catalogue.code_list(codes))}
        return self._places[codes]

    def code(self, codes: str, name: str) -> int:
        """The index of a code in its list."""
        return self.places(codes)[name]

    def code_list(self, codes: str, names: Iterable[str]) -> Index:
        """The indices of codes in their list."""
        return np.array([self.code(codes, name) for name in names], dtype=np.int64)

    def pick(self, rng: np.random.Generator, count: int, codes: str, weights: Mapping[str, float]) -> Index:
        """Random codes of a list, in proportion to weights."""
        return self.code_list(codes, weights)[choose(rng, count, np.array(list(weights.values())))]

    def either(self, flags: Flags, codes: str, yes: str, no: str) -> Index:
        """One code where a flag is set, another where it is not."""
        return np.where(flags, self.code(codes, yes), self.code(codes, no))

    def papers(self, rng: np.random.Generator, count: int) -> Index:
        """Random units, in proportion to the paper that passes over their desk."""
        return self.pick(rng, count, "units", {name: unit.paper for name, unit in self.story.units.items()})

    def provinces(self, rng: np.random.Generator, count: int) -> Index:
        """Random provinces, in proportion to their people."""
        return self.pick(rng, count, "provinces", self.story.provinces)

    def count(self, rng: np.random.Generator, record: str, month: Month, pace: Pace) -> int:
        """How many records of a type are born in a month."""
        volume = self.story.volumes[record]
        growth = float(along(volume.growth, np.array([month.middle]))[0])
        expected = volume.a_year / 12 * volume.season[month.month - 1] * growth * self.rhythm.load(month, pace) * self.scale
        return int(rng.poisson(expected))

    def chance(self, name: str, units: Index, moments: Moments | Floats) -> Floats:
        """How likely each unit is, at each moment, to do well in something: between 0 and 1."""
        share = self.story.shares[name]
        percent = along(share.all, moments)
        for unit, path in share.units.items():
            own = units == self.code("units", unit)
            percent = np.where(own, along(path, moments), percent)
        odds = self._odds(name)[units]
        likely = percent / 100
        return likely * odds / (1 - likely + likely * odds)

    def happens(self, rng: np.random.Generator, name: str, units: Index, moments: Moments) -> Flags:
        """Whether each of them does well."""
        return rng.random(len(units)) < self.chance(name, units, moments)

    def _odds(self, name: str) -> Floats:
        """How the units differ in something: a factor on the odds; a unit with a path of its own has none."""
        share = self.story.shares[name]
        odds = np.exp(self.rng("odds", name).normal(0, share.spread, len(self.catalogue.units)))
        odds[[self.code("units", unit) for unit in share.units]] = 1
        return odds

    def reached(self, rng: np.random.Generator, name: str, units: Index) -> Moments:
        """The day on which each of them gets there, so that the share of a stock follows its path; NEVER for those left out."""
        count = len(units)
        rank = (rng.permutation(count) + 0.5) / max(count, 1)
        steps = np.arange(day_number(date(2015, 1, 1)) * MICROSECONDS_A_DAY, LAST_STEP, STEP)
        result = np.full(count, NEVER)
        for unit in np.unique(units):
            own = np.flatnonzero(units == unit)
            # A path that first stood at 40 % did not get there in one day: it is drawn back to nothing over the years before.
            level = _drawn_back(self.chance(name, np.full(len(steps), unit), steps), steps, self._first_point(name))
            step = np.searchsorted(level, rank[own], side="left")
            days = steps[np.minimum(step, len(steps) - 1)] // MICROSECONDS_A_DAY + rng.integers(0, 7, len(own))
            result[own] = np.where(step < len(steps), days, NEVER)
        return self._working(result)

    def _first_point(self, name: str) -> int:
        first = min(self.story.shares[name].all)
        return day_number(date.fromisoformat(f"{first}-01")) * MICROSECONDS_A_DAY

    def _working(self, days: Moments) -> Moments:
        real = np.where(days == NEVER, 0, days)
        safe = np.maximum(real, day_number(date(2015, 2, 1)))
        return np.where(days == NEVER, NEVER, self.rhythm.after(safe, 0))

    def secrecy(self, rng: np.random.Generator, record: str, count: int) -> Index:
        """Which records are secret, and how."""
        secret = rng.random(count) * 100 < self.story.secret.get(record, 0)
        kinds = 1 + np.searchsorted(np.cumsum(SECRET_WEIGHTS), rng.random(count) * sum(SECRET_WEIGHTS), side="right")
        return np.where(secret, kinds, 0)

    def keys(self, prefix: str, month: Month, born: Moments) -> pa.Array:
        """Codes such as G09-20261123-004567: organisation and kind, day, number within the month."""
        days = self.rhythm.day(born)
        first = int(self.rhythm.day(np.array([month.start]))[0])
        words = pa.array([f"{prefix}-{month.year}{month.month:02d}{day:02d}-" for day in range(1, 32)])
        serials = pc.utf8_lpad(pa.array(np.arange(1, len(born) + 1)).cast(pa.string()), 6, "0")
        return pc.binary_join_element_wise(pc.take(words, pa.array(days - first)), serials, "")


def _drawn_back(level: Floats, steps: Moments, first: int) -> Floats:
    """A path that rises in a straight line from nothing, over the four years before its first point."""
    years = 4 * 365 * MICROSECONDS_A_DAY
    ramp = np.clip((steps - (first - years)) / years, 0, 1)
    return np.maximum.accumulate(np.where(steps < first, level * ramp, level))

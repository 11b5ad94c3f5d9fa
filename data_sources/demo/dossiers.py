"""Dossiers of administrative procedures, from receipt to the returned result."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from data_sources.demo.life import (
    MICROSECONDS_A_DAY,
    MICROSECONDS_A_MINUTE,
    MICROSECONDS_AN_HOUR,
    NEVER,
    Column,
    Flags,
    Floats,
    Index,
    Life,
    Moments,
    Stage,
    flag,
    later,
    only,
)
from data_sources.demo.procedures import Register
from data_sources.demo.rhythm import CLOSES, Month
from data_sources.demo.world import World

OUTCOMES = {"completed": 0.958, "rejected": 0.021, "stopped": 0.012, "withdrawn": 0.009}
APPLICANTS = {"citizen": 0.82, "business": 0.12, "household": 0.02, "organisation": 0.04}
SUPPLEMENTED, TWICE_SUPPLEMENTED = 0.085, 0.004
FORGOTTEN = 0.0006  # never finished
MEAN_DAYS_LATE = 4.0
RETURNED, RATED, SIGNED = 0.94, 0.22, 0.97


@dataclass(frozen=True)
class _Born:
    """What is known of each dossier when it comes in, in order of birth."""

    at: Moments
    place: Index  # in the register of procedures
    unit: Index
    online: Flags
    fully: Flags

    def ordered(self) -> _Born:
        order = np.argsort(self.at, kind="stable")
        return replace(self, **{name: getattr(self, name)[order] for name in ("at", "place", "unit", "online", "fully")})


def dossiers(world: World, register: Register, month: Month, rng: np.random.Generator) -> Life:
    """The dossiers received in a month."""
    born = _born(world, register, month, rng)
    count = len(born.at)
    days = register.days[born.place]
    received_on = world.rhythm.day(born.at)
    due = world.rhythm.moment(world.rhythm.after(received_on, days), CLOSES)
    fixed: dict[str, Column] = {
        "unit": born.unit,
        "procedure": register.code[born.place],
        "sector": register.sector[born.place],
        "level": register.level_at(world, born.place, received_on),
        "province": world.provinces(rng, count),
        "channel": _channel(world, rng, born.online),
        "applicant_kind": world.pick(rng, count, "applicant_kinds", APPLICANTS),
        "received_at": born.at,
        "due_at": due,
        "time_limit": days.astype(np.float64),
        "time_unit": np.full(count, world.code("time_units", "working_day")),
        "eligible": register.eligible[born.place],
        "result_due": np.full(count, True),
        "status": np.full(count, world.code("dossier_statuses", "received"), dtype=np.int8),
        "fully_online": born.fully,
        "digitised": _also(world, rng, "dossiers_digitised", born, born.fully),
        "authenticated": born.online & world.happens(rng, "dossiers_authenticated", born.unit, born.at),
        "data_reused": world.happens(rng, "data_reused", born.unit, born.at),
        "fee_due": register.fee[born.place],
    }
    return Life(world.keys("G09", month, born.at), born.at, fixed, _stages(world, rng, born, days, fixed["fee_due"] == 1))


def _born(world: World, register: Register, month: Month, rng: np.random.Generator) -> _Born:
    count = world.count(rng, "dossier", month, "office")
    place = register.asked_for(world, rng, count, month)
    unit = register.unit[place]
    middle = np.full(count, month.middle)
    full = register.fully_online_at(place, world.rhythm.day(middle))
    wholly = world.chance("dossiers_fully_online", unit, middle) / max(full.mean() if count else 1, 0.01)
    fully = full & (rng.random(count) < wholly)
    online = fully | (rng.random(count) < _rest(world.chance("dossiers_submitted_online", unit, middle), fully))
    by_night = world.rhythm.births(rng, count, month, "online")
    by_day = world.rhythm.births(rng, count, month, "office")
    return _Born(np.where(online, by_night, by_day), place, unit, online, fully).ordered()


def _rest(wanted: Floats, given: Flags) -> Floats:
    """How likely the rest must be so that, with those given, the wanted share comes out."""
    share = float(given.mean()) if len(given) else 0
    return np.clip((wanted - share) / max(1 - share, 0.01), 0, 1)


def _also(world: World, rng: np.random.Generator, name: str, born: _Born, given: Flags) -> Flags:
    """Who does well in something, when those given do anyhow."""
    return given | (rng.random(len(given)) < _rest(world.chance(name, born.unit, born.at), given))


def _channel(world: World, rng: np.random.Generator, online: Flags) -> Index:
    counter, post = world.code("channels", "counter"), world.code("channels", "post")
    return np.where(online, world.code("channels", "online"), np.where(rng.random(len(online)) < 0.78, counter, post))


def _stages(world: World, rng: np.random.Generator, born: _Born, days: Index, fee: Flags) -> tuple[Stage, ...]:
    count = len(born.at)
    status = world.places("dossier_statuses")
    taken_up = world.rhythm.into_office(born.at + (rng.exponential(2.5, count) * MICROSECONDS_AN_HOUR).astype(np.int64))
    end = np.maximum(_end(world, rng, born, days), taken_up + 20 * MICROSECONDS_A_MINUTE)
    asked, supplied, requests = _supplement(rng, taken_up, end)
    waited = np.where(supplied == NEVER, 0, supplied - asked)
    end = np.where(waited == 0, end, world.rhythm.into_office(later(end, waited)))
    outcome = world.pick(rng, count, "dossier_statuses", OUTCOMES)
    done = (outcome == status["completed"]) & (end != NEVER)
    returned = only(done & (rng.random(count) < RETURNED), later(end, _delay(rng, count, 8)))
    rated = only(rng.random(count) < RATED, later(returned, _delay(rng, count, 60)))
    electronic = _also(world, rng, "result_electronic", born, born.fully)
    paid = world.happens(rng, "paid_online", born.unit, born.at)
    rating = _rating(world, rng, born)
    return (
        Stage(only(fee, born.at + 5 * MICROSECONDS_A_MINUTE), {"status": status["waiting_payment"]}),
        Stage(taken_up, {"status": status["in_progress"], "paid_online": flag(fee, paid)}),
        Stage(asked, {"status": status["waiting_supplement"], "supplement_requests": requests, "supplement_requested_at": asked}),
        Stage(
            supplied,
            {"status": status["in_progress"], "supplement_days": waited / MICROSECONDS_A_DAY, "supplement_received_at": supplied},
        ),
        Stage(
            end,
            {
                "status": outcome,
                "completed_at": only(done, end),
                "stopped_at": only(~done, end),
                "result_electronic": flag(done, electronic),
                "signed": flag(done, electronic & (rng.random(count) < SIGNED)),
            },
        ),
        Stage(returned, {"status": status["returned"], "returned_at": returned}),
        Stage(rated, {"satisfaction": rating, "complained": rating <= 2}),
    )


def _end(world: World, rng: np.random.Generator, born: _Born, days: Index) -> Moments:
    """When each is finished, had nothing to be supplemented: so many on time as the story says."""
    count = len(born.at)
    on_time = world.happens(rng, "dossiers_on_time", born.unit, born.at)
    within = np.floor(days * (0.25 + 0.75 * rng.beta(2.2, 1.6, count)))
    late = days + 1 + np.floor(rng.exponential(MEAN_DAYS_LATE, count))
    working_days = np.where(on_time, np.minimum(within, days), late).astype(np.int64)
    end = world.rhythm.moment(world.rhythm.after(world.rhythm.day(born.at), working_days), world.rhythm.office_time(rng, count))
    return only(rng.random(count) >= FORGOTTEN, end)


def _supplement(rng: np.random.Generator, taken_up: Moments, end: Moments) -> tuple[Moments, Moments, Column]:
    """When papers were asked for and came (NEVER for most), and how often."""
    count = len(end)
    asks = (rng.random(count) < SUPPLEMENTED) & (end != NEVER)
    ended = np.where(end == NEVER, taken_up, end)
    asked = only(asks, taken_up + ((ended - taken_up) * rng.uniform(0.1, 0.5, count)).astype(np.int64))
    waiting = ((0.6 + rng.exponential(4, count)) * MICROSECONDS_A_DAY).astype(np.int64)
    supplied = later(asked, waiting)
    requests = np.where(rng.random(count) < TWICE_SUPPLEMENTED / SUPPLEMENTED, 2, 1).astype(np.int16)
    return asked, supplied, requests


def _rating(world: World, rng: np.random.Generator, born: _Born) -> Index:
    good = world.happens(rng, "satisfied", born.unit, born.at)
    return np.where(good, rng.integers(4, 6, len(good)), rng.integers(1, 4, len(good))).astype(np.int16)


def _delay(rng: np.random.Generator, count: int, hours: float) -> Moments:
    return (rng.exponential(hours, count) * MICROSECONDS_AN_HOUR).astype(np.int64)

"""Systems: what stands of the plan, how platforms run, how safe they are, and how fresh the data are that they supply."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa

from data_sources.demo.life import (
    MICROSECONDS_A_DAY,
    MICROSECONDS_A_MINUTE,
    MICROSECONDS_AN_HOUR,
    NEVER,
    Column,
    Life,
    Moments,
    Stage,
)
from data_sources.demo.rhythm import Month
from data_sources.demo.story import along, day_number, path_points
from data_sources.demo.world import World

LEVELS = {"1": 10, "2": 40, "3": 42, "4": 8}
INCIDENTS = {"malware": 30, "phishing": 26, "scan": 26, "intrusion": 6, "leak": 3, "outage": 9}
HOURS_TO_HANDLE = {"low": 120, "medium": 72, "high": 24, "critical": 8}
SEVERITIES = {"low": 46, "medium": 36, "high": 15, "critical": 3}
DEVICES = {"sensor": 45, "card_reader": 30, "kiosk": 15, "scanner": 10}
DAYS_BETWEEN_FAULTS, HOURS_OF_FAULT, FAULTS = 9.0, 5.0, 300  # of a device; the last far enough ahead for any stream
REPORTED_AT = 23 * MICROSECONDS_AN_HOUR + 40 * MICROSECONDS_A_MINUTE  # when the figures of a day are written


def milestones(world: World) -> Life:
    """The milestones, each with all the states that it goes through."""
    story = world.story.milestones
    names = tuple(story)
    states = [tuple(standing.state for standing in standings) for standings in story.values()]
    evidence = tuple(dict.fromkeys(standing.evidence for standings in story.values() for standing in standings))
    horizon = [day_number(world.catalogue.milestones[name].horizon) for name in names]
    stages = []
    for place in range(1, max(map(len, states))):
        on = [day_number(standings[place].on) if place < len(standings) else NEVER for standings in story.values()]
        stages.append(Stage(world.rhythm.morning(np.array(on)), _standing(world, place, evidence)))
    first = world.rhythm.morning(np.array([day_number(standings[0].on) for standings in story.values()]))
    fixed = {"due_on": np.array(horizon)} | _standing(world, 0, evidence)
    return Life(pa.array(names), first, fixed, tuple(stages), {"evidence": evidence})


def _standing(world: World, place: int, evidence: tuple[str, ...]) -> dict[str, Moments]:
    """The columns of each milestone's ``place``-th state (of its last one where it has fewer)."""
    standings = [standings[min(place, len(standings) - 1)] for standings in world.story.milestones.values()]
    return {
        "state": world.code_list("milestone_states", (standing.state for standing in standings)),
        "percent": np.array([standing.percent for standing in standings], dtype=np.float64),
        "evidence": np.array([evidence.index(standing.evidence) for standing in standings]),
    }


def data_services(world: World) -> Life:
    """The innovative data services: one more whenever the story's path passes a whole number."""
    rng = world.rng("data_service")
    moments, values = path_points(world.story.data_services)
    numbers = np.arange(1, int(values[-1]) + 1)
    # Those that ran before the story begins started one a quarter before it.
    before = moments[0] - (values[0] - numbers + 1) * 90 * MICROSECONDS_A_DAY
    started_at = np.where(numbers <= values[0], before, np.interp(numbers, values, moments)).astype(np.int64)
    started = world.rhythm.after(world.rhythm.day(started_at), 0)
    owners = world.pick(rng, len(numbers), "units", {sector.unit: sector.weight for sector in world.story.sectors.values()})
    by_unit = {world.code("units", sector.unit): world.code("sectors", name) for name, sector in world.story.sectors.items()}
    fixed: dict[str, Column] = {
        "unit": owners,
        "sector": np.array([by_unit[int(unit)] for unit in owners]),
        "started_on": started,
    }
    return Life(pa.array([f"DVDL-{number:03d}" for number in numbers]), world.rhythm.morning(started), fixed)


def security_systems(world: World) -> Life:
    """The information systems, and when each got its security level and its monitoring."""
    rng = world.rng("security_system")
    count = world.story.security_systems
    unit = world.papers(rng, count)
    began = world.rhythm.after(day_number(date(2019, 1, 7)) + rng.integers(0, 365 * 4, count), 0)
    approved = _not_before(world.reached(rng, "systems_level_approved", unit), began)
    monitored = _not_before(world.reached(rng, "systems_monitored", unit), began)
    fixed: dict[str, Column] = {
        "unit": unit,
        "level": world.pick(rng, count, "security_levels", LEVELS),
        "in_operation_from": began,
    }
    stages = (
        Stage(world.rhythm.morning(approved), {"level_approved_on": approved}),
        Stage(world.rhythm.morning(monitored), {"monitored_since": monitored}),
    )
    return Life(pa.array([f"HT-{number:03d}" for number in range(1, count + 1)]), world.rhythm.morning(began), fixed, stages)


def _not_before(days: Moments, first: Moments) -> Moments:
    return np.maximum(days, first + 14)


def devices(world: World) -> Life:
    """The devices of the IoT platform, and every change of how they are: a warning or silence now and then, and well again after hours."""
    rng, count = world.rng("device"), world.story.devices
    installed = world.rhythm.after(day_number(date(2025, 6, 2)) + np.sort(rng.integers(0, 500, count)), 0)
    born = world.rhythm.morning(installed)
    online, degraded, offline = (world.code("device_states", name) for name in ("online", "degraded", "offline"))
    fixed: dict[str, Column] = {
        "unit": world.papers(rng, count),
        "kind": world.pick(rng, count, "device_kinds", DEVICES),
        "installed_on": installed,
        "state": np.full(count, online),
    }
    stages, at = [], born
    for _ in range(FAULTS):
        begun = at + (rng.exponential(DAYS_BETWEEN_FAULTS, count) * MICROSECONDS_A_DAY).astype(np.int64) + MICROSECONDS_A_MINUTE
        at = begun + (rng.exponential(HOURS_OF_FAULT, count) * MICROSECONDS_AN_HOUR).astype(np.int64) + MICROSECONDS_A_MINUTE
        stages += [Stage(begun, {"state": np.where(rng.random(count) < 0.6, degraded, offline)}), Stage(at, {"state": online})]
    return Life(pa.array([f"TB-{number:04d}" for number in range(1, count + 1)]), born, fixed, tuple(stages))


def security_incidents(world: World, month: Month, rng: np.random.Generator) -> Life:
    """The security incidents detected in a month."""
    count = world.count(rng, "security_incident", month, "online")
    born = np.sort(world.rhythm.births(rng, count, month, "online"))
    unit = world.papers(rng, count)
    severity = world.pick(rng, count, "incident_severities", SEVERITIES)
    hours = np.array([HOURS_TO_HANDLE[name] for name in world.catalogue.code_list("incident_severities")])[severity]
    on_time = world.happens(rng, "incidents_on_time", unit, born)
    taken = hours * np.where(on_time, rng.beta(2, 2.5, count), 1.05 + rng.exponential(0.8, count)) * MICROSECONDS_AN_HOUR
    handled = born + taken.astype(np.int64) + MICROSECONDS_A_MINUTE
    fixed: dict[str, Column] = {
        "unit": unit,
        "kind": world.pick(rng, count, "incident_kinds", INCIDENTS),
        "severity": severity,
        "opened_at": born,
        "due_at": born + hours * MICROSECONDS_AN_HOUR,
    }
    return Life(world.keys("SC", month, born), born, fixed, (Stage(handled, {"handled_at": handled}),))


def platform_figures(world: World, month: Month, rng: np.random.Generator) -> Life:
    """The figures of platforms for each day of a month on which the platform ran."""
    days, moments = _days(world, month)
    keys, columns = [], []
    for figure in world.story.figures:
        level = along(figure.path, moments) * np.where(world.rhythm.works(days), 1, figure.weekend)
        value = np.round(level * rng.normal(1, 0.04, len(days)))
        runs = value > 0
        keys += [f"{figure.platform}-{figure.figure}-{day}" for day in _dates(days[runs])]
        columns.append((world.code("platforms", figure.platform), world.code("figure_kinds", figure.figure), days[runs], value[runs]))
    counts = [len(day) for _, _, day, _ in columns]
    day = np.concatenate([day for _, _, day, _ in columns])
    fixed: dict[str, Column] = {
        "platform": np.repeat([platform for platform, _, _, _ in columns], counts),
        "figure": np.repeat([figure for _, figure, _, _ in columns], counts),
        "day": day,
        "value": np.concatenate([value for _, _, _, value in columns]),
    }
    return Life(pa.array(keys, pa.string()), world.rhythm.moment(day, REPORTED_AT), fixed)


def feed_days(world: World, month: Month, rng: np.random.Generator) -> Life:
    """How long data took on each day of a month: minutes where they come in real time, else hours; sometimes an outage."""
    days, _ = _days(world, month)
    feeds = world.story.feeds
    names = tuple(feeds)
    day, feed = np.tile(days, len(names)), np.repeat(np.arange(len(names)), len(days))
    since = np.array([day_number(feed.realtime) if feed.realtime else NEVER for feed in feeds.values()])[feed]
    quick = rng.gamma(3, 1.1, len(day)) + np.where(rng.random(len(day)) < 0.012, rng.exponential(90, len(day)), 0)
    nightly = 60 * np.clip(rng.normal(14, 3, len(day)), 2, 40)
    fixed: dict[str, Column] = {
        "indicator": feed,
        "system": world.code_list("source_systems", (one.system for one in feeds.values()))[feed],
        "unit": world.code_list("units", (one.unit for one in feeds.values()))[feed],
        "day": day,
        "delay_minutes": np.round(np.where(day >= since, quick, nightly), 1),
    }
    keys = [f"{name}-{one}" for name in names for one in _dates(days)]
    return Life(pa.array(keys, pa.string()), world.rhythm.moment(day, REPORTED_AT), fixed, words={"indicator": names})


def _days(world: World, month: Month) -> tuple[Moments, Moments]:
    """The days of a month, and noon on each."""
    first, last = world.rhythm.day(np.array([month.start, month.end]))
    days = np.arange(first, last)
    return days, world.rhythm.moment(days, 12 * MICROSECONDS_AN_HOUR)


def _dates(days: Moments) -> list[str]:
    """Days as text, such as 2026-11-23."""
    return [str(day) for day in days.astype("datetime64[D]")]

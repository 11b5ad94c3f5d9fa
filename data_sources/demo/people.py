"""Staff, their cards and skills, and the courses and examinations held for them."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa

from data_sources.demo.life import MICROSECONDS_AN_HOUR, NEVER, Column, Index, Life, Moments, Stage, only
from data_sources.demo.rhythm import Month
from data_sources.demo.story import day_number
from data_sources.demo.world import World

SESSIONS = {"training": 78, "recruitment": 9, "promotion": 13}
RANKS = {"chuyen_vien": 62, "chuyen_vien_chinh": 28, "chuyen_vien_cao_cap": 10}
PUBLIC_SERVICE_UNITS = ("tt_cntt", "vien_khtc", "tap_chi", "dan_tri")  # their staff are public employees
TURNOVER_A_YEAR = 0.045
CARDS_ENDED = 0.012  # lost, expired or revoked, and not replaced
REGISTER_BEGAN, NEWEST = date(2022, 1, 3), date(2032, 1, 1)


def sessions(world: World, month: Month, rng: np.random.Generator) -> Life:
    """The courses and examinations held in a month."""
    count = world.count(rng, "session", month, "office")
    born = np.sort(world.rhythm.births(rng, count, month, "office"))
    unit = world.pick(rng, count, "units", world.story.trainers)
    mode = world.places("delivery_modes")
    online = world.happens(rng, "training_online_content", unit, born)
    fixed: dict[str, Column] = {
        "unit": unit,
        "kind": world.pick(rng, count, "session_kinds", SESSIONS),
        "rank": world.pick(rng, count, "session_ranks", RANKS),
        "mode": np.where(online, mode["online"], np.where(rng.random(count) < 0.4, mode["blended"], mode["in_person"])),
        "held_at": born,
        "participants": rng.integers(15, 160, count),
    }
    return Life(world.keys("LOP", month, born), born, fixed)


def staff(world: World) -> Life:
    """The staff register: those who were there when it began, and who joined since; some leave."""
    rng = world.rng("staff")
    unit, joined, left = _careers(world, rng)
    count = len(unit)
    kind = _kinds(world, rng, unit)
    began = np.full(count, day_number(REGISTER_BEGAN))
    known = world.rhythm.after(np.maximum(joined, began), 0)
    entitled = kind != world.code("staff_kinds", "can_bo")
    fixed: dict[str, Column] = {
        "unit": unit,
        "kind": kind,
        "joined_on": np.minimum(joined, known),
        "card_entitled": entitled,
    }
    born = world.rhythm.moment(known, world.rhythm.office_time(rng, count))
    stages = []
    for share, column in (
        ("eid_cards_issued", "card_issued_on"),
        ("staff_basic_digital_skills", "basic_skills_on"),
        ("staff_data_skills", "data_skills_on"),
        ("staff_records_complete", "record_complete_on"),
    ):
        day = _earned(world, rng, share, unit, known, left)
        day = only(entitled, day) if column == "card_issued_on" else day
        stages.append(Stage(np.maximum(_registered(world, rng, day), np.where(day == NEVER, 0, born)), {column: day}))
        if column == "card_issued_on":
            issued = day
    stages.append(Stage(_registered(world, rng, left), {"left_on": left}))
    keys = [f"CB{number:06d}" for number in rng.permutation(900_000)[:count]]
    ended = np.where(issued == NEVER, 0, issued) + 30 + rng.exponential(400, count).astype(np.int64)
    ended = only((issued != NEVER) & (rng.random(count) < CARDS_ENDED) & (ended < left), ended)
    stages.append(Stage(_registered(world, rng, ended), {"card_ended_on": ended}))
    return Life(pa.array(keys, pa.string()), born, fixed, tuple(stages))


def _careers(world: World, rng: np.random.Generator) -> tuple[Index, Moments, Moments]:
    """Unit, first and last day of everybody: each post is held by one person after the other."""
    posts = np.repeat(
        world.code_list("units", world.story.units),
        [max(2, round(unit.staff * world.scale)) for unit in world.story.units.values()],
    )
    units, joined, left = [], [], []
    start = day_number(REGISTER_BEGAN) - rng.integers(30, 365 * 25, len(posts))
    first = np.full(len(posts), day_number(REGISTER_BEGAN))
    while len(posts):
        end = np.maximum(first, start) + 60 + (rng.exponential(1 / TURNOVER_A_YEAR, len(posts)) * 365).astype(np.int64)
        stays = end >= day_number(NEWEST)
        units.append(posts)
        joined.append(start)
        left.append(only(~stays, end))
        posts, start = posts[~stays], (end + rng.integers(10, 120, len(end)))[~stays]
        first = start
    return np.concatenate(units), np.concatenate(joined), np.concatenate(left)


def _kinds(world: World, rng: np.random.Generator, unit: Index) -> Index:
    kind = world.places("staff_kinds")
    public = np.isin(unit, world.code_list("units", PUBLIC_SERVICE_UNITS))
    common = np.where(public, kind["vien_chuc"], kind["cong_chuc"])
    return np.where(rng.random(len(unit)) < 0.012, kind["can_bo"], common)


def _earned(world: World, rng: np.random.Generator, share: str, unit: Index, known: Moments, left: Moments) -> Moments:
    """The day on which each gets something: as the story's path says, some weeks after joining, and not after leaving."""
    day = np.maximum(world.reached(rng, share, unit), known + rng.integers(5, 60, len(unit)))
    return only(day < left, day)


def _registered(world: World, rng: np.random.Generator, days: Moments) -> Moments:
    """When the register writes it down: on the day, in office hours."""
    return world.rhythm.moment(days, 9 * MICROSECONDS_AN_HOUR + (rng.random(len(days)) * 7 * MICROSECONDS_AN_HOUR).astype(np.int64))

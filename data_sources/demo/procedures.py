"""The register of procedures: what each is about, since when it is in force and online, and how often it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from data_sources.demo.life import NEVER, Column, Flags, Floats, Index, Life, Moments, Stage
from data_sources.demo.rhythm import Month, choose
from data_sources.demo.story import day_number
from data_sources.demo.world import World

REGISTERED = date(2020, 1, 6)  # when the register began


@dataclass(frozen=True)
class Register:
    """One row a procedure; codes are indices in their lists, days since 1970, NEVER where it does not come."""

    names: tuple[str, ...]
    code: Index
    sector: Index
    unit: Index
    days: Index
    weight: Floats
    fee: Flags
    eligible: Flags
    in_force: Moments
    abolished: Moments
    online: Moments
    fully_online: Moments
    redesigned: Moments

    def asked_for(self, world: World, rng: np.random.Generator, count: int, month: Month) -> Index:
        """Random rows, in proportion to how often each is asked for, among those in force for the whole month."""
        first, last = world.rhythm.day(np.array([month.start, month.end]))
        return choose(rng, count, np.where((self.in_force <= first) & (self.abolished >= last), self.weight, 0))

    def fully_online_at(self, rows: Index, days: Moments) -> Flags:
        """Which were offered fully online on a day."""
        return self.fully_online[rows] <= days

    def level_at(self, world: World, rows: Index, days: Moments) -> Index:
        """The level at which each was offered on a day."""
        full, partial, information = (world.code("service_levels", name) for name in ("full", "partial", "information"))
        offered = np.where(self.online[rows] <= days, partial, information)
        return np.where(self.fully_online_at(rows, days), full, offered)


def register(world: World) -> Register:
    """The register, as the story tells it."""
    rng = world.rng("procedures")
    names = tuple(world.story.procedures)
    own = [world.story.procedures[name] for name in names]
    field = [world.story.sectors[procedure.sector] for procedure in own]
    unit = world.code_list("units", (sector.unit for sector in field))
    eligible = np.array([procedure.eligible for procedure in own])
    in_force = np.array([day_number(procedure.in_force) for procedure in own])
    online = in_force + rng.integers(20, 60, len(names))
    fully = np.where(eligible, np.maximum(world.reached(rng, "procedures_level4", unit), online), NEVER)
    return Register(
        names=names,
        code=world.code_list("procedures", names),
        sector=world.code_list("sectors", (procedure.sector for procedure in own)),
        unit=unit,
        days=np.array([procedure.days or sector.days for procedure, sector in zip(own, field, strict=True)]),
        weight=_weights(world),
        fee=np.array([sector.fee for sector in field]),
        eligible=eligible,
        in_force=in_force,
        abolished=np.array([day_number(procedure.abolished) if procedure.abolished else NEVER for procedure in own]),
        online=online,
        fully_online=fully,
        redesigned=np.maximum(world.reached(rng, "services_redesigned", unit), online),
    )


def _weights(world: World) -> Floats:
    """How often each procedure is asked for: its own weight, else its field's."""
    story = world.story
    return np.array([p.weight if p.weight is not None else story.sectors[p.sector].weight for p in story.procedures.values()])


def procedures(world: World, rows: Register) -> Life:
    """The register as records: each begins with its procedure, and changes with it."""
    moment = world.rhythm.morning
    born = np.maximum(moment(rows.in_force), moment(np.full(len(rows.names), day_number(REGISTERED))))
    level = world.places("service_levels")
    fixed: dict[str, Column] = {
        "unit": rows.unit,
        "sector": rows.sector,
        "level": np.full(len(born), level["information"]),
        "eligible": rows.eligible,
        "in_force_from": rows.in_force,
        "time_limit": rows.days.astype(np.float64),
        "time_unit": np.full(len(born), world.code("time_units", "working_day")),
    }
    stages = (
        Stage(moment(rows.online), {"level": level["partial"], "online_since": rows.online}),
        Stage(moment(rows.fully_online), {"level": level["full"], "fully_online_since": rows.fully_online}),
        Stage(moment(rows.redesigned), {"redesigned_on": rows.redesigned}),
        Stage(moment(rows.abolished), {"abolished_on": rows.abolished}),
    )
    return Life(pa.array(rows.names), born, fixed, stages)

"""Documents, work files, directives, reports and inspections."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa

from data_sources.demo.life import (
    MICROSECONDS_A_DAY,
    MICROSECONDS_A_MINUTE,
    MICROSECONDS_AN_HOUR,
    Column,
    Index,
    Life,
    Moments,
    Stage,
    only,
)
from data_sources.demo.rhythm import Month
from data_sources.demo.story import day_number
from data_sources.demo.world import World
from ioc.catalogue.period import end_of_month

PARTNERS = {"central": 8, "ministry": 24, "province": 44, "subordinate": 16, "other": 8}
URGENCIES = {"normal": 90, "urgent": 7, "very_urgent": 2, "express": 1}
ORIGINS = {"government": 14, "prime_minister": 12, "minister": 46, "deputy_minister": 28}
DIRECTIVES = {"task": 70, "meeting": 22, "dispatch": 8}
ACTIVITIES = {"decision": 10, "request": 30, "working": 34, "report": 16, "conclusion": 10}
MONTHS_OF = {"month": range(1, 13), "quarter": (3, 6, 9, 12), "half_year": (6, 12), "year": (12,)}


def documents(world: World, month: Month, rng: np.random.Generator) -> Life:
    """The documents sent and received in a month."""
    count = world.count(rng, "document", month, "office")
    born = np.sort(world.rhythm.births(rng, count, month, "office"))
    unit = world.papers(rng, count)
    outgoing = rng.random(count) < 0.46
    fixed: dict[str, Column] = _signature(world, rng, unit, born) | {
        "unit": unit,
        "direction": world.either(outgoing, "document_directions", "outgoing", "incoming"),
        "partner_kind": world.pick(rng, count, "partner_kinds", PARTNERS),
        "urgency": world.pick(rng, count, "urgencies", URGENCIES),
        "exchanged_at": born,
        "status": np.full(count, world.code("document_statuses", "arrived"), dtype=np.int8),
        "secrecy": world.secrecy(rng, "document", count),
    }
    received = born + (rng.exponential(25, count) * MICROSECONDS_A_MINUTE).astype(np.int64)
    assigned = world.rhythm.into_office(received + _hours(rng, count, 3))
    begun = assigned + _hours(rng, count, 5)
    done = world.rhythm.into_office(begun + _hours(rng, count, 60))
    status = world.places("document_statuses")
    stages = (
        Stage(received, {"status": status["received"]}),
        Stage(only(~outgoing, assigned), {"status": status["assigned"]}),
        Stage(only(~outgoing, begun), {"status": status["in_progress"]}),
        Stage(np.where(outgoing, received + 2 * MICROSECONDS_AN_HOUR, done), {"status": status["completed"]}),
    )
    return Life(world.keys("VB", month, born), born, fixed, stages)


def receipts(world: World, month: Month, rng: np.random.Generator) -> Life:
    """What receivers tell of the electronic documents that were sent in a month."""
    sent = documents(world, month, world.rng("document", (month.year, month.month)))
    goes = (sent.fixed["direction"] == world.code("document_directions", "outgoing")) & (sent.fixed["secrecy"] == 0)
    rows = np.flatnonzero(goes & (sent.fixed["form"] == world.code("document_forms", "electronic")))
    unit, born, received = sent.fixed["unit"][rows], sent.born[rows], sent.stages[0].at[rows]
    accepted = world.happens(rng, "documents_accepted", unit, born)
    done = world.rhythm.into_office(received + _hours(rng, len(rows), 60))
    status = world.places("exchange_statuses")
    fixed: dict[str, Column] = {
        "unit": unit,
        "partner_kind": sent.fixed["partner_kind"][rows],
        "issued_on": world.rhythm.day(born),
        "status": np.full(len(rows), status["arrived"], dtype=np.int8),
    }
    stages = (
        Stage(received, {"status": np.where(accepted, status["received"], status["refused"])}),
        Stage(only(~accepted & (rng.random(len(rows)) < 0.3), done), {"status": status["taken_back"]}),
        Stage(only(accepted, done), {"status": status["completed"]}),
    )
    return Life(sent.keys.take(pa.array(rows)), born, fixed, stages)


def _signature(world: World, rng: np.random.Generator, unit: Index, born: Moments) -> dict[str, Column]:
    """Form and signature: what is not signed as it must be is on paper, unsigned, signed with a public one or not validly."""
    count = len(unit)
    electronic = world.happens(rng, "documents_electronic", unit, born)
    proper = electronic & world.happens(rng, "documents_signed", unit, born)
    kind = world.places("signature_kinds")
    fault = rng.random(count)
    improper = np.where(fault < 0.3, kind["specialised"], np.where(fault < 0.65, kind["public"], kind["none"]))
    signature = np.where(proper, kind["specialised"], np.where(electronic, improper, kind["none"]))
    return {
        "form": world.either(electronic, "document_forms", "electronic", "paper"),
        "signature": signature,
        "signature_valid": (proper | (electronic & (improper == kind["public"]))),
    }


def workfiles(world: World, month: Month, rng: np.random.Generator) -> Life:
    """The work files opened in a month."""
    count = world.count(rng, "workfile", month, "office")
    born = np.sort(world.rhythm.births(rng, count, month, "office"))
    unit = world.papers(rng, count)
    opened_on = world.rhythm.day(born)
    days = rng.integers(5, 31, count)
    taken = np.maximum(1, (days * rng.gamma(4, 0.2, count)).astype(np.int64))
    closed = world.rhythm.moment(world.rhythm.after(opened_on, taken), world.rhythm.office_time(rng, count))
    online = world.happens(rng, "workfiles_online", unit, born)
    fixed: dict[str, Column] = {
        "unit": unit,
        "opened_at": born,
        "due_on": world.rhythm.after(opened_on, days),
        "status": np.full(count, world.code("workfile_statuses", "open"), dtype=np.int8),
        "online": online,
        "digitised": world.happens(rng, "workfiles_digitised", unit, born),
        "personally_signed": (online & world.happens(rng, "personally_signed", unit, born)),
        "secrecy": world.secrecy(rng, "workfile", count),
    }
    stages = (Stage(closed, {"status": world.code("workfile_statuses", "closed"), "closed_at": closed}),)
    return Life(world.keys("HSCV", month, born), born, fixed, stages)


def directives(world: World, month: Month, rng: np.random.Generator) -> Life:
    """The directives issued in a month."""
    count = world.count(rng, "directive", month, "office")
    born = np.sort(world.rhythm.births(rng, count, month, "office"))
    unit = world.papers(rng, count)
    origin = world.pick(rng, count, "directive_origins", ORIGINS)
    days = rng.integers(5, 46, count)
    issued_on = world.rhythm.day(born)
    on_time = world.happens(rng, "directives_on_time", unit, born)
    taken = np.where(on_time, days * rng.beta(3, 1.5, count), days + 1 + rng.exponential(6, count)).astype(np.int64)
    done = world.rhythm.moment(world.rhythm.after(issued_on, taken), world.rhythm.office_time(rng, count))
    done = np.maximum(done, born + MICROSECONDS_AN_HOUR)
    cancelled = rng.random(count) < 0.015
    from_above = origin <= world.code("directive_origins", "prime_minister")
    tracked = world.happens(rng, "government_tasks_tracked", unit, born)
    fixed: dict[str, Column] = {
        "unit": unit,
        "kind": world.pick(rng, count, "directive_kinds", DIRECTIVES),
        "origin": origin,
        "issued_at": born,
        "due_on": world.rhythm.after(issued_on, days),
        "status": np.full(count, world.code("directive_statuses", "open"), dtype=np.int8),
        "on_platform": np.where(from_above, tracked, world.happens(rng, "direction_on_data_platform", unit, born)),
        "secrecy": world.secrecy(rng, "directive", count),
    }
    stages = (
        Stage(only(~cancelled, done), {"status": world.code("directive_statuses", "completed"), "completed_at": done}),
        Stage(only(cancelled, done), {"status": world.code("directive_statuses", "cancelled")}),
    )
    return Life(world.keys("NV", month, born), born, fixed, stages)


def reports(world: World, month: Month, rng: np.random.Generator) -> Life:
    """The periodic reports that units owe for a month, or for the quarter, half-year or year that ends with it."""
    owed = [
        (unit, regime, frequency)
        for frequency, regimes in world.story.reports.items()
        if month.month in MONTHS_OF[frequency]
        for regime in regimes
        for unit in world.story.units
    ]
    count = len(owed)
    regimes = tuple(dict.fromkeys(regime for _, regime, _ in owed))
    unit = world.code_list("units", (unit for unit, _, _ in owed))
    born = world.rhythm.morning(np.full(count, day_number(date(month.year, month.month, 10))))
    last = day_number(end_of_month(month.first))
    due_on = world.rhythm.after(np.full(count, last), -3 + rng.integers(0, 3, count))
    filed_on = world.rhythm.after(due_on, -rng.binomial(5, 0.35, count))
    filed = world.rhythm.moment(filed_on, world.rhythm.office_time(rng, count))
    is_filed = world.happens(rng, "reports_on_system", unit, born)
    connected = filed + _hours(rng, count, 6)
    is_connected = is_filed & world.happens(rng, "reports_connected", unit, born)
    fixed: dict[str, Column] = {
        "unit": unit,
        "regime": np.array([regimes.index(regime) for _, regime, _ in owed], dtype=np.int64),
        "frequency": world.code_list("report_frequencies", (frequency for _, _, frequency in owed)),
        "due_on": due_on,
        "secrecy": world.secrecy(rng, "report", count),
    }
    stages = (
        Stage(only(is_filed, filed), {"filed_at": filed}),
        Stage(only(is_connected, connected), {"connected_at": connected}),
    )
    keys = [f"BC-{month.year}{month.month:02d}-{unit}-{regimes.index(regime) + 1:02d}" for unit, regime, _ in owed]
    return Life(pa.array(keys, pa.string()), born, fixed, stages, {"regime": regimes})


def inspections(world: World, month: Month, rng: np.random.Generator) -> Life:
    """The activities of inspections and checks in a month."""
    count = world.count(rng, "inspection", month, "office")
    born = np.sort(world.rhythm.births(rng, count, month, "office"))
    unit = world.pick(rng, count, "units", world.story.inspectors)
    inspection = rng.integers(0, max(count // 12, 1), count)
    names = tuple(f"TTKT-{month.year}{month.month:02d}-{number:03d}" for number in range(1, max(count // 12, 1) + 1))
    fixed: dict[str, Column] = {
        "inspection_id": inspection,
        "unit": unit,
        "kind": world.either(unit == world.code("units", "ttra"), "inspection_kinds", "inspection", "check"),
        "activity": world.pick(rng, count, "inspection_activities", ACTIVITIES),
        "province": world.provinces(rng, count),
        "performed_at": born,
        "digital": world.happens(rng, "inspections_digital", unit, born),
        "secrecy": world.secrecy(rng, "inspection", count),
    }
    return Life(world.keys("HD", month, born), born, fixed, words={"inspection_id": names})


def _hours(rng: np.random.Generator, count: int, mean: float) -> Moments:
    return np.minimum(rng.exponential(mean, count) * MICROSECONDS_AN_HOUR, 90 * MICROSECONDS_A_DAY).astype(np.int64)

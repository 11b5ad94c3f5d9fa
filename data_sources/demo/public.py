"""What passes between the ministry and the public: transactions on the portal, survey answers, petitions."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_sources.demo.life import MICROSECONDS_A_DAY, MICROSECONDS_AN_HOUR, NEVER, Column, Index, Life, Stage, only
from data_sources.demo.procedures import Register
from data_sources.demo.rhythm import CLOSES, Month
from data_sources.demo.world import World

TRANSACTIONS = {"submission": 46, "supplement": 6, "payment": 14, "lookup": 22, "result": 12}
METHODS = {"vneid": 90, "signature": 4, "otp": 6}
CHANNELS = {"online": 70, "counter": 26, "post": 4}
# How much easier each factor of satisfaction is: a factor on the odds.
FACTOR_ODDS = {"access": 1.15, "procedure": 0.95, "staff": 1.25, "result": 1.0, "feedback": 0.72}
PETITIONS = {"regulation": 34, "behaviour": 12, "policy": 54}
PETITION_DAYS = 15  # working days


def transactions(world: World, register: Register, month: Month, rng: np.random.Generator) -> Life:
    """The transactions on the portal and in the one-stop shop in a month."""
    count = world.count(rng, "transaction", month, "online")
    born = np.sort(world.rhythm.births(rng, count, month, "online"))
    place = register.asked_for(world, rng, count, month)
    unit = register.unit[place]
    authenticated = world.happens(rng, "transactions_authenticated", unit, born)
    method = world.pick(rng, count, "authentication_methods", METHODS)
    fixed: dict[str, Column] = {
        "unit": unit,
        "procedure": register.code[place],
        "province": world.provinces(rng, count),
        "kind": world.pick(rng, count, "transaction_kinds", TRANSACTIONS),
        "occurred_at": born,
        "method": np.where(authenticated, method, world.code("authentication_methods", "none")),
        "authenticated": authenticated,
    }
    return Life(world.keys("GD", month, born), born, fixed)


def survey_answers(world: World, register: Register, month: Month, rng: np.random.Generator) -> Life:
    """The answers of a month: each form that comes in answers every question."""
    questions = tuple(world.catalogue.code_list("survey_questions"))
    forms = world.count(rng, "survey_answer", month, "online") // len(questions)
    form_born = np.sort(world.rhythm.births(rng, forms, month, "online"))
    place = register.asked_for(world, rng, forms, month)
    form = np.repeat(np.arange(forms), len(questions))
    question = np.tile(np.arange(len(questions)), forms)
    unit, born = register.unit[place][form], form_born[form]
    factors = [name.partition("_")[0] for name in questions]
    score = _scores(world, rng, unit, born, np.array([FACTOR_ODDS[name] for name in factors])[question])
    fixed: dict[str, Column] = {
        "unit": unit,
        "procedure": register.code[place][form],
        "province": world.provinces(rng, forms)[form],
        "channel": world.pick(rng, forms, "channels", CHANNELS)[form],
        "factor": world.code_list("sipas_factors", factors)[question],
        "question": question,
        "score": score,
        "answered_at": born,
    }
    numbers = pa.array([f"-{number:02d}" for number in range(1, len(questions) + 1)])
    keys = pc.binary_join_element_wise(world.keys("KS", month, form_born).take(pa.array(form)), numbers.take(pa.array(question)), "")
    return Life(keys, born, fixed)


def _scores(world: World, rng: np.random.Generator, unit: Index, born: Index, odds: Index) -> Index:
    count = len(unit)
    likely = world.chance("satisfied", unit, born)
    good = rng.random(count) < likely * odds / (1 - likely + likely * odds)
    return np.where(good, 4 + (rng.random(count) < 0.46), 3 - (rng.random(count) < 0.3) - (rng.random(count) < 0.15)).astype(np.int16)


def petitions(world: World, month: Month, rng: np.random.Generator) -> Life:
    """The petitions received in a month."""
    count = world.count(rng, "petition", month, "online")
    born = np.sort(world.rhythm.births(rng, count, month, "online"))
    unit = world.pick(rng, count, "units", {sector.unit: sector.weight + 3 for sector in world.story.sectors.values()})
    received_on = world.rhythm.day(born)
    on_time = world.happens(rng, "petitions_on_time", unit, born)
    within = PETITION_DAYS * rng.beta(3, 1.7, count)
    taken = np.where(on_time, within, PETITION_DAYS + 1 + rng.exponential(6, count)).astype(np.int64)
    answered = world.rhythm.moment(world.rhythm.after(received_on, taken), world.rhythm.office_time(rng, count))
    answered = np.maximum(answered, born + MICROSECONDS_AN_HOUR)
    away = rng.random(count)
    sent_away = world.rhythm.into_office(born + (rng.exponential(20, count) * MICROSECONDS_AN_HOUR).astype(np.int64))
    stays = away >= 0.1
    rated = only(stays & (rng.random(count) < 0.6), answered + (rng.exponential(1.5, count) * MICROSECONDS_A_DAY).astype(np.int64))
    status = world.places("petition_statuses")
    fixed: dict[str, Column] = {
        "unit": unit,
        "kind": world.pick(rng, count, "petition_kinds", PETITIONS),
        "source": world.either(rng.random(count) < 0.7, "petition_sources", "national_portal", "ministry_portal"),
        "province": world.provinces(rng, count),
        "received_at": born,
        "due_at": world.rhythm.moment(world.rhythm.after(received_on, PETITION_DAYS), CLOSES),
        "status": np.full(count, status["open"], dtype=np.int8),
    }
    satisfied = world.happens(rng, "petitions_satisfied", unit, born)
    published = only(stays, answered + (rng.exponential(0.5, count) * MICROSECONDS_A_DAY).astype(np.int64))
    asked = only(stays & (rng.random(count) < 0.04), world.rhythm.into_office(born + 2 * MICROSECONDS_A_DAY))
    asked = np.where(asked < answered, asked, NEVER)
    reopened = ~satisfied & (rng.random(count) < 0.1)
    stages = (
        Stage(asked, {"supplement_requested_at": asked}),
        Stage(only(away < 0.06, sent_away), {"status": status["forwarded"], "declined_at": sent_away}),
        Stage(only((away >= 0.06) & ~stays, sent_away), {"status": status["refused"], "declined_at": sent_away}),
        Stage(only(stays, answered), {"status": status["answered"], "answered_at": answered}),
        Stage(published, {"published_at": published}),
        Stage(
            rated,
            {"satisfied": satisfied, "likes": satisfied.astype(np.int16), "dislikes": (~satisfied).astype(np.int16), "reopened": reopened},
        ),
    )
    return Life(world.keys("PAKN", month, born), born, fixed, stages)

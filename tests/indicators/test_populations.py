"""Of whom a target speaks, and from what a change is measured (Decision 1105/QĐ-BNV)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from ioc.catalogue.load import BUILT_IN, load
from ioc.clock import FrozenClock
from ioc.indicators.values import Question, ask
from tests.office import open_store, put

MOHA = load(BUILT_IN / "moha")
NOW = datetime(2026, 11, 23, 5, tzinfo=UTC)


def test_basic_skills_are_of_all_staff_and_data_skills_of_all_but_officials(tmp_path: Path) -> None:
    store = open_store(tmp_path, MOHA, FrozenClock(NOW))
    fixed = {"unit": "vp", "joined_on": "2025-01-01", "card_entitled": False, "updated_at": "2026-11-01"}
    trained = {"basic_skills_on": "2026-01-01", "data_skills_on": "2026-01-01"}
    people = [
        {"kind": "can_bo", **trained},
        {"kind": "cong_chuc", **trained},
        {"kind": "cong_chuc"},
        {"kind": "vien_chuc"},
        {"kind": "vien_chuc", "left_on": "2026-06-01", **trained},  # no longer on strength
    ]
    assert put(store, "staff", [fixed | {"staff_id": str(number)} | person for number, person in enumerate(people)]).rejected == 0
    with store.read() as snapshot:
        found = {name: ask(snapshot, Question(name), date(2026, 11, 23))[0] for name in ("staff_basic_digital_skills", "staff_data_skills")}
    store.close()
    assert {name: (value.numerator, value.denominator) for name, value in found.items()} == {
        "staff_basic_digital_skills": (2, 4),
        "staff_data_skills": (1, 3),
    }


def test_a_change_says_from_when_and_by_whom_it_is_measured() -> None:
    changes = {name: spec.baseline for name, spec in MOHA.indicators.items() if spec.of}
    assert {name: baseline and baseline.on for name, baseline in changes.items()} == dict.fromkeys(
        ("procedures_reduced", "data_services_increased"), date(2025, 12, 31)
    )
    assert all(baseline and baseline.source.vi and baseline.source.en for baseline in changes.values())

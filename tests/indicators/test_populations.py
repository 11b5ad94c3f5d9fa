"""A goal is judged on the population that it states: what does not belong to it changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from ioc.access.viewer import Viewer
from ioc.catalogue.load import BUILT_IN, load
from ioc.clock import FrozenClock
from ioc.config import Settings
from ioc.indicators.drilldown import Part
from ioc.indicators.values import Question, ask
from ioc.store.store import Store
from ioc.views.cache import ViewCache
from ioc.views.gather import Gatherer
from ioc.views.records import RecordsQuestion
from tests.office import open_store, put

MOHA = load(BUILT_IN / "moha")
TODAY = date(2026, 11, 28)
BUSINESS = {"fully_online": False, "digitised": True, "status": "in_progress", "channel": "online", "updated_at": "2026-11-02"}
DOSSIERS = [
    ("business, reused", {"applicant_kind": "business", "data_reused": True}),
    ("business, entered again", {"applicant_kind": "business", "data_reused": False}),
    ("citizen, reused", {"applicant_kind": "citizen", "data_reused": True}),
    ("nobody says who", {"data_reused": True, "completed_at": "2026-11-02 10:00", "status": "completed"}),
]
ANSWERS = [("online", 5), ("online", 2), ("counter", 5), ("post", 5), (None, 5)]
SESSIONS = [("chuyen_vien", "online"), ("chuyen_vien_cao_cap", "in_person"), (None, "online"), (None, "online")]
# Issued, ended, left.
CARDS = [
    ("2026-01-05", None, None),
    ("2026-01-05", "2026-06-10", None),
    ("2026-01-05", "2026-12-31", None),
    ("2026-01-05", "2026-06-10", "2026-09-01"),
    ("2026-01-05", "2026-09-10", "2026-09-01"),
    (None, None, None),
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    office = open_store(tmp_path_factory.mktemp("populations"), MOHA, FrozenClock(datetime(2026, 11, 28, 5, tzinfo=UTC)))
    procedure, question = sorted(MOHA.codes["procedures"])[0], sorted(MOHA.codes["survey_questions"])[0]
    taken: dict[str, list[dict[str, Any]]] = {
        "dossier": [
            BUSINESS | {"dossier_id": name, "unit": "vp", "procedure": procedure, "received_at": "2026-11-01 09:00"} | facts
            for name, facts in DOSSIERS
        ],
        "survey_answer": [
            {"answer_id": str(place), "unit": "vp", "channel": channel, "factor": sorted(MOHA.codes["sipas_factors"])[0], "score": score}
            | {"question": question, "answered_at": "2026-11-01 09:00", "updated_at": "2026-11-01 09:00"}
            for place, (channel, score) in enumerate(ANSWERS)
        ],
        "session": [
            {"session_id": str(place), "unit": "vp", "kind": "training", "rank": rank, "mode": mode, "held_at": "2026-11-01 09:00"}
            | {"updated_at": "2026-11-01 09:00"}
            for place, (rank, mode) in enumerate(SESSIONS)
        ],
        "staff": [
            {"staff_id": str(place), "unit": "vp", "kind": "cong_chuc", "joined_on": "2020-01-01", "left_on": left, "card_entitled": True}
            | {"card_issued_on": issued, "card_ended_on": ended, "updated_at": "2026-11-01 09:00"}
            for place, (issued, ended, left) in enumerate(CARDS)
        ],
    }
    for record, rows in taken.items():
        assert put(office, record, rows).rejected == 0
    yield office
    office.close()


def counted(store: Store, indicator: str, end: date = TODAY) -> tuple[Any, Any]:
    with store.read() as snapshot:
        (value,) = ask(snapshot, Question(indicator, start=date(2026, 1, 1), end=end), TODAY)
    return value.numerator, value.denominator


def drilled(store: Store, record: str, indicator: str, part: Part) -> list[str]:
    view = Gatherer(store, Settings(), ViewCache()).records(Viewer("test", "vi"), RecordsQuestion(record, indicator, part))
    return sorted(row.key for row in view.rows)


@pytest.mark.parametrize(
    ("indicator", "wanted"),
    [
        ("data_entered_once_business", (1, 2)),
        ("data_entered_once", (3, 4)),
        ("satisfaction_online", (1, 2)),
        ("satisfaction_index", (4, 5)),
        ("training_online_content", (1, 2)),
        ("dossiers_handled", (1, 4)),
    ],
)
def test_only_the_population_counts(store: Store, indicator: str, wanted: tuple[int, int]) -> None:
    assert counted(store, indicator) == wanted


def test_a_dossier_is_handled_once_it_has_ended_by_the_end_of_the_period(store: Store) -> None:
    assert counted(store, "dossiers_handled", date(2026, 11, 1)) == (0, 4)


@pytest.mark.parametrize("goal", ["data_entered_once_business_2027", "satisfaction_online_2027", "satisfaction_online_2030"])
def test_goals_of_a_part_are_goals_on_that_part(goal: str) -> None:
    assert MOHA.goals[goal].population and MOHA.indicators[MOHA.goals[goal].indicator].counts != "TRUE"


def test_the_drill_lists_the_population(store: Store) -> None:
    assert drilled(store, "dossier", "data_entered_once_business", Part.DENOMINATOR) == ["business, entered again", "business, reused"]


@pytest.mark.parametrize(
    ("end", "wanted"),
    [(date(2026, 1, 31), (5, 6)), (date(2026, 6, 9), (5, 6)), (date(2026, 6, 10), (3, 6)), (date(2026, 9, 1), (2, 4)), (TODAY, (2, 4))],
)
def test_a_card_counts_until_it_ends_or_its_holder_leaves(store: Store, end: date, wanted: tuple[int, int]) -> None:
    assert counted(store, "eid_cards_issued", end) == wanted


def test_the_drill_lists_the_cards_that_are_active(store: Store) -> None:
    assert drilled(store, "staff", "eid_cards_issued", Part.NUMERATOR) == ["0", "2"]
    assert drilled(store, "staff", "eid_cards_issued", Part.REST) == ["1", "5"]

"""Notes are shown where they belong, as they stood at the moment that is asked about, and are changed by their authors alone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from ioc.errors import Refusal
from ioc.notes import LONGEST, Notes, Place
from tests.office import NOW

DAYS = (date(2026, 11, 12), date(2026, 11, 13))
HOUR = timedelta(hours=1)


@pytest.fixture
def notes(tmp_path: Path) -> Notes:
    return Notes(tmp_path)


def texts(notes: Notes, indicator: str = "online_rate", as_of: datetime | None = None, units: list[str] | None = None) -> list[str]:
    return [each.text for each in notes.about((indicator,), date(2026, 11, 1), date(2026, 11, 30), units, as_of)]


def test_a_note_is_found_by_its_indicator_its_days_and_its_unit(notes: Notes) -> None:
    notes.write(Place("online_rate", None, *DAYS), "one", "an", NOW)
    notes.write(Place(None, None, date(2026, 11, 30), date(2026, 12, 2)), "all indicators", "an", NOW)
    notes.write(Place("online_rate", "b", *DAYS), "of b", "an", NOW)
    notes.write(Place("on_time", None, *DAYS), "another", "an", NOW)
    notes.write(Place("online_rate", None, date(2026, 12, 1), date(2026, 12, 1)), "later", "an", NOW)
    assert texts(notes) == ["all indicators", "of b", "one"]
    assert texts(notes, units=["a"]) == ["all indicators", "one"]


def test_answers_follow_what_they_answer_and_go_with_it(notes: Notes) -> None:
    first = notes.write(Place("online_rate", None, *DAYS), "first", "an", NOW)
    notes.write(Place("online_rate", None, *DAYS), "second", "an", NOW)
    answer = notes.answer(first, "why?", "binh", NOW + HOUR)
    notes.answer(answer, "because", "an", NOW + 2 * HOUR)
    assert texts(notes) == ["second", "first", "why?", "because"]
    notes.remove(first, "an", NOW + 3 * HOUR)
    assert texts(notes) == ["second"]
    with pytest.raises(Refusal, match="note_gone"):
        notes.answer(first, "still there?", "binh", NOW)


def test_a_past_moment_has_the_notes_of_then(notes: Notes) -> None:
    note = notes.write(Place("online_rate", None, *DAYS), "down for repair", "an", NOW)
    notes.change(note, "down for repair until noon", "an", NOW + HOUR)
    notes.remove(note, "an", NOW + 2 * HOUR)
    assert texts(notes, as_of=NOW - HOUR) == []
    assert texts(notes, as_of=NOW + HOUR / 2) == ["down for repair"]
    assert texts(notes, as_of=NOW + HOUR) == ["down for repair until noon"]
    assert texts(notes, as_of=NOW + 3 * HOUR) == texts(notes) == []


def test_only_its_author_changes_a_note(notes: Notes) -> None:
    note = notes.write(Place("online_rate", None, *DAYS), "mine", "an", NOW)
    for doing in (lambda: notes.change(note, "yours", "binh", NOW), lambda: notes.remove(note, "binh", NOW)):
        with pytest.raises(Refusal, match="note_of_another"):
            doing()
    assert texts(notes) == ["mine"]


@pytest.mark.parametrize(
    ("text", "days", "fault"), [(" ", DAYS, "note_empty"), ("x" * (LONGEST + 1), DAYS, "note_long"), ("x", DAYS[::-1], "note_days")]
)
def test_what_is_no_note_is_refused(notes: Notes, text: str, days: tuple[date, date], fault: str) -> None:
    with pytest.raises(Refusal, match=fault):
        notes.write(Place(None, None, *days), text, "an", NOW)
    assert texts(notes) == []

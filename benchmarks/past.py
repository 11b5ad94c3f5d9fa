"""How long a question about a past moment takes: it is answered from the records, as no cells are kept of the past."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from benchmarks.data import NOW, open_store
from benchmarks.report import milliseconds, say
from ioc.indicators.values import Question, ask

QUESTIONS = {
    "one indicator, this year, as of a past moment": Question("online_rate", start=date(2026, 1, 1)),
    "one indicator by unit x month over 24 months, as of a past moment": Question(
        "online_rate", by=("unit",), period="month", start=date(2024, 12, 1)
    ),
    "one indicator by procedure within a unit, this year, as of a past moment": Question(
        "ontime_rate", by=("procedure",), start=date(2026, 1, 1), where=(("unit", ("Unit 07",)),)
    ),
}


def run(folder: Path, rows: int) -> None:
    """Measure over the store that loading left; the moment is one at which all its records were known."""
    store = open_store(folder / f"store-{rows}", "2GB")
    try:
        for figure, question in QUESTIONS.items():

            def past(question: Question = question) -> None:
                with store.read(NOW) as snapshot:
                    assert ask(snapshot, question, NOW.date())

            say(f"past {rows:,}", figure, f"{milliseconds(past, 5):.0f} ms", "below 1.5 s at 100 M")
    finally:
        store.close()

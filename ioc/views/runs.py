"""A feed's runs in a list: which are asked for, and the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ioc.errors import BadQuestion
from ioc.store.runs import RunPage
from ioc.views.model import Stamp
from ioc.views.records import MOST_ROWS, whole

# So many stand on a page.
RUNS = 100


@dataclass(frozen=True)
class RunsQuestion:
    """Which of a feed's runs: so many before one, or the last; and of which one alone the quarantine, or of all."""

    before: int | None = None
    run: int | None = None
    rows: int = RUNS


LAST_RUNS = RunsQuestion()


@dataclass(frozen=True)
class RunsView:
    """A feed's runs in a list: some of ``total``."""

    stamp: Stamp
    feed: str
    page: RunPage
    total: int


def runs_from_words(given: Mapping[str, str]) -> RunsQuestion:
    """The question that an address asks: ``before`` and ``run`` are numbers of runs, ``rows`` how many. Raises BadQuestion."""
    rows = whole(given.get("rows"), RUNS)
    if not 1 <= rows <= MOST_ROWS:
        raise BadQuestion("page", most=MOST_ROWS)
    before, run = whole(given.get("before"), 0), whole(given.get("run"), 0)
    return RunsQuestion(before or None, run or None, rows)

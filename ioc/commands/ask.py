"""``ioc query``, ``ioc explain`` and ``ioc targets``: tables in words for people, JSON and CSV in codes for programs."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from ioc.access.viewer import Viewer
from ioc.api import csv_rows, json_explanations, json_values
from ioc.clock import SystemClock
from ioc.commands import answers
from ioc.commands.deployment import language_of, load_config
from ioc.commands.tables import ENDLESS, Column, table
from ioc.config import Config
from ioc.deployed import open_store, read_side
from ioc.indicators.question import Question
from ioc.text import dates
from ioc.text.words import Words, words
from ioc.views.explanation import explanation_of
from ioc.views.gather import Gatherer
from ioc.views.model import Stamp
from ioc.views.values import past_from_words, question_from_words


@contextmanager
def _views(path: Path) -> Iterator[tuple[Gatherer, Config]]:
    config = load_config(path)
    store = open_store(config, SystemClock())
    try:
        yield read_side(config, store, {}), config
    finally:
        store.close()


def _question(options: argparse.Namespace, config: Config) -> Question:
    """The question that the options of a command ask. Raises UnknownName or BadQuestion."""
    asked = {name: getattr(options, name) for name in ("by", "period", "start", "end")}
    return question_from_words(config.catalogue, options.indicator, **asked, where=tuple(options.where))


def query(options: argparse.Namespace) -> int:
    """Print the values of one indicator."""
    viewer, said = _viewer(options)
    with _views(options.config) as (views, config):
        question = _question(options, config)
        view = views.values(viewer, question, _as_of(options, views))
        if options.format == "table":
            _tell(answers.values(view, config.catalogue, said), view.stamp, config, said, answers.days(view, said))
            print(*map(_folded, answers.breaks(view, said)), sep="\n", end="\n" if view.breaks else "", file=sys.stderr)
            return 0
        answer = json_values.values(view, config.catalogue.zone)
    print_answer(answer, "values", csv_rows.of_values(answer), options.format)
    for each in answer["breaks"] if options.format == "csv" else ():
        print(f"from {each['day']} on another formula is in force: {each['source']['en']}", file=sys.stderr)
    return 0


def explain(options: argparse.Namespace) -> int:
    """Print why an indicator changed; the sentences go to standard error where the rows are CSV."""
    viewer, said = _viewer(options)
    with _views(options.config) as (views, config):
        question = explanation_of(_question(options, config), options.against)
        as_of = _as_of(options, views)
        view = views.explanation(viewer, question, as_of)
        reading = views.reading(viewer, options.indicator, question.where, as_of)
        answer = json_explanations.explanation(view, reading, said, config.catalogue.zone)
        if options.format == "table":
            print(*(_folded(line) for line in (*answer["reading"], *answer["words"])), sep="\n", end="\n\n")
            _tell(answers.contributions(view, said) if view.rows else (), view.stamp, config, said)
            return 0
    if options.format == "csv":
        print("\n".join((*answer["reading"], *answer["words"])), file=sys.stderr)
        answer["rows"] = json_explanations.rows(view)
    print_answer(answer, "rows", json_explanations.columns(view), options.format)
    return 0


def targets(options: argparse.Namespace) -> int:
    """Print every target."""
    viewer, said = _viewer(options)
    with _views(options.config) as (views, config):
        view = views.overview(viewer, _as_of(options, views))
        if options.format == "table":
            _tell(answers.targets(view, said), view.stamp, config, said, answers.year(view, said))
            return 0
        answer = json_values.targets(view, config.catalogue.zone)
    print_answer(answer, "targets", csv_rows.TARGETS, options.format)
    return 0


def _as_of(options: argparse.Namespace, views: Gatherer) -> datetime | None:
    """The past moment that is asked for. Raises BadQuestion."""
    return past_from_words(options.as_of, views.zone(), views.store.clock.now())


def _viewer(options: argparse.Namespace) -> tuple[Viewer, Words]:
    """Who asks, and the words of the language asked for."""
    said = words(language_of(options))
    return Viewer("command line", said.language), said


def _tell(columns: Iterable[Column], stamp: Stamp, config: Config, said: Words, days: str = "") -> None:
    """Print a table for people, if there are columns; on standard error, which data and days it is of and what it had no room for."""
    found = list(columns)
    lines, left_out = table(found) if any(each.cells for each in found) else ([said("answer.nothing")] if found else [], [])
    print("".join(f"{line}\n" for line in lines), end="")
    zone = config.catalogue.zone
    as_of = said("answer.as_of", moment=dates.moment(stamp.as_of, zone)) if stamp.as_of else ""
    of = said("answer.data", version=stamp.version, at=dates.moment(stamp.at, zone), as_of=as_of)
    of = " ".join(filter(None, (of, days, said("app.simulated") if stamp.simulated else "")))
    print(*map(_folded, filter(None, (answers.remark(left_out, said), of))), sep="\n", file=sys.stderr)


def _folded(text: str) -> str:
    """A sentence in lines that the terminal has room for."""
    return textwrap.fill(text, shutil.get_terminal_size((ENDLESS, 24)).columns, break_long_words=False, break_on_hyphens=False)


def print_answer(answer: Mapping[str, Any], rows: str, columns: Sequence[str], form: str) -> None:
    """Print an answer: JSON whole, CSV and tables these columns of its rows, and on standard error which data it is of."""
    if form == "json":
        print(json.dumps(answer, ensure_ascii=False, indent=1))
        return
    if form == "csv":
        print(csv_rows.text(answer, rows, columns), end="")
    else:
        lines, _ = table([Column(each, [_cell(row[each]) for row in answer[rows]]) for each in columns])
        print(*lines, sep="\n")
    mark = " — DỮ LIỆU MÔ PHỎNG / SIMULATED DATA" if answer["simulated"] else ""
    print(f"data version {answer['version']} of {answer['at']}, as of {answer['as_of'] or 'now'}{mark}", file=sys.stderr)


def _cell(value: object) -> str:
    if value is None:
        return "–"
    return f"{value:.4f}" if isinstance(value, float) else str(value)

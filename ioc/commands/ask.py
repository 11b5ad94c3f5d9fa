"""``ioc query``, ``ioc explain`` and ``ioc targets``."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ioc.access.viewer import Viewer
from ioc.api import explained, plain
from ioc.app import open_store, read_side
from ioc.clock import SystemClock
from ioc.commands.setting import load_config
from ioc.config import Config
from ioc.indicators.question import Question
from ioc.text.words import words
from ioc.views.explanation import explanation_of
from ioc.views.gather import Gatherer
from ioc.views.values import moment_from_words, question_from_words

_TARGET_COLUMNS = (
    *("indicator", "label", "value", "comparator", "goal", "gap", "status", "path_value", "horizon", "data_at"),
    *("projected", "projected_low", "projected_high", "projected_date"),
    *("verdict_on", "verdict", "met_at_horizon"),  # of the last horizon that has passed
)


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
    where = tuple(text for group in options.where for text in group)
    asked = {name: getattr(options, name) for name in ("by", "period", "start", "end")}
    return question_from_words(config.catalogue, options.indicator, **asked, where=where)


def query(options: argparse.Namespace) -> int:
    """Print the values of one indicator."""
    with _views(options.config) as (views, config):
        question = _question(options, config)
        view = views.values(Viewer("command line"), question, moment_from_words(options.as_of, config.catalogue.zone))
        answer = plain.values(view, config.catalogue.zone)
    dated = ("from", "to") if question.period else ()
    columns = (*question.by, *dated, "numerator", "denominator", "value", *(plain.INTERVAL if view.intervals else ()), "provisional")
    print_answer(answer, "values", columns, options.format)
    for each in answer["breaks"] if options.format != "json" else ():
        print(f"from {each['day']} on another formula is in force: {each['source']['en']}", file=sys.stderr)
    return 0


def explain(options: argparse.Namespace) -> int:
    """Print why an indicator changed; the sentences go to standard error where the rows are a table or CSV."""
    with _views(options.config) as (views, config):
        zone, spoken = config.catalogue.zone, words(options.lang)
        question = explanation_of(_question(options, config), options.against)
        viewer, as_of = Viewer("command line", options.lang), moment_from_words(options.as_of, zone)
        view = views.explanation(viewer, question, as_of)
        answer = explained.explanation(view, views.reading(viewer, options.indicator, question.where, as_of), spoken, zone)
    if options.format != "json":
        print("\n".join((*answer["reading"], *answer["words"])), file=sys.stderr)
        answer["rows"] = explained.rows(view)
    print_answer(answer, "rows", explained.columns(view), options.format)
    return 0


def targets(options: argparse.Namespace) -> int:
    """Print every target."""
    with _views(options.config) as (views, config):
        view = views.overview(Viewer("command line"), moment_from_words(options.as_of, config.catalogue.zone))
        answer = plain.targets(view, config.catalogue.zone)
    print_answer(answer, "targets", _TARGET_COLUMNS, options.format)
    return 0


def print_answer(answer: Mapping[str, Any], rows: str, columns: Sequence[str], form: str) -> None:
    """Print an answer: JSON whole, CSV and tables these columns of its rows, and on standard error which data it is of."""
    if form == "json":
        print(json.dumps(answer, ensure_ascii=False, indent=1))
        return
    if form == "csv":
        writer = csv.DictWriter(sys.stdout, columns, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(answer[rows])
    else:
        _table(columns, [[_cell(row[column]) for column in columns] for row in answer[rows]])
    mark = " — DỮ LIỆU MÔ PHỎNG / SIMULATED DATA" if answer["simulated"] else ""
    print(f"data version {answer['version']} of {answer['at']}, as of {answer['as_of'] or 'now'}{mark}", file=sys.stderr)


def _cell(value: object) -> str:
    if value is None:
        return "–"
    return f"{value:.4f}" if isinstance(value, float) else str(value)


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    widths = [max(map(len, [column, *(row[index] for row in rows)])) for index, column in enumerate(columns)]
    for row in (list(columns), ["-" * width for width in widths], *rows):
        print("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())

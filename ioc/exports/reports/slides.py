"""A report as slides: cover, contents, and for each section its sentences and a slide for each of its figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ioc.exports.deck import MOST_COVER, Deck, Picture, notes_of
from ioc.exports.exhibit import Exhibit
from ioc.exports.exhibit_text import facts
from ioc.exports.reports.report import Report
from ioc.text.lines import shortened
from ioc.text.words import words

CONTENTS = 14  # lines a slide


def report_slides(report: Report, headings: Sequence[str], template: Path | None = None, picture: Picture | None = None) -> bytes:
    """The deck of a report. Raises Refusal: the template cannot be read."""
    said, mark = words(report.language), report.mark
    deck = Deck(report.language, template, picture)
    bare = replace(report.first, title=report.title, scope="", period="", filters=(), definitions=report.definitions, mark=mark)
    lines = [report.settings.body.of(report.language)]
    lines += [said("report.late", feeds="; ".join(report.late))] if report.late else []
    lines += [f"{heading}: {text}" for heading, text in facts(bare)[2:]]
    deck.cover(report.title, [shortened(line, MOST_COVER) for line in lines[:9]], notes_of(bare))
    first, places = 1 + -(-len(report.sections) // CONTENTS), []
    for section in report.sections:
        places.append(first + 1)
        first += 1 + len(section.figures)
    deck.contents(said("report.contents"), list(zip(headings, places, strict=False)))
    for section, heading in zip(report.sections, headings, strict=False):
        own = _marked(section.exhibit, report)
        deck.text(heading, [*([section.text] if section.text else []), *section.said], notes_of(own))
        for figure in section.figures:
            deck.part(_marked(figure.exhibit, report), figure.part)
    return deck.saved(report.title, mark.made_by if mark else "", mark.code if mark else "")


def _marked(exhibit: Exhibit, report: Report) -> Exhibit:
    return replace(exhibit, mark=report.mark)

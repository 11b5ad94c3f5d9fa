"""Panels that list: milestones, records, words."""

from __future__ import annotations

from dataclasses import replace

from ioc.errors import BadQuestion
from ioc.store.listing import read_records
from ioc.views.milestones import milestone_tiles
from ioc.views.model import Choice
from ioc.views.panels.asked import Asked
from ioc.views.panels.types import ClockPanel, MilestonesPanel, RecordsPanel, TextPanel
from ioc.views.records import RecordsQuestion, listed, shown


def milestones(asked: Asked) -> MilestonesPanel:
    """Every milestone, the first due first."""
    found = milestone_tiles(asked.snapshot, asked.today, asked.language)
    ordered = sorted(found, key=lambda each: (each.horizon, each.due_on or each.horizon, each.label))
    return MilestonesPanel(tuple(ordered[: asked.panel.most]), asked.today)


def records(asked: Asked) -> RecordsPanel:
    """The newest records of a type, of those that the viewer may see. Raises BadQuestion where these are none at all."""
    if not asked.reads_records:
        raise BadQuestion("no_access_to_records")
    panel, record = asked.panel, asked.panel.record or ""
    spec = asked.catalogue.records[record]
    columns = panel.columns or tuple(spec.fields)
    filters = tuple((field, code) for field, codes in asked.where for code in codes)
    question = replace(
        listed(asked.snapshot, RecordsQuestion(record, filters=filters), asked.snapshot.within, asked.today),
        columns=(spec.key, *columns),
        condition=panel.filter,
        order=((spec.event, True),),
        limit=panel.most or 50,
    )
    found = read_records(asked.snapshot, question)
    rows = tuple(
        tuple(shown(asked.catalogue, spec, column, value, asked.language) for column, value in zip(columns, row, strict=True))
        for _, *row in found
    )
    labels = tuple(Choice(column, spec.fields[column].label.of(asked.language)) for column in columns)
    return RecordsPanel(record, labels, rows, tuple(str(key) for key, *_ in found))


def clock(asked: Asked) -> ClockPanel:
    """The time."""
    return ClockPanel()


def text(asked: Asked) -> TextPanel:
    """Words from the configuration."""
    return TextPanel(asked.panel.text.of(asked.language) if asked.panel.text else "")

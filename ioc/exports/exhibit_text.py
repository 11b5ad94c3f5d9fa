"""An exhibit in words: cells as on screen, and the lines that say where everything comes from."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from ioc.exports.exhibit import Amount, Cell, Column, Exhibit, Mark
from ioc.text import dates
from ioc.text.numbers import number, rounded, with_unit
from ioc.text.words import Words, words


def told(cell: Cell, column: Column, exhibit: Exhibit) -> str:
    """A cell as it stands on screen; nothing is empty."""
    if cell is None or isinstance(cell, str):
        return cell or ""
    if isinstance(cell, datetime):
        return dates.moment(cell, exhibit.zone)
    if isinstance(cell, date):
        return dates.day(cell)
    return amount(cell if isinstance(cell, Amount) else Amount(cell, column.unit, column.places), words(exhibit.language))


def amount(value: Amount, spoken: Words) -> str:
    """A number with its unit, as on screen."""
    if value.unit == "number":
        return number(value.value, spoken.language, value.places, value.goal)
    return with_unit(value.value, value.unit, spoken, value.places, value.goal)


def plain(cell: Cell, column: Column) -> Amount | None:
    """The number of a cell, if it holds one."""
    if isinstance(cell, Amount):
        return cell
    return Amount(cell, column.unit, column.places) if isinstance(cell, Decimal) else None


def shown_number(value: Amount) -> Decimal:
    """A number with the places that are shown: what is short of its goal, or of 100 %, is never rounded up to it."""
    goal = Decimal(100) if value.goal is None and value.unit == "percent" else value.goal
    return rounded(value.value, value.places, goal)


def facts(exhibit: Exhibit) -> tuple[tuple[str, str], ...]:
    """What every export carries, as a heading and words each; what there is nothing to say of is left out."""
    said, zone, mark = words(exhibit.language), exhibit.zone, exhibit.mark
    filters = "; ".join(f"{dimension}: {codes}" for dimension, codes in exhibit.filters)
    found = (
        ("title", exhibit.title),
        ("organisation", exhibit.organisation),
        ("scope", exhibit.scope),
        ("period", exhibit.period),
        ("filters", filters),
        ("data_at", dates.moment(exhibit.data_at, zone) if exhibit.data_at else ""),
        ("version", said("export.version_of", version=exhibit.version, moment=dates.moment(exhibit.version_at, zone))),
        ("as_of", dates.moment(exhibit.as_of, zone) if exhibit.as_of else ""),
        ("sources", "; ".join(source(exhibit))),
        ("simulated", said("app.simulated") if exhibit.simulated else ""),
        ("classification", mark.classification if mark else ""),
        ("made", made(mark, zone) if mark else ""),
        ("code", mark.code if mark else ""),
        ("verify", mark.verify if mark else ""),
    )
    return tuple((said(f"export.fact.{key}"), text) for key, text in found if text)


def made(mark: Mark, zone: ZoneInfo) -> str:
    """Who made it, where that is known, and when."""
    return ", ".join(filter(None, (mark.made_by, dates.moment(mark.made_at, zone))))


def source(exhibit: Exhibit) -> tuple[str, ...]:
    """Each feed in words: what it is, when it last delivered, how it is."""
    said = words(exhibit.language)
    return tuple(
        each.label
        + (said("export.last_arrival", moment=dates.moment(each.last_arrival, exhibit.zone)) if each.last_arrival else "")
        + (f" – {each.health}" if each.health else "")
        for each in exhibit.sources
    )


def definitions(exhibit: Exhibit) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Each indicator with what it means: headings and words."""
    said = words(exhibit.language)
    return tuple(
        (
            each.label,
            tuple(
                (said(f"indicator.{key}"), getattr(each, key)) for key in ("definition", "formula", "source", "owner") if getattr(each, key)
            ),
        )
        for each in exhibit.definitions
    )

"""Reads ``story.yaml``: the numbers that shape the demonstration ministry, in one readable place."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, ValidationError

from data_sources.demo.life import MICROSECONDS_A_DAY, Floats, Moments
from ioc.catalogue.source import explain, read_yaml
from ioc.errors import ConfigError

STORY = Path(__file__).with_name("story.yaml")
Course = dict[str, float]  # value at the beginning of a month, by YYYY-MM


class Chapter(BaseModel):
    """Base of all parts of the story; a misspelt key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Volume(Chapter):
    """How many records a year, when in the day and in the year."""

    a_year: float
    rhythm: Literal["office", "online", "mixed"]
    growth: Course
    season: tuple[float, ...] = (1.0,) * 12


class Share(Chapter):
    """A share in per cent over time; units may have a path of their own."""

    all: Course
    units: dict[str, Course] = {}
    spread: float


class UnitStory(Chapter):
    """How large a unit is, and how much of the ministry's paper is its own."""

    staff: int
    paper: float


class SectorStory(Chapter):
    """Who handles the procedures of a field of work, how long, how often, and whether for a fee."""

    unit: str
    days: int
    weight: float
    fee: bool


class ProcedureStory(Chapter):
    """Where a procedure differs from its field of work."""

    sector: str
    days: int | None = None
    weight: float | None = None
    eligible: bool = True
    in_force: date = date(2020, 1, 1)
    abolished: date | None = None


class Dirt(Chapter):
    """How dirty a delivery is, per cent of its records."""

    twice: float
    older: float
    spoilt: float


class FigureStory(Chapter):
    """A daily figure of a platform."""

    platform: str
    figure: str
    weekend: float
    path: Course


class FeedStory(Chapter):
    """Which system supplies an indicator, and since when in real time."""

    system: str
    unit: str
    realtime: date | None = None


class Standing(Chapter):
    """From which day a milestone stood where."""

    on: date
    state: str
    percent: float
    evidence: str


class Story(Chapter):
    """Everything that shapes the demonstration ministry."""

    volumes: dict[str, Volume]
    shares: dict[str, Share]
    secret: dict[str, float]
    dirt: Dirt
    units: dict[str, UnitStory]
    inspectors: dict[str, float]
    trainers: dict[str, float]
    sectors: dict[str, SectorStory]
    procedures: dict[str, ProcedureStory]
    provinces: dict[str, float]
    reports: dict[str, tuple[str, ...]]
    data_services: Course
    security_systems: int
    devices: int
    figures: tuple[FigureStory, ...]
    feeds: dict[str, FeedStory]
    milestones: dict[str, tuple[Standing, ...]]


@lru_cache(maxsize=4)
def load_story(path: Path = STORY) -> Story:
    """The story, read once.

    Raises:
        ConfigError: with every fault in it.
    """
    document, faults = read_yaml(path, path.name)
    if document is None or faults:
        raise ConfigError(faults)
    try:
        return Story.model_validate(document.data)
    except ValidationError as error:
        raise ConfigError(document.fault(*finding) for finding in explain(Story, error)) from None


def path_points(course: Course) -> tuple[Floats, Floats]:
    """A path's moments (microseconds since 1970) and values."""
    moments = np.array([day_number(date.fromisoformat(f"{month}-01")) for month in course], dtype=np.float64) * MICROSECONDS_A_DAY
    return moments, np.array(list(course.values()), dtype=np.float64)


def along(course: Course, moments: Moments | Floats) -> Floats:
    """A path's values at moments."""
    result: npt.NDArray[np.float64] = np.interp(moments, *path_points(course))
    return result


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - date(1970, 1, 1)).days

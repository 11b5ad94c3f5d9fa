"""When something is done of itself, as declared in YAML."""

from __future__ import annotations

import re
from datetime import time, timedelta
from typing import Annotated, Any, Literal

from apscheduler.triggers.cron import CronTrigger
from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, model_validator

from ioc.catalogue.entry import Entry
from ioc.errors import Said

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def _duration(value: Any) -> Any:
    match = re.fullmatch(r"\s*(\d{1,9})\s*([smhd])\s*", value) if isinstance(value, str) else None
    if match:
        return timedelta(seconds=int(match[1]) * _SECONDS[match[2]])
    if isinstance(value, timedelta):
        return value
    raise ValueError(Said("“{value}” is not a length of time; write one such as 30s, 5m, 2h or 1d", value=value))


def _clock_time(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", value):
        return time.fromisoformat(value.zfill(5))
    if isinstance(value, time):
        return value
    raise ValueError(Said("“{value}” is not a time of day; write one such as “07:30”, in quotes", value=value))


def _crontab(value: str) -> str:
    try:
        CronTrigger.from_crontab(value)
    except ValueError as error:
        raise ValueError(
            Said("“{value}” is no schedule ({error}); write five fields, such as 0 6 * * mon-fri", value=value, error=str(error))
        ) from error
    return value


def _in_seconds(value: timedelta) -> str:
    return f"{value.total_seconds():.0f}s"


Duration = Annotated[timedelta, BeforeValidator(_duration), PlainSerializer(_in_seconds, when_used="json")]
TimeOfDay = Annotated[time, BeforeValidator(_clock_time)]

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Schedule(Entry):
    """Every so often (``every: 5m``), by five fields of cron (``cron: "0 6 * * mon-fri"``), or at a time of day (``at: "07:30"``).

    With ``at``: on every day, on working days only (``working_days: true``), on the n-th working day of each month
    (``working_day: 5``), or once a week on a day, or the next working day if that one is free (``weekday: monday``).
    ``jitter`` moves each time by chance, up to so much, so that many do not begin at once.
    """

    every: Duration | None = None
    cron: Annotated[str, AfterValidator(_crontab)] | None = None
    at: TimeOfDay | None = None
    working_days: bool = False
    working_day: int | None = Field(default=None, ge=1, le=23)
    weekday: Weekday | None = None
    jitter: Duration = timedelta(0)

    @model_validator(mode="after")
    def _one_way(self) -> Schedule:
        if sum(way is not None for way in (self.every, self.cron, self.at)) != 1:
            raise ValueError(Said("write exactly one of “every”, “cron” and “at”"))
        if self.every is not None and self.every < timedelta(seconds=1):
            raise ValueError(Said("“every” is at least 1s"))
        if self.at is None and (self.working_days or self.working_day or self.weekday):
            raise ValueError(Said("“working_days”, “working_day” and “weekday” go with “at”"))
        if self.weekday and self.working_day:
            raise ValueError(Said("write “weekday” or “working_day”, not both"))
        return self

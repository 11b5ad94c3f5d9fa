"""How much came on each day, and on which days unusually little. Pure: the same counts always give the same marks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from statistics import median

from ioc.catalogue.model import Catalogue
from ioc.views.feed import DayVolume

# A day has few records when it has less than this share of what is usual; what is usual needs so many days and so many records.
FEW, LEAST_DAYS, LEAST_RECORDS = 0.5, 5, 20


def day_volumes(days: Sequence[date], accepted: Mapping[date, int], catalogue: Catalogue) -> tuple[DayVolume, ...]:
    """The days, with a mark on those that had unusually few records.

    A day is compared with the others of its kind, working days with working days, since the feed first brought anything in the span.
    The last day is not over, and is never marked.
    """
    began = min((day for day in days if accepted.get(day)), default=None)
    over = [day for day in days[:-1] if began and day >= began]
    working = {day: catalogue.civil_time.is_working(day) for day in days}

    def is_few(day: date) -> bool:
        others = [accepted.get(other, 0) for other in over if other != day and working[other] == working[day]]
        usual = median(others) if len(others) >= LEAST_DAYS else 0
        return day in over and usual >= LEAST_RECORDS and accepted.get(day, 0) < usual * FEW

    return tuple(DayVolume(day, accepted.get(day, 0), is_few(day)) for day in days)

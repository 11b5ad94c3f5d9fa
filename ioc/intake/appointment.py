"""What is asked of itself: a feed, where its records go, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from ioc.catalogue.schedule import Schedule
from ioc.intake.ingest import Target
from ioc.intake.port import Feed, Spans


@dataclass(frozen=True)
class Appointment:
    """A feed that is asked of itself.

    Attributes:
        target: where what it delivers goes.
        feed: the source.
        schedule: when it is asked; None for one that listens.
        timeout: how long being asked may take; then it is told to stop, and goes on the next time.
        spans: whether it can be asked for days gone by.
    """

    target: Target
    feed: Feed
    schedule: Schedule | None
    timeout: timedelta
    spans: Spans = Spans.NONE

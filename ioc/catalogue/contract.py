"""What is expected of a feed, as declared in YAML with it."""

from __future__ import annotations

from pydantic import Field

from ioc.catalogue.entry import Entry


class Contract(Entry):
    """What a feed's deliveries are expected to look like; one that does not is told as a finding before its records count.

    Without any of this it is still told when a column is gone or empty, has changed its kind, or holds the same value everywhere.

    Attributes:
        volume: the least share of its usual number of rows that a delivery has: 0.5 finds less than half. Nothing: any number will do.
        varies: columns of which the shape may change from one delivery to the next.
        hold: a delivery with a finding goes to quarantine as a whole, until a person has it taken in again.
    """

    volume: float | None = Field(default=None, gt=0, le=1)
    varies: frozenset[str] = frozenset()
    hold: bool = False

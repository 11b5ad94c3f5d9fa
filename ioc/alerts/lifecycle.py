"""The life of an alert. Pure: what stands, what was found and the moment give what changes.

An alert is raised once for a rule and what it is about, stays open while its reason holds, and ends by itself. Of what nobody knows (data
are missing) nothing follows: neither that it begins nor that it ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Severity(StrEnum):
    """How urgent it is; the most urgent first, as a list is read."""

    URGENT = "urgent"
    WARNING = "warning"
    NOTICE = "notice"


class Kind(StrEnum):
    """What changes about an alert."""

    RAISED = "raised"
    TURNED = "turned"
    ENDED = "ended"
    ACKNOWLEDGED = "acknowledged"


@dataclass(frozen=True)
class Finding:
    """What a rule has found about one thing.

    Attributes:
        rule: ``target``, ``milestone``, ``feed``, ``audit``, or the name of a configured rule.
        about: an indicator, milestone or feed; of a configured rule the code that it was split to, as ``unit=vp``, or nothing.
        holds: whether there is reason to act; None where nobody knows.
        state: why, in one word: a status, the health of a feed, ``below``.
        version: the data version that it was found at.
        value, limit: what stands and what it is measured by, as exact numbers; empty for none.
        indicator, unit: what it leads to, and whose it is; empty for none.
        lasting: how long it must hold before it counts.
    """

    rule: str
    about: str
    holds: bool | None
    severity: Severity
    state: str
    version: int
    value: str = ""
    limit: str = ""
    indicator: str = ""
    unit: str = ""
    lasting: timedelta = timedelta(0)

    @property
    def key(self) -> Key:
        """What there is at most one open alert of."""
        return self.rule, self.about


Key = tuple[str, str]


@dataclass(frozen=True)
class Standing:
    """An open alert, as far as its life depends on it."""

    id: int
    severity: Severity
    state: str


@dataclass(frozen=True)
class Move:
    """One change: of the open alert ``id``, or, raised, of a new one."""

    kind: Kind
    finding: Finding
    id: int | None = None


@dataclass(frozen=True)
class Moves:
    """What changes now: steps of alerts, and since when what does not count yet has held."""

    steps: tuple[Move, ...]
    waiting: Mapping[Key, datetime]


def moves(
    found: Iterable[Finding],
    open_: Mapping[Key, Standing],
    waiting: Mapping[Key, datetime],
    is_gone: Callable[[Key], bool],
    now: datetime,
    version: int,
) -> Moves:
    """What changes by what was found.

    Args:
        found: at most one finding for each key.
        open_: the open alerts.
        waiting: since when what must last has held.
        is_gone: whether there is nothing any more that a key could speak of; then its alert ends.
        now: the present moment.
        version: the newest data version.
    """
    by_key = {each.key: each for each in found}
    still = {key: since for key, since in waiting.items() if key not in by_key or by_key[key].holds is None}
    steps: list[Move] = []
    for key, each in by_key.items():
        stands = open_.get(key)
        if stands:
            steps += _of_open(stands, each)
        elif each.holds:
            since = waiting.get(key, now)
            if now - since >= each.lasting:
                steps.append(Move(Kind.RAISED, each))
            else:
                still[key] = since
    steps += _gone(open_, by_key, is_gone, version)
    return Moves(tuple(steps), {key: since for key, since in still.items() if not is_gone(key)})


def _of_open(stands: Standing, each: Finding) -> Iterator[Move]:
    if each.holds is False:
        yield Move(Kind.ENDED, each, stands.id)
    elif each.holds and (each.state, each.severity) != (stands.state, stands.severity):
        yield Move(Kind.TURNED, each, stands.id)


def _gone(open_: Mapping[Key, Standing], found: Mapping[Key, Finding], is_gone: Callable[[Key], bool], version: int) -> Iterator[Move]:
    for key, stands in open_.items():
        if key not in found and is_gone(key):
            yield Move(Kind.ENDED, Finding(*key, False, stands.severity, "withdrawn", version), stands.id)

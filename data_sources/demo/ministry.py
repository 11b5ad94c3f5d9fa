"""The demonstration ministry: its history as it stands at a moment, and everything that changes after it.

What happens in it is fixed by the seed alone: records are born month by month with their whole life, and the history and the
live stream are two ways to look at it. So a stream may stop and go on later, or run at any pace, and tells the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property, lru_cache

import numpy as np
import pyarrow as pa

from data_sources.demo import dossiers, paperwork, people, procedures, public, published, systems
from data_sources.demo.dirt import soil, spoil
from data_sources.demo.life import MICROSECONDS_A_DAY, Life, within
from data_sources.demo.rhythm import Month, Rhythm
from data_sources.demo.story import Story, load_story
from data_sources.demo.tables import Clerk
from data_sources.demo.world import World
from ioc.catalogue.model import Catalogue
from ioc.catalogue.period import periods
from ioc.errors import UnknownName

BATCH_ROWS = 200_000
MOST_ROWS = 250_000
REPEATED = 97  # one of so many records is delivered again in the stream …
REPEATED_AFTER = 30_000_000  # … half a minute later
# What is reported of these registers stays readable, report by report; of others the history tells how they stand.
REPORTED, REPORTED_EVERY = {"milestone"}, 30 * MICROSECONDS_A_DAY

Monthly = Callable[[World, Month, np.random.Generator], Life]


@dataclass(frozen=True)
class _Kind:
    """How the records of a type come about: month by month, living ``span`` days at most, or as one register."""

    monthly: Monthly | None = None
    register: Callable[[World], Life] | None = None
    span: int = 31


class DemoMinistry:
    """A ministry that does not exist.

    Args:
        catalogue: units, code lists, record types, calendar.
        seed: everything else follows from it.
        now: the moment at which the history stands.
        years: how far the history goes back.
        scale: 1 is the size of the story; 0.01 a hundredth of the records.
        story: what it tells; by default that of ``story.yaml``.
    """

    def __init__(
        self, catalogue: Catalogue, seed: int, now: datetime, years: int = 3, scale: float = 1.0, story: Story | None = None
    ) -> None:
        rhythm = Rhythm(catalogue.civil_time)
        self.world = World(catalogue, story or load_story(), rhythm, seed, scale)
        self.now = now
        year, month = rhythm.month_of(microseconds(now))
        self._first_month = (year - years, month)
        self._block = lru_cache(maxsize=64)(self._new_block)

    @property
    def identity(self) -> str:
        """Tells one demonstration ministry apart from another."""
        return f"demo:{self.world.seed}:{self.world.scale:g}"

    @property
    def records(self) -> tuple[str, ...]:
        """The record types that it delivers."""
        return tuple(self._kinds)

    def history(self, record: str) -> Iterator[pa.Table]:
        """All records of a type, each as it stands at ``now``, in order of birth and in batches; a few come twice or spoilt."""
        if record in REPORTED:
            yield from self._reports(record)
            return
        now = microseconds(self.now)
        clerk, waiting, rows = self._clerk(record), list[pa.Table](), 0
        for block in self._months(record, self._first_month, self.world.rhythm.month_of(now)):
            life = self._new_block(record, block)
            known = life.known(now)
            rng = self.world.rng(record, "dirt", block)
            for table in (clerk.table(life, known, now), *soil(clerk, life, known, now, self.world.story.dirt, rng)):
                if rows + len(table) > MOST_ROWS or rows > BATCH_ROWS:
                    yield pa.concat_tables(waiting)
                    waiting, rows = [], 0
                waiting.append(table)
                rows += len(table)
        if rows:
            yield pa.concat_tables(waiting)

    def _reports(self, record: str) -> Iterator[pa.Table]:
        """How the records of a register stood when the history begins, and month after month those that have changed."""
        clerk, life = self._clerk(record), self._new_block(record, (0, 0))
        at, now = self.world.rhythm.month(*self._first_month).start, microseconds(self.now)
        yield clerk.table(life, life.known(at), at)
        while at < now:
            since, at = at, min(at + REPORTED_EVERY, now)
            rows = life.changed(since, at)
            if len(rows):
                yield clerk.table(life, rows, at)

    def changes(self, record: str, since: datetime, until: datetime) -> pa.Table:
        """The records of a type that are new or have changed after ``since`` and not after ``until``, as they stand then."""
        start, end = microseconds(since), microseconds(until)
        clerk, tables = self._clerk(record), []
        span = self._kind(record).span * MICROSECONDS_A_DAY + REPEATED_AFTER
        for block in self._months(record, self.world.rhythm.month_of(start - span), self.world.rhythm.month_of(end)):
            life = self._block(record, block)
            before = life.changed(start - REPEATED_AFTER, end - REPEATED_AFTER)
            for rows, at in ((life.changed(start, end), end), (before[before % REPEATED == 0], end - REPEATED_AFTER)):
                if len(rows):
                    tables.append(clerk.table(life, rows, at))
        return pa.concat_tables(tables) if tables else clerk.schema.empty_table()

    def live(self, since: datetime, until: datetime) -> Iterator[tuple[str, pa.Table]]:
        """What changes in a stretch of time: (record type, table), for those where anything does."""
        for record in self.records:
            table = self.changes(record, since, until)
            if len(table):
                yield record, table

    @cached_property
    def _register(self) -> procedures.Register:
        return procedures.register(self.world)

    @cached_property
    def _kinds(self) -> Mapping[str, _Kind]:
        register = self._register
        return {
            "procedure": _Kind(register=lambda world: procedures.procedures(world, register)),
            "staff": _Kind(register=people.staff),
            "data_service": _Kind(register=systems.data_services),
            "security_system": _Kind(register=systems.security_systems),
            "milestone": _Kind(register=systems.milestones),
            "device": _Kind(register=systems.devices),
            "dossier": _Kind(lambda world, month, rng: dossiers.dossiers(world, register, month, rng), span=180),
            "document": _Kind(paperwork.documents, span=90),
            "document_receipt": _Kind(paperwork.receipts, span=90),
            "transaction": _Kind(lambda world, month, rng: public.transactions(world, register, month, rng)),
            "workfile": _Kind(paperwork.workfiles, span=150),
            "survey_answer": _Kind(lambda world, month, rng: public.survey_answers(world, register, month, rng)),
            "petition": _Kind(public.petitions, span=120),
            "directive": _Kind(paperwork.directives, span=180),
            "report": _Kind(paperwork.reports, span=60),
            "inspection": _Kind(paperwork.inspections),
            "session": _Kind(people.sessions),
            "security_incident": _Kind(systems.security_incidents, span=90),
            "platform_figure": _Kind(systems.platform_figures),
            "feed_day": _Kind(systems.feed_days),
            "published_score": _Kind(published.published_scores),
        }

    def _kind(self, record: str) -> _Kind:
        if record not in self._kinds:
            raise UnknownName("record type of the demonstration ministry", record, self._kinds)
        return self._kinds[record]

    def _clerk(self, record: str) -> Clerk:
        self._kind(record)
        return Clerk(self.world.catalogue, self.world.catalogue.records[record])

    def _months(self, record: str, first: tuple[int, int], last: tuple[int, int]) -> list[tuple[int, int]]:
        """The blocks in which records of a type are made: months, or a single one for a register."""
        if self._kind(record).register:
            return [(0, 0)]
        return [(each.start.year, each.start.month) for each in periods("month", date(*first, 1), date(*last, 1))]

    def _new_block(self, record: str, block: tuple[int, int]) -> Life:
        kind = self._kind(record)
        if kind.register:
            return kind.register(self.world)
        assert kind.monthly
        life = kind.monthly(self.world, self.world.rhythm.month(*block), self.world.rng(record, block))
        units = len(self.world.catalogue.units)
        rng = self.world.rng(record, "spoilt", block)
        return within(spoil(life, self._clerk(record).record, units, self.world.story.dirt, rng), kind.span * MICROSECONDS_A_DAY)


def microseconds(moment: datetime) -> int:
    """A moment as microseconds since 1970 in UTC."""
    since = moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds

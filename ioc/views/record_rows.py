"""Every record of a list, however many there are: read from the store a few thousand at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from ioc.access.scope import units_within
from ioc.access.viewer import Viewer
from ioc.store.listing import stream_records
from ioc.text.words import words
from ioc.views.gather import Gatherer
from ioc.views.records import RecordsQuestion, listed, shown


@dataclass(frozen=True)
class RecordRows:
    """The rows of a question, with codes in words, as they were known at a moment; each time they are gone through they are read anew."""

    views: Gatherer
    viewer: Viewer
    question: RecordsQuestion
    columns: tuple[str, ...]
    at: datetime

    def __iter__(self) -> Iterator[tuple[object, ...]]:
        """One row after the other."""
        language = self.viewer.language
        yes_no = {True: words(language)("yes"), False: words(language)("no")}
        with self.views.moment(self.at) as moment:
            catalogue = moment.snapshot.catalogue
            spec = catalogue.records[self.question.record]
            scope = units_within(self.views.store.catalogue, self.viewer.scope)  # by the tree of today, as on the page
            asked = replace(listed(moment.snapshot, self.question, scope, moment.today), columns=self.columns)
            for batch in stream_records(moment.snapshot, asked):
                for row in batch:
                    cells = (shown(catalogue, spec, name, cell, language) for name, cell in zip(self.columns, row, strict=True))
                    yield tuple(yes_no[cell] if isinstance(cell, bool) else cell for cell in cells)

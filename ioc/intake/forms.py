"""Takes in what people type: what is entered waits until somebody else has confirmed it, and only then becomes a record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from ioc.catalogue.model import FieldType
from ioc.errors import BadQuestion, UnknownName
from ioc.intake.group_writer import Busy, GroupWriter
from ioc.intake.ingest import Target
from ioc.intake.typed_numbers import plain_number
from ioc.store.feeds import Write
from ioc.store.form_entries import Entry, decided, entered, waiting_entry
from ioc.store.receipts import Receipt
from ioc.store.store import Store

# Longer texts are not figures.
MOST_CHARACTERS = 500
SECONDS = 30


@dataclass(frozen=True)
class FieldFault:
    """What is wrong with what was typed into a field, or (``field`` None) with all of it. ``reason`` is that of quarantine."""

    field: str | None
    reason: str


class Forms:
    """The forms of a deployment.

    Args:
        store: where entries wait and records go.
        writer: writes what has been confirmed.
        targets: by feed, what its records become.
    """

    def __init__(self, store: Store, writer: GroupWriter, targets: Mapping[str, Target]) -> None:
        self._store = store
        self._writer = writer
        self._targets = targets

    def fields(self, feed: str) -> tuple[str, ...]:
        """The fields that are typed: all that the feed maps but the version, which is the moment of entering."""
        target = self._target(feed)
        moment = self._version_moment(target)
        mapped = target.mapping.fields
        fields = self._store.catalogue.records[target.record].fields
        return tuple(field for field in fields if field != moment and field in mapped and mapped[field].column == field)

    def enter(self, feed: str, typed: Mapping[str, str], person: str) -> list[FieldFault]:
        """Keep what was typed, unless something is wrong with it, which is told.

        Args:
            feed: whose form it is.
            typed: by field; what is no field of the form is left out.
            person: who has typed it.
        """
        given = {field: self._plain(feed, field, text) for field in self.fields(feed) if (text := typed.get(field, "").strip())}
        fields = {field: text for field, text in given.items() if text is not None}
        faults = [FieldFault(field, "ambiguous") for field in given.keys() - fields.keys()]
        faults += [FieldFault(field, "long") for field, text in fields.items() if len(text) > MOST_CHARACTERS]
        faults = faults or self._faults(feed, fields)
        if not faults:
            self._store.write(entered(feed, fields, person, self._store.clock.now()))
        return faults

    def confirm(self, feed: str, number: int, person: str) -> None:
        """Make an entry a record. When this returns it is on disk.

        Raises:
            BadQuestion: it is the person's own, or decided already, or the catalogue does not allow it any more.
            Busy: it could not be written by now, and nothing was decided; or it may still be, which a look at the form tells.
        """
        entry = self._waiting(feed, number)
        if entry.entered_by == person:
            raise BadQuestion("own_entry")
        if self._faults(feed, entry.fields):
            raise BadQuestion("entry_at_fault")
        decision = decided(feed, number, "confirmed", person, self._store.clock.now())

        def confirmed(receipt: Receipt) -> Write:
            if receipt.tally.rejected or receipt.tally.secret:  # raised within the commit: nothing of it is kept, and the entry waits on
                raise BadQuestion("entry_at_fault")
            return decision

        receipt = self._writer.submit(feed, self._table(feed, entry.fields, entry), confirmed)
        try:
            receipt.result(SECONDS)
        except TimeoutError as error:
            receipt.cancel()
            raise Busy("More is waiting to be written than may wait.", "Send it again in a second.") from error

    def refuse(self, feed: str, number: int, person: str, note: str) -> None:
        """Put an entry aside, and say why; whoever entered it may do so too.

        Raises:
            BadQuestion: it is decided already.
        """
        self._target(feed)
        self._store.write(decided(feed, number, "refused", person, self._store.clock.now(), note.strip()[:MOST_CHARACTERS]))

    def _target(self, feed: str) -> Target:
        if feed not in self._targets:
            raise UnknownName("feed", feed, self._targets)
        return self._targets[feed]

    def _waiting(self, feed: str, number: int) -> Entry:
        self._target(feed)
        with self._store.read() as snapshot:
            return waiting_entry(snapshot.cursor, feed, number)

    def _faults(self, feed: str, fields: Mapping[str, str]) -> list[FieldFault]:
        target = self._target(feed)
        return [FieldFault(*fault) for fault in self._store.try_out(target.record, target.mapping, self._table(feed, fields, None))]

    def _plain(self, feed: str, field: str, text: str) -> str | None:
        """A number as the mapping reads it; None where it may as well mean thousands."""
        target = self._target(feed)
        kind = self._store.catalogue.records[target.record].fields[field].type
        if kind not in {FieldType.NUMBER, FieldType.INTEGER} or target.mapping.decimal != ".":
            return text
        return plain_number(text, is_whole=kind is FieldType.INTEGER)

    def _version_moment(self, target: Target) -> str | None:
        """The field that says how new a record is, where that is a moment."""
        spec = self._store.catalogue.records[target.record]
        return spec.version if spec.version and spec.fields[spec.version].type is FieldType.TIMESTAMP else None

    def _table(self, feed: str, fields: Mapping[str, str], entry: Entry | None) -> pa.Table:
        moment = self._version_moment(self._target(feed))
        at = (entry.entered_at if entry else self._store.clock.now()).isoformat()
        return pa.table({name: pa.array([text], pa.string()) for name, text in {**fields, **({moment: at} if moment else {})}.items()})

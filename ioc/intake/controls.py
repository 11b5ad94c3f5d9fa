"""What a person may do to a feed: ask it now, pause it, let it go on, send its quarantine through again."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import date

from ioc.errors import BadQuestion, Refusal, UnknownName
from ioc.intake.conductor import Conductor
from ioc.intake.ingest import Target
from ioc.intake.port import Way
from ioc.intake.replay import replay
from ioc.store.feeds import introduced, paused
from ioc.store.freshness import feeds
from ioc.store.runs import in_quarantine
from ioc.store.store import Store


class Controls:
    """The controls of a deployment's feeds. Each says in a word what happens, and raises what speaks against it.

    Args:
        store: where it is noted.
        conductor: who asks feeds.
        targets: every configured feed.
        ways: how the records of each come.
        asked: the feeds that are asked of themselves or listened to.
    """

    def __init__(
        self, store: Store, conductor: Conductor, targets: Mapping[str, Target], ways: Mapping[str, Way], asked: frozenset[str]
    ) -> None:
        self._store = store
        self._conductor = conductor
        self._targets = targets
        self._ways = ways
        self._asked = asked
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._replays: dict[str, threading.Thread] = {}
        # Asked for at every delivery that is brought: kept beside what is written.
        self._paused = {name for name, state in store.feed_states().items() if state.paused}

    def stop(self, seconds: float) -> None:
        """Begin nothing more, and let what goes through quarantine come to its end, within this long."""
        self._stopping.set()
        with self._lock:
            running = list(self._replays.values())
        for thread in running:
            thread.join(seconds / len(running))

    def is_paused(self, feed: str) -> bool:
        """Whether a person has paused a feed."""
        return feed in self._paused

    def run(self, feed: str) -> str:
        """Ask a feed now, beside its schedule. Raises UnknownName or Refusal."""
        way = self._way(feed)
        if way in {Way.BROUGHT, Way.TYPED}:
            raise Refusal(way.value, feed=feed)
        if feed not in self._asked:
            raise Refusal("unscheduled", feed=feed)
        if way is Way.LISTENING and self.is_paused(feed):
            raise Refusal("paused", feed=feed)
        if self._conductor.is_busy(feed):
            raise Refusal("connected" if way is Way.LISTENING else "replaying" if self._is_replaying(feed) else "busy", feed=feed)
        self._conductor.ask_now(feed)
        return "connect" if way is Way.LISTENING else "run"

    def pause(self, feed: str) -> str:
        """Take nothing more from a feed, until it is let go on. Raises UnknownName or Refusal."""
        self._set_paused(feed, yes=True)
        return "pause_brought" if self._ways[feed] is Way.BROUGHT else "pause"

    def resume(self, feed: str) -> str:
        """Let a feed go on. Raises UnknownName or Refusal."""
        self._set_paused(feed, yes=False)
        return "resume"

    def replay(self, feed: str) -> int:
        """Begin to send what lies in a feed's quarantine through its mapping again; how many rows. Raises UnknownName or Refusal."""
        self._way(feed)
        with self._store.read() as snapshot:
            _, rows = in_quarantine(snapshot, feed)
        with self._lock:
            if self._stopping.is_set():
                raise Refusal("ending", 503)
            if self._is_replaying(feed):
                raise Refusal("replaying", feed=feed)
            if not rows:
                raise Refusal("nothing", feed=feed)
            free = ExitStack()
            if feed in self._asked and not free.enter_context(self._conductor.kept_from(feed)):
                raise Refusal("busy", feed=feed)
            self._replays[feed] = threading.Thread(target=self._replay, args=[feed, free], name=f"replay-{feed}", daemon=True)
            self._replays[feed].start()
        return rows

    def backfill(self, feed: str, first: date | None, last: date | None) -> str:
        """Begin to ask a feed once more for some days. Raises UnknownName, Refusal or BadQuestion."""
        self._way(feed)
        if feed not in self._asked:
            raise BadQuestion("no_spans", feed=feed)
        if first is None or last is None:
            raise BadQuestion("which_days")
        self._conductor.backfills.begin(feed, first, last)
        return "backfill"

    def cancel(self, feed: str) -> str:
        """End asking for days gone by. Raises UnknownName or Refusal."""
        self._way(feed)
        if feed not in self._asked or not self._conductor.backfills.cancel(feed):
            raise Refusal("not_backfilling", feed=feed)
        return "cancel"

    def _replay(self, feed: str, free: ExitStack) -> None:
        """One replay; a feed that is asked is not asked meanwhile. How it went stands in its runs."""
        try:
            with free:
                replay(self._store, self._targets[feed], self._stopping)
        except Exception:
            logging.getLogger(__name__).exception("The quarantine of %s could not be taken in again", feed)

    def _is_replaying(self, feed: str) -> bool:
        return feed in self._replays and self._replays[feed].is_alive()

    def _set_paused(self, feed: str, *, yes: bool) -> None:
        way = self._way(feed)
        if feed in self._asked:
            self._conductor.pause(feed, yes=yes)
        elif way is Way.BROUGHT:
            self._store.write(introduced(feed, self._targets[feed].record, self._store.clock.now()), paused(feed, yes=yes))
        else:
            raise Refusal("typed" if way is Way.TYPED else "unscheduled", feed=feed)
        if yes:
            self._paused.add(feed)
        else:
            self._paused.discard(feed)

    def _way(self, feed: str) -> Way:
        """How the records of a feed come. Raises UnknownName, or Refusal of one that has delivered but is not configured."""
        if feed in self._ways:
            return self._ways[feed]
        with self._store.read() as snapshot:
            delivered = [each.feed for each in feeds(snapshot)]
        if feed in delivered:
            raise Refusal("unconfigured", feed=feed)
        raise UnknownName("feed", feed, {*self._ways, *delivered})

"""The editor of playlists: a form that is sent whole with each button, so that it needs no script; nothing is kept before it is saved."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import Response, request
from werkzeug.datastructures import MultiDict

from callbacks.guard import Guard
from callbacks.plain_pages import to
from ioc.access.policy import may_arrange_screens
from ioc.access.same_origin import check_sender
from ioc.errors import Refusal
from ioc.views.playlist_editor import DraftFault, Faulty, Overtaken, Turning
from layouts.dash_app import EDITOR_SHEETS
from layouts.screens.message import message
from layouts.screens.playlists import Given, Step, TurnGiven, given_of, playlist_editor
from layouts.state import Context

log = logging.getLogger(__name__)

# What is told of each button that changes the order.
STEPS = {"add": "was_added", "earlier": "was_moved", "later": "was_moved", "remove": "was_removed"}


@dataclass(frozen=True)
class Rotating:
    """What each address answers.

    Attributes:
        guard: shows pages to administrators alone.
        turning: reads and keeps playlists.
        changed: called when playlists are others than before.
    """

    guard: Guard
    turning: Turning
    changed: Callable[[], object]

    def one(self, playlist: str, does: str = "") -> Response:
        """A playlist as it is, or a new one."""
        context, viewer = self.guard.asker()
        if not may_arrange_screens(viewer):
            return self.guard.closed(context)
        try:
            view = self.turning.view(playlist)
        except Refusal as error:
            return self._page(message(*context.words.told(error), context, status=error.status))
        told = context.words("playlists.saved") if context.get("saved") else ""
        return self._shown(playlist, given_of(view.settings, view.revision), context, told)

    def step(self, playlist: str, does: str) -> Response:
        """The form with one turn more or less, or elsewhere."""
        context, viewer = self.guard.asker()
        if not may_arrange_screens(viewer):
            return self.guard.closed(context)
        try:
            check_sender(dict(request.headers), request.host)
        except Refusal as error:
            return self._page(message(*context.words.told(error), context, status=error.status))
        given, at = _given(request.form), _at()
        stepped = _stepped(given, does, at)
        last = len(stepped.turns) - 1
        now = {"add": last, "earlier": at - 1, "later": at + 1}.get(does, at)
        step = Step(does, min(max(now, 0), last), context.words(f"playlists.{STEPS[does]}", number=at + 1, now=now + 1))
        return self._shown(playlist, stepped, context, step=step)

    def save(self, playlist: str) -> Response:
        """Keep the playlist as it was arranged."""
        return self._changed(playlist, lambda given, by, now: self.turning.save(playlist, _data(given), given.revision, by, now))

    def restore(self, playlist: str) -> Response:
        """Keep an older state of it again."""
        return self._changed(playlist, lambda given, by, now: self.turning.restore(playlist, _at(), given.revision, by, now))

    def give_up(self, playlist: str) -> Response:
        """Have the one that ships shown again, or none."""
        return self._changed(playlist, lambda given, by, now: self.turning.give_up(playlist, given.revision, by, now))

    def _changed(self, playlist: str, keep: Callable[[Given, str, datetime], object]) -> Response:
        context, viewer = self.guard.asker()
        words, given = context.words, _given(request.form)
        try:
            check_sender(dict(request.headers), request.host)
            if not may_arrange_screens(viewer):
                raise Refusal("administrators", 403)
            keep(given, viewer.name, self.guard.clock.now())
        except Faulty as error:
            return self._shown(playlist, given, context, words("editor.said.wrong"), 400, error.faults)
        except Overtaken as error:
            told = " ".join((words("playlists.overtaken"), words("playlists.overtaken_hint")))
            return self._shown(playlist, replace(given, revision=error.revision), context, told, 409)
        except Refusal as error:
            return self._page(message(*words.told(error), context, status=error.status))
        except OSError as error:
            log.exception("a playlist could not be kept")
            return self._shown(playlist, given, context, words("editor.unwritten", fault=error.strerror or str(error)), 503)
        self.changed()
        return to(context.link(f"/admin/playlists/{playlist}", ("saved", "1")))

    def _shown(
        self,
        playlist: str,
        given: Given,
        context: Context,
        told: str = "",
        status: int = 200,
        faults: Sequence[DraftFault] = (),
        step: Step | None = None,
    ) -> Response:
        wrong = {(each.panel, each.fault.key): context.words.sentence(each.fault.kept()) for each in faults}
        try:
            view = self.turning.view(playlist)
        except Refusal as error:  # what can be no name
            return self._page(message(*context.words.told(error), context, status=error.status))
        return self._page(playlist_editor(view, given, wrong, context, told, status, step))

    def _page(self, page: Any) -> Response:
        return self.guard.page(page, EDITOR_SHEETS)


def _at() -> int:
    """Which turn or which older state a button is about."""
    said = request.form.get("at", "")
    return int(said) if said.isdecimal() and len(said) < 6 else 0


def _given(form: MultiDict[str, str]) -> Given:
    """The form as it was sent."""
    turns = zip(form.getlist("screen"), form.getlist("stays"), strict=False)
    said = {name: form.get(name, "").strip() for name in ("vi", "en", "dwell", "from", "to", "brightness", "revision")}
    return Given(
        **{{"from": "start", "to": "end"}.get(name, name): text for name, text in said.items()},
        turns=tuple(TurnGiven(screen, stays.strip()) for screen, stays in turns),
    )


def _stepped(given: Given, does: str, at: int) -> Given:
    """The form with one turn more or less, or elsewhere."""
    turns = list(given.turns)
    if does == "add":
        turns.append(turns[-1] if turns else TurnGiven("", ""))
    elif at < len(turns):
        turn = turns.pop(at)
        if does in {"earlier", "later"}:
            turns.insert(max(at + (1 if does == "later" else -1), 0), turn)
    return replace(given, turns=tuple(turns))


def _data(given: Given) -> Mapping[str, Any]:
    """What a file would say."""
    night = {"from": given.start, "to": given.end, "brightness": given.brightness}
    return {
        "label": {"vi": given.vi, "en": given.en},
        **({"dwell": f"{given.dwell}s"} if given.dwell else {}),
        **({"night": {key: text for key, text in night.items() if text}} if given.start or given.end else {}),
        "screens": [_turn(turn) for turn in given.turns],
    }


def _turn(turn: TurnGiven) -> dict[str, str]:
    screen, _, code = turn.screen.partition(":")
    return {"screen": screen, **({"of": code} if code else {}), **({"dwell": f"{turn.stays}s"} if turn.stays else {})}

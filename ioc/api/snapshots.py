"""HTTP version 1: exports as programs see them: what there is, one of them, and having one made."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
from flask import Blueprint, Response, request

from ioc.access.asking import preferred, viewer
from ioc.access.same_origin import check_sender
from ioc.access.viewer import Viewer
from ioc.api.json_values import moment
from ioc.api.problems import told_as_problems
from ioc.errors import Refusal, UnknownName
from ioc.exports.jobs import Job, Jobs
from ioc.exports.order import order_of
from ioc.exports.register import Entry, as_it_was, may_fetch
from ioc.exports.server_address import COMMAND_LINE, TOKEN
from ioc.exports.subject import subject_of
from ioc.views.gather import Gatherer
from ioc.views.values import moment_from_words, past_from_words

# A request waits so long for what it has asked for; then it is told where to ask again.
WAITS_SECONDS = 10.0


def blueprint(views: Gatherer, jobs: Jobs) -> Blueprint:
    """The routes under /api/v1/snapshots."""
    routes, api = Blueprint("snapshots_api", __name__, url_prefix="/api/v1/snapshots"), _Snapshots(views, jobs)
    routes.get("")(api.all)
    routes.post("")(api.make)
    routes.get("/<snapshot>")(api.one)
    routes.get("/jobs/<job>")(api.job)
    routes.post("/jobs/<job>/cancel")(api.cancel)
    told_as_problems(routes)
    return routes


class _Snapshots:
    def __init__(self, views: Gatherer, jobs: Jobs) -> None:
        self.views, self.jobs = views, jobs
        self.register = jobs.exporter.register

    def all(self) -> Response:
        """Exports, the newest first."""
        asker = _asker(_language(self.views))
        before = moment_from_words(request.args.get("before"), self.views.zone())
        found = self.register.search(request.args.get("q", ""), asker.scope, before)
        return _json({"snapshots": [self._told(each) for each in found]})

    def one(self, snapshot: str) -> Response:
        """One export."""
        asker, entry = _asker(_language(self.views)), self.register.find(snapshot)
        if entry is None or not may_fetch(entry, asker):
            raise UnknownName("snapshot", snapshot, ())
        return _json(self._told(entry))

    def make(self) -> Response:
        """Have one made: what, format, and how. Answered when it is there, or with where to ask."""
        check_sender(dict(request.headers), request.host)
        given = _given()
        language = given.get("lang") or _language(self.views)
        asker, catalogue = _asker(language), self.views.store.catalogue
        subject = subject_of(given.get("what", ""), self.views.screens(), catalogue.indicators)
        as_of = past_from_words(given.get("as_of"), self.views.zone(), self.views.store.clock.now())
        return self._state(self.jobs.begin(order_of(subject, given, as_of, language), asker), WAITS_SECONDS)

    def job(self, job: str) -> Response:
        """How far one is that is being made."""
        return self._state(self._job(job), 0.5)

    def cancel(self, job: str) -> Response:
        """Make it no more."""
        check_sender(dict(request.headers), request.host)
        self._job(job).progress.cancel()
        return _json({"job": job}, 202)

    def _job(self, id_: str) -> Job:
        job = self.jobs.find(id_, _asker(_language(self.views)))
        if job is None:
            raise UnknownName("snapshot", id_, ())
        return job

    def _state(self, job: Job, seconds: float) -> Response:
        entry = job.entry(seconds)
        if entry is None:
            return _json({"job": job.id, "done": job.progress.done, "of": job.progress.of}, 202)
        return _json(self._told(entry), 201)

    def _told(self, entry: Entry) -> dict[str, Any]:
        given = dict(vars(entry))
        zone = self.views.zone()
        given |= {name: moment(given[name], zone) for name in ("made_at", "at", "as_of")}
        is_kept = self.jobs.exporter.file(entry) is not None
        return given | {"address": as_it_was(entry), "content": f"/snapshots/{entry.code}/file" if is_kept else None}


def _given() -> dict[str, str]:
    """What is ordered, in the words of a form. Raises Refusal for a body that is none."""
    body = request.get_json(silent=True) if request.is_json else {}
    if not isinstance(body, dict) or any(isinstance(value, dict | list) for value in body.values()):
        raise Refusal("unreadable", 400)
    said = {key: str(int(value) if isinstance(value, bool) else value) for key, value in body.items() if value is not None}
    return said | request.form.to_dict()


def _asker(language: str) -> Viewer:
    """Who asks; a command comes with a token of its own each time."""
    found = viewer(language)
    return replace(found, name=COMMAND_LINE) if found.name.startswith(f"token {TOKEN} ") else found


def _language(views: Gatherer) -> str:
    return request.args.get("lang") or preferred(views.language())


def _json(content: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(content), status, {"Cache-Control": "no-store"}, mimetype="application/json")

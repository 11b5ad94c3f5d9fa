"""Where rooms meet: ``create_app`` builds one whole IOC from a configuration. It starts nothing and holds nothing globally."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, cast

from a2wsgi import WSGIMiddleware
from flask import Blueprint, Flask

from callbacks import register_all
from callbacks.account import blueprint as account_blueprint
from callbacks.accounts import blueprint as accounts_blueprint
from callbacks.alerts import blueprint as alerts_blueprint
from callbacks.editor import blueprint as editor_blueprint
from callbacks.exports import blueprint as exports_blueprint
from callbacks.forms import blueprint as forms_blueprint
from callbacks.guard import Guard
from callbacks.notes import blueprint as notes_blueprint
from callbacks.page_capture import drawing
from callbacks.plain_pages import PlainPages
from callbacks.refusing import refusing
from callbacks.remote import blueprint as remote_blueprint
from callbacks.reports import blueprint as reports_blueprint
from callbacks.reports import failing
from callbacks.routes import route_in
from callbacks.saved import blueprint as saved_blueprint
from callbacks.schedules import blueprint as schedules_blueprint
from callbacks.schedules import shown
from callbacks.secrets import blueprint as secrets_blueprint
from callbacks.sign_in import blueprint as sign_in_blueprint
from callbacks.wall import blueprint as wall_blueprint
from data_sources.secret import revealed
from ioc.access import asking
from ioc.access.accounts import Accounts, open_ledger
from ioc.access.administrators import Administrators
from ioc.access.devices import Devices
from ioc.access.edge import Edge, security_policy
from ioc.access.entrance import Entrance
from ioc.access.gate import lets_through, shares, while_let
from ioc.access.oidc import Provider
from ioc.access.proving import Proving, SecondFactor
from ioc.access.reception import Reception
from ioc.access.sessions import Sessions
from ioc.access.settings import AccessSettings
from ioc.access.tokens import Tokens
from ioc.access.trail import AuditTrail
from ioc.access.typists import Typists
from ioc.alerts.evaluation import Watchman
from ioc.alerts.ledger import AlertLedger
from ioc.api.push import PushApi, is_push
from ioc.api.routes import blueprint
from ioc.api.shared import SharedAnswers
from ioc.api.snapshots import blueprint as snapshots_blueprint
from ioc.asgi import Receive, Scope, Send
from ioc.catalogue.model import Catalogue
from ioc.clock import Clock
from ioc.config import Config
from ioc.control_socket import ControlSocket
from ioc.deployed import connected, open_store, read_side, spans_of, target_of, way, ways
from ioc.exports.deliveries.courier import Courier
from ioc.exports.jobs import Jobs
from ioc.intake.appointment import Appointment
from ioc.intake.conductor import Conductor
from ioc.intake.controls import Controls
from ioc.intake.forms import Forms
from ioc.intake.group_writer import GroupWriter
from ioc.intake.port import Desk, Door, Feed, Way
from ioc.live import SEEN, Bus
from ioc.metrics import Metrics
from ioc.monitoring import overseen
from ioc.notes import Notes
from ioc.press import courier_of, exporter_of, signing_of
from ioc.readings import faults_of
from ioc.request_telemetry import RequestTelemetry
from ioc.saved import SavedViews
from ioc.screens.watch import Watch
from ioc.store.store import Store
from ioc.text.words import words
from ioc.upkeep import Upkeep
from ioc.views.alerts import AlertsDesk
from ioc.views.cache import ViewCache
from ioc.views.forms import FormView, form_view
from ioc.views.gather import Gatherer
from ioc.views.notes import Margin
from ioc.views.saved import Shelves
from ioc.views.screen_editor import Arranging
from layouts.dash_app import make_dash

# Threads that answer pages and API calls; DuckDB has its own.
REQUEST_THREADS = 8
# So many seconds lie between small commits while anybody watches: walls are drawn no more often.
WATCHED_PACE = 0.15


@dataclass(frozen=True)
class Application:
    """One IOC. ``flask`` answers pages and API; ``asgi`` also serves the live stream, and takes in what is brought.

    ``start`` begins to take records in, ``stop`` finishes what was accepted, ``close`` lets go of the store.
    """

    config: Config
    store: Store
    views: Gatherer
    bus: Bus
    flask: Flask
    pages: WSGIMiddleware
    shared: SharedAnswers
    conductor: Conductor
    controls: Controls
    writer: GroupWriter
    push: PushApi
    upkeep: Upkeep
    watch: Watch
    entrance: Entrance
    accounts: Accounts
    trail: AuditTrail
    policy: str
    exports: Jobs
    courier: Courier
    control_socket: ControlSocket
    metrics: Metrics
    watchman: Watchman

    @cached_property
    def asgi(self) -> RequestTelemetry:
        """The ASGI application, with every request counted and known by an id."""
        edge = Edge(self._answer, self.policy, lambda scope: not is_push(scope))
        return RequestTelemetry(edge, route_in(self.flask), self.metrics)

    def alive(self) -> bool:
        """Whether what works beside the pages does, and the store can be read."""
        return not faults_of(self.store, self.conductor, self.writer, written=False)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if is_push(scope):
            await self.push(scope, receive, send)
        elif not (scope["path"] in {"/live", SEEN} or is_of_a_wall(scope["path"])) or not lets_through(self.entrance, scope):
            await self.pages(scope, receive, send)  # type: ignore[arg-type]  # they look themselves, and say calmly what may not be
        elif scope["path"] == "/live":
            await self.bus.serve(scope, while_let(self.entrance, scope, receive), send)
        elif scope["path"] == SEEN:
            await self.bus.seen(scope, send, self.store.version())
        elif shares(self.entrance, scope):
            await self.shared(scope, receive, send)
        else:
            await self.pages(scope, receive, send)  # type: ignore[arg-type]

    def start(self) -> None:
        """Begin to ask feeds, and to write what is brought."""
        self.trail.start()
        signing_of(self.config).ready(self.store.clock.now())
        self.writer.start()
        self.conductor.start()
        self.upkeep.start()
        self.watch.start()
        self.courier.start()
        self.control_socket.start()
        self.watchman.start()

    def stop(self, seconds: float) -> None:
        """Take nothing more in, and finish what was accepted within this long."""
        self.courier.stop()
        self.control_socket.stop(seconds / 8)
        self.watchman.stop(seconds / 8)
        self.conductor.stop(seconds / 2)
        self.watch.stop(seconds / 8)
        self.upkeep.stop(seconds / 8)
        self.controls.stop(seconds / 8)
        self.writer.stop(seconds / 4)
        self.exports.close()
        self.trail.stop()

    def close(self) -> None:
        """End open streams, finish the running write, let go of the store."""
        self.bus.close()
        self.store.close()
        self.accounts.ledger.close()
        if self.views.alerts:
            self.views.alerts.ledger.ledger.close()


def is_of_a_wall(path: str) -> bool:
    """Whether an address is a screen of a wall, or panels of it: what many ask for alike."""
    return path.startswith("/wall/") and path.count("/") > 2


def create_app(config: Config, clock: Clock) -> Application:
    """Build everything for one deployment.

    Args:
        config: checked configuration and catalogue.
        clock: tells the present moment.

    Raises:
        StoreError: the store cannot be opened.
    """
    bus = Bus(clock.now, config.data / "emergency.txt")
    store = open_store(config, clock, bus)
    feeds = connected(config)
    cache, trail = ViewCache(), AuditTrail(config.data, clock, (config.settings.access or AccessSettings()).audit)
    entrance, accounts = entrance_of(config, clock)
    shelf = config.shelf()
    desk = AlertsDesk(AlertLedger(config.data), store, config.settings, trail)
    views = read_side(config, store, feeds, cache, bus, shelf, desk)
    doors = {name: door for name, door in feeds.items() if not isinstance(door, Feed | Desk)}
    desks = {name: desk for name, desk in feeds.items() if isinstance(desk, Desk)}
    brought = {name: target_of(config, name) for name in (*doors, *desks)}
    writer = GroupWriter(store, brought, lambda: WATCHED_PACE if bus.watched else 0.0)
    appointments = list(_appointments(config, feeds))
    conductor = Conductor(store, appointments)
    targets = {name: target_of(config, name) for name in feeds}
    controls = Controls(store, conductor, targets, ways(config, feeds), frozenset(each.target.feed for each in appointments))
    flask = Flask("ioc", static_folder=None)
    flask.register_blueprint(blueprint(views, controls))
    pages = make_dash(flask, config.catalogue.organisation.name.of(config.settings.language))
    plain = PlainPages(pages, views, clock)
    refuse = refusing(plain, entrance.administrators.can_sign_in)
    asking.install(flask, entrance, refuse, trail)
    margin = Margin(Notes(config.data), config.catalogue, clock, trail)
    register_all(pages, views, clock, margin)
    flask.register_blueprint(wall_blueprint(plain, cache, entrance.devices))
    rearranged = partial(bus.control, "", "screens")
    guard = Guard(pages, views, clock, entrance.administrators)
    flask.register_blueprint(editor_blueprint(guard, Arranging(views, shelf), shelf, rearranged))
    flask.register_blueprint(remote_blueprint(guard, cache, bus))
    flask.register_blueprint(secrets_blueprint(guard))
    flask.register_blueprint(notes_blueprint(plain, margin))
    flask.register_blueprint(alerts_blueprint(plain, desk))
    flask.register_blueprint(saved_blueprint(plain, Shelves(SavedViews(config.data), config.catalogue, clock)))
    jobs, courier = _exports(flask, plain, views, config, trail)
    flask.register_blueprint(_forms(plain, views.store, config, writer, desks, Typists(desks, clock, trail)))
    reception = _reception(config, entrance, accounts, trail)
    _welcome(flask, guard, reception, config.catalogue)
    middleware = WSGIMiddleware(cast(Any, flask), workers=REQUEST_THREADS)
    push = PushApi(doors, writer, store, controls.is_paused, entrance.lets_bring)
    shared = SharedAnswers(cast(Any, middleware), lambda heard: bus.version(heard) + shelf.revision, lambda: clock.now().timestamp())
    bus.follow(shared.foresee)
    upkeep, watch, policy = Upkeep(store), Watch(shelf, rearranged), security_policy(pages.csp_hashes())
    control_socket, metrics = overseen(config, store, conductor, writer, bus, cache, flask, desk)
    watchman = Watchman(views, desk.ledger, config.settings.alerts)
    parts = (flask, middleware, shared, conductor, controls, writer, push, upkeep, watch)
    return Application(
        config, store, views, bus, *parts, entrance, accounts, trail, policy, jobs, courier, control_socket, metrics, watchman
    )


def _exports(flask: Flask, plain: PlainPages, views: Gatherer, config: Config, trail: AuditTrail) -> tuple[Jobs, Courier]:
    """What makes exports, and sends them; reached by pages and API."""
    exporter, pool = exporter_of(config, views, plain.clock, signing_of(config), drawing(flask))
    jobs = Jobs(exporter, pool.close)
    flask.register_blueprint(snapshots_blueprint(views, jobs))
    flask.register_blueprint(exports_blueprint(plain, views, jobs, trail))
    courier = courier_of(config, exporter)
    flask.register_blueprint(reports_blueprint(plain, courier.binder, trail, partial(shown, courier)))
    flask.register_blueprint(schedules_blueprint(courier, views, trail, failing(plain, courier.binder, trail)))
    return jobs, courier


def _reception(config: Config, entrance: Entrance, accounts: Accounts, trail: AuditTrail) -> Reception:
    """Where people sign in. Raises IocError when a secret cannot be read."""
    oidc = config.settings.access.oidc if config.settings.access else None
    provider = Provider(oidc, revealed(oidc.client_secret, config.base)) if oidc else None
    sessions = entrance.sessions
    assert sessions, "an application has sessions"
    return Reception(entrance, accounts, sessions, Proving(accounts), SecondFactor(accounts), trail, provider)


def _welcome(flask: Flask, guard: Guard, reception: Reception, catalogue: Catalogue) -> None:
    """Add the pages of signing in, of one's account, and of all accounts."""

    def units(language: str) -> dict[str, str]:
        return {code: unit.label.of(language) for code, unit in catalogue.units.items()}

    tokens = reception.entrance.tokens
    assert tokens, "an application has tokens"
    flask.register_blueprint(sign_in_blueprint(flask, guard, reception, catalogue.organisation.name.of))
    unit_of = lambda code, language: units(language).get(code or "", words(language)("account.none"))  # noqa: E731
    flask.register_blueprint(account_blueprint(guard, reception, unit_of))
    flask.register_blueprint(accounts_blueprint(guard, reception, tokens, units))


def entrance_of(config: Config, clock: Clock) -> tuple[Entrance, Accounts]:
    """Who tells who asks, and the accounts of a deployment. Raises IocError when a password cannot be read."""
    access, ledger = config.settings.access or AccessSettings(), open_ledger(config.data)
    administrators = Administrators({name: revealed(password, config.base) for name, password in config.settings.administrators.items()})
    accounts, closed = Accounts(ledger, access.passwords.shortest), config.settings.access is not None
    entrance = Entrance(
        Devices(config.data, ledger),
        administrators,
        access.all_roles(),
        clock,
        closed,
        Sessions(accounts, access.sessions),
        Tokens(ledger),
        config.settings.language,
        demo=not closed,
    )
    return entrance, accounts


def _forms(plain: PlainPages, store: Store, config: Config, writer: GroupWriter, desks: Mapping[str, Desk], typists: Typists) -> Blueprint:
    """The forms that people type records into."""
    forms = Forms(store, writer, {name: target_of(config, name) for name in desks})
    return forms_blueprint(plain, forms, _form_of(config, store, forms), typists)


def _form_of(config: Config, store: Store, forms: Forms) -> Callable[[str, str], FormView]:
    """The form of a feed in a language."""

    def view(feed: str, language: str) -> FormView:
        settings = config.settings.feeds[feed]
        label = settings.label.of(language) if settings.label else None
        return form_view(store, feed, settings.record, forms.fields(feed), label, language)

    return view


def _appointments(config: Config, feeds: Mapping[str, Feed | Door | Desk]) -> Iterator[Appointment]:
    for name, feed in feeds.items():
        settings = config.settings.feeds[name]
        if isinstance(feed, Feed) and (settings.schedule or way(settings) is Way.LISTENING):
            yield Appointment(target_of(config, name), feed, settings.schedule, settings.timeout, spans_of(settings))

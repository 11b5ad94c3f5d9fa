"""What commands and machines learn of a running deployment."""

from __future__ import annotations

from functools import partial

from flask import Flask

from ioc.backup.lending import HOLD, lending
from ioc.backup.schedule import last_made
from ioc.config import Config
from ioc.control_socket import ControlSocket
from ioc.health import blueprint as health
from ioc.intake.conductor import Conductor
from ioc.intake.group_writer import GroupWriter
from ioc.live import Bus
from ioc.metrics import Metrics
from ioc.readings import STATE, faults_of, readings, state_of, state_told
from ioc.store.store import Store
from ioc.views.alerts import AlertsDesk
from ioc.views.cache import ViewCache


def overseen(
    config: Config, store: Store, conductor: Conductor, writer: GroupWriter, bus: Bus, cache: ViewCache, flask: Flask, alerts: AlertsDesk
) -> tuple[ControlSocket, Metrics]:
    """The socket for commands, and the figures behind the addresses of its health."""
    metrics = Metrics(readings(store, writer, bus, cache, lambda: last_made(config), alerts))
    store.database.timed = metrics.committed
    faults = partial(faults_of, store, conductor, writer)
    flask.register_blueprint(health(faults, partial(state_of, store), metrics))
    return ControlSocket(config.data, {HOLD: lending(store), STATE: lambda line: line.say(state_told(store, faults()))}), metrics

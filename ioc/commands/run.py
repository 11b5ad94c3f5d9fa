"""``ioc run``: everything in one process."""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
import sys
from pathlib import Path
from typing import Any

import uvicorn

from ioc.access.configuration_changes import note_changes
from ioc.access.demonstration import demonstrate
from ioc.access.settings import is_loopback
from ioc.app import Application, create_app
from ioc.clock import SystemClock
from ioc.commands.deployment import load_config
from ioc.commands.scheduled_backups import backups
from ioc.commands.simulation import BUSIEST, can_simulate, simulation
from ioc.commands.slow_clients import Patient
from ioc.config import Config
from ioc.errors import IocError, Said, joined
from ioc.exports.server_address import forget, note
from ioc.goals.smoothing import library
from ioc.logs import set_up
from ioc.systemd import Supervisor
from ioc.worker import Worker

# What is accepted is finished before the process ends; a supervisor may count on this many seconds.
GRACE_SECONDS = 8


class PortTaken(IocError):
    """The port that was asked for cannot be listened on."""

    exit_code = 4


class OpenDoor(IocError):
    """Other machines would be let in without signing in, or in clear text."""

    exit_code = 2


def run(config_path: Path, host: str | None, port: str | int | None, *, demo: bool) -> int:
    """Serve pages, API and feeds until a signal says stop. Returns 0 after an orderly end."""
    config = load_config(config_path)
    server_settings = config.settings.server
    address = host or server_settings.host
    wanted = _port(port) if port is not None else server_settings.port
    _check_closed(address, config)
    listening = _listen(address, wanted)
    application = create_app(config, SystemClock())
    whole = {"config": config.settings, "catalogue": config.catalogue}
    note_changes(application.trail, config.data, {name: of.model_dump(mode="json", exclude_defaults=True) for name, of in whole.items()})
    logs = config.settings.logs
    set_up(logs.level, config.base / logs.folder if logs.folder else None, logs.mib, logs.keep, application.metrics.failed)
    library()  # before anybody waits for the first forecast
    sys.setswitchinterval(0.001)  # one answer that takes long to make keeps fifty others from being sent no longer than this
    gc.freeze()  # what stands now stays: looking through it for garbage took a third of the time of long answers
    simulate = demo or (not config.settings.feeds and can_simulate(config.catalogue))
    note(config.data, _address(listening, config))
    try:
        workers = [*_workers(application, simulate=simulate), Worker("backups", backups(config, config_path, SystemClock()))]
        return asyncio.run(_serve(application, config, listening, workers, simulate=simulate))
    finally:
        gc.unfreeze()  # what is frozen is never let go of, and the engine would tell of all of it as leaked
        forget(config.data)
        listening.close()
        application.close()


def _port(text: str | int) -> int:
    try:
        port = int(text)
    except ValueError:
        port = -1
    if not 0 <= port <= 65535:
        raise PortTaken("“{text}” is not a port.", "Give a number from 0 (any free one) to 65535.", text=text)
    return port


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named, because asyncio sends small answers at once (TCP_NODELAY) only where it is; else each waits for 40 ms.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(512)
    except OSError as error:
        listening.close()
        raise PortTaken(
            "Cannot listen on {host}:{port}: {fault}.",
            "Choose another with --port, or 0 for any free one.",
            host=host,
            port=port,
            fault=Said(str(error.strerror)),
        ) from error
    return listening


def _workers(application: Application, *, simulate: bool) -> list[Worker]:
    """What runs beside the pages: what makes small commits fast, and the simulated ministry if one is wanted."""
    warm = Worker("warm-up", lambda _: application.store.warm())
    return [warm, simulation(application.store)] if simulate else [warm]


async def _serve(application: Application, config: Config, listening: socket.socket, workers: list[Worker], *, simulate: bool) -> int:
    """Serve until SIGTERM or SIGINT; then take nothing more in, finish what was accepted, and end."""
    settings = uvicorn.Config(
        application.asgi,
        interface="asgi3",
        log_config=None,
        access_log=False,  # it names addresses in full
        lifespan="off",
        http=Patient,
        timeout_graceful_shutdown=2,
        timeout_keep_alive=30,
        server_header=False,
        proxy_headers=bool(config.settings.server.trusted_proxies),
        forwarded_allow_ips=",".join(config.settings.server.trusted_proxies),
        **_tls(config),
    )
    server = uvicorn.Server(settings)
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    _greet(_address(listening, config), _how_to_sign_in(application, config), simulate=simulate)
    for worker in workers:
        worker.start()
    application.start()
    supervisor = Supervisor()
    supervisor.tell("READY=1")
    reassuring = asyncio.create_task(supervisor.reassure(application.alive))
    await asyncio.wait({serving, asyncio.create_task(stop.wait())}, return_when=asyncio.FIRST_COMPLETED)
    reassuring.cancel()
    supervisor.tell("STOPPING=1")
    application.bus.close()
    await loop.run_in_executor(None, application.stop, GRACE_SECONDS / 2)
    for worker in workers:
        await loop.run_in_executor(None, worker.stop, GRACE_SECONDS)
    server.should_exit = True
    await serving
    return 0


def _address(listening: socket.socket, config: Config) -> str:
    host, port = listening.getsockname()[:2]
    scheme = "https" if config.settings.server.tls else "http"
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def _check_closed(host: str, config: Config) -> None:
    """See that nobody else's machine is let in without signing in, or in clear text."""
    server = config.settings.server
    if is_loopback(host) or (config.settings.access and (server.tls or server.trusted_proxies)):
        return
    missing = [Said("access (who may sign in)")] if config.settings.access is None else []
    clear = Said("server.tls or server.trusted_proxies (so that no password travels in clear text)")
    missing += [] if server.tls or server.trusted_proxies else [clear]
    raise OpenDoor(
        "Other machines could reach {host}, and config.yaml lacks {missing}.",
        "Configure that, or listen on 127.0.0.1. docs/reference/access.md tells how.",
        host=host,
        missing=joined("{one} and {other}", missing),
    )


def _tls(config: Config) -> dict[str, Any]:
    tls = config.settings.server.tls
    return {"ssl_certfile": config.base / tls.certificate, "ssl_keyfile": config.base / tls.key} if tls else {}


def _how_to_sign_in(application: Application, config: Config) -> str:
    """A sentence for whoever has started the program; without configured access, with accounts to try."""
    if config.settings.access:
        application.accounts.clear_demo()
        return "Sign in at /login. “ioc user add” makes accounts."
    now = application.entrance.clock.now()
    names, password = demonstrate(application.accounts, application.entrance.roles, config.catalogue, now, BUSIEST)
    return (
        "No sign-in is needed on this machine, and no other is let in. To see it as somebody else, sign in at /login\n"
        f"  as {', '.join(names)}\n  with the password {password}"
    )


def _greet(address: str, how: str, *, simulate: bool) -> None:
    print(f"IOC: {address}/", flush=True)
    print(
        how + ("\nDỮ LIỆU MÔ PHỎNG / simulated data." if simulate else ""),
        file=sys.stderr,
        flush=True,
    )

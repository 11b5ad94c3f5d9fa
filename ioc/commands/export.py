"""``ioc export``: asks the server if one runs on the data, else opens the store itself."""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from ioc.access.accounts import open_ledger
from ioc.access.policy import needed
from ioc.access.roles import LEADER
from ioc.access.settings import AccessSettings
from ioc.access.tokens import Token, Tokens
from ioc.access.viewer import READING
from ioc.clock import SystemClock
from ioc.commands.deployment import language_of, load_config
from ioc.commands.tables import local
from ioc.config import Config
from ioc.errors import IocError, Said
from ioc.exports.server_address import COMMAND_LINE, TOKEN, running

ASKS_WITHIN_SECONDS = 60
TOKEN_LASTS = timedelta(hours=2)


def export(options: argparse.Namespace) -> int:
    """Export something; prints the file's name."""
    config = load_config(options.config)
    given = {
        key: str(value)
        for key in ("format", "as_of", "theme", "width", "height", "scale", "separators")
        if (value := getattr(options, key)) is not None
    } | {"lang": language_of(options), **({"sign": "1"} if options.sign else {})}
    if server := running(config.data):
        entry, content = _asked(server, config, options.what, given)
    else:
        # Much is read for this, for which nobody waits who asks a server.
        entry, content = import_module("ioc.commands.export_here").made(config, options.what, given)
    out = Path(options.out) if options.out else Path(entry["file"])
    out = out / entry["file"] if out.is_dir() else out
    _put(content, out)
    if (beside := content.with_name(f"{content.name}.p7s")).is_file():  # the signature of what is no PDF
        _put(beside, out.with_name(f"{out.name}.p7s"))
    print(out)
    at = local(entry["made_at"], config.catalogue.zone)
    print(f"{entry['code']}: data version {entry['version']}, {at}, sha256 {entry['sha256']}", file=sys.stderr)
    return 0


def _put(content: Path, out: Path) -> None:
    """A copy under a name, all of it or nothing. Raises IocError."""
    beside = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(content, beside)
        beside.replace(out)
    except OSError as error:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise IocError(
            "{out} cannot be written: {fault}.", "Choose another place with --out.", out=out, fault=Said(str(error.strerror))
        ) from error


def _asked(server: str, config: Config, what: str, given: Mapping[str, str]) -> tuple[dict[str, Any], Path]:
    """By the server that runs on the data. It stands in the same folder, so that the file need not travel."""
    with _token(config, _role(config, what, sign="sign" in given)) as token:
        answer = _answer(server, "/api/v1/snapshots", token, {"what": what, **given})
        while "job" in answer:
            if sys.stderr.isatty():
                print(f"\r{answer['done']:,} / {answer['of']:,}", end="", file=sys.stderr, flush=True)
            answer = _answer(server, f"/api/v1/snapshots/jobs/{answer['job']}", token)
    return answer, config.data / "exports" / answer["code"] / answer["file"]


def _role(config: Config, what: str, *, sign: bool) -> str:
    """The role whose eyes an export is asked for with: of those that see the whole organisation the one that is shown most of it.

    Who may read the data folder runs the product, and is shown all while no server runs; beside one it is to be no less.
    """
    roles = (config.settings.access or AccessSettings()).all_roles()
    asked = {needed("GET", what.partition("#")[0].partition("?")[0]), "exports", *(("sign",) if sign else ())}
    fitting = [name for name, role in roles.items() if role.scope == "all" and asked <= role.may]
    return max(fitting, key=lambda name: (len(READING & roles[name].may), name == LEADER), default=LEADER)


@contextmanager
def _token(config: Config, role: str) -> Iterator[str]:
    """A token for this one export: who may read the data folder runs the product."""
    ledger, now = open_ledger(config.data), SystemClock().now()
    tokens, name = Tokens(ledger), f"{TOKEN} {secrets.token_hex(4)}"
    ends = (now + TOKEN_LASTS).isoformat()
    try:
        yield tokens.issue(Token("", "read", name, role=role, made_by=COMMAND_LINE, ends_at=ends), now)
    finally:
        with suppress(IocError):
            tokens.revoke(name, SystemClock().now(), "read")
        ledger.close()


def _answer(server: str, path: str, token: str, given: Mapping[str, str] | None = None) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    body = json.dumps(given).encode() if given else None
    asked = urllib.request.Request(server + path, data=body, headers=headers)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(asked, timeout=ASKS_WITHIN_SECONDS) as answer:
            found: dict[str, Any] = json.loads(answer.read())
            return found
    except urllib.error.HTTPError as error:
        told = json.loads(error.read() or b"{}")
        raise _Told(" ".join(filter(None, (told.get("title"), told.get("detail")))) or f"The server answers {error.code}.") from error
    except OSError as error:
        raise IocError(
            "The server at {server} does not answer: {fault}.", "See whether “ioc run” still runs.", server=server, fault=error
        ) from error


class _Told(IocError):
    """What the server says."""

    exit_code = 2

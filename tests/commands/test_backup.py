"""`ioc backup` beside a server that takes records in, and `ioc restore`: the same numbers, of the same data version."""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ioc.__main__ import main
from tests.backup.deployments import contents, deployment, fill

ROOT = Path(__file__).parents[2]
SECRET = "backup: {key: '${IOC_TEST_BACKUP_KEY}'}\n"


@contextmanager
def serving(config: Path) -> Iterator[str]:
    """`ioc run`, until it is told to end."""
    command = [sys.executable, "-m", "ioc", "run", "--config", str(config), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as server:
        assert server.stdout
        address = server.stdout.readline().removeprefix("IOC: ").rstrip("/\n")
        try:
            yield address
        finally:
            server.terminate()
            assert server.wait(20) == 0


def post(address: str, first: int, count: int) -> dict[str, Any]:
    """Bring some dossiers."""
    rows = [
        {"id": f"p{n}", "unit": "ab"[n % 2], "received_at": "2026-11-05", "online": n % 3 == 0, "updated_at": "2026-11-20"}
        for n in range(first, first + count)
    ]
    request = urllib.request.Request(
        f"{address}/api/v1/feeds/portal/records",
        json.dumps(rows).encode(),
        {"Content-Type": "application/json", "Authorization": "Bearer a-token-of-some-length"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return dict(json.load(answer))


def run(*words: str, **more: Any) -> subprocess.CompletedProcess[str]:
    """A command, in a process of its own."""
    return subprocess.run([sys.executable, "-m", "ioc", *words], capture_output=True, text=True, cwd=ROOT, check=False, **more)


def numbers(capsys: pytest.CaptureFixture[str], config: Path, *more: str) -> list[dict[str, Any]]:
    """What a deployment says of an indicator."""
    assert main(["query", "online_rate", "--by", "unit", "--period", "month", "--format", "json", "--config", str(config), *more]) == 0
    return list(json.loads(capsys.readouterr().out)["values"])


def test_beside_a_server_that_takes_records_in(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IOC_TEST_BACKUP_KEY", "long enough to be one")
    fill(deployment(tmp_path, more=SECRET), 0, 500)
    config, stop, receipts = tmp_path / "var.yaml", threading.Event(), []
    with serving(config) as address:

        def bring() -> None:
            while not stop.is_set():
                receipts.append(post(address, 100 * len(receipts), 100))

        sending = threading.Thread(target=bring)
        sending.start()
        try:
            while len(receipts) < 3:
                time.sleep(0.05)
            done = run("backup", str(tmp_path / "vault"), "--verify", "--config", str(config))
        finally:
            stop.set()
            sending.join()
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["differing"] == 0
    assert said["compared"] > 10
    assert 0 < said["version"] < receipts[-1]["version"]
    deployment(tmp_path, "other", SECRET)
    restored = tmp_path / "other.yaml"
    assert main(["restore", str(tmp_path / "vault"), "--config", str(restored)]) == 0
    assert json.loads(capsys.readouterr().out)["version"] == said["version"]
    found = main(["query", "online_rate", "--format", "json", "--config", str(restored)])
    answer = json.loads(capsys.readouterr().out)
    assert (found, answer["version"]) == (0, said["version"])
    assert numbers(capsys, restored) == numbers(capsys, config, "--as-of", answer["at"])


def test_while_nothing_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(deployment(tmp_path), 0, 300)
    config, vault = tmp_path / "var.yaml", str(tmp_path / "vault")
    before = numbers(capsys, config)
    assert main(["backup", vault, "--config", str(config), "--verify"]) == 0
    first = json.loads(capsys.readouterr().out)
    assert main(["backup", vault, "--config", str(config), "--keep", "1"]) == 0
    second = json.loads(capsys.readouterr().out)
    assert second["written"] < first["written"]
    assert "given_up" in second and second["given_up"] == 0, "the last that was verified stays"
    assert main(["restore", vault, "--config", str(config), "--list"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [first["backup"], second["backup"]]
    fill(deployment(tmp_path), 1000, 300)
    assert numbers(capsys, config) != before
    assert main(["restore", vault, "--config", str(config)]) == 0
    capsys.readouterr()
    assert numbers(capsys, config) == before
    assert main(["restore", vault, "--at", "2026", "--config", str(config)]) == 2
    assert main(["backup", "--config", str(config)]) == 1
    assert "Chưa nêu thư mục" in capsys.readouterr().err


def test_a_number_that_differs_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    fill(deployment(tmp_path), 0, 30)
    config, vault = str(tmp_path / "var.yaml"), str(tmp_path / "vault")
    # As if the files had been copied at a moment that is not the one whose numbers were told.
    monkeypatch.setattr("ioc.commands.backup.numbers", lambda _: {"online_rate": {"2026-01-01": "1 / 2"}})
    assert main(["backup", vault, "--verify", "--config", config]) == 1
    assert "online_rate, 2026-01-01: was 1 / 2" in capsys.readouterr().err
    assert main(["restore", vault, "--verify", "--config", config]) == 1


def test_a_disk_that_is_full_is_told_and_nothing_is_left(tmp_path: Path) -> None:
    fill(deployment(tmp_path, more="language: en\n"), 0, 300)
    config, vault = tmp_path / "var.yaml", tmp_path / "vault"

    def small() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (900_000, 900_000))

    before = contents(tmp_path / "var")
    done = run("backup", str(vault), "--config", str(config), preexec_fn=small)
    assert done.returncode == 3
    assert re.search(r"cannot be written to .*vault", done.stderr)
    assert not list(vault.glob("*.backup"))
    assert not list((vault / "packs").iterdir())
    assert main(["backup", str(vault), "--config", str(config)]) == 0
    done = run("restore", str(vault), "--config", str(config), preexec_fn=small)
    assert done.returncode == 3
    assert "cannot be written" in done.stderr
    assert set(contents(tmp_path / "var")) == set(before)


def test_a_server_that_ends_meanwhile_gives_the_backup_up(tmp_path: Path) -> None:
    config = deployment(tmp_path)
    fill(config, 0, 30)
    from ioc.app import create_app
    from ioc.backup.lending import HOLD
    from ioc.clock import FrozenClock
    from ioc.control_socket import SOCKET, call
    from tests.office import NOW

    application = create_app(config, FrozenClock(NOW))
    application.control_socket.start()
    with call(config.data, HOLD) as line:
        assert line
        assert line.hear()
        assert (config.data / SOCKET).stat().st_mode & 0o777 == 0o600
        application.control_socket.stop(5)
        assert line.hear() is None
    application.close()
    with call(config.data, HOLD) as line:
        assert line is None

"""A backup that is put back is there as a whole, or what stood before is, whenever the process ends."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from ioc.backup import restoring
from ioc.backup.restoring import restore, resume
from ioc.backup.sealing import Damaged
from ioc.backup.vault import Vault
from ioc.clock import FrozenClock
from ioc.commands.backup import made
from ioc.config import STORE_FILE, Config
from ioc.deployed import open_store
from ioc.errors import StoreError
from tests.backup.deployments import contents, deployment, fill
from tests.office import NOW

KILLS = int(os.environ.get("IOC_KILLS", "2"))
LOOP = """
import sys
from pathlib import Path
from ioc.backup.restoring import restore
from ioc.backup.vault import Vault
from ioc.clock import SystemClock
from ioc.commands.backup import made
from ioc.commands.deployment import load_config
from ioc.config import STORE_FILE
config, vault = load_config(Path(sys.argv[2])), Vault(Path(sys.argv[3]))
print("ready", flush=True)
while True:
    if sys.argv[1] == "restore":
        for name in vault.names():
            restore(vault, vault.manifest(name), config.data, config.data / STORE_FILE, SystemClock().now())
    else:
        made(config, vault, SystemClock())
"""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, str]]]:
    """A deployment with two backups, to be copied, and what the data folder held at each."""
    folder = tmp_path_factory.mktemp("template")
    config, vault, states = deployment(folder), Vault(folder / "vault"), []
    for first in (0, 300):
        fill(config, first, 300)
        made(config, vault, FrozenClock(NOW))
        with tempfile.TemporaryDirectory() as out:
            vault.put_back(vault.manifest(), Path(out))
            states.append(contents(Path(out)))
    assert states[0] != states[1]
    return folder, states


@pytest.fixture
def kept(tmp_path: Path, template: tuple[Path, list[dict[str, str]]]) -> tuple[Config, Vault, list[dict[str, str]]]:
    """A deployment of the test's own with two backups, and what the data folder held at each."""
    shutil.copytree(template[0], tmp_path, dirs_exist_ok=True)
    return deployment(tmp_path), Vault(tmp_path / "vault"), template[1]


def put_back(config: Config, vault: Vault, name: str) -> Path:
    """Put a backup in place."""
    return restore(vault, vault.manifest(name), config.data, config.data / STORE_FILE, NOW)


def test_everything_comes_back_and_what_stood_before_is_kept(kept: tuple[Config, Vault, list[dict[str, str]]]) -> None:
    config, vault, states = kept
    assert set(states[0]) == {"ioc.duckdb", "notes.sqlite", "access.sqlite", "screens/mine.yaml"}
    before = contents(config.data)
    folder = put_back(config, vault, vault.names()[0])
    assert contents(config.data) == states[0]
    assert contents(folder) == before
    store = open_store(config, FrozenClock(NOW))
    assert store.version() == vault.manifest(vault.names()[0]).version
    store.close()


def test_a_key_of_the_installation_is_in_encrypted_backups_alone_and_stays_where_it_is(
    kept: tuple[Config, Vault, list[dict[str, str]]], tmp_path: Path
) -> None:
    config, vault, _ = kept
    (config.data / "access.key").write_text("the key", encoding="utf-8")
    sealed = Vault(tmp_path / "sealed", "long enough to be one")
    for each, holds in ((vault, False), (sealed, True)):
        manifest = made(config, each, FrozenClock(NOW))
        assert ("access.key" in {file.path for file in manifest.files}) == holds
        (config.data / "access.key").write_text("another", encoding="utf-8")
        put_back(config, each, manifest.name)
        assert (config.data / "access.key").read_text(encoding="utf-8") == ("the key" if holds else "another")
        (config.data / "access.key").write_text("the key", encoding="utf-8")


@pytest.mark.parametrize("secret", [None, "long enough to be one"])
def test_a_vault_and_secrets_within_a_folder_that_is_put_back_stay_there(
    kept: tuple[Config, Vault, list[dict[str, str]]], secret: str | None
) -> None:
    config, _, _ = kept
    vault, signing = Vault(config.data / "off" / "vault", secret), config.data / "signing"
    signing.mkdir()
    for name in ("demonstration.p12", "demonstration.password", "root.pem", "notes.txt"):
        (signing / name).write_text(name, encoding="utf-8")
    (config.data / "off").mkdir()
    (config.data / "off" / "else.txt").write_text("beside it", encoding="utf-8")
    manifest = made(config, vault, FrozenClock(NOW))
    held = {file.path for file in manifest.files}
    pair = {"signing/demonstration.p12", "signing/demonstration.password", "signing/root.pem"}
    assert held & pair == (pair if secret else set()), "a certificate goes with its key"
    assert {"signing/notes.txt", "off/else.txt"} <= held and not any("vault" in path for path in held)
    for path in (signing / "demonstration.p12", signing / "root.pem", config.data / "off" / "else.txt"):
        path.write_text("changed", encoding="utf-8")
    put_back(config, vault, manifest.name)
    for name in ("demonstration.p12", "root.pem"):
        assert (signing / name).read_text(encoding="utf-8") == (name if secret else "changed")
    assert (config.data / "off" / "else.txt").read_text(encoding="utf-8") == "beside it"
    assert vault.names() == [manifest.name] and vault.manifest() == manifest


def test_a_link_to_the_vault_stays(kept: tuple[Config, Vault, list[dict[str, str]]], tmp_path: Path) -> None:
    config, _, _ = kept
    (tmp_path / "disk").mkdir()
    (config.data / "backups").symlink_to(tmp_path / "disk")
    vault = Vault(config.data / "backups" / "ours")
    manifest = made(config, vault, FrozenClock(NOW))
    put_back(config, vault, manifest.name)
    assert (config.data / "backups").is_symlink() and vault.names() == [manifest.name]


def test_while_the_store_is_open_nothing_is_put_back(kept: tuple[Config, Vault, list[dict[str, str]]]) -> None:
    config, vault, _ = kept
    store = open_store(config, FrozenClock(NOW))
    with pytest.raises(StoreError, match=rf"open in another process \({os.getpid()}\)"):
        put_back(config, vault, vault.names()[0])
    store.close()


def test_a_damaged_backup_is_named_and_what_stands_is_untouched(kept: tuple[Config, Vault, list[dict[str, str]]]) -> None:
    config, vault, _ = kept
    before = contents(config.data)
    pack = vault.folder / "packs" / f"{vault.names()[0]}.pack"
    data = bytearray(pack.read_bytes())
    data[len(data) // 2] ^= 1
    pack.write_bytes(data)
    with pytest.raises(Damaged, match=pack.name):
        put_back(config, vault, vault.names()[0])
    assert contents(config.data) == before


@pytest.mark.parametrize("after", range(12))
def test_a_restore_that_ends_at_any_step_is_finished_by_the_next_command(
    kept: tuple[Config, Vault, list[dict[str, str]]], monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    config, vault, states = kept
    before, steps, rename = contents(config.data), 0, Path.rename

    def cut_off(path: Path, target: Path) -> Path:
        nonlocal steps
        steps += 1
        if steps > after:
            raise KeyboardInterrupt
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", cut_off)
    try:
        put_back(config, vault, vault.names()[0])
    except KeyboardInterrupt:
        monkeypatch.undo()
        assert resume(config.data, config.data / STORE_FILE) == (after > 0)
    monkeypatch.undo()
    assert contents(config.data) == (states[0] if after else before)
    assert not [path for path in config.data.iterdir() if path.name.startswith(".")]
    assert not resume(config.data, config.data / STORE_FILE)


@pytest.mark.timeout(120 + 10 * KILLS)
@pytest.mark.parametrize("what", ["backup", "restore"])
def test_killed_at_random_moments(kept: tuple[Config, Vault, list[dict[str, str]]], tmp_path: Path, what: str) -> None:
    config, vault, states = kept
    chance = random.Random(5)
    for number in range(KILLS):
        command = [sys.executable, "-c", LOOP, what, str(tmp_path / "var.yaml"), str(vault.folder)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])
        assert process.stdout and process.stdout.readline() == "ready\n"
        time.sleep(0.02 + chance.random())
        deadline = time.monotonic() + 20
        while what == "backup" and not number and len(vault.names()) < 3 and time.monotonic() < deadline:
            time.sleep(0.05)  # one at least comes to its end, however slow the machine
        process.send_signal(signal.SIGKILL)
        process.stdout.close()
        process.wait()
        if what == "restore":
            resume(config.data, config.data / STORE_FILE)
            found = contents(config.data)
            assert {name: digest for name, digest in found.items() if not name.startswith(restoring._MAKING)} in states
        else:
            for name in vault.names()[-2:]:
                vault.put_back(vault.manifest(name), tmp_path / f"{number}-{name}")
    if what == "backup":
        assert len(vault.names()) > 2
        made(config, vault, FrozenClock(NOW))
        assert not [*(vault.folder / "packs").glob("*.part"), *config.data.glob(".*")]

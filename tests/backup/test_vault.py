"""A folder of backups: nothing is written twice, whatever is damaged is named, and old ones go without harm to the rest."""

from __future__ import annotations

import errno
import os
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ioc.backup.sealing import BackupFault, Damaged
from ioc.backup.vault import BLOCK, Manifest, Part, Vault

NOW = datetime(2026, 11, 23, 5, tzinfo=UTC)
HEAD = 100
KEY = "a key that nobody guesses"


def write(folder: Path, seed: int, blocks: int = 40) -> Path:
    """A file of some blocks, of which every tenth depends on the seed."""
    path = folder / "data"
    data = bytearray(random.Random(1).randbytes(HEAD + blocks * BLOCK + 17))
    for number in range(0, blocks, 10):
        start = HEAD + number * BLOCK
        data[start : start + 8] = seed.to_bytes(8, "big")
    path.write_bytes(data)
    return path


def keep(vault: Vault, path: Path, number: int = 0) -> Manifest:
    """A backup of one file."""
    part = Part("deep/data", path, path.stat().st_size, HEAD)
    return vault.keep([part], number, NOW, NOW + timedelta(hours=number), lambda: {"of": {"at": str(number)}})


def put_back(vault: Vault, manifest: Manifest, folder: Path) -> bytes:
    """What the file of a backup holds."""
    vault.put_back(manifest, folder)
    return (folder / "deep" / "data").read_bytes()


@pytest.mark.parametrize("key", [None, KEY])
def test_what_comes_back_is_what_was_kept_and_only_what_is_new_is_written(tmp_path: Path, key: str | None) -> None:
    vault = Vault(tmp_path / "vault", key)
    path = write(tmp_path, 1)
    first, before = keep(vault, path, 1), path.read_bytes()
    second = keep(vault, write(tmp_path, 2), 2)
    assert first.written >= 40 * BLOCK
    assert 4 * BLOCK <= second.written < 5 * BLOCK
    again = Vault(tmp_path / "vault", key)
    assert again.names() == [first.name, second.name]
    assert again.manifest() == second
    assert put_back(again, again.manifest(first.name), tmp_path / "a") == before
    assert put_back(again, second, tmp_path / "b") == path.read_bytes()


def test_an_encrypted_vault_tells_nothing_without_its_key(tmp_path: Path) -> None:
    path = tmp_path / "data"
    path.write_bytes(b"Nobody is to read this. " * 40_000)
    keep(Vault(tmp_path / "vault", KEY), path)
    for kept in (tmp_path / "vault").rglob("*"):
        assert not kept.is_file() or (b"Nobody" not in kept.read_bytes() and b"deep" not in kept.read_bytes()), kept
    with pytest.raises(BackupFault, match="are encrypted"):
        Vault(tmp_path / "vault")
    with pytest.raises(BackupFault, match="not the one"):
        Vault(tmp_path / "vault", "another key of some length")
    keep(Vault(tmp_path / "open"), path)
    with pytest.raises(BackupFault, match="not encrypted"):
        Vault(tmp_path / "open", KEY)


def test_a_new_vault_wants_a_long_key_and_one_that_is_there_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, 1)
    with pytest.raises(BackupFault, match="has 5 characters"):
        keep(Vault(tmp_path / "vault", "short"), path)
    with monkeypatch.context() as before:
        before.setattr("ioc.backup.vault.SHORTEST_KEY", 1)
        kept = keep(Vault(tmp_path / "old", "short"), path)
    assert put_back(Vault(tmp_path / "old", "short"), kept, tmp_path / "a") == path.read_bytes()


@pytest.mark.parametrize("key", [None, KEY])
@pytest.mark.parametrize("how", ["changed", "cut short", "gone"])
def test_a_damaged_pack_is_named(tmp_path: Path, key: str | None, how: str) -> None:
    vault = Vault(tmp_path / "vault", key)
    manifest = keep(vault, write(tmp_path, 1))
    (pack,) = (tmp_path / "vault" / "packs").glob("*.pack")
    if how == "changed":
        data = bytearray(pack.read_bytes())
        data[20 * BLOCK] ^= 1
        pack.write_bytes(data)
    elif how == "cut short":
        os.truncate(pack, 30 * BLOCK)
    else:
        pack.unlink()
    with pytest.raises(Damaged, match=pack.name if how == "changed" else "missing"):
        vault.put_back(manifest, tmp_path / "out")


def test_a_damaged_manifest_is_named(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "vault")
    manifest = keep(vault, write(tmp_path, 1))
    path = tmp_path / "vault" / f"{manifest.name}.backup"
    path.write_bytes(path.read_bytes().replace(b'"version": 0', b'"version": 9'))
    with pytest.raises(Damaged, match=path.name):
        vault.manifest()


@pytest.mark.parametrize("key", [None, KEY])
def test_old_backups_go_and_the_rest_stays_whole(tmp_path: Path, key: str | None) -> None:
    vault = Vault(tmp_path / "vault", key)
    kept = {}
    for number in range(1, 6):
        path = write(tmp_path, number, blocks=10 if number < 4 else 40)
        kept[keep(vault, path, number).name] = path.read_bytes()
    total = sum(pack.stat().st_size for pack in (tmp_path / "vault" / "packs").iterdir())
    gone = vault.prune(2)
    assert (len(gone), len(vault.names())) == (3, 2)
    assert not {*gone} & {*vault.names()}
    left = sum(pack.stat().st_size for pack in (tmp_path / "vault" / "packs").iterdir())
    assert left < total
    for name in vault.names():
        assert put_back(vault, vault.manifest(name), tmp_path / name) == kept[name]


def test_the_last_that_was_verified_stays_until_a_newer_one_is(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "vault")
    names = [keep(vault, write(tmp_path, number, blocks=10), number).name for number in range(4)]
    vault.note_verified(names[0])
    vault.note_verified(names[1])
    assert vault.prune(1) == [names[0], names[2]] and vault.names() == [names[1], names[3]]
    assert vault.verified() == [names[1]] and put_back(vault, vault.manifest(names[1]), tmp_path / "out")
    names.append(keep(vault, write(tmp_path, 4, blocks=10), 4).name)
    vault.note_verified(names[4])
    vault.prune(1)
    assert vault.names() == vault.verified() == [names[4]]


def test_what_could_not_be_read_to_its_end_leaves_nothing_behind(tmp_path: Path) -> None:
    vault, path = Vault(tmp_path / "vault"), write(tmp_path, 1)

    def ended() -> dict[str, dict[str, str]]:
        raise BackupFault("The server ended.")

    with pytest.raises(BackupFault, match="ended"):
        vault.keep([Part("data", path, path.stat().st_size)], 1, NOW, NOW, ended)
    with pytest.raises(BackupFault, match="shorter"):
        vault.keep([Part("data", path, path.stat().st_size + 1)], 1, NOW, NOW, lambda: {})
    assert vault.names() == []
    assert list((tmp_path / "vault" / "packs").iterdir()) == []


def test_a_disk_that_fails_while_it_is_written_to_makes_no_backup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(file: int) -> None:
        raise OSError(errno.EIO, "the disk says so once")

    monkeypatch.setattr("ioc.backup.packs._STEP", 20 * BLOCK)  # so that nothing is synced after it but by the end
    monkeypatch.setattr(os, "fdatasync", fail)
    vault = Vault(tmp_path / "vault")
    with pytest.raises(BackupFault):
        keep(vault, write(tmp_path, 1, blocks=30))
    assert vault.names() == []


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "vault").mkdir()
    (tmp_path / "vault" / "letter.txt").write_text("dear")
    with pytest.raises(BackupFault, match=r"letter\.txt"):
        keep(Vault(tmp_path / "vault"), write(tmp_path, 1))
    assert [path.name for path in (tmp_path / "vault").iterdir() if path.is_file()] == ["letter.txt"]


def test_two_that_begin_the_same_encrypted_folder_write_under_one_salt(tmp_path: Path) -> None:
    first, second, path = Vault(tmp_path / "vault", KEY), Vault(tmp_path / "vault", KEY), write(tmp_path, 1)
    manifests = [keep(first, path, 1), keep(second, path, 2)]
    assert manifests[1].written == 0, "what the other has written is known again"
    for number, manifest in enumerate(manifests):
        assert put_back(Vault(tmp_path / "vault", KEY), manifest, tmp_path / str(number)) == path.read_bytes()

"""A folder of backups: a manifest each, and the packs of blocks that they share."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from ioc.atomic_files import PART, replace_file, sync_folder
from ioc.backup.packs import PackReader, PackWriter, index_of, sweep
from ioc.backup.sealing import BackupFault, Damaged, Data, Encrypted, Plain, Seal
from ioc.errors import Said, UnknownName

FORMAT = 1
# So many characters the key of a new vault has at least.
SHORTEST_KEY = 16
# The store's own blocks are of this size: one that has not changed is found again.
BLOCK = 262_144
_NAME = re.compile(r"(\d{4}-\d\d-\d\dT\d{6}Z)-v(\d+)(?:-(\d+))?")
_BATCH, _AHEAD, _WORKERS = 4 * BLOCK, 16, 2
_VERIFIED = ".verified"
Numbers = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Part:
    """A file to be kept: its path within the data folder, where it is read, how much of it, and what stands before its first block."""

    path: str
    source: Path
    size: int
    head: int = 0


@dataclass(frozen=True)
class Kept:
    """A file as it was kept: its blocks in order."""

    path: str
    size: int
    head: int
    blocks: tuple[str, ...]


@dataclass(frozen=True)
class Manifest:
    """One backup.

    Attributes:
        name: tells when it was made, and the data version.
        made_at: when, as ISO 8601 in UTC.
        version, committed_at: the data version, and its moment.
        files: what it holds.
        numbers: what the store said when it was made, to be compared with what a restored one says.
        written: bytes that were new.
    """

    name: str
    made_at: str
    version: int
    committed_at: str
    files: tuple[Kept, ...]
    numbers: Numbers
    written: int

    @property
    def size(self) -> int:
        """Bytes of all its files."""
        return sum(file.size for file in self.files)


def made_at(name: str) -> datetime | None:
    """When a backup of this name was made; None if it is no such name."""
    match = _NAME.fullmatch(name)
    return datetime.strptime(f"{match[1]}+0000", "%Y-%m-%dT%H%M%SZ%z") if match else None


def names_in(folder: Path) -> list[str]:
    """The backups in a folder, the oldest first."""
    return sorted((path.stem for path in folder.glob("*.backup") if _NAME.fullmatch(path.stem)), key=_order)


def verified_in(folder: Path) -> list[str]:
    """Those of them that were restored, compared and found whole."""
    return [name for name in names_in(folder) if (folder / f"{name}{_VERIFIED}").exists()]


def _order(name: str) -> tuple[str, int, int]:
    match = _NAME.fullmatch(name)
    assert match
    return match[1], int(match[2]), int(match[3] or 1)


class Vault:
    """A folder of backups.

    Args:
        folder: where; made by the first backup.
        secret: the key, where its backups are encrypted.

    Raises:
        BackupFault: it holds something else, or the key is missing or wrong.
    """

    def __init__(self, folder: Path, secret: str | None = None) -> None:
        self.folder, self._packs, self._head = folder, folder / "packs", folder / "vault.json"
        self._secret, self._is_new = secret, not self._head.exists()
        self.seal: Seal = self._new() if self._is_new else self._recognise()

    @property
    def is_encrypted(self) -> bool:
        """Whether nobody reads its backups without the key."""
        return not isinstance(self.seal, Plain)

    def names(self) -> list[str]:
        """Its backups, the oldest first."""
        return names_in(self.folder)

    def verified(self) -> list[str]:
        """Those that were restored, compared and found whole, the oldest first."""
        return verified_in(self.folder)

    def note_verified(self, name: str) -> None:
        """Remember that a backup was found whole; where nothing can be written that is not remembered."""
        with suppress(OSError):
            replace_file(self.folder / f"{name}{_VERIFIED}", b"")

    def manifest(self, name: str | None = None) -> Manifest:
        """A backup, or the newest. Raises UnknownName, BackupFault or Damaged."""
        names = self.names()
        if not names:
            raise BackupFault("There is no backup in {folder}.", "Make one with “ioc backup DIR”.", folder=self.folder)
        name = name or names[-1]
        if name not in names:
            raise UnknownName("backup", name, names)
        path = self.folder / f"{name}.backup"
        try:
            data = path.read_bytes()
            said = json.loads(self.seal.opened(data[32:], data[:32] if isinstance(self.seal, Plain) else name.encode()))
            files = tuple(Kept(each["path"], each["size"], each["head"], tuple(each["blocks"])) for each in said.pop("files"))
            return Manifest(**said, files=files)
        except (OSError, ValueError, TypeError, KeyError, Damaged) as error:
            raise Damaged("{file} is damaged.", "Put back another backup: --list names them, --at takes one.", file=path) from error

    def keep(self, parts: Iterable[Part], version: int, committed_at: datetime, now: datetime, conclude: Callable[[], Numbers]) -> Manifest:
        """Make a backup. What stands in the vault already is not written again.

        Args:
            parts: the files.
            version, committed_at: the state that they tell.
            now: the present moment.
            conclude: called when all has been read; tells the numbers of that state, or raises if it was not held throughout.

        Raises:
            BackupFault: and nothing is left behind.
        """
        with self._alone():
            name, places = self._free_name(now, version), index_of(self._packs)
            writer = PackWriter(self._packs, name)
            try:
                files = tuple(self._kept(part, places, writer) for part in parts)
                numbers = conclude()  # before anything is waited for: until then somebody holds still
                writer.finish()
                made = now.isoformat()
                manifest = Manifest(name, made, version, committed_at.isoformat(), files, numbers, writer.size)
                data = json.dumps(asdict(manifest), ensure_ascii=False).encode()
                replace_file(self.folder / f"{name}.backup", self.seal.name(data) + self.seal.shut(data, name.encode()))
            except OSError as error:
                writer.give_up()
                raise _not_written(self.folder, error) from error
            except BaseException:
                writer.give_up()
                raise
        return manifest

    def prune(self, keep: int) -> list[str]:
        """Give up all backups but the newest, and the newest of those that were verified; the names of those given up.

        Raises:
            Damaged: then nothing is removed.
        """
        with self._alone():
            names = self.names()
            stay = {*names[-keep:], *self.verified()[-1:]}
            needed = {bytes.fromhex(block) for name in stay for file in self.manifest(name).files for block in file.blocks}
            gone = [name for name in names if name not in stay]
            for name in gone:
                (self.folder / f"{name}.backup").unlink()
                (self.folder / f"{name}{_VERIFIED}").unlink(missing_ok=True)
            sync_folder(self.folder)
            sweep(self._packs, needed, self.seal)
        return gone

    def put_back(self, manifest: Manifest, folder: Path) -> None:
        """Write the files of a backup into a folder. Raises Damaged, which names the file; OSError where the disk does not take them."""
        reader = PackReader(index_of(self._packs), self.seal)
        try:
            for file in manifest.files:
                target = folder / file.path
                if not target.resolve().is_relative_to(folder.resolve()):
                    raise Damaged("{backup} names a file outside of the data folder.", "Put back another backup.", backup=manifest.name)
                target.parent.mkdir(parents=True, exist_ok=True)
                with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                    for block in file.blocks:
                        out.write(reader.read(bytes.fromhex(block)))
                    out.flush()
                    os.fsync(out.fileno())
                    if out.tell() != file.size:
                        raise Damaged(
                            "{file} of {backup} is of another length than it was.",
                            "Put back another backup.",
                            file=file.path,
                            backup=manifest.name,
                        )
        finally:
            reader.close()

    def _kept(self, part: Part, places: Mapping[bytes, object], writer: PackWriter) -> Kept:
        """Cut a file into blocks, and write those that are new; hashing goes on beside writing."""
        blocks: list[str] = []
        with part.source.open("rb", buffering=0) as file, ThreadPoolExecutor(_WORKERS) as pool:
            descriptor = file.fileno()

            def batch(start: int, size: int) -> list[tuple[bytes, Data | None]]:
                data = memoryview(_read(descriptor, start, size, part.source))
                cuts = [data[at : at + BLOCK] for at in range(0, size, BLOCK)] if start or not part.head else [data]
                named = [(self.seal.name(cut), cut) for cut in cuts]
                return [(name, None if name in places else self.seal.shut(cut, name)) for name, cut in named]

            waiting: list[Future[list[tuple[bytes, Data | None]]]] = []
            for span in _spans(part.size, part.head):
                waiting.append(pool.submit(batch, *span))
                if len(waiting) > _AHEAD:
                    _write(waiting.pop(0).result(), writer, blocks)
            for future in waiting:
                _write(future.result(), writer, blocks)
        return Kept(part.path, part.size, part.head, tuple(blocks))

    def _free_name(self, now: datetime, version: int) -> str:
        plain = f"{now:%Y-%m-%dT%H%M%SZ}-v{version}"
        taken = {path.name.partition(".")[0] for folder in (self.folder, self._packs) for path in folder.iterdir()}
        return next(name for name in (plain, *(f"{plain}-{number}" for number in range(2, 1000))) if name not in taken)

    def _recognise(self) -> Seal:
        try:
            said = json.loads(self._head.read_text(encoding="utf-8"))
            format_, encrypted = said["format"], said["encrypted"]
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise Damaged("{file} is damaged.", "Take it from another copy of this folder.", file=self._head) from error
        if format_ > FORMAT:
            raise BackupFault("{folder} was written by a newer release.", "Install that release.", folder=self.folder)
        if not encrypted and self._secret:
            raise BackupFault(
                "The backups in {folder} are not encrypted, and a key is configured.", "Give another folder.", folder=self.folder
            )
        if not encrypted:
            return Plain()
        if not self._secret:
            raise BackupFault(
                "The backups in {folder} are encrypted.", "Name their key in config.yaml, under backup.key.", folder=self.folder
            )
        seal = Encrypted(self._secret, bytes.fromhex(encrypted["salt"]))
        if not seal.fits(bytes.fromhex(encrypted["check"])):
            raise BackupFault(
                "The key in config.yaml is not the one of {folder}.", "Name the one that they were made with.", folder=self.folder
            )
        return seal

    def _new(self) -> Seal:
        if self._secret is None:
            self._said: Mapping[str, str] | None = None
            return Plain()
        salt = os.urandom(16)
        seal = Encrypted(self._secret, salt)
        self._said = {"salt": salt.hex(), "check": seal.check().hex()}
        return seal

    def _begin(self) -> None:
        """Begin a new vault, or take up the one that somebody else has begun meanwhile, with the salt that it has."""
        if self._head.exists():
            if self._is_new:
                self.seal = self._recognise()
        else:
            if self._secret is not None and len(self._secret) < SHORTEST_KEY:
                raise BackupFault(
                    "The key of backups has {count} characters.",
                    "Take one of at least {least}: openssl rand -hex 32.",
                    count=len(self._secret),
                    least=SHORTEST_KEY,
                )
            try:
                replace_file(self._head, json.dumps({"format": FORMAT, "encrypted": self._said}))
            except OSError as error:
                raise _not_written(self.folder, error) from error
        self._is_new = False

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Nobody else writes here meanwhile; what one that was killed has left is removed."""
        if not self._head.exists() and self.folder.exists() and (others := [*filter(_is_strange, self.folder.iterdir())]):
            raise BackupFault(
                "{folder} holds something else ({name}).",
                "Give an empty folder, or one of backups.",
                folder=self.folder,
                name=others[0].name,
            )
        try:
            for each in (self.folder, self._packs):
                each.mkdir(parents=True, exist_ok=True, mode=0o700)
            lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise _not_written(self.folder, error) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for leftover in (*self._packs.glob("*.part"), *self.folder.glob("*.part")):
                leftover.unlink()
            self._begin()
            yield
        except BlockingIOError as error:
            raise BackupFault("Another backup is being written to {folder}.", "Wait for its end.", folder=self.folder) from error
        finally:
            os.close(lock)


def _is_strange(path: Path) -> bool:
    """Whether a file is none that the first backup of a folder leaves there."""
    return path.name not in {"packs", "lock"} and path.suffix != PART


def _spans(size: int, head: int) -> Iterator[tuple[int, int]]:
    if head:
        yield 0, min(head, size)
    for start in range(head, size, _BATCH):
        yield start, min(_BATCH, size - start)


def _read(descriptor: int, start: int, size: int, source: Path) -> bytes:
    data = os.pread(descriptor, size, start)
    while len(data) < size:
        more = os.pread(descriptor, size - len(data), start + len(data))
        if not more:
            raise BackupFault("{file} has become shorter while it was read.", "Make the backup again.", file=source)
        data += more
    return data


def _write(batch: Iterable[tuple[bytes, Data | None]], writer: PackWriter, blocks: list[str]) -> None:
    for name, kept in batch:
        if kept is not None and name not in writer:
            writer.add(name, kept)
        blocks.append(name.hex())


def _not_written(folder: Path, error: OSError) -> BackupFault:
    mend = Said(
        "Free space there, or give another folder."
        if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
        else "Look at the disk and its rights."
    )
    told = Said(str(error.strerror))
    return BackupFault(
        "The backup cannot be written to {folder}: {told}.", "{mend} Nothing was left behind.", folder=folder, told=told, mend=mend
    )

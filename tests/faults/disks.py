"""Faults of the disk on which the data lie: full, and no longer to be written to."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.rig import Site

READ = "/api/v1/indicators/online_rate/values"


def full_disk(folder: Path, times: int) -> str:
    """A disk that is full, and then is not."""
    disk = folder / "var"
    disk.mkdir(parents=True)
    if not _done("mount", "-t", "tmpfs", "-o", "size=24m", "ioc", disk):
        return "not played: a small disk cannot be mounted here"
    try:
        site = Site(folder)
        site.start()
        assert site.post() == 202
        refused = []
        for _ in range(times):
            ballast = disk / "ballast"
            _fill(ballast)
            refused.append(_refused(site))
            assert site.get("/readyz")[0] == 503
            assert site.get(READ)[0] == 200, "who only looks is answered"
            ballast.unlink()
            _taken_again(site)
        assert site.stop() == 0
        there = site.whole()
    finally:
        _done("umount", "-l", disk)
    return f"{times} times full: answered {sorted(set(refused))}, pages and /readyz said so; {there:,} records there, all that were acknowledged"


def read_only_disk(folder: Path, times: int) -> str:
    """A disk that the system makes read-only because of a fault of it, which it does under everything that is open; then it is repaired."""
    disk, image = folder / "var", folder / "disk.img"
    disk.mkdir(parents=True)
    image.touch()
    os.truncate(image, 64 << 20)
    if not _done("mkfs.ext4", "-q", image):
        return "not played: a file system cannot be made here"
    site, refused = Site(folder), []
    for _ in range(times):
        with _mounted(image, disk) as fault:
            if fault is None or not fault.exists():
                return "not played: a disk cannot be mounted here, or not be made to fail"
            site.start()
            assert site.post() == 202
            before = site.get(READ)[1]
            fault.write_text("1", encoding="ascii")
            assert not _writable(disk), "from now on it is read-only"
            refused.append(_refused(site))
            assert site.get("/readyz")[0] == 503
            said = site.get("/api/v1/feeds?lang=en")[1]
            assert "cannot be written" in said and "mounted anew" in said, "the feed says so, and what helps"
            assert site.get("/feeds")[0] == 200
            assert site.get(READ)[1] == before, "who only looks is answered as before"
            site.stop()
        assert subprocess.run(["fsck.ext4", "-fp", image], capture_output=True, check=False).returncode in {0, 1}, "the system repairs it"
    with _mounted(image, disk):
        site.start()
        _taken_again(site)
        assert "cannot be written" not in site.get("/api/v1/feeds?lang=en")[1]
        assert site.stop() == 0
        there = site.whole()
    said = f"{times} times read-only: answered {sorted(set(refused))}, pages and /readyz said so, numbers were told as before"
    return f"{said}; repaired and started again, {there:,} records there, all that were acknowledged"


@contextmanager
def _mounted(image: Path, disk: Path) -> Iterator[Path | None]:
    """A file as a disk; the switch by which the system takes it for faulty, None when it cannot be mounted."""
    if not _done("mount", "-o", "loop,errors=remount-ro", image, disk):
        yield None
        return
    try:
        device = subprocess.run(["findmnt", "-no", "SOURCE", disk], capture_output=True, text=True, check=True).stdout.strip()
        yield Path("/sys/fs/ext4") / Path(device).name / "trigger_fs_error"
    finally:
        _done("umount", "-l", disk)


def _done(*command: str | Path) -> bool:
    """Whether a command of the system is there, and does what it is asked for."""
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def _writable(disk: Path) -> bool:
    try:
        (disk / "tried").touch()
    except OSError:
        return False
    return True


def _fill(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 65536)
        except OSError:
            pass


def _refused(site: Site) -> int:
    for _ in range(400):
        status = site.post(200)
        if status != 202:
            return status
    raise AssertionError("such a disk takes nothing in")


def _taken_again(site: Site) -> None:
    deadline = time.monotonic() + 30
    while site.post() != 202:
        assert time.monotonic() < deadline, "it goes on by itself"
        time.sleep(0.2)

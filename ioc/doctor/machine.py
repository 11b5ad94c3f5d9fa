"""The machine: room on the disk, the clock, fonts, the browser, certificates."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509

from ioc.doctor.finding import Finding, look, mend, well
from ioc.errors import Refusal
from ioc.exports.browser import found
from ioc.exports.sandbox import confinement

# Below this share of a disk, or so many bytes, it is soon full.
LEAST_SHARE, LEAST_BYTES = 0.05, 1 << 30
SOON = timedelta(days=30)
# What the kernel answers while nobody tells it the time (adjtimex).
_NOT_SYNCHRONISED = 5


def disk(of: str, folder: Path, needed: int) -> Iterator[Finding]:
    """Whether a folder can be written to, and has room: for so many bytes more, and for some time."""
    place = next(each for each in (folder, *folder.resolve().parents) if each.exists())
    try:
        probe = place / ".ioc-doctor"
        probe.write_bytes(b"x")
        probe.unlink()
    except OSError as error:
        yield mend(f"{of}_not_written", folder=folder, fault=error.strerror or error)
        return
    total, _, free = shutil.disk_usage(place)
    values = {"folder": folder, "free": f"{free / 2**30:.1f}", "needed": f"{needed / 2**30:.1f}"}
    if free < max(LEAST_BYTES, LEAST_SHARE * total):
        yield mend("disk_full", **values)
    elif free < needed:
        yield look("disk_small", **values)
    else:
        yield well("disk", **values)


def clock(now: datetime, newest: datetime | None) -> Iterator[Finding]:
    """Whether the clock can be right: the last commit does not lie ahead, and somebody keeps it right."""
    if newest and newest > now + timedelta(minutes=1):
        yield mend("clock_behind", now=f"{now:%Y-%m-%d %H:%M}", newest=f"{newest:%Y-%m-%d %H:%M}")
    elif ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(512)) == _NOT_SYNCHRONISED:
        yield look("clock_alone")
    else:
        yield well("clock")


def fonts() -> Iterator[Finding]:
    """Whether exports can be written in Vietnamese."""
    if not shutil.which("fc-list"):
        yield look("fonts_unknown")
        return
    listed = subprocess.run(["fc-list", ":lang=vi", "family"], capture_output=True, text=True, check=False, timeout=30).stdout
    families = sorted({line.split(",")[0] for line in listed.splitlines() if line.strip()})
    yield well("fonts", count=len(families)) if families else mend("fonts_none")


def browser(configured: str | None) -> Iterator[Finding]:
    """Whether there is one to draw exports with (the one that is configured, or else any), and whether it can be confined."""
    try:
        path = found(configured)
        yield well("browser", path=path)
    except Refusal:
        yield look("browser_none")
        return
    if not confinement(path).sandbox:
        yield look("browser_open")


def certificate(path: Path, now: datetime) -> Iterator[Finding]:
    """How long a certificate is still good."""
    try:
        end = min(each.not_valid_after_utc for each in x509.load_pem_x509_certificates(path.read_bytes()))
    except (OSError, ValueError) as error:
        yield mend("certificate_unread", path=path, fault=error)
        return
    values = {"path": path, "day": f"{end:%Y-%m-%d}"}
    yield (
        mend("certificate_over", **values)
        if end < now
        else look("certificate_ends", **values)
        if end < now + SOON
        else well("certificate", **values)
    )


def private(path: Path) -> Iterator[Finding]:
    """Whether only the account that runs the product may read a file or folder."""
    if path.exists() and path.stat().st_mode & 0o077:
        yield look("open_to_others", path=path, mode=f"{path.stat().st_mode & 0o777:o}")

"""Makes an offline bundle: everything that a machine without a network needs, with checksums and a bill of materials.

``python scripts/bundle.py [FOLDER]``: FOLDER/ioc-VERSION-PLATFORM.tar.gz, for the Python and the platform that run this. It is tried out
before it counts: unpacked, checked, installed into an empty environment with no index, and started.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import tomllib
import urllib.request
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parents[1]
SUMS, BILL = "SHA256SUMS", "sbom.cdx.json"
BESIDE = ("README.md", "CHANGELOG.md", "LICENSE", "config.yaml", "requirements.lock", "deploy", "docs")
INSTALL = """#!/bin/sh
# install.sh [FOLDER]: checks the bundle, and installs it into FOLDER/venv (/opt/ioc, if not given). No network is asked.
set -eu
cd "$(dirname "$0")"
target=${1:-/opt/ioc}
sha256sum --check --quiet SHA256SUMS || { echo "The bundle is damaged: bring it here again." >&2; exit 1; }
python=${PYTHON:-python@MINOR@}
"$python" -c 'import sys; sys.exit("%d.%d" % sys.version_info[:2] != "@MINOR@")' || {
    echo "This bundle is for Python @MINOR@ (set PYTHON to it)." >&2
    exit 1
}
mkdir -p "$target"
"$python" -m venv --clear "$target/venv"
pip() { "$target/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-index --find-links wheels "$@"; }
pip --require-hashes --requirement requirements.lock
pip --no-deps @WHEEL@
cp -r docs deploy README.md CHANGELOG.md LICENSE "$target/"
[ -e "$target/config.yaml" ] || cp config.yaml "$target/"
echo "Installed. $target/venv/bin/ioc run --config $target/config.yaml starts it; $target/deploy/ioc.service has systemd do so."
"""


def main(folder: Path) -> None:
    """Make the bundle, and try it out."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        version = tomllib.load(file)["project"]["version"]
    name = f"ioc-{version}-py{sys.version_info[0]}{sys.version_info[1]}-{sysconfig.get_platform()}"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        bundle = Path(scratch) / name
        gather(bundle)
        archive = Path(scratch) / f"{name}.tar.gz"
        with tarfile.open(archive, "w:gz", compresslevel=1) as packed:
            packed.add(bundle, name)
        try_out(archive, Path(scratch) / "tried")
        archive.replace(folder / archive.name)
    print(f"{folder / archive.name}: {(folder / archive.name).stat().st_size / 2**20:.0f} MiB, sha256 {digest(folder / archive.name)}")


def gather(bundle: Path) -> None:
    """Everything that belongs to it, in a folder."""
    wheels = bundle / "wheels"
    wheels.mkdir(parents=True)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    lock = str(ROOT / "requirements.lock")
    subprocess.run(
        [*pip, "download", "--require-hashes", "--only-binary", ":all:", "--dest", str(wheels), "--requirement", lock], check=True
    )
    with tempfile.TemporaryDirectory() as clean:  # what earlier builds have left would come along
        source = Path(clean) / "source"
        tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
        for path in filter(None, tracked.split("\0")):
            (source / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / path, source / path)
        subprocess.run([*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(wheels), str(source)], check=True)
    for each in BESIDE:
        path = ROOT / each
        shutil.copytree(path, bundle / each) if path.is_dir() else shutil.copy2(path, bundle / each)
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as carried:
        carried.write(carried_of(Path(lock).read_text(encoding="utf-8"), [path.name for path in wheels.iterdir()]))
        carried.flush()
        bill_of_materials(Path(carried.name), bundle / BILL)
    (own,) = wheels.glob("ioc-*.whl")
    minor = f"{sys.version_info[0]}.{sys.version_info[1]}"
    install = bundle / "install.sh"
    install.write_text(INSTALL.replace("@MINOR@", minor).replace("@WHEEL@", f"wheels/{own.name}"), encoding="utf-8")
    install.chmod(0o755)
    checksums(bundle)


def carried_of(lock: str, wheels: Iterable[str]) -> str:
    """The entries of a lock of which a wheel is there; it has others, for other versions of Python."""

    def plain(name: str) -> str:
        return re.sub(r"[-_.]+", "-", name).lower()

    there = {(plain(name), version) for name, version in (wheel.split("-")[:2] for wheel in wheels)}
    entries = re.split(r"^(?=[a-zA-Z0-9])", lock, flags=re.MULTILINE)
    named = ((re.match(r"([\w.-]+)(?:\[[^]]*])?==([^\s;]+)", entry), entry) for entry in entries)
    return "".join(entry for match, entry in named if match and (plain(match[1]), match[2]) in there)


def bill_of_materials(lock: Path, to: Path) -> None:
    """Every library of a lock with its version and hashes, and what they are there for, as CycloneDX, reproducible."""
    command = [sys.executable, "-m", "cyclonedx_py", "requirements", "--output-reproducible", "--of", "JSON", "-o", str(to)]
    command += ["--pyproject", str(ROOT / "pyproject.toml"), str(lock)]
    subprocess.run(command, check=True, capture_output=True)


def checksums(bundle: Path) -> None:
    """The hash of each file, as sha256sum reads it."""
    files = sorted(path for path in bundle.rglob("*") if path.is_file() and path.name != SUMS)
    (bundle / SUMS).write_text("".join(f"{digest(path)}  {path.relative_to(bundle)}\n" for path in files), encoding="utf-8")


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def try_out(archive: Path, folder: Path) -> None:
    """Install a bundle where nothing is, with no index and no package of ours around, and have it show a page."""
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    (bundle,) = folder.iterdir()
    alone = {"PATH": os.environ["PATH"], "HOME": str(folder), "PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull, "PYTHON": sys.executable}
    subprocess.run(["sh", str(bundle / "install.sh"), str(folder / "opt")], check=True, env=alone, cwd=folder)
    ioc = folder / "opt" / "venv" / "bin" / "ioc"
    config = folder / "opt" / "config.yaml"
    subprocess.run([ioc, "check", "--config", config], check=True, env=alone, cwd=folder)
    command = [ioc, "run", "--config", config, "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=alone, cwd=folder) as server:
        try:
            assert server.stdout
            address = server.stdout.readline().removeprefix("IOC: ").strip()
            for path in ("readyz", "", "api/v1/targets"):
                with urllib.request.urlopen(f"{address}{path}", timeout=120) as answer:
                    assert answer.status == 200, path
        finally:
            server.terminate()
    assert server.returncode == 0, "it did not end in order"


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "dist")

"""What the house tests look at: the project's own files, as git knows them or would take them."""

from __future__ import annotations

import subprocess
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("ioc", "data_sources", "layouts", "callbacks")


@lru_cache
def files() -> tuple[Path, ...]:
    """Every file of the project that is in git or not ignored by it, relative to the root."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout.split("\0")
    return tuple(sorted(Path(name) for name in listed if name and (ROOT / name).is_file()))


def sources() -> tuple[Path, ...]:
    """The Python files of the product itself, without tests and benchmarks."""
    return tuple(path for path in files() if path.suffix == ".py" and path.parts[0] in PACKAGES)


def module_name(path: Path) -> str:
    """The dotted name that the file at this relative path is imported by."""
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def read(path: Path) -> str:
    """The text of a file given relative to the root."""
    return (ROOT / path).read_text(encoding="utf-8")

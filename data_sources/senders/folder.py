"""A source system that writes files into the folder of a feed."""

from __future__ import annotations

from pathlib import Path

from ioc.errors import FeedUnavailable


class Folder:
    """Writes files, each under another name until it is whole.

    Args:
        path: the folder.
        name: what each file's name begins with.
        suffix: what it ends with.

    Raises:
        FeedUnavailable: the path is a pattern.
    """

    def __init__(self, path: Path, name: str, suffix: str) -> None:
        if any(sign in str(path) for sign in "*?["):
            raise FeedUnavailable(f"{path} is a pattern; nobody can write to it.", "Give the feed a folder while it is simulated.")
        self._folder, self._name, self._suffix, self._number = path, name, suffix, 0
        path.mkdir(parents=True, exist_ok=True)

    def put(self, content: bytes) -> None:
        """Write a file."""
        while (target := self._folder / f"{self._name}-{self._number:06d}{self._suffix}").exists():
            self._number += 1
        self._number += 1
        part = target.with_suffix(".part")
        part.write_bytes(content)
        part.rename(target)

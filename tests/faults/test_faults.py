"""Every fault, a few times; `make faults` plays each at length, and writes docs/faults.md."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.plays import PLAYS, Play


@pytest.mark.parametrize(("play", "times"), [pytest.param(play, quick, id=play.__name__) for play, _, quick in PLAYS if quick])
def test_survived(play: Play, times: int, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    seen = play(folder, times)
    if seen.startswith("not played"):
        pytest.skip(seen)
    assert str(times) in seen

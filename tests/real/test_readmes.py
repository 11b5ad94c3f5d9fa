"""What the READMEs of the examples show is what one gets: their commands are typed, in order, and answer as printed."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from ioc.__main__ import main
from tests.real.test_examples import EXAMPLES
from tests.real_data import real_data

_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_DATA = "../shared/data/"


def shown_in(text: str) -> list[tuple[str, list[str]]]:
    """Every command of a README's console blocks, and the lines that stand below it."""
    commands = "".join(_BLOCK.findall(text)).removeprefix("$ ").split("\n$ ")
    return [(command, answer) for command, *answer in (each.splitlines() for each in commands)]


def fits(shown: str, found: str) -> bool:
    """Whether a line is as printed; `…` stands for anything."""
    return re.fullmatch(".*".join(map(re.escape, shown.split("…"))), found) is not None


@pytest.mark.real
@pytest.mark.parametrize("readme", sorted(EXAMPLES.glob("*/README.md")), ids=lambda path: path.parent.name)
def test_it_answers_as_shown(readme: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(EXAMPLES.parents[1])
    monkeypatch.setenv("IOC_DATA", str(tmp_path))
    commands = shown_in(readme.read_text(encoding="utf-8"))
    assert len(commands) >= 4
    for command, answer in commands:
        program, *words = shlex.split(command)
        assert program == "ioc"
        main([str(real_data(word.removeprefix(_DATA))) if word.startswith(_DATA) else word for word in words])
        out, err = capsys.readouterr()
        found = (out + err).splitlines()
        assert len(found) == len(answer) and all(map(fits, answer, found)), (command, found)

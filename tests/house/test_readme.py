"""What the README says is there, and what is there the README names."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.house.tree import ROOT, read


@pytest.fixture(scope="module")
def readme() -> str:
    if not (ROOT / "README.md").is_file():
        pytest.skip("not there yet: README.md")
    return read("README.md")


def make_targets() -> set[str]:
    """The commands that `make help` lists."""
    return set(re.findall(r"^([a-z-]+):.*##", read("Makefile"), flags=re.MULTILINE))


def ioc_commands() -> set[str]:
    """The sub-commands that `ioc --help` lists."""
    if not (ROOT / "ioc" / "__main__.py").is_file():
        pytest.skip("not there yet: ioc/__main__.py")
    command = [sys.executable, "-m", "ioc", "--help"]
    help_text = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    braces = re.search(r"\{([a-z,-]+)\}", help_text)
    assert braces, f"`ioc --help` lists no commands:\n{help_text}"
    return set(braces.group(1).split(","))


def test_every_ioc_command_is_named(readme: str) -> None:
    unnamed = [command for command in sorted(ioc_commands()) if f"ioc {command}" not in readme]
    assert not unnamed, f"README.md does not name: {unnamed}"


def test_every_make_command_it_names_exists(readme: str) -> None:
    unknown = set(re.findall(r"`make ([a-z-]+)", readme)) - make_targets()
    assert not unknown, f"README.md names make commands that are not there: {sorted(unknown)}"


def test_the_two_commands_are_named(readme: str) -> None:
    assert "make run" in readme
    assert "make test" in readme


def test_every_file_it_links_to_exists(readme: str) -> None:
    links = {link.split("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", readme) if "://" not in link}
    missing = [link for link in sorted(links) if link and not (ROOT / link).exists()]
    assert not missing, f"README.md links to what is not there: {missing}"

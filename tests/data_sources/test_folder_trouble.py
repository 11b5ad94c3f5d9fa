"""Files that are known, locked, cut short, gone or behind links: each is told in a sentence, and keeps no other out."""

from __future__ import annotations

import gzip
import io
import os
import random
import zipfile
from pathlib import Path
from typing import Any

import pytest

from data_sources.file import connect
from data_sources.readers import content
from ioc.errors import FeedUnavailable
from ioc.store.store import Store
from tests.data_sources.inbox import HEAD, asked, ids, options, row, runs


def test_what_is_known_is_known_after_a_restart_and_under_another_name(store: Store, inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        (inbox / f"{number}.csv").write_text(HEAD + row(f"k{number}"))
    asked(store, connect(options(), inbox.parent))
    opened: list[str] = []
    really = content.Content.open
    monkeypatch.setattr(content.Content, "open", lambda self: (opened.append(self.name), really(self))[1])
    asked(store, connect(options(), inbox.parent))
    assert opened == [], "a restart reads none of them again"
    (inbox / "2.csv").rename(inbox / "renamed.csv")
    feed = connect(options(), inbox.parent)
    asked(store, feed)
    assert set(opened) == {"in/renamed.csv"} and len(runs(store)) == 3, "it is looked into, and known by its content"
    opened.clear()
    asked(store, feed)
    asked(store, connect(options(), inbox.parent))
    assert opened == []
    assert set(store.notes("people")) == {"in/0.csv", "in/1.csv", "in/renamed.csv"}, "what has gone is forgotten"
    asked(store, connect(options(delimiter=","), inbox.parent))
    assert opened, "read in another way, they are looked at once more"
    assert len(runs(store)) == 3


def test_a_folder_that_is_away_for_a_while_is_not_forgotten(store: Store, inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (inbox / "1.csv").write_text(HEAD + row("a"))
    feed = connect(options(), inbox.parent)
    asked(store, feed)
    away = inbox.rename(inbox.with_name("away"))
    with pytest.raises(FeedUnavailable, match="does not exist"):
        asked(store, feed)
    away.rename(inbox)
    (inbox / "2.csv").write_text(HEAD + row("b"))
    asked(store, feed)
    assert ids(store) == ["a", "b"] and len(runs(store)) == 2


def _workbook() -> bytes:
    import openpyxl

    book, file = openpyxl.Workbook(), io.BytesIO()
    for values in (["id", "unit", "joined_on"], *(["x", "a", "2026-01-01"] for _ in range(500))):
        book.active.append(values)  # type: ignore[union-attr]
    book.save(file)
    return file.getvalue()


def _zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", HEAD + "".join(row(f"{random.random()}") for _ in range(500)))
    return file.getvalue()


CUT = {
    "a.csv.gz": lambda: gzip.compress((HEAD + "".join(row(f"{random.random()}") for _ in range(500))).encode())[:-200],
    "a.zip": lambda: _zipped()[:-200],
    "a.xlsx": lambda: _workbook()[:-200],
}


@pytest.mark.parametrize("name", CUT)
def test_what_was_cut_short_is_refused_in_a_sentence_and_later_files_are_taken(store: Store, inbox: Path, name: str) -> None:
    (inbox / name).write_bytes(CUT[name]())
    os.utime(inbox / name, (1, 1))
    (inbox / "later.csv").write_text(HEAD + row("later"))
    outcome = asked(store, connect(options(reject="bad"), inbox.parent))
    assert len(outcome.faults) == 1 and name in str(outcome.faults[0]) and str(outcome.faults[0]).endswith(".")
    assert "later" in ids(store)
    assert (inbox.parent / "bad" / name).exists() and (inbox.parent / "bad" / f"{name}.txt").exists()
    assert [each.name for each in inbox.iterdir()] == ["later.csv"]


def test_a_file_that_may_not_be_read_is_told_and_read_once_it_may(store: Store, inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (inbox / "1.csv").write_text(HEAD + row("a"))
    (inbox / "2.csv").write_text(HEAD + row("b"))
    if os.geteuid():
        (inbox / "1.csv").chmod(0)
    else:  # root may read everything: the disk is made to say what it says to others
        really = Path.open

        def refusing(self: Path, *given: Any, **named: Any) -> Any:
            if self.name == "1.csv":
                raise PermissionError(13, "Permission denied")
            return really(self, *given, **named)

        monkeypatch.setattr(Path, "open", refusing)
    feed = connect(options(reject="bad"), inbox.parent)
    outcome = asked(store, feed)
    assert "1.csv may not be read by this user" in str(outcome.faults[0]) and ids(store) == ["b"]
    assert not (inbox.parent / "bad").exists(), "it may be readable later"
    monkeypatch.undo()
    (inbox / "1.csv").chmod(0o644)
    assert asked(store, feed).faults == () and ids(store) == ["a", "b"]


@pytest.mark.parametrize("path", ["in", "in/*", "in/**/*"])
@pytest.mark.parametrize(
    ("links", "said"),
    [
        ({"a.csv": "../secret.csv"}, "leads out of its folder"),
        ({"a.csv": "b.csv", "b.csv": "a.csv"}, "cannot be followed"),
        ({"a.csv": "nowhere.csv"}, "cannot be followed"),
    ],
)
def test_a_link_that_is_astray_is_told_put_away_and_keeps_no_file_out(
    store: Store, inbox: Path, path: str, links: dict[str, str], said: str
) -> None:
    (inbox.parent / "secret.csv").write_text(HEAD + row("secret"))
    for name, target in links.items():
        (inbox / name).symlink_to(target)
    (inbox / "later.csv").write_text(HEAD + row("later"))
    feed = connect(options(path=path, reject="bad"), inbox.parent)
    outcome = asked(store, feed)
    assert len(outcome.faults) == len(links) and all(said in str(fault) for fault in outcome.faults)
    assert ids(store) == ["later"]
    assert {each.name for each in (inbox.parent / "bad").iterdir()} == {*links, *(f"{name}.txt" for name in links)}
    assert asked(store, feed).faults == ()


def test_without_a_folder_for_it_a_link_that_is_astray_is_told_once(store: Store, inbox: Path) -> None:
    (inbox / "a.csv").symlink_to("a.csv")
    feed = connect(options(), inbox.parent)
    assert len(asked(store, feed).faults) == 1 and asked(store, feed).faults == ()
    assert asked(store, connect(options(), inbox.parent)).faults == ()


def test_a_folder_behind_a_link_that_leads_out_is_not_read(store: Store, inbox: Path) -> None:
    (inbox.parent / "else").mkdir()
    (inbox.parent / "else" / "secret.csv").write_text(HEAD + row("secret"))
    (inbox / "sub").symlink_to(inbox.parent / "else")
    outcome = asked(store, connect(options(path="in/*/*.csv"), inbox.parent))
    assert "leads out of its folder" in str(outcome.faults[0]) and ids(store) == []


def test_a_file_that_goes_while_it_is_read_keeps_no_other_out(store: Store, inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (inbox / "1.csv").write_text(HEAD + row("a"))
    (inbox / "2.csv").write_text(HEAD + row("b"))
    really = content.Content.open

    def vanishing(self: content.Content) -> Any:
        if self.name == "in/1.csv":
            self.path.unlink(missing_ok=True)
        return really(self)

    monkeypatch.setattr(content.Content, "open", vanishing)
    feed = connect(options(), inbox.parent)
    assert "1.csv does not exist" in str(asked(store, feed).faults[0])
    assert ids(store) == ["b"] and asked(store, feed).faults == ()

"""Files that come to a folder: taken when they are whole and once, put away when their records are on disk, whatever goes wrong."""

from __future__ import annotations

import gzip
import os
import random
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from data_sources import folder as folder_module
from data_sources.file import connect
from data_sources.moving import move
from data_sources.readers import content
from ioc.clock import SystemClock
from ioc.errors import FeedRejected, FeedUnavailable
from ioc.store.store import Store
from tests.data_sources.inbox import HEAD, asked, ids, options, row, runs, wait_for
from tests.office import catalogue, rows_of

KILLS = int(os.environ.get("IOC_KILLS", "2"))


def test_a_file_that_is_being_written_is_waited_for(store: Store, inbox: Path) -> None:
    def write() -> None:
        with (inbox / "slow.csv").open("w") as file:
            file.write(HEAD)
            for number in range(8):
                file.write(row(f"k{number}"))
                file.flush()
                time.sleep(0.08)

    writing = threading.Thread(target=write)
    writing.start()
    time.sleep(0.1)
    outcome = asked(store, connect(options(settle_seconds=1.5), inbox.parent))  # long enough for a busy machine's writer
    writing.join()
    assert outcome.faults == ()
    assert len(ids(store)) == 8
    assert runs(store) == [("in/slow.csv", "done")]


def test_a_file_that_never_stands_still_keeps_no_other_out(store: Store, inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_module, "PATIENCE", 2)
    going_on = threading.Event()

    def write() -> None:
        with (inbox / "log.csv").open("w") as file:
            while not going_on.wait(0.02):
                file.write("x")
                file.flush()

    writing = threading.Thread(target=write)
    writing.start()
    (inbox / "whole.csv").write_text(HEAD + row("a"))
    try:
        asked(store, connect(options(), inbox.parent))
    finally:
        going_on.set()
        writing.join()
    assert runs(store) == [("in/whole.csv", "done")]


@pytest.mark.parametrize("name", ["a.csv.part", "a.csv.filepart", "a.csv.crdownload", "a.tmp", ".a.csv", "~$a.xlsx"])
@pytest.mark.parametrize("path", ["in", "in/*"])
def test_names_of_unfinished_files_are_never_read(store: Store, inbox: Path, name: str, path: str) -> None:
    (inbox / name).write_text(HEAD + row("a"))
    asked(store, connect(options(path=path), inbox.parent))
    assert runs(store) == []


def test_files_are_put_away_once_their_records_are_on_disk(store: Store, inbox: Path, tmp_path: Path) -> None:
    (inbox / "Báo cáo 1.csv").write_text(HEAD + row("a"))
    (inbox / "again.csv").write_text(HEAD + row("a"))
    (inbox / "broken.xlsx").write_bytes(b"PK\x03\x04 cut off")
    (tmp_path / "done").mkdir()
    (tmp_path / "done" / "again.csv").write_text("of last year")
    with zipfile.ZipFile(inbox / "two.zip", "w") as archive:
        archive.writestr("1.csv", HEAD + row("b"))
        archive.writestr("2.csv", HEAD + row("c"))
    asked(store, connect(options(archive="done", reject="bad"), tmp_path))
    assert ids(store) == ["a", "b", "c"]
    assert list(inbox.iterdir()) == []
    assert {each.name for each in (tmp_path / "done").iterdir()} == {"Báo cáo 1.csv", "again.csv", "again-2.csv", "two.zip"}
    assert (tmp_path / "done" / "again.csv").read_text() == "of last year", "nothing is written over"
    assert {each.name for each in (tmp_path / "bad").iterdir()} == {"broken.xlsx", "broken.xlsx.txt"}
    note = (tmp_path / "bad" / "broken.xlsx.txt").read_text()
    assert "Không đọc được" in note and "broken.xlsx" in note


def test_an_archive_with_one_bad_part_goes_to_the_rejected(store: Store, inbox: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(inbox / "two.zip", "w") as archive:
        archive.writestr("1.csv", HEAD + row("b"))
        archive.writestr("2.xlsx", b"PK\x03\x04 cut off")
    asked(store, connect(options(archive="in/done", reject="in/bad"), tmp_path))
    assert ids(store) == ["b"], "what is good in it is taken in"
    assert (inbox / "bad" / "two.zip").exists() and not (inbox / "two.zip").exists()
    asked(store, connect(options(path="in/**/*", archive="in/done", reject="in/bad"), tmp_path))
    assert len(runs(store)) == 2, "what has been put away is not found again"


def test_a_folder_that_cannot_be_written_is_told_and_nothing_is_taken_in_twice(store: Store, inbox: Path, tmp_path: Path) -> None:
    (tmp_path / "done").write_text("a file where the folder should be")
    (inbox / "1.csv").write_text(HEAD + row("a"))
    (inbox / "2.csv").write_text(HEAD + row("b"))
    feed = connect(options(archive="done"), tmp_path)
    for _ in range(2):
        with pytest.raises(FeedUnavailable, match=r"was taken in, but cannot be moved to .*done"):
            asked(store, feed)
    assert ids(store) == ["a", "b"], "the other file is taken in all the same"
    assert len(runs(store)) == 2
    (tmp_path / "done").unlink()
    asked(store, feed)
    assert {each.name for each in (tmp_path / "done").iterdir()} == {"1.csv", "2.csv"}
    assert len(runs(store)) == 2


def test_a_file_is_carried_whole_to_another_file_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Path("/dev/shm") / f"ioc-{os.getpid()}-{tmp_path.name}"
    if not Path("/dev/shm").is_dir() or Path("/dev/shm").stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no other file system: /dev/shm")
    (tmp_path / "a.csv").write_text("content")
    try:
        move(tmp_path / "a.csv", other, None)
        assert not (tmp_path / "a.csv").exists()
        assert [(each.name, each.read_text()) for each in other.iterdir()] == [("a.csv", "content")]
    finally:
        for each in other.glob("*"):
            each.unlink()
        other.rmdir()


def test_known_files_are_not_read_again(store: Store, inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (inbox / "1.csv").write_text(HEAD + row("a"))
    feed = connect(options(), inbox.parent)
    asked(store, feed)
    opened: list[str] = []
    really = content.Content.open
    monkeypatch.setattr(content.Content, "open", lambda self: (opened.append(self.name), really(self))[1])
    asked(store, feed)
    assert opened == []
    (inbox / "1.csv").write_text(HEAD + row("a") + row("b"))
    asked(store, feed)
    assert ids(store) == ["a", "b"]


def test_a_file_that_goes_while_it_is_looked_at_is_no_fault(store: Store, inbox: Path) -> None:
    (inbox / "1.csv").write_text(HEAD + row("a"))
    (inbox / "2.csv").write_text(HEAD + row("b"))
    feed = connect(options(), inbox.parent)
    threading.Timer(0.05, (inbox / "2.csv").unlink).start()
    assert asked(store, feed).faults == ()
    assert ids(store) == ["a"]


@pytest.mark.parametrize("kind", ["gz", "zip"])
def test_what_unpacks_without_end_is_refused(inbox: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setattr(content, "MOST_UNPACKED", 2**20)
    bomb = HEAD.encode() + row("a").encode() * 2_000_000
    if kind == "gz":
        (inbox / "bomb.csv.gz").write_bytes(gzip.compress(bomb))
    else:
        with zipfile.ZipFile(inbox / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("bomb.csv", bomb)
    with pytest.raises(FeedRejected, match="unpacks to more than 200 times its size"):
        for delivery in connect(options(), inbox.parent).deliveries():
            list(delivery.batches)


@contextmanager
def watching(store: Store, feed: Any) -> Iterator[list[BaseException]]:
    """The feed, listened to in a thread; gives what ended it."""
    ending, ended = threading.Event(), list[BaseException]()

    def listen() -> None:
        try:
            asked(store, feed, ending)
        except BaseException as error:
            ended.append(error)

    thread = threading.Thread(target=listen)
    thread.start()
    yield ended
    ending.set()
    thread.join(10)
    assert not thread.is_alive()


def test_a_watched_folder_is_read_as_files_come(store: Store, inbox: Path) -> None:
    (inbox / "0.csv").write_text(HEAD + row("k0"))
    with watching(store, connect(options(watch=True, archive="done"), inbox.parent)):
        wait_for(lambda: ids(store) == ["k0"])
        for number in (1, 2):
            (inbox / f"{number}.csv").write_text(HEAD + row(f"k{number}"))
            wait_for(lambda number=number: f"k{number}" in ids(store), 30)  # type: ignore[misc]
        wait_for(lambda: not list(inbox.iterdir()), 30)


def test_a_watched_folder_that_goes_is_told(store: Store, inbox: Path) -> None:
    with watching(store, connect(options(watch=True), inbox.parent)) as ended:
        time.sleep(0.8)
        inbox.rename(inbox.with_name("elsewhere"))
        wait_for(lambda: bool(ended), 10)
    assert isinstance(ended[0], FeedUnavailable) and "does not exist" in str(ended[0])


def test_a_watched_feed_listens_and_an_empty_one_is_a_fault() -> None:
    assert options(watch=True).way == "listening" and options().way == "asked" and options(path="").way == "brought"
    with pytest.raises(ValidationError, match="nothing to watch"):
        options(path="", watch=True)


TAKER = """
import sys, threading
from pathlib import Path
from data_sources.file import FileOptions, connect
from ioc.catalogue.mapping import identity
from ioc.clock import SystemClock
from ioc.intake.ingest import Target, take_in
from ioc.intake.port import Occasion
from ioc.store.store import Store
from tests.office import catalogue
folder = Path(sys.argv[1])
store = Store(folder / "office.duckdb", catalogue(), SystemClock(), memory_limit="256MB", threads=1)
feed = connect(FileOptions(path="in", settle_seconds=0.01, archive="done"), folder)
print("open", flush=True)
while True:
    take_in(store, Target("people", "staff", identity(store.catalogue.records["staff"])), feed.deliveries(Occasion()), again=False)
"""


@pytest.mark.timeout(240 + 20 * KILLS)
def test_killed_between_keeping_and_putting_away_no_file_is_lost_or_taken_twice(inbox: Path, tmp_path: Path) -> None:
    chance, made = random.Random(3), 0
    for _ in range(KILLS):
        process = subprocess.Popen([sys.executable, "-c", TAKER, str(tmp_path)], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2])
        assert process.stdout and process.stdout.readline()
        end = time.monotonic() + 0.2 + chance.random() * 0.8
        while time.monotonic() < end:
            (inbox / f"{made}.csv").write_text(HEAD + row(f"k{made:06d}"))
            made += 1
            time.sleep(0.03)
        process.send_signal(signal.SIGKILL)
        process.stdout.close()
        process.wait()
    store = Store(tmp_path / "office.duckdb", catalogue(), SystemClock(), memory_limit="256MB", threads=1)
    asked(store, connect(options(archive="done"), tmp_path))
    assert ids(store) == [f"k{number:06d}" for number in range(made)]
    assert rows_of(store, "SELECT count(*) FROM rec_staff") == [(made,)]
    assert list(inbox.iterdir()) == [] and len(list((tmp_path / "done").iterdir())) == made
    store.close()

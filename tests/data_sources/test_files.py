"""Which files a feed takes, packed or not, and what it says when it cannot."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pydantic import ValidationError

from data_sources.file import FileOptions, connect, from_paths
from data_sources.registry import KINDS
from ioc.errors import FeedRejected, FeedUnavailable
from tests.data_sources.reading import deliveries, read, take, write

CSV = "a,b\n1,Huế\n"
ROWS = [{"a": "1", "b": "Huế"}]


def zipped(folder: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(folder / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return folder / "a.zip"


def test_a_folder_is_read_oldest_first(tmp_path: Path) -> None:
    for age, name in enumerate(["c.csv", "a.csv", "b.tsv", "notes.txt", ".hidden.csv", "~$x.xlsx"]):
        os.utime(write(tmp_path, name, CSV), (1000 + age, 1000 + age))
    (tmp_path / "folder.csv").mkdir()
    found = list(connect(FileOptions(path="."), tmp_path).deliveries())
    assert [delivery.name for delivery in found] == ["c.csv", "a.csv", "b.tsv"]


def test_a_pattern_chooses(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in ("2026-06.csv", "2026-07.csv", "other.csv"):
        write(tmp_path / "in", name, CSV)
    found = list(connect(FileOptions(path="in/2026-*.csv"), tmp_path).deliveries())
    assert sorted(delivery.name for delivery in found) == ["in/2026-06.csv", "in/2026-07.csv"]


def test_an_empty_folder_delivers_nothing(tmp_path: Path) -> None:
    assert list(connect(FileOptions(path="."), tmp_path).deliveries()) == []
    assert list(connect(FileOptions(), tmp_path).deliveries()) == []


@pytest.mark.parametrize("path", ["nothing.csv", "nowhere/*.csv", "nowhere/"])
def test_a_missing_path_may_come_later(tmp_path: Path, path: str) -> None:
    with pytest.raises(FeedUnavailable, match="does not exist"):
        list(connect(FileOptions(path=path), tmp_path).deliveries())


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
@pytest.mark.parametrize("name", ["", "a.csv"])
def test_what_may_not_be_read_may_be_later(tmp_path: Path, name: str) -> None:
    write(tmp_path, "a.csv", CSV)
    (tmp_path / name).chmod(0)
    try:
        with pytest.raises(FeedUnavailable, match="may not be read"):
            take(next(connect(FileOptions(path=name or "."), tmp_path).deliveries()))
    finally:
        (tmp_path / name).chmod(0o700)


def test_one_bad_file_does_not_keep_the_others_out(tmp_path: Path) -> None:
    for age, (name, content) in enumerate({"a.csv": "", "b.zip": "PKx", "c.csv": CSV}.items()):
        os.utime(write(tmp_path, name, content), (1000 + age, 1000 + age))
    bad, worse, good = connect(FileOptions(path="."), tmp_path).deliveries()
    for delivery in (bad, worse):
        with pytest.raises(FeedRejected):
            take(delivery)
    assert take(good).rows == ROWS


def test_the_fingerprint_is_of_the_content(tmp_path: Path) -> None:
    plain, packed = write(tmp_path, "a.csv", CSV), write(tmp_path, "b.csv.gz", gzip.compress(CSV.encode()))
    prints = {deliveries(path)[0].fingerprint for path in (plain, packed)}
    assert prints == {hashlib.sha256(CSV.encode()).hexdigest()}


@pytest.mark.parametrize("name", ["a.csv.gz", "a.gz"])
def test_gzip_is_unpacked(tmp_path: Path, name: str) -> None:
    assert read(write(tmp_path, name, gzip.compress(CSV.encode()))).rows == ROWS
    assert read(write(tmp_path, "a.ndjson.gz", gzip.compress(b'{"a":1}\n'))).rows == [{"a": 1}]


@pytest.mark.parametrize("cut", [5, 20, 900, -4])
def test_a_truncated_gzip_is_refused_before_any_row(tmp_path: Path, cut: int) -> None:
    packed = gzip.compress("\n".join(["a,b", *(f"{i},{i * i}" for i in range(1000))]).encode())
    with pytest.raises(FeedRejected, match=r"a\.csv\.gz is damaged or cut short"):
        next(deliveries(write(tmp_path, "a.csv.gz", packed[:cut]))[0].batches)


def test_a_damaged_gzip_is_refused(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(os.urandom(5000)))
    packed[2500] ^= 255
    with pytest.raises(FeedRejected, match="damaged"):
        read(write(tmp_path, "a.csv.gz", bytes(packed)))


def test_each_file_in_a_zip_is_a_delivery(tmp_path: Path) -> None:
    path = zipped(tmp_path, {"x/a.csv": CSV.encode(), "b.json": b'[{"a":1}]', "readme.txt": b"hello", "__MACOSX/a.csv": b"x"})
    found = deliveries(path)
    assert [delivery.name for delivery in found] == ["a.zip/x/a.csv", "a.zip/b.json"]
    assert [take(delivery).rows for delivery in found] == [ROWS, [{"a": 1}]]


def test_all_formats_are_read_out_of_a_zip(tmp_path: Path) -> None:
    parquet = io.BytesIO()
    pq.write_table(pa.table({"a": [1]}), parquet)
    path = zipped(tmp_path, {"a.parquet": parquet.getvalue(), "a.csv.gz": gzip.compress(CSV.encode())})
    assert [take(delivery).rows for delivery in deliveries(path)] == [[{"a": 1}], ROWS]


def test_bad_archives_are_refused(tmp_path: Path) -> None:
    whole = zipped(tmp_path, {"a.csv": os.urandom(3000)}).read_bytes()
    locked = bytearray(whole)
    locked[6] |= 1
    locked[whole.rindex(b"PK\x01\x02") + 8] |= 1
    damaged = bytearray(whole)
    damaged[1000] ^= 255
    cases = {
        "holds no file": zipped(tmp_path, {}).read_bytes(),
        "cut short": whole[:2000],
        "password": bytes(locked),
        "damaged": bytes(damaged),
    }
    for words, content in cases.items():
        with pytest.raises(FeedRejected, match=words):
            read(write(tmp_path, "b.zip", content))


def test_a_file_that_changes_while_it_is_read_is_put_off(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", CSV)
    (before,) = deliveries(path)
    write(tmp_path, "a.csv", "a,b\n1,2\n3,4\n")
    with pytest.raises(FeedUnavailable, match="changed while it was read"):
        take(before)
    (during,) = deliveries(path)
    next(during.batches)
    write(tmp_path, "a.csv", "")
    with pytest.raises(FeedUnavailable, match="changed while it was read"):
        take(during)


def test_a_file_that_vanishes_is_put_off(tmp_path: Path) -> None:
    (delivery,) = deliveries(path := write(tmp_path, "a.csv", CSV))
    path.unlink()
    with pytest.raises(FeedUnavailable, match="does not exist"):
        take(delivery)


STDIN = [
    ("CSV", CSV.encode(), ROWS),
    ("packed CSV", gzip.compress(CSV.encode()), ROWS),
    ("JSON", b'[{"a":1}]', [{"a": 1}]),
    ("JSON object", b'{\n"a":1}', [{"a": 1}]),
    ("NDJSON", b'{"a":1}\n{"a":2}\n', [{"a": 1}, {"a": 2}]),
]


@pytest.mark.parametrize(("content", "rows"), [case[1:] for case in STDIN], ids=[case[0] for case in STDIN])
@pytest.mark.parametrize("paths", [[], ["-"]], ids=["nothing given", "dash"])
def test_standard_input_is_read(content: bytes, rows: list[dict[str, Any]], paths: list[str]) -> None:
    (delivery,) = from_paths(FileOptions(path="elsewhere"), paths, io.BytesIO(content)).deliveries()
    assert (delivery.name, take(delivery).rows) == ("standard input", rows)


def test_paths_are_read_in_the_order_given(tmp_path: Path) -> None:
    paths = [str(write(tmp_path, name, CSV)) for name in ("b.csv", "a.txt")]
    found = list(from_paths(FileOptions(), [*paths, "-"], io.BytesIO(b"c\n1\n")).deliveries())
    assert [Path(delivery.name).name for delivery in found] == ["b.csv", "a.txt", "standard input"]
    assert [take(delivery).rows for delivery in found] == [ROWS, ROWS, [{"c": "1"}]]


def test_a_missing_path_stops_before_anything_is_taken_in(tmp_path: Path) -> None:
    feed = from_paths(FileOptions(), [str(write(tmp_path, "a.csv", CSV)), str(tmp_path / "b.csv")], io.BytesIO())
    with pytest.raises(FeedUnavailable, match=r"b\.csv does not exist"):
        next(feed.deliveries())


def test_parquet_keeps_its_types(tmp_path: Path) -> None:
    table = pa.table({" a ": pa.array([1, None], pa.int16()), "b": ["x", "y"], "c": [[1], []]})
    pq.write_table(table, tmp_path / "a.parquet")
    taken = read(tmp_path / "a.parquet", columns=["a", "b", "c"])
    assert (taken.types["a"], taken.cells, taken.numbers) == (pa.int16(), [[1, "x", [1]], [None, "y", []]], [1, 2])
    pq.write_table(table.slice(0, 0), tmp_path / "b.parquet")
    assert read(tmp_path / "b.parquet").columns == ["a", "b", "c"]


def test_damaged_parquet_is_refused(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": list(range(1000))}), tmp_path / "a.parquet")
    whole = (tmp_path / "a.parquet").read_bytes()
    for content in (whole[:500], whole[:-6], b"PAR1", whole[:40] + bytes(400) + whole[440:]):
        with pytest.raises(FeedRejected, match="cannot be read as Parquet"):
            read(write(tmp_path, "b.parquet", content))


BAD_OPTIONS: list[tuple[dict[str, Any], str]] = [
    ({"seperator": ";"}, "Extra inputs are not permitted"),
    ({"format": "xml"}, "Input should be"),
    ({"encoding": "utf-9"}, "“utf-9” is no encoding"),
    ({"encoding": "base64"}, "“base64” does not encode text"),
    ({"delimiter": "||"}, "is no separator"),
    ({"quote": "''"}, "is no quote"),
    ({"header_row": -1}, "greater than or equal to 0"),
    ({"header_row": 1, "header_rows": [1]}, "header_row or header_rows, not both"),
    ({"header_rows": [4, 3]}, "header_rows must rise"),
    ({"max_line_mib": 0}, "greater than 0"),
]


@pytest.mark.parametrize(("options", "words"), BAD_OPTIONS, ids=[str(case[0]) for case in BAD_OPTIONS])
def test_wrong_options_are_told(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        FileOptions(**options)


def test_every_option_of_every_kind_is_described() -> None:
    for kind in KINDS.values():
        assert kind.options.model_config["extra"] == "forbid"
        assert all(field.description for field in kind.options.model_fields.values())


def test_the_registry_connects(tmp_path: Path) -> None:
    write(tmp_path, "a.csv", CSV)
    kind = KINDS["file"]
    (delivery,) = kind.connect(kind.options.model_validate({"path": "a.csv", "delimiter": "tab", "header_row": 1}), tmp_path).deliveries()
    assert take(delivery).rows == [{"a,b": "1,Huế"}]

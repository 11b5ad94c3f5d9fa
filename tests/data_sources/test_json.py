"""JSON documents and NDJSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data_sources.readers.encoding import BROKEN
from ioc.errors import FeedRejected
from tests.data_sources.reading import read, write

ONE = {"id": "H1", "n": 1, "x": 1.5, "b": True, "none": None, "list": [1, "ế"], "nested": {"a": 1}}
AS_ROW = {"id": "H1", "n": 1, "x": 1.5, "b": True, "none": None, "list": '[1,"ế"]', "nested": '{"a":1}'}


@pytest.mark.parametrize(
    ("document", "records"),
    [
        ([ONE], ""),
        ({"items": [ONE], "total": 1}, "items"),
        ({"data": {"items": [ONE]}}, "data.items"),
        (ONE, ""),
        ({"data": ONE}, "data"),
    ],
    ids=["list", "list inside", "list deep inside", "one object", "one object inside"],
)
def test_records_are_found(tmp_path: Path, document: Any, records: str) -> None:
    taken = read(write(tmp_path, "a.json", orjson.dumps(document)), records=records)
    assert taken.rows == [AS_ROW]


def test_what_is_no_object_is_reported(tmp_path: Path) -> None:
    taken = read(write(tmp_path, "a.json", '[{"a":1}, 5, {"a":2}]'))
    assert (taken.rows, taken.numbers) == ([{"a": 1}, {"a": 2}], [1, 3])
    assert [(row.row, row.reason) for row in taken.broken] == [(2, "json")]


def test_an_empty_list_is_no_fault(tmp_path: Path) -> None:
    assert read(write(tmp_path, "a.json", "[]")).rows == []


REFUSED: list[tuple[str, str | bytes, dict[str, Any], str]] = [
    ("empty", "", {}, "is empty"),
    ("blank", " \n", {}, "is empty"),
    ("cut short", '[{"a":1},{"a"', {}, "a.json is not JSON: "),
    ("where it is wrong", '[{"a":1},\n{"a":x}]', {}, "in line 2, column 6"),
    ("unnamed list", '{"total":1,"items":[{"a":1}]}', {}, "Say which with records: items."),
    ("misnamed list", '{"items":[{"a":1}]}', {"records": "item"}, "Did you mean “items”?"),
    ("a value for a list", '{"items":5}', {"records": "items"}, "no list of records at “items”"),
    ("no object to look in", "[1]", {"records": "items"}, "to find “items” in"),
    ("not UTF-8", b'[{"a":"H\xe1\xba\xbf \xff \xe1\xba\xbf"}]', {}, "not UTF-8: byte 12 is 0xFF"),
    ("too large", "[" + "1," * 5000 + "1]", {"max_document_mib": 0.001}, "larger than 0.001 MiB"),
    ("other columns", '[{"b":1}]', {"columns": ["a"]}, "missing “a”; new “b”"),
]


@pytest.mark.parametrize(("content", "options", "words"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_documents_that_cannot_be_read_are_refused(tmp_path: Path, content: str | bytes, options: dict[str, Any], words: str) -> None:
    with pytest.raises(FeedRejected) as refusal:
        read(write(tmp_path, "a.json", content), **options)
    assert words in str(refusal.value)


def test_lines_are_rows(tmp_path: Path) -> None:
    taken = read(write(tmp_path, "a.ndjson", orjson.dumps(ONE) + b"\n\n" + orjson.dumps({"id": "H2", "new": "x"})))
    assert taken.rows == [AS_ROW | {"new": None}, dict.fromkeys(AS_ROW) | {"id": "H2", "new": "x"}]
    assert taken.numbers == [1, 3]


def test_a_broken_line_is_reported_and_the_others_taken(tmp_path: Path) -> None:
    lines = [b'{"a":1}', b'{"a":', b"[1]", b'{"a":"\xff \xe1\xba\xbf\xe1\xba\xbf"}', b'{"a":2}', b'{"a":NaN}', b'{"a":3}{"a":4}']
    taken = read(write(tmp_path, "a.ndjson", b"\n".join(lines)))
    assert (taken.rows, taken.numbers) == ([{"a": 1}, {"a": 2}], [1, 5])
    assert [(row.row, row.reason) for row in taken.broken] == [
        (2, "json"), (3, "json"), (4, "encoding"), (6, "json"), (7, "json"),
    ]  # fmt: skip


def test_a_line_in_the_middle_of_a_large_file_costs_no_other(tmp_path: Path) -> None:
    lines = [b'{"id":"%d","text":"%s","n":null}' % (i, b"x" * 80) for i in range(1, 400_001)]
    lines[300_000] = b"{"
    lines[350_000] = b'{"id":"350001","n":7,"late":true}'
    taken = read(write(tmp_path, "a.jsonl", b"\n".join(lines) + b"\n"))
    assert [int(row["id"]) for row in taken.rows] == taken.numbers
    assert [row.row for row in taken.broken] == [300_001]
    assert taken.rows[349_999] == {"id": "350001", "text": None, "n": 7, "late": True}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_lines_may_be_in_another_encoding(tmp_path: Path, encoding: str) -> None:
    assert read(write(tmp_path, "a.ndjson", '{"a":"Huế"}\n'.encode(encoding))).rows == [{"a": "Huế"}]
    assert read(write(tmp_path, "a.json", '[{"a":"Huế"}]'.encode(encoding))).rows == [{"a": "Huế"}]


@pytest.mark.parametrize(("content", "words"), [("", "is empty"), ("\n\n", "is empty"), ('{"b":1}\n', "missing “a”; new “b”")])
def test_lines_that_cannot_be_read_are_refused(tmp_path: Path, content: str, words: str) -> None:
    with pytest.raises(FeedRejected, match=words):
        read(write(tmp_path, "a.ndjson", content), columns=["a"])


# Any text but the letter that stands for what is no text.
TEXT = st.text(st.characters(codec="utf-8", exclude_characters=BROKEN), max_size=5)
VALUE = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False) | TEXT


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    kinds=st.lists(st.sampled_from([TEXT, st.integers(-9, 9), st.floats(-9, 9), st.booleans(), VALUE]), min_size=1, max_size=3),
    size=st.integers(1, 6),
    data=st.data(),
)
def test_no_value_is_bent(tmp_path: Path, kinds: list[Any], size: int, data: st.DataObject) -> None:
    """A value comes back equal, or, in a column of several types, as its text."""
    rows = [{f"k{at}": data.draw(st.none() | kind) for at, kind in enumerate(kinds)} for _ in range(size)]
    taken = read(write(tmp_path, "a.ndjson", b"\n".join(map(orjson.dumps, rows))))
    for sent, got in zip(rows, taken.rows, strict=True):
        for key, value in sent.items():
            if isinstance(got[key], str) and not isinstance(value, str):
                assert orjson.loads(got[key]) == value
            else:
                assert got[key] == value

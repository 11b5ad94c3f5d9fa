"""Lines that are all written alike, read without a parser of JSON: the same as with one, or not at all."""

from __future__ import annotations

from typing import Any

import orjson
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_sources.readers.even_lines import even

KEYS = {
    "name": pa.string(),
    "note, ế": pa.string(),
    "yes": pa.bool_(),
    "n": pa.int64(),
    "x": pa.float64(),
    "none": pa.null(),
    "end": pa.string(),
}
SCHEMA = pa.schema(KEYS.items())
TEXTS = st.none() | st.text(st.sampled_from('aZ0 ế,:{}[]"\\\n\x1f\x7fnul-1.')) | st.text()
VALUES: dict[pa.DataType, st.SearchStrategy[Any]] = {
    pa.string(): TEXTS,
    pa.bool_(): st.none() | st.booleans(),
    pa.int64(): st.none() | st.integers(-(10**17), 10**17),
    pa.float64(): st.none() | st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53), 2**53),
    pa.null(): st.none(),
}


def alike(values: dict[pa.DataType, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Rows with the same keys in the same order."""
    row = st.fixed_dictionaries({key: values[kind] for key, kind in KEYS.items()})
    return row.map(lambda drawn: {key: drawn[key] for key in KEYS})


ROWS = st.lists(alike(VALUES), min_size=1, max_size=4)
# What a wrong line could differ by.
BYTES = st.sampled_from(
    [bytes([each]) for each in b'",:{}[]\\ \n\r\x1f\x00anul0-1.e'] + [b"", b',"', b'":"', b'"a":1,', b"\xff", b"null", b"\n{}"]
)


def written(rows: list[dict[str, Any]]) -> bytes:
    return b"".join(orjson.dumps(row) + b"\n" for row in rows)


@pytest.mark.parametrize("text", ["", "a", "ế, a", ",", ":", "null", "{}", "x,y"])
def test_lines_as_programs_write_them_are_read(text: str) -> None:
    rows = [
        {"name": text, "note, ế": "b", "yes": True, "n": -5, "x": 1.5, "none": None, "end": text},
        {"name": None, "note, ế": text, "yes": None, "n": None, "x": 2, "none": None, "end": None},
    ]
    block = written(rows)
    found = even(block, 2, SCHEMA)
    if b',",' in block or b',"}' in block:  # a comma at a text's end, and another within one
        assert found is None
        return
    assert found is not None
    assert found.to_pylist() == rows
    assert found.schema == SCHEMA


@given(st.lists(alike(VALUES | {pa.string(): st.none() | st.text(st.sampled_from("aZ0 ế:{}[]nul-1.;'/"))}), min_size=1, max_size=4))
def test_lines_without_quotes_and_commas_in_their_texts_are_always_read(rows: list[dict[str, Any]]) -> None:
    found = even(written(rows), len(rows), SCHEMA)
    assert found is not None and found.to_pylist() == rows


@given(ROWS)
def test_whatever_is_read_is_what_a_parser_reads(rows: list[dict[str, Any]]) -> None:
    found = even(written(rows), len(rows), SCHEMA)
    assert found is None or found.to_pylist() == rows


@given(ROWS, st.data())
def test_of_lines_that_are_not_alike_nothing_is_read_wrongly(rows: list[dict[str, Any]], data: st.DataObject) -> None:
    block = written(rows)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(block) - 1))
        block = block[:at] + data.draw(BYTES) + block[at + data.draw(st.integers(0, 6)) :]
    block = block if block.endswith(b"\n") else block + b"\n"
    found = even(block, block.count(b"\n"), SCHEMA)
    if found is not None:
        assert found.to_pylist() == [orjson.loads(line) for line in block.split(b"\n")[:-1]]
        assert all(set(row) == set(found.column_names) for row in map(orjson.loads, block.split(b"\n")[:-1]))


@pytest.mark.parametrize(
    "line",
    [
        '{"a":"x,"b":"y"}',
        '{"a":","b":"y"}',
        '{"a":"x""b":"y"}',
        '{"a":"x","b":"y"}}',
        '{"a":"x","b":"y"}{"a":"x","b":"y"}',
        '{"a":"x","b":"y","c":1}',
        '{"a":"x","a":"y"}',
        '{"b":"y","a":"x"}',
        '{"a":"x"}',
        '{"a": "x","b":"y"}',
        '{"a":5,"b":"y"}',
        '{"a":["x"],"b":"y"}',
        '{"a":"x\\n","b":"y"}',
        '{"a":"x\t","b":"y"}',
        "",
    ],
)
def test_a_line_unlike_the_others_leaves_the_block_to_a_parser(line: str) -> None:
    good, schema = '{"a":"x","b":"y"}', pa.schema({"a": pa.string(), "b": pa.string()}.items())
    assert even(f"{good}\n{good}\n".encode(), 2, schema) is not None
    assert even(f"{good}\n{line}\n".encode(), 2, schema) is None


@pytest.mark.parametrize("number", ["01", "+1", "0x1", "1.", ".5", "1e", "NaN", "inf", "1_0", "-", "--1", "1 ", "9" * 19])
def test_what_is_no_number_of_json_is_none(number: str) -> None:
    schema = pa.schema([("n", pa.int64())])
    assert even(b'{"n":1}\n', 1, schema) is not None
    assert even(f'{{"n":1}}\n{{"n":{number}}}\n'.encode(), 2, schema) is None
    if number != "9" * 19:
        assert even(f'{{"n":1}}\n{{"n":{number}}}\n'.encode(), 2, pa.schema([("n", pa.float64())])) is None

"""Blanks around text are found by the bytes at its edges, and only then looked for letter by letter."""

import pyarrow as pa
import pytest

from ioc.store.trim import trimmed


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
@pytest.mark.parametrize("blank", [" ", "\t", "\r\n", "\u00a0", "\u0085", "\u1680", "\u2003", "\u202f", "\u3000", "\x1f"])
def test_blanks_of_every_kind_are_trimmed(kind: pa.DataType, blank: str) -> None:
    values = ["a", f"{blank}Đà Nẵng", f"Huế{blank}", blank, "", None, "a b"]
    assert trimmed(pa.chunked_array([["x"], values], kind)).to_pylist() == ["x", "a", "Đà Nẵng", "Huế", "", "", None, "a b"]


@pytest.mark.parametrize("values", [["a", "b c"], ["", ""], [None, "a"], [None, None], ["Đà Nẵng"], []])
def test_text_without_blanks_stays(values: list[str | None]) -> None:
    assert trimmed(pa.chunked_array([values], pa.string())).to_pylist() == values


def test_a_slice_is_judged_by_its_own_values() -> None:
    whole = pa.chunked_array([[" a", "b", None, "c "]], pa.string())
    assert trimmed(whole.slice(1, 2)).to_pylist() == ["b", None]
    assert trimmed(whole.slice(2, 2)).to_pylist() == [None, "c"]

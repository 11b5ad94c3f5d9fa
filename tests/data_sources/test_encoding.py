"""Encodings: found by what is certain first and by what reads as Vietnamese last; damaged bytes cost their row only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_sources.readers.survey import Survey, Surveyor
from ioc.errors import FeedRejected
from tests.data_sources.old_encodings import to_cp1258, to_tcvn3
from tests.data_sources.reading import read, write

VIETNAMESE = "mã,đơn vị\n1,Sở Nội vụ tỉnh Hải Dương\n2,Uỷ ban nhân dân huyện Đông Triều\n"
FRENCH = "numéro,libellé\n1,Développement économique régional\n2,Société générale à Montréal où l'été\n"
ENGLISH = "id,name\n1,plain\n"

FOUND: list[tuple[str, bytes, str]] = [
    ("UTF-8", VIETNAMESE.encode(), VIETNAMESE),
    ("UTF-8 with mark", VIETNAMESE.encode("utf-8-sig"), VIETNAMESE),
    ("UTF-16 LE with mark", b"\xff\xfe" + VIETNAMESE.encode("utf-16-le"), VIETNAMESE),
    ("UTF-16 BE with mark", b"\xfe\xff" + VIETNAMESE.encode("utf-16-be"), VIETNAMESE),
    ("UTF-16 LE", VIETNAMESE.encode("utf-16-le"), VIETNAMESE),
    ("UTF-16 BE", VIETNAMESE.encode("utf-16-be"), VIETNAMESE),
    ("Windows-1258", to_cp1258(VIETNAMESE), VIETNAMESE),
    ("TCVN3", to_tcvn3(VIETNAMESE), VIETNAMESE),
    ("Windows-1252", FRENCH.encode("cp1252"), FRENCH),
    ("Windows-1252, one letter", "id,name\n1,café\n".encode("cp1252"), "id,name\n1,café\n"),
    ("Windows-1252 signs", "id,name\n1,“x” – 5 €\n".encode("cp1252"), "id,name\n1,“x” – 5 €\n"),
    ("ASCII", ENGLISH.encode(), ENGLISH),
    ("ASCII in UTF-16", ENGLISH.encode("utf-16-le"), ENGLISH),
]


def _cells(text: str) -> list[list[str]]:
    return [line.split(",") for line in text.splitlines()]


@pytest.mark.parametrize(("content", "text"), [case[1:] for case in FOUND], ids=[case[0] for case in FOUND])
def test_the_encoding_is_found(tmp_path: Path, content: bytes, text: str) -> None:
    taken = read(write(tmp_path, "a.csv", content))
    assert [taken.columns, *taken.cells] == _cells(text)


def test_a_letter_at_the_end_of_a_large_file_counts(tmp_path: Path) -> None:
    taken = read(write(tmp_path, "a.csv", b"id,name\n" + b"1,plain\n" * 400_000 + "2,café\n".encode("cp1252")))
    assert taken.rows[-1] == {"id": "2", "name": "café"}
    assert len(taken.rows) == 400_001


@pytest.mark.parametrize(
    ("encoding", "content", "name"),
    [
        ("cp1252", b"id,name\n1,B\xe9\n", "Bé"),
        ("tcvn3", b"id,name\n1,B\xe9\n", "Bộ"),
        ("latin-1", b"id,name\n1,B\xe9\n", "Bé"),
        ("utf-16", "id,name\n1,Bộ\n".encode("utf-16"), "Bộ"),
        ("UTF-8", "id,name\n1,Bộ\n".encode("utf-8-sig"), "Bộ"),
        ("shift_jis", "id,name\n1,内務\n".encode("shift_jis"), "内務"),
    ],
)
def test_the_encoding_may_be_given(tmp_path: Path, encoding: str, content: bytes, name: str) -> None:
    assert read(write(tmp_path, "a.csv", content), encoding=encoding).rows == [{"id": "1", "name": name}]


@pytest.mark.parametrize(
    ("content", "options"),
    [
        (VIETNAMESE.encode() + b"3,S\xff\n4,H\xc3u\xe1\xba\n5,Hu\xe1\xba\xbf\n", {}),
        (VIETNAMESE.encode() + b"3,a\x00b\n4,\x00\n5,Hu\xe1\xba\xbf\n", {}),
        (b"m\xc3\xa3,\xc4\x91\n1,a\n2,b\n3,\xe9\n4,\xe9\n5,Hu\xe1\xba\xbf\n", {"encoding": "utf-8"}),
        (b"id,name\n1,a\n2,b\n3,\x81\n4,\x8d\n5,Hu\xea\n", {"encoding": "cp1252"}),
    ],
    ids=["not UTF-8", "NULs", "given as UTF-8", "no letters of Windows-1252"],
)
def test_rows_with_damaged_bytes_are_reported_and_the_others_kept(tmp_path: Path, content: bytes, options: dict[str, Any]) -> None:
    taken = read(write(tmp_path, "a.csv", content), **options)
    assert taken.numbers == [2, 3, 6]
    assert [(row.row, row.reason) for row in taken.broken] == [(4, "encoding"), (5, "encoding")]
    assert "S" not in taken.broken[0].detail


def test_damage_in_utf16_costs_its_row_only(tmp_path: Path) -> None:
    content = "id,name\n1,a\n2,".encode("utf-16") + b"\x00\xd8" + "\n3,c\n".encode("utf-16-le")
    taken = read(write(tmp_path, "a.csv", content))
    assert taken.cells == [["1", "a"], ["3", "c"]]
    assert [(row.row, row.reason) for row in taken.broken] == [(3, "encoding")]


def test_a_damaged_header_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FeedRejected, match=r"header of a\.csv holds bytes that are no text"):
        read(write(tmp_path, "a.csv", b"m\xff,t\xc3\xaan\n1,Hu\xe1\xba\xbf\n"))


def test_a_letter_cut_by_the_end_of_a_block_is_whole(tmp_path: Path) -> None:
    for shift in range(4):
        text = "id,name\n" + "x" * shift + "1,Huế\n" * 250_000
        assert {row["name"] for row in read(write(tmp_path, "a.csv", text)).rows} == {"Huế"}
        wide = read(write(tmp_path, "a.csv", text.encode("utf-16-be")))
        assert {row["name"] for row in wide.rows} == {"Huế"}


@given(
    st.one_of(st.binary(max_size=40), st.text("aếđĐỜƯ\U00020021́", max_size=20).map(str.encode)),
    st.lists(st.integers(0, 5), min_size=1, max_size=8).filter(any),
)
def test_what_is_found_does_not_depend_on_the_pieces_in_which_it_comes(content: bytes, sizes: list[int]) -> None:
    """What comes over a network comes in pieces of any size, letters cut apart."""

    def found(pieces: list[bytes]) -> tuple[Any, ...]:
        surveyor = Surveyor("answer")
        for piece in pieces:
            surveyor.see(piece)
        survey: Survey = surveyor.ended()
        return survey.size, survey.letters, survey.bad, survey.bad_at, survey.nuls, survey.fingerprint

    pieces, at = [], 0
    while at < len(content):
        for size in sizes:
            pieces.append(content[at : at + size])
            at += size
    assert found(pieces) == found([content])

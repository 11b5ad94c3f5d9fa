"""Vietnamese text in the 8-bit encodings that Python cannot write by itself."""

from __future__ import annotations

import unicodedata

from data_sources.readers.tcvn3 import TABLE

_VOWELS = "aăâeêioôơuưy"
_TONES = ("", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323")
LETTERS = "".join(unicodedata.normalize("NFC", vowel + tone) for vowel in _VOWELS for tone in _TONES) + "đĐĂÂÊÔƠƯ"


def to_cp1258(text: str) -> bytes:
    """Letters as Windows-1258 writes them: the letter, then its tone as a mark of its own."""
    return b"".join(_letter(letter) for letter in text)


def _letter(letter: str) -> bytes:
    try:
        return letter.encode("cp1258")
    except UnicodeEncodeError:
        parts = unicodedata.normalize("NFD", letter)
        tone = next(mark for mark in parts if mark in _TONES[1:])
        return (unicodedata.normalize("NFC", parts.replace(tone, "")) + tone).encode("cp1258")


def to_tcvn3(text: str) -> bytes:
    return bytes(TABLE.index(letter) for letter in text)


def to_latin(text: str) -> str:
    """What a spreadsheet shows for text typed in an old font."""
    return to_tcvn3(text).decode("latin-1")


OLD = {"cp1258": to_cp1258, "tcvn3": to_tcvn3}

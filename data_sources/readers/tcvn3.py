"""TCVN3, the 8-bit encoding of the old Vietnamese fonts (`.VnTime`, `.VnArial`): letters drawn in the places of Latin-1 signs.

In bytes it is TCVN 5712:1993 from 0xA0 on, and Windows' signs (quotes, dashes) below. In spreadsheets the same codes have become
Latin-1 characters: `Bé Tµi chÝnh` for "Bộ Tài chính".
Capital fonts (`.VnTimeH`) draw small letters as capitals, so that only the font tells "BỘ TÀI CHÍNH" from "Bộ Tài chính".
"""

from __future__ import annotations

import codecs
import re

_SIGNS = bytes(range(0x80, 0xA0)).decode("cp1252", errors="replace").replace("\ufffd", "\ufffe")
_LETTERS = "\u00a0ĂÂÊÔƠƯĐăâêôơưđẰ\u0300\u0309\u0303\u0301\u0323àảãáạẲằẳẵắẴẮẦẨẪẤỀặầẩẫấậèỂẻẽéẹềểễếệìỉỄẾỒĩíịòỔỏõóọồổỗốộờởỡớợùỖủũúụừửữứựỳỷỹýỵỐ"
_ASCII = "".join(map(chr, range(128)))
TABLE = _ASCII + _SIGNS + _LETTERS
_LATIN = {code: TABLE[code] for code in range(0xA0, 0x100)}
_UNICODE_LETTER = re.compile("[\u0100-\u01ff\u0300-\u036f\u1e00-\u1eff]")


class Decoder(codecs.IncrementalDecoder):
    """Decodes bytes in TCVN3; the shape that Python's own codecs have."""

    def decode(self, data: bytes, final: bool = False) -> str:  # type: ignore[override]  # the stub asks for any buffer
        """The text of some bytes; no byte depends on another."""
        return codecs.charmap_decode(data, self.errors, TABLE)[0]


def from_latin(text: str) -> str:
    """The text of a cell whose TCVN3 codes have become Latin-1 characters; with letters that Latin-1 lacks it is Unicode."""
    if text.isascii() or _UNICODE_LETTER.search(text):
        return text
    return text.translate(_LATIN)

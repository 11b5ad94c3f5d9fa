"""How Vietnamese a text looks: the share of its words with diacritics that are well-formed Vietnamese syllables.

Old 8-bit files do not say their encoding. Read with the wrong one, a Vietnamese text falls apart into words that no Vietnamese
could pronounce; the spelling of a syllable is so strict (an initial, a rhyme, one tone) that a few words settle it.
"""

from __future__ import annotations

import re
import unicodedata

_INITIAL = "ngh|ng|nh|gh|gi|kh|ph|qu|th|tr|ch|[bcdđghklmnpqrstvx]"
_RHYMES = (
    "a ac ach ai am an ang anh ao ap at au ay ă ăc ăm ăn ăng ăp ăt â âc âm ân âng âp ât âu ây e ec em en eng eo ep et "
    "ê êch êm ên ênh êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu o oa oac oach oai oam oan oang oanh oao "
    "oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong ooc oong op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt "
    "u ua uân uâng uât uây uc uê uêch uênh ui um un ung uơ up ut uy uya uych uyên uyêt uyn uynh uyt uyu uôc uôi uôm uôn uông uôt "
    "ư ưa ưc ưi ưm ưn ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu y yêm yên yêng yêt yêu ynh"
)
_TONES = dict.fromkeys(map(ord, "\u0300\u0301\u0303\u0309\u0323"))


def syllables() -> re.Pattern[str]:
    """What a Vietnamese syllable without its tone mark looks like, in small letters."""
    return re.compile(f"(?:{_INITIAL})?(?:{'|'.join(sorted(_RHYMES.split(), key=len, reverse=True))})")


def plausibility(text: str) -> float:
    """From 0 (no word with a diacritic is Vietnamese) to 1 (all are); 0 when there is none."""
    words = [word for word in re.split(r"[\x00-@\[-`{-\x7f]+", text) if word and not word.isascii()]
    if not words:
        return 0.0
    syllable = syllables()
    return sum(syllable.fullmatch(without_tone(word.lower())) is not None for word in words) / len(words)


def without_tone(word: str) -> str:
    """The word without its tone mark; the marks that make other letters (ă, â, ê, ô, ơ, ư, đ) stay."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", word).translate(_TONES))

"""One spelling for many: the form in which text is compared.

NFKC, casefold, invisible characters and accents dropped, traditional Chinese made simplified, look-alike
letters of another alphabet set right inside mixed words, letters pulled apart put together again. What
is plain pays next to nothing: ASCII takes two string operations, plain Cyrillic five.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files

HAN = "㐀-鿿"
_CYRILLIC = "аеорсухкмтвнігјѕԁһԛԝѵ"
_LATIN = "aeopcyxkmtbhirjsdhqwv"
_TO_CYRILLIC = str.maketrans("aeopcyxkmtbhij", "аеорсухкмтвніј")
_TO_LATIN = str.maketrans(_CYRILLIC + "αορεικντυχѡѕ", _LATIN + "aopeikvtuxws")
_SMALL_CAPITALS = dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz", strict=True))
_STROKES = dict(zip("łøđħıŧ", "lodhit", strict=True))
_INVISIBLE = (
    *(0xAD, 0x34F, 0x61C, 0x640, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFEFF, 0xFFA0),
    *range(0x180B, 0x180F),
    *range(0x200B, 0x2010),
    *range(0x202A, 0x202F),
    *range(0x2060, 0x2070),
    *range(0xFE00, 0xFE10),
    *range(0xE0000, 0xE0080),
    *range(0xE0100, 0xE01F0),
    *range(0x300, 0x370),  # combining marks
    *range(0x20D0, 0x2100),
)

_LETTER = re.compile("[a-z]")
_MIXED = re.compile("[а-яіјѕԁһԛԝѵα-ω](?:(?<=[a-z].)|(?=[a-z]))")
_WORD = re.compile(r"[^\W\d_]+")
_HAN_GAP = re.compile(rf"(?<=[{HAN}])[\W_]{{1,3}}(?=[{HAN}])")
_GAPPED = re.compile(rf"[{HAN}][\W_]{{1,3}}[{HAN}]")  # begins with a set, so it scans fast
_SPACE = r" \t-\r\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"  # \s makes a set slow
_ALONE = re.compile(rf"[{_SPACE}.,_*|/·、。-][^\W_][{_SPACE}.,_*|/·、。-]")
_APART = re.compile(r"(?<![^\W_])[^\W_](?:[\W_]{1,3}[^\W_](?![^\W_]))+")
_GAPS = re.compile(r"[\W_]+")


@cache
def table() -> dict[int, str | None]:
    """What single characters become; made once. Chinese from OpenCC's list of characters alone: its
    converter would read the phrases too, for 4 MB and a tenth of a second."""
    made: dict[int, str | None] = {}
    for block in (range(0xC0, 0x250), range(0x1E00, 0x1F00), range(0x370, 0x400)):
        for code in block:
            base = unicodedata.normalize("NFKD", chr(code))[0]
            if base != chr(code) and base.isalpha():
                made[code] = base.casefold()
    for code in range(0x660, 0x1E960):
        if unicodedata.category(chr(code)) == "Nd":
            made[code] = str(unicodedata.digit(chr(code)))
    for start in (0x1F150, 0x1F170):  # letters in dark circles and squares
        made |= {start + i: chr(97 + i) for i in range(26)}
    made |= {ord(k): v for k, v in (_SMALL_CAPITALS | _STROKES).items()}
    made |= dict.fromkeys(_INVISIBLE)
    for line in (files("opencc") / "dictionary" / "TSCharacters.txt").read_text("utf-8").splitlines():
        old, _, new = line.partition("\t")  # of several the first, the usual one
        if (simple := new.split(" ")[0]) != old:
            made[ord(old)] = simple
    return made


@cache
def _changing() -> re.Pattern[str]:
    """Finds a character of the table, or one beyond U+FFFF that is neither of it nor an emoji: a set of
    single ones so far out is slow, and translating leaves what the table has not as it is."""
    near = "".join(re.escape(chr(c)) for c in table() if c <= 0xFFFF)
    return re.compile(f"[{near}\U00010000-\U0001f1ff\U00020000-\U0010ffff]")


def fold(text: str) -> str:
    """The comparable form of a text, its punctuation kept."""
    if text.isascii():
        made = text.lower()
    else:
        made = unicodedata.normalize("NFKC", text).casefold()
        if _changing().search(made):  # a tenth of what translating costs
            made = made.translate(table())
        if "ё" in made:
            made = made.replace("ё", "е")
        if _LETTER.search(made) and _MIXED.search(made):
            made = _WORD.sub(_unmixed, made)
    if "\n" in made or "  " in made:
        made = " ".join(made.split())
    return made


def _unmixed(m: re.Match[str]) -> str:
    """A word of two alphabets set in one: the one it can be written in whole."""
    word = m[0]
    if not _MIXED.search(word):
        return word
    for table_ in (_TO_CYRILLIC, _TO_LATIN):
        one = word.translate(table_)
        if not _MIXED.search(one):
            return one
    return word.translate(_TO_LATIN)


def forms(folded: str) -> tuple[str, ...]:
    """What the phrases are looked for in: the text without gaps between Han characters, and, where
    letters stand alone, the text with those put together (加.薇.信, v x)."""
    first = _closed(folded)
    if _ALONE.search(folded):
        together = _APART.sub(lambda m: _GAPS.sub("", m[0]), folded)
        if together != folded:
            return first, _closed(together)
    return (first,)


def _closed(folded: str) -> str:
    """Without gaps between Han characters."""
    if folded.isascii() or not _GAPPED.search(folded):
        return folded
    return _HAN_GAP.sub("", folded)


def phrase(text: str) -> str:
    """The form in which a phrase of a list is kept."""
    folded = " ".join(fold(text).split())
    return _closed(folded)


def bounded(text: str, start: int, end: int) -> bool:
    """Does text[start:end] stand on word boundaries? Scripts that write without spaces have none."""
    if start > 0 and _binds(text[start]) and _binds(text[start - 1]):
        return False
    return not (end < len(text) and _binds(text[end - 1]) and _binds(text[end]))


def _binds(c: str) -> bool:
    return c.isalnum() and (c < "\u0e00" or not ("\u0e00" <= c <= "\u109f" or c >= "\u2e80"))


def original(text: str, found: str, limit: int = 64) -> str:
    """The stretch of the text as it was written whose comparable form holds `found`; else `found`."""
    if text.isascii():
        at = text.lower().find(found)
        if at >= 0:
            return text[at : at + len(found)][:limit]
    letters: list[str] = []
    places: list[int] = []
    for i, c in enumerate(text):
        for part in fold(c):
            if part.isalnum():
                letters.append(part)
                places.append(i)
    wanted = "".join(c for c in found if c.isalnum())
    row = "".join(letters)
    at = row.find(wanted)
    if at < 0:
        at = row.translate(_TO_LATIN).find(wanted.translate(_TO_LATIN))
    if at < 0 or not wanted:
        return found[:limit]
    return text[places[at] : places[at + len(wanted) - 1] + 1][:limit]

"""Which characters our fonts can draw: UA-1 refuses a document with a single missing glyph."""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

FONTS = Path(__file__).parent / "fonts"
MISSING = "\u25a1"
_INVISIBLE_BUT_MEANT = {"\n", "\u00ad", "\u200b", "\u200c", "\u200d"}
_AS_SPACE = {"\t": "    ", "\r": "", "\u2028": "\n", "\u2029": "\n"}


def printable(value: Any) -> Any:
    """The same JSON value with texts that can be drawn.

    Controls and direction overrides go (they have no ink, and could disguise a text); a character of
    no font becomes □; letters are composed (NFC) because fonts draw « é » better than « e » + « ´ ».
    """
    if isinstance(value, str):
        return "".join(_drawn(char) for char in unicodedata.normalize("NFC", value))
    if isinstance(value, Mapping):
        return {str(key): printable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [printable(inner) for inner in value]
    return value


def _drawn(char: str) -> str:
    if char in _INVISIBLE_BUT_MEANT:
        return char
    if char in _AS_SPACE:
        return _AS_SPACE[char]
    kind = unicodedata.category(char)
    if kind in ("Cc", "Cf"):
        return ""
    if kind in ("Co", "Cs", "Cn") or ord(char) not in _coverage():
        return MISSING
    return char


@lru_cache(maxsize=1)
def _coverage() -> frozenset[int]:
    """Every code point that at least one of our fonts draws."""
    return frozenset(point for path in FONTS.glob("*-Regular.ttf") for point in _code_points(path)) | frozenset(
        _code_points(FONTS / "DejaVuSans.ttf")
    )


def _code_points(path: Path) -> Iterator[int]:
    """The code points of a TrueType font's Windows Unicode map (`cmap`, format 4)."""
    font = path.read_bytes()
    cmap = _table(font, b"cmap")
    for index in range(struct.unpack_from(">H", font, cmap + 2)[0]):
        platform, encoding, offset = struct.unpack_from(">HHI", font, cmap + 4 + 8 * index)
        if (platform, encoding) == (3, 1):
            yield from _format_4(font, cmap + offset)


def _table(font: bytes, name: bytes) -> int:
    for index in range(struct.unpack_from(">H", font, 4)[0]):
        tag, _checksum, offset, _length = struct.unpack_from(">4sIII", font, 12 + 16 * index)
        if tag == name:
            return int(offset)
    raise ValueError(f"no {name!r} table")


def _format_4(font: bytes, start: int) -> Iterator[int]:
    segments = struct.unpack_from(">H", font, start + 6)[0] // 2
    ends = struct.unpack_from(f">{segments}H", font, start + 14)
    firsts = struct.unpack_from(f">{segments}H", font, start + 16 + 2 * segments)
    deltas = struct.unpack_from(f">{segments}H", font, start + 16 + 4 * segments)
    ranges = start + 16 + 6 * segments
    for segment, (first, end, delta) in enumerate(zip(firsts, ends, deltas, strict=True)):
        jump = struct.unpack_from(">H", font, ranges + 2 * segment)[0]
        for point in range(first, end + 1):
            if jump == 0:
                glyph = (point + delta) & 0xFFFF
            else:
                glyph = struct.unpack_from(">H", font, ranges + 2 * segment + jump + 2 * (point - first))[0]
            if glyph and point != 0xFFFF:
                yield point

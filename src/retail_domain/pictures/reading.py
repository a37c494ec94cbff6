"""What the first bytes of a picture say: its kind and its size, before anything decodes it (PIC-R2, PIC-R3)."""

from __future__ import annotations

from enum import Enum
from typing import Final

from attrs import frozen

from retail_domain.kernel.errors import InvalidInput

BYTES_MAX: Final = 8 * 1024 * 1024
PIXELS_MAX: Final = 40_000_000
SIDE_MAX: Final = 16_383
"""The longest side that WebP can hold."""
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_FRAMES: Final = frozenset({0xC0, 0xC1, 0xC2})
"""Baseline, extended and progressive JPEG: what cameras and browsers make."""
_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
_ENDS: Final = frozenset({0xD9, 0xDA})


class PictureKind(Enum):
    """The kinds that are taken. Not SVG, which is a program; not GIF, which is a film."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"


@frozen
class Heading:
    """What a picture says of itself, as it lies there: not yet turned upright."""

    kind: PictureKind
    width: int
    height: int


def heading_of(content: bytes) -> Heading:
    """Kind and size by the first bytes, whatever a name or a header claims.

    Raises InvalidInput: nothing there, too many bytes, another kind, a size that is not told, too many pixels.
    """
    if not content:
        raise _wrong("required", "a picture is expected")
    if len(content) > BYTES_MAX:
        raise _wrong("bytes", f"at most {BYTES_MAX} bytes")
    found = _heading(content)
    if found.width < 1 or found.height < 1:
        raise _wrong("format", "the picture does not tell its size")
    if found.width * found.height > PIXELS_MAX or max(found.width, found.height) > SIDE_MAX:
        raise _wrong("pixels", f"at most {PIXELS_MAX} pixels, and {SIDE_MAX} along a side")
    return found


def _heading(content: bytes) -> Heading:
    if content.startswith(_PNG):
        return Heading(PictureKind.PNG, *_of_png(content))
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return Heading(PictureKind.WEBP, *_of_webp(content))
    if content.startswith(b"\xff\xd8\xff"):
        return Heading(PictureKind.JPEG, *_of_jpeg(content))
    raise _wrong("kind", "a JPEG, PNG or WebP picture is expected")


def _of_png(content: bytes) -> tuple[int, int]:
    if content[12:16] != b"IHDR" or len(content) < 24:
        return 0, 0
    return int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")


def _of_webp(content: bytes) -> tuple[int, int]:
    chunk = content[12:16]
    if len(content) < 30:
        return 0, 0
    if chunk == b"VP8X":
        return 1 + int.from_bytes(content[24:27], "little"), 1 + int.from_bytes(content[27:30], "little")
    if chunk == b"VP8L" and content[20] == 0x2F:
        packed = int.from_bytes(content[21:25], "little")
        return 1 + (packed & 0x3FFF), 1 + (packed >> 14 & 0x3FFF)
    if chunk == b"VP8 " and content[23:26] == b"\x9d\x01\x2a":
        return int.from_bytes(content[26:28], "little") & 0x3FFF, int.from_bytes(content[28:30], "little") & 0x3FFF
    return 0, 0


def _of_jpeg(content: bytes) -> tuple[int, int]:
    at = 2
    while at + 9 < len(content) and content[at] == 0xFF:
        mark = content[at + 1]
        if mark == 0xFF:  # fill bytes may stand before a marker
            at += 1
        elif mark in _FRAMES:
            return int.from_bytes(content[at + 7 : at + 9], "big"), int.from_bytes(content[at + 5 : at + 7], "big")
        elif mark in _ENDS:
            break
        else:
            at += 2 if mark in _ALONE else 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    return 0, 0


def _wrong(rule: str, message: str) -> InvalidInput:
    return InvalidInput.of("picture", rule, message)

"""Pictures to send: sound ones of every kind, and those that mean harm."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any, Final

from PIL import Image

SECRET: Final = b"31.2304N 121.4737E"
_MAKE, _DESCRIPTION, _GPS = 0x010F, 0x010E, 0x8825


def drawn(width: int = 60, height: int = 40, mode: str = "RGB") -> Any:
    """Left half dark, right half light, so that one sees which way it stands."""
    grey = Image.new("L", (width, height), 250)
    grey.paste(5, (0, 0, width // 2, height))
    return grey if mode == "L" else grey.convert(mode)


def sent(kind: str = "JPEG", picture: Any = None, **more: Any) -> bytes:
    """A picture as bytes."""
    out = BytesIO()
    (picture if picture is not None else drawn()).save(out, kind, **more)
    return out.getvalue()


def with_places(kind: str = "JPEG", orientation: int = 1) -> bytes:
    """A picture that tells where and with what it was taken, in every way there is."""
    picture = drawn()
    exif = picture.getexif()
    exif[0x0112], exif[_MAKE], exif[_DESCRIPTION] = orientation, "Camera", SECRET.decode()
    exif.get_ifd(_GPS)[1] = "N"
    exif.get_ifd(_GPS)[2] = (31.0, 13.0, 49.4)
    more: dict[str, Any] = {"exif": exif, "icc_profile": b"profile " + SECRET}
    if kind == "JPEG":
        more["comment"] = SECRET
    if kind in ("JPEG", "WEBP"):
        more["xmp"] = b"<x:xmpmeta>" + SECRET + b"</x:xmpmeta>"
    return sent(kind, picture, **more)


def bomb(side: int = 40_000) -> bytes:
    """A few kilobytes of PNG that want to be a wall of pixels."""
    packed = zlib.compressobj(9)
    row = packed.compress(bytes(side // 8 + 1) * 64) + packed.flush()
    return png(side, side, row)


def png(width: int, height: int, data: bytes) -> bytes:
    """A PNG of one bit a pixel with this packed data, whatever it says of its size."""
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, it) for name, it in ((b"IHDR", head), (b"IDAT", data), (b"IEND", b"")))


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def moving(kind: str) -> bytes:
    """Two frames."""
    return sent(kind, drawn(), save_all=True, append_images=[drawn(60, 40).rotate(180)], duration=100)


def shape_of(content: bytes) -> tuple[str, tuple[int, int]]:
    """Kind and size."""
    with Image.open(BytesIO(content)) as opened:
        return str(opened.format), opened.size


def pixel(content: bytes, x: float, y: float) -> tuple[int, ...]:
    """The colour at a place, in shares of the width and height."""
    with Image.open(BytesIO(content)) as opened:
        plain = opened.convert("RGB")
        found: tuple[int, ...] = plain.getpixel((int(x * (plain.width - 1)), int(y * (plain.height - 1))))
        return found


def told_by(content: bytes) -> dict[str, Any]:
    """Everything that a file says beside its pixels."""
    with Image.open(BytesIO(content)) as opened:
        own = {
            "jfif",
            "jfif_version",
            "jfif_unit",
            "jfif_density",
            "progressive",
            "progression",
            "loop",
            "background",
            "timestamp",
            "duration",
            "dpi",
        }
        return {"exif": dict(opened.getexif()), **{name: value for name, value in opened.info.items() if name not in own}}

"""Decodes one picture and writes it anew; run as a program of its own, so that nothing that was sent hurts anybody else.

    python -m retail_adapters.pictures.decoding SECONDS BYTES < sent > made

Out comes a line of JSON, `{"unfit": "broken"}` or `{"width": .., "height": .., "files": [["800.webp", 1234], ..]}`, and
after it the bytes of those files. Whoever is stopped by the limits says nothing, and ends with another number than 0.
"""

from __future__ import annotations

import json
import sys
import warnings
from io import BytesIO
from typing import Any, BinaryIO, Final

from retail_domain.kernel.errors import InvalidInput
from retail_domain.pictures.model import Unfit, files_of
from retail_domain.pictures.reading import PIXELS_MAX, heading_of

_WEBP_QUALITY: Final = 80
_JPEG_QUALITY: Final = 82
_PAPER: Final = (255, 255, 255)


class CannotShow(Exception):
    """The picture is none that can be shown."""

    def __init__(self, unfit: Unfit) -> None:
        super().__init__(unfit.value)
        self.unfit = unfit


def limit(seconds: int, memory: int) -> None:
    """From here on this process has no more time and memory than that, and opens no further files to write."""
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def prepared(content: bytes) -> tuple[int, int, list[tuple[str, bytes]]]:
    """The size upright, and every file by what follows the picture's name. Raises CannotShow."""
    try:
        heading = heading_of(content)
    except InvalidInput as wrong:
        too_large = wrong.problems[0].rule in ("pixels", "bytes")
        raise CannotShow(Unfit.TOO_LARGE if too_large else Unfit.BROKEN) from None
    picture = _decoded(content, heading.kind.value.upper())
    width, height = picture.size
    made = [(one.name.removeprefix("-"), one.width, one.height) for one in files_of("", width, height)]
    return width, height, [(name, _written(picture, name, (w, h))) for name, w, h in made]


def _decoded(content: bytes, kind: str) -> Any:
    """The pixels, upright, in plain colours; nothing else of what was sent is in it."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = PIXELS_MAX
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(BytesIO(content), formats=[kind]) as opened:
            if opened.width * opened.height > PIXELS_MAX:
                raise CannotShow(Unfit.TOO_LARGE)
            if kind != "JPEG" and getattr(opened, "n_frames", 1) > 1:  # phones put a second JPEG behind the first
                raise CannotShow(Unfit.MOVING)
            opened.load()
            upright = ImageOps.exif_transpose(opened)
            return _plain(upright)
    except CannotShow:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise CannotShow(Unfit.TOO_LARGE) from None
    except MemoryError:
        raise CannotShow(Unfit.TOO_HARD) from None
    except Exception:  # noqa: BLE001 - decoders raise whatever they like about bytes that are none of theirs
        raise CannotShow(Unfit.BROKEN) from None


def _plain(picture: Any) -> Any:
    """RGB, or RGBA where anything shines through; made of the pixels alone, so that no profile and no place comes along."""
    from PIL import Image

    if picture.mode.startswith("I") or picture.mode == "F":  # 16 bits a pixel: the upper eight
        picture = picture.point(lambda value: value / 256).convert("L")
    has_alpha = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    colours = picture.convert("RGBA" if has_alpha else "RGB")
    bare = Image.new(colours.mode, colours.size)
    bare.paste(colours)
    return bare


def _written(picture: Any, name: str, size: tuple[int, int]) -> bytes:
    from PIL import Image

    scaled = picture if size == picture.size else picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    out = BytesIO()
    if name.endswith(".webp"):
        scaled.save(out, "WEBP", quality=_WEBP_QUALITY, method=4)
        return out.getvalue()
    if scaled.mode == "RGBA":  # a card has paper behind it
        paper = Image.new("RGB", scaled.size, _PAPER)
        paper.paste(scaled, mask=scaled.getchannel("A"))
        scaled = paper
    scaled.save(out, "JPEG", quality=_JPEG_QUALITY, optimize=True, progressive=True)
    return out.getvalue()


def main(given: BinaryIO, out: BinaryIO, arguments: list[str]) -> int:
    """One picture in, its files out."""
    from PIL import JpegImagePlugin, PngImagePlugin, WebPImagePlugin  # noqa: F401 - before memory and files are limited

    limit(*map(int, arguments))
    try:
        width, height, files = prepared(given.read())
    except CannotShow as why:
        out.write(json.dumps({"unfit": why.unfit.value}).encode() + b"\n")
        return 0
    told = {"width": width, "height": height, "files": [[name, len(content)] for name, content in files]}
    out.write(json.dumps(told).encode() + b"\n")
    for _, content in files:
        out.write(content)
    out.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.stdin.buffer, sys.stdout.buffer, sys.argv[1:]))

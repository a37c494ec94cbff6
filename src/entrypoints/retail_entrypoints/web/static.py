"""Style sheets, modules and marks: read once, named by their content, and kept by browsers for a year."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from attrs import field, frozen

_KINDS: Final = {
    "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml", "webp": "image/webp",
    "png": "image/png",
}  # fmt: skip
# What is served under one name is made of several files, in this order.
_SHEETS: Final = {"shop.css": ("tokens.css", "shop.css"), "desk.css": ("tokens.css", "desk.css")}

WORKER: Final = "sw.js"
"""It is served at the root, with a head that names the files of this release."""
_AT_HAND: Final = ("shop.css", "shop.js", "mark.svg", "icons.svg", "icon-192.png")


@frozen
class StaticFile:
    """A file as it is sent: whole, and packed once for all."""

    media_type: str
    body: bytes = field(repr=False)
    packed: bytes = field(repr=False)


@frozen
class StaticFiles:
    """The files by the name they are served under, and how a page names them."""

    files: Mapping[str, StaticFile]
    names: Mapping[str, str]

    def address(self, name: str) -> str:
        """Where a file lies, its content in its name. Raises KeyError."""
        return f"/static/{self.names[name]}"


@cache
def static_files() -> StaticFiles:
    """Everything in `static/`."""
    folder = files(__package__).joinpath("static")
    found: dict[str, StaticFile] = {}
    names: dict[str, str] = {}
    for name in sorted(each.name for each in folder.iterdir()):
        stem, _, kind = name.rpartition(".")
        if kind not in _KINDS or name in ("tokens.css", WORKER):
            continue
        body = b"".join(folder.joinpath(part).read_bytes() for part in _SHEETS.get(name, (name,)))
        hashed = f"{stem}.{hashlib.sha256(body).hexdigest()[:12]}.{kind}"
        names[name] = hashed
        found[hashed] = StaticFile(_KINDS[kind], body, gzip.compress(body, 9, mtime=0))
    return StaticFiles(found, names)


@cache
def service_worker() -> bytes:
    """The worker that keeps the shop at hand offline; it changes with any file that it keeps."""
    source = files(__package__).joinpath("static", WORKER).read_bytes()
    paths = [static_files().address(name) for name in _AT_HAND]
    release = hashlib.sha256(b"\0".join((source, *(path.encode() for path in paths)))).hexdigest()[:12]
    listed = ", ".join(f'"{path}"' for path in ("/offline", *paths))
    return f'const RELEASE = "{release}", FILES = [{listed}];\n'.encode() + source

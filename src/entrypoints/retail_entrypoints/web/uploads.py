"""Forms with files (multipart/form-data), read as browsers write them and no other way (R34, R37)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from attrs import field, frozen

from retail_entrypoints.http.refusals import Malformed, TooLarge

_TYPE: Final = re.compile(r'multipart/form-data\s*;\s*boundary=("?)([A-Za-z0-9\'()+_,./:=?-]{1,70})\1\s*', re.IGNORECASE)
_PART: Final = re.compile(rb'form-data; *name="([^"\r\n]{1,64})"(?:; *filename="([^"\r\n]*)")?', re.IGNORECASE)
_DISPOSITION: Final = b"content-disposition:"
_HEAD_BYTES_MAX: Final = 2_048


@frozen
class SentFile:
    """A file that was chosen in a form; what it is called and said to be matters to nobody."""

    name: str
    content: bytes = field(repr=False)


def boundary_of(content_type: str) -> bytes | None:
    """What parts a form with files; None for a form of another type. Raises Malformed for one that cannot be read."""
    if not content_type.lower().startswith("multipart/form-data"):
        return None
    found = _TYPE.fullmatch(content_type)
    if found is None:
        raise Malformed.because("", "form", "a form with files names its boundary")
    return found[2].encode()


def read_parts(raw: bytes, boundary: bytes, parts_max: int) -> tuple[Sequence[tuple[str, str]], Sequence[SentFile]]:
    """Fields and files, in their order; a choice of no file is no file. Raises Malformed, TooLarge."""
    fields: list[tuple[str, str]] = []
    files: list[SentFile] = []
    for name, file_name, content in _parts(raw, boundary, parts_max):
        if file_name is None:
            try:
                fields.append((name, content.decode("utf-8")))
            except UnicodeDecodeError:
                raise Malformed.because(name, "utf8", "the form is not UTF-8") from None
        elif file_name or content:
            files.append(SentFile(name, content))
    return fields, files


def _parts(raw: bytes, boundary: bytes, parts_max: int) -> Iterator[tuple[str, bytes | None, bytes]]:
    pieces = (b"\r\n" + raw).split(b"\r\n--" + boundary, parts_max + 2)
    if len(pieces) > parts_max + 2:
        raise TooLarge()
    before, *parts, end = pieces if len(pieces) > 1 else (raw, b"")
    if before or end not in (b"--", b"--\r\n"):
        raise Malformed.because("", "form", "the form with files is broken off")
    for part in parts:
        head, is_parted, content = part.partition(b"\r\n\r\n")
        if not head.startswith(b"\r\n") or not is_parted or len(head) > _HEAD_BYTES_MAX:
            raise Malformed.because("", "form", "a part of the form has no head")
        name, file_name = _named(head)
        yield name, file_name, content


def _named(head: bytes) -> tuple[str, bytes | None]:
    told = [line for line in head.split(b"\r\n") if line.lower().startswith(_DISPOSITION)]
    found = _PART.fullmatch(told[0][len(_DISPOSITION) :].strip()) if len(told) == 1 else None
    if found is None or not found[1].isascii():
        raise Malformed.because("", "form", "a part of the form has no name")
    return found[1].decode("ascii"), found[2]

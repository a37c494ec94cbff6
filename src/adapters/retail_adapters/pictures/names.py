"""The spelling of names: nothing that a name says leads out of the place where pictures are kept (PIC-R6)."""

from __future__ import annotations

import re
from typing import Final

_NAME: Final = re.compile(r"sent/[0-9a-f]{32}|[0-9a-f]{64}-[1-9][0-9]{0,4}\.(webp|jpg)", re.ASCII)


def checked_name(name: str) -> str:
    """The name itself. Raises ValueError for another spelling."""
    if not _NAME.fullmatch(name):
        raise ValueError("a file of a picture is named sent/<id> or <hash>-<width>.<webp or jpg>")
    return name

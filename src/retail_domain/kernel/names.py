"""Names that programs give: what they are called in the database and in the books (命名)."""

from __future__ import annotations

import re
from typing import Final

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,30}")


def is_name(text: str) -> bool:
    """Small letters, digits and underscores, a letter first, 31 at most: several of them can be kept joined by blanks."""
    return _NAME.fullmatch(text) is not None

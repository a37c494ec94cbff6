"""Which terms of privacy members agree to."""

from __future__ import annotations

import re
from typing import Final

_VERSION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")


def terms_setting(text: str) -> str:
    """A version's name. Raises ValueError."""
    if not _VERSION.fullmatch(text):
        raise ValueError("a short name of a version, such as 2026-11")
    return text

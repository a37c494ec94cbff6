"""How Chinese sentences are punctuated."""

from __future__ import annotations

import re
from typing import Final

_LATIN_MARKS: Final = re.compile(r"(?<=[\u4e00-\u9fff])\)?[,;:!?]|[,;:!?](?=[\u4e00-\u9fff])")


def latin_marks(sentence: str) -> list[str]:
    """Where a Latin comma, semicolon, colon or the like stands beside a Chinese character, with what is around it."""
    return [sentence[max(0, one.start() - 4) : one.end() + 4] for one in _LATIN_MARKS.finditer(sentence)]

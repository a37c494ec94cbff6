"""Files that nobody but their owner may read."""

from __future__ import annotations

import os
from pathlib import Path

from retail_domain.kernel.errors import InvalidInput


def write_private(file: Path, text: str) -> None:
    """Write a file anew, all of it or nothing; one that is there is replaced. Raises InvalidInput where that cannot be."""
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as opened:
            opened.write(text)
        beside.replace(file)
    except OSError as wrong:
        beside.unlink(missing_ok=True)
        raise InvalidInput.of("file", "unwritable", f"{file}: {wrong.strerror}") from None

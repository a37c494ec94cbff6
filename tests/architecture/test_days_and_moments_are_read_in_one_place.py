"""Days and moments that somebody typed are read by the kernel, which knows the edges of the calendar (GEN-R22)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

SRC: Final = Path(__file__).parents[2] / "src"
READS: Final = re.compile(r"\b(?:date|datetime)\.(?:fromisoformat|strptime)\(")
OWN: Final = {
    "retail_domain/kernel/reading.py": "the readers",
    "entrypoints/retail_entrypoints/simulators/sandbox/clock.py": "its own file, which it wrote itself",
}


@pytest.mark.parametrize("place", ["retail_domain", "entrypoints/retail_entrypoints"])
def test_nobody_reads_a_day_by_himself(place: str) -> None:
    """GEN-R22: a reader of one's own takes what no zone and no sum of days can be made of."""
    found = {str(path.relative_to(SRC)) for path in (SRC / place).rglob("*.py") if READS.search(path.read_text())}

    assert found == {one for one in OWN if one.startswith(place)}

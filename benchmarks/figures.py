"""Numbers and tables: medians, ratios, and Markdown between markers."""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence
from pathlib import Path

from attrs import frozen


def median(values: Sequence[float]) -> float:
    """The middle one; of nothing, a refusal."""
    return statistics.median(values)


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """Ours against theirs, round by round: what slows a round down slows both sides of it. Raises ValueError."""
    return [one / other for one, other in zip(ours, theirs, strict=True)]


def short(number: float) -> str:
    """Three digits that count, thousands apart."""
    if number == 0:
        return "0"
    size = abs(number)
    digits = 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 0.1 else 3
    return f"{number:,.{digits}f}"


@frozen
class Table:
    """Rows under a head, with a sentence before and after."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    before: str = ""
    after: str = ""

    def __attrs_post_init__(self) -> None:
        if any(len(row) != len(self.head) for row in self.rows):
            raise ValueError("every row has a cell for each column")

    def markdown(self) -> str:
        """As it stands on the page: the first column to the left, numbers to the right."""
        rule = ("---",) + ("--:",) * (len(self.head) - 1)
        lines = [_row(self.head), _row(rule), *map(_row, self.rows)]
        parts = [f"### {self.title}", self.before, "\n".join(lines), self.after]
        return "\n\n".join(part for part in parts if part)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '∣') for cell in cells)} |"


class NoMarkers(Exception):
    """The page has no place for this part."""


def put_between_markers(page: str, part: str, text: str) -> str:
    """The page with a part of it renewed. Raises NoMarkers."""
    begin, end = f"<!-- bench:{part} -->", f"<!-- end:{part} -->"
    found = re.compile(f"({re.escape(begin)}\n).*?({re.escape(end)})", re.DOTALL)
    if not found.search(page):
        raise NoMarkers(part)
    return found.sub(lambda old: f"{old[1]}\n{text.strip()}\n\n{old[2]}", page, count=1)


def write_part(file: Path, part: str, text: str) -> None:
    """Renew one part of a page on disk."""
    file.write_text(put_between_markers(file.read_text(encoding="utf-8"), part, text), encoding="utf-8")

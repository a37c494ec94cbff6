"""The day book in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import ClassVar, Final

from retail_adapters.memory.store import MemoryCollection, MemorySession
from retail_adapters.paging import cursor_of, key_after
from retail_domain.kernel.change import Change
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.payments import AccountMoved, BookClosing, BookDay, BookReach, DayPart, PlacedEntry, Posting

_APART: Final = 1_000
"""A posting has fewer entries than this: its number and theirs are one position."""


class MemoryBooks(MemoryCollection[int, BookClosing]):
    """The days of the ledger; see the port. What is committed when it is first asked for is the moment that it speaks of."""

    table: ClassVar[str] = "book_closings"
    key_columns: ClassVar[str] = "number"

    def __init__(self, session: MemorySession) -> None:
        super().__init__(session)
        self._postings: Sequence[Posting] = tuple(session.memory.log("ledger"))
        self._closings: Sequence[BookClosing] = tuple(sorted(self._committed().values(), key=lambda one: one.number))
        self._days: Sequence[BookDay] = tuple(session.memory.log("book_days"))

    def key(self, state: BookClosing) -> int:
        """Its number."""
        return state.number

    async def standstill(self) -> None:
        """What is committed later has later positions."""

    async def newest(self) -> BookClosing | None:
        """The last one."""
        return self._closings[-1] if self._closings else None

    async def closings(self) -> Sequence[BookClosing]:
        """By number."""
        return self._closings

    async def closed_days(self, first: date, last: date) -> Sequence[BookDay]:
        """By day, account and currency."""
        found = [one for one in self._days if first <= one.day <= last]
        return sorted(found, key=lambda one: (one.day, one.account, one.currency))

    async def next_at(self, after: BookClosing | None, at: datetime) -> datetime | None:
        """The earliest."""
        return min((when for when, _ in self._open(after) if when >= at), default=None)

    async def moved(self, after: BookClosing | None, moments: Sequence[datetime]) -> Sequence[AccountMoved]:
        """Added up."""
        sums: dict[tuple[int, str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
        parts = list(pairwise(moments))
        for when, one in self._open(after):
            place = next((place for place, (start, end) in enumerate(parts) if start <= when < end), None)
            if place is not None:
                minor = one.entry.amount.minor
                sum = sums[place, one.entry.account, one.entry.amount.currency]
                sum[0 if minor > 0 else 1] += abs(minor)
                sum[2] += 1
        return [
            AccountMoved(
                place=place, account=account, currency=currency, debit_minor=debit, credit_minor=credit, entries=entries
            )
            for (place, account, currency), (debit, credit, entries) in sums.items()
        ]  # fmt: skip

    async def reach(self, after: BookClosing | None, at: datetime) -> BookReach:
        """To the last posting."""
        up_to = max((one.position for one in self._placed()), default=0)
        return BookReach(
            up_to=up_to, open_from=min((one.position for when, one in self._open(after) if when >= at), default=up_to + 1)
        )

    async def entries(self, part: DayPart, page: PageRequest) -> Page[PlacedEntry]:
        """By position."""
        (behind,) = key_after(page.cursor, (0,))
        found = [one for one in self._placed() if one.position > behind and _is_of(one, part)]
        shown = tuple(found[: page.limit])
        return Page(shown, cursor_of(shown[-1].position) if len(found) > page.limit else None)

    def close(self, change: Change[BookClosing], days: Sequence[BookDay]) -> None:
        """Stage both."""
        self.save(change)
        for one in days:
            self.log("book_days", one)

    def _placed(self) -> Iterator[PlacedEntry]:
        for number, posting in enumerate(self._postings, start=1):
            for place, entry in enumerate(posting.entries):
                yield PlacedEntry(
                    position=number * _APART + place, reference=posting.reference, order_id=posting.order_id, entry=entry,
                    at=posting.at,
                )  # fmt: skip

    def _open(self, after: BookClosing | None) -> Iterator[tuple[datetime, PlacedEntry]]:
        """Entries that lie in no closed day, and when they count."""
        for one in self._placed():
            if after is None:
                yield one.at, one
            elif one.position > after.up_to or one.at >= after.ends_at:
                yield max(one.at, after.ends_at), one


def _is_of(one: PlacedEntry, part: DayPart) -> bool:
    if not part.first <= one.position <= part.last:
        return False
    return part.start <= one.at < part.end or (one.position > part.late_after and one.at < part.late_until)

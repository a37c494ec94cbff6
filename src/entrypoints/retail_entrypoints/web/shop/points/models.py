"""What the page of points shows: how a member stands, what expires when, and what moved points, in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from attrs import frozen

from retail_domain.kernel.paging import Page
from retail_domain.points import Because, ExpiringPoints, PointsAre, PointsBalance, PointsEntry

_WAYS: Final[Mapping[tuple[PointsAre, PointsAre], str]] = {
    (PointsAre.FROZEN, PointsAre.FREE): "released",
    (PointsAre.FREE, PointsAre.LOCKED): "locked",
    (PointsAre.LOCKED, PointsAre.FREE): "unlocked",
    (PointsAre.LOCKED, PointsAre.SPENT): "spent",
    (PointsAre.FREE, PointsAre.SPENT): "taken",
    (PointsAre.SPENT, PointsAre.FREE): "given_back",
    (PointsAre.FREE, PointsAre.OWED): "repaid",
    (PointsAre.OWED, PointsAre.REVOKED): "owed",
}


@frozen(kw_only=True)
class PointsLine:
    """One thing that moved points: what it was, how many, and the order that it concerns, if any."""

    what: str
    """The word for it: what brought points, or where they went."""
    units: int
    worth: int
    """What the balance grew by."""
    note: str
    order_id: str | None
    at: datetime

    @classmethod
    def of(cls, entry: PointsEntry) -> PointsLine:
        """As a member reads it."""
        if entry.out_of is PointsAre.OUTSIDE:
            what = entry.key.source.value
        elif entry.went_to is PointsAre.EXPIRED:
            what = "expired"
        else:
            what = _WAYS.get((entry.out_of, entry.went_to), "revoked")
        of_order = entry.cause.because is Because.ORDER
        return cls(
            what=what, units=entry.units, worth=entry.worth, note=entry.note, order_id=entry.cause.ref if of_order else None,
            at=entry.at,
        )  # fmt: skip


@frozen(kw_only=True)
class PointsPage:
    """The whole page."""

    available: int
    frozen: int
    locked: int
    debt: int
    expiring: tuple[ExpiringPoints, ...]
    lines: tuple[PointsLine, ...]
    next_cursor: str | None

    @classmethod
    def of(cls, stands: PointsBalance, entries: Page[PointsEntry]) -> PointsPage:
        """Balance and a page of the history."""
        return cls(
            available=stands.available, frozen=stands.frozen, locked=stands.locked, debt=stands.debt,
            expiring=stands.expiring, lines=tuple(map(PointsLine.of, entries.items)), next_cursor=entries.next_cursor,
        )  # fmt: skip

"""Lot: points that came together, for one cause, and what has become of each of them (PTS-R1)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from attrs import evolve, field, frozen

from retail_domain.kernel.change import Change
from retail_domain.kernel.clock import has_passed
from retail_domain.kernel.ids import MemberId
from retail_domain.points.states import HELD, PointsAre, PointsCause, PointsSource

POINTS_MAX: Final = 10**9
"""No lot is larger, so that sums of lots never overflow a column."""


@frozen
class LotKey:
    """What a lot is for; one award for a cause (PTS-R2)."""

    ref: str
    """The id of what brought it."""
    source: PointsSource

    @property
    def in_order(self) -> tuple[str, str]:
        """Where it stands among others."""
        return self.ref, self.source.value


@frozen(kw_only=True)
class PointsEntry:
    """One line of the ledger: so many points of a lot went from one standing to another, and why. It never changes."""

    member_id: MemberId
    key: LotKey
    number: int
    """From 1, within its lot."""
    units: int
    out_of: PointsAre
    went_to: PointsAre
    cause: PointsCause
    note: str = field(default="", repr=False)
    """Why somebody of staff added or took points, in their words."""
    at: datetime
    version: int = 0

    def __attrs_post_init__(self) -> None:
        if self.units < 1 or self.out_of is self.went_to or self.went_to is PointsAre.OUTSIDE:
            raise ValueError("an entry moves at least one point to somewhere else")

    @property
    def worth(self) -> int:
        """What it does to the balance of its member (PTS-I1)."""
        return ((self.went_to in HELD) - (self.out_of in HELD)) * self.units


@frozen(kw_only=True)
class PointsLot:
    """Points of one cause. `amount` is the sum of where they stand; `owed` is below nothing where they were not enough.

    `undone` counts what was taken back on account of this lot's cause, whichever lot it was taken from (PTS-R8). `entries` are
    those of this change alone: a stored lot is loaded without them.
    """

    member_id: MemberId
    key: LotKey
    amount: int
    frozen: int = 0
    free: int = 0
    locked: int = 0
    spent: int = 0
    expired: int = 0
    revoked: int = 0
    owed: int = 0
    undone: int = 0
    written: int = 0
    """How many entries it has."""
    made_at: datetime
    available_from: datetime | None = None
    expires_at: datetime | None = None
    entries: tuple[PointsEntry, ...] = ()
    version: int = 0

    def __attrs_post_init__(self) -> None:
        if not 1 <= self.amount <= POINTS_MAX:
            raise ValueError(f"a lot has 1 to {POINTS_MAX} points")
        counts = (self.frozen, self.free, self.locked, self.spent, self.expired, self.revoked)
        if min(*counts, self.undone) < 0 or sum(counts) + self.owed != self.amount:
            raise ValueError("every point of a lot stands in one place")

    @classmethod
    def made(  # noqa: PLR0913 - all that is told of a lot at once
        cls, member_id: MemberId, key: LotKey, amount: int, *, into: PointsAre, cause: PointsCause, at: datetime,
        expires_at: datetime | None = None, note: str = "",
    ) -> Change[PointsLot]:  # fmt: skip
        """Something brings points: frozen ones, or such as can be spent."""
        entry = PointsEntry(
            member_id=member_id, key=key, number=1, units=amount, out_of=PointsAre.OUTSIDE, went_to=into, cause=cause,
            note=note, at=at,
        )  # fmt: skip
        is_free = into is PointsAre.FREE
        lot = cls(
            member_id=member_id, key=key, amount=amount, frozen=0 if is_free else amount, free=amount if is_free else 0,
            written=1, made_at=at, available_from=at if is_free else None, expires_at=expires_at, entries=(entry,),
        )  # fmt: skip
        return Change(None, lot)

    def has_expired(self, at: datetime) -> bool:
        """Whether what is left of it cannot be spent any more, whatever a timer has done (PTS-R9)."""
        return has_passed(self.expires_at, at)

    def spendable(self, at: datetime) -> int:
        """How many of it can be spent."""
        return 0 if self.has_expired(at) else self.free

    def lapsed(self, at: datetime) -> int:
        """How many of it have expired, and are not written off yet."""
        return self.free if self.has_expired(at) else 0

    def moved(  # noqa: PLR0913 - what an entry says
        self, units: int, out_of: PointsAre, into: PointsAre, *, cause: PointsCause, at: datetime, note: str = ""
    ) -> PointsLot:
        """Some of its points go from one standing to another; of none nothing is said."""
        if not units:
            return self
        counts = {one.value: getattr(self, one.value) for one in (out_of, into)}
        counts[out_of.value] -= units
        counts[into.value] += units
        entry = PointsEntry(
            member_id=self.member_id, key=self.key, number=self.written + 1, units=units, out_of=out_of, went_to=into,
            cause=cause, note=note, at=at,
        )  # fmt: skip
        return evolve(self, **counts, written=entry.number, entries=(*self.entries, entry))


def in_turn(lot: PointsLot) -> tuple[bool, datetime, datetime, tuple[str, str]]:
    """Which lot is taken from first: the nearest expiry, then the oldest (PTS-R7)."""
    return lot.expires_at is None, lot.expires_at or lot.made_at, lot.made_at, lot.key.in_order

"""Lot: money that came into a wallet together, whence it came, and what has become of each unit of it (MSC-R6)."""

from __future__ import annotations

from datetime import datetime

from attrs import evolve, field, frozen

from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import MemberId
from retail_domain.kernel.money import MINOR_MAX, Money
from retail_domain.wallet.states import IN_THE_WALLET, PAID_OUT_OF, WalletCause, WalletMoney, Whence


@frozen
class WalletLotKey:
    """What a lot is for: whatever brought it brings it once."""

    ref: str
    """The id of what brought it."""
    whence: Whence

    @property
    def in_order(self) -> tuple[str, str]:
        """Where it stands among others."""
        return self.ref, self.whence.value


@frozen(kw_only=True)
class WalletEntry:
    """One line of the ledger: so much of a lot went from one standing to another, and why. It never changes."""

    member_id: MemberId
    key: WalletLotKey
    number: int
    """From 1, within its lot."""
    amount: Money
    out_of: WalletMoney
    went_to: WalletMoney
    cause: WalletCause
    note: str = field(default="", repr=False)
    """Why somebody of staff gave or took it, in their words."""
    at: datetime
    version: int = 0

    def __attrs_post_init__(self) -> None:
        if self.amount.minor < 1 or self.out_of is self.went_to or self.went_to is WalletMoney.OUTSIDE:
            raise ValueError("an entry moves something to somewhere else")

    @property
    def worth_minor(self) -> int:
        """What it does to the balance of its member."""
        return ((self.went_to in IN_THE_WALLET) - (self.out_of in IN_THE_WALLET)) * self.amount.minor


@frozen(kw_only=True)
class WalletLot:
    """Money of one cause; `amount_minor` is the sum of where it stands, and nothing of it is ever below nothing.

    `entries` are those of this change alone: a stored lot is loaded without them.
    """

    member_id: MemberId
    key: WalletLotKey
    currency: str
    amount_minor: int
    free: int = 0
    used: int = 0
    frozen: int = 0
    paid_out: int = 0
    taken: int = 0
    forfeited: int = 0
    written: int = 0
    """How many entries it has."""
    made_at: datetime
    entries: tuple[WalletEntry, ...] = ()
    version: int = 0

    def __attrs_post_init__(self) -> None:
        if not 1 <= self.amount_minor <= MINOR_MAX:
            raise ValueError("a lot is of something, and of no more than the shop handles")
        counts = (self.free, self.used, self.frozen, self.paid_out, self.taken, self.forfeited)
        if min(counts) < 0 or sum(counts) != self.amount_minor:
            raise ValueError("every unit of a lot stands in one place")
        if (self.frozen or self.paid_out) and self.key.whence not in PAID_OUT_OF:
            raise ValueError("what was given is never paid out")

    @classmethod
    def made(  # noqa: PLR0913 - all that is told of a lot at once
        cls, member_id: MemberId, key: WalletLotKey, amount: Money, *, cause: WalletCause, at: datetime, note: str = ""
    ) -> Change[WalletLot]:
        """Something brings money."""
        entry = WalletEntry(
            member_id=member_id, key=key, number=1, amount=amount, out_of=WalletMoney.OUTSIDE, went_to=WalletMoney.FREE,
            cause=cause, note=note, at=at,
        )  # fmt: skip
        lot = cls(
            member_id=member_id, key=key, currency=amount.currency, amount_minor=amount.minor, free=amount.minor, written=1,
            made_at=at, entries=(entry,),
        )  # fmt: skip
        return Change(None, lot)

    @property
    def is_paid_out(self) -> bool:
        """Whether what is free of it may be paid out."""
        return self.key.whence in PAID_OUT_OF

    def moved(  # noqa: PLR0913 - what an entry says
        self, minor: int, out_of: WalletMoney, into: WalletMoney, *, cause: WalletCause, at: datetime, note: str = ""
    ) -> WalletLot:
        """Some of it goes from one standing to another; of nothing, nothing is said."""
        if not minor:
            return self
        counts = {one.value: getattr(self, one.value) for one in (out_of, into)}
        counts[out_of.value] -= minor
        counts[into.value] += minor
        entry = WalletEntry(
            member_id=self.member_id, key=self.key, number=self.written + 1, amount=Money(minor, self.currency), out_of=out_of,
            went_to=into, cause=cause, note=note, at=at,
        )  # fmt: skip
        return evolve(self, **counts, written=entry.number, entries=(*self.entries, entry))


def used_first(lot: WalletLot) -> tuple[bool, datetime, tuple[str, str]]:
    """Which lot is taken from first: what was given, then the oldest."""
    return lot.key.whence is not Whence.GIVEN, lot.made_at, lot.key.in_order

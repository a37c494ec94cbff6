"""Ledger: a member's wallet, and those of its lots and uses that a decision needs; each decision answers what it has become."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from attrs import evolve, frozen

from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import MemberId
from retail_domain.kernel.money import Money
from retail_domain.wallet.errors import TooLittleInWallet
from retail_domain.wallet.lot import WalletLot, WalletLotKey, used_first
from retail_domain.wallet.states import WalletCause, WalletMoney


@frozen(kw_only=True)
class WalletAccount:
    """What rivals for a member's wallet meet at; every decision changes it. `decisions` counts them."""

    member_id: MemberId
    decisions: int = 0
    version: int = 0


@frozen(kw_only=True)
class WalletUse:
    """Money of one lot that one order was charged with, or one withdrawal froze; what came `back` of it is in its lot again."""

    cause: WalletCause
    turn: int
    """From 1: which was taken first."""
    member_id: MemberId
    key: WalletLotKey
    minor: int
    back: int = 0
    version: int = 0

    def __attrs_post_init__(self) -> None:
        if not 0 <= self.back <= self.minor or not self.minor or self.turn < 1:
            raise ValueError("no more comes back than was taken")

    @property
    def open_minor(self) -> int:
        """How much of it has not come back."""
        return self.minor - self.back


@frozen
class WalletLedger:
    """Where decisions about a wallet are made.

    Its lots are all that something is free of, and those of its uses; its uses are those of the one cause that is looked at.
    """

    account: Change[WalletAccount]
    lots: Mapping[WalletLotKey, Change[WalletLot]]
    uses: tuple[Change[WalletUse], ...] = ()

    @classmethod
    def of(
        cls, account: WalletAccount, is_new: bool, lots: Iterable[WalletLot], uses: Iterable[WalletUse] = ()
    ) -> WalletLedger:
        """As they were loaded."""
        known = {one.key: Change(one, one) for one in lots}
        return cls(Change(None if is_new else account, account), known, tuple(Change(one, one) for one in uses))

    def free(self, currency: str) -> int:
        """What can be used now."""
        return sum(lot.free for lot in self._lots() if lot.currency == currency)

    def payable_out(self, currency: str) -> int:
        """What of it may be paid out: never what was given."""
        return sum(lot.free for lot in self._lots() if lot.currency == currency and lot.is_paid_out)

    def taken_for(self, cause: WalletCause) -> int:
        """How much something has taken and not given back."""
        return sum(use.state.open_minor for use in self.uses if use.state.cause == cause)

    # ---- more --------------------------------------------------------------------------------------------------------

    def credit(self, made: Change[WalletLot]) -> WalletLedger:
        """A lot comes in."""
        return self._put(made)._decided()

    # ---- orders and withdrawals --------------------------------------------------------------------------------------

    def charge(self, amount: Money, cause: WalletCause, at: datetime) -> WalletLedger:
        """An order takes so much: what was given first, then the oldest. Raises TooLittleInWallet."""
        return self._used(amount, WalletMoney.USED, lambda lot: True, cause, at)

    def freeze(self, amount: Money, cause: WalletCause, at: datetime) -> WalletLedger:
        """So much waits to be paid out, the oldest first, and none that was given. Raises TooLittleInWallet."""
        return self._used(amount, WalletMoney.FROZEN, lambda lot: lot.is_paid_out, cause, at)

    def give_back(self, minor: int, cause: WalletCause, at: datetime, out_of: WalletMoney = WalletMoney.USED) -> WalletLedger:
        """So much of what was taken for it is free again, in the lots it came from, the last taken first.

        Raises ValueError when more would come back than was taken.
        """
        after, uses, left = self, list(self.uses), minor
        for place in reversed(range(len(uses))):
            use = uses[place].state
            back = min(left, use.open_minor) if use.cause == cause else 0
            if not back:
                continue
            left -= back
            lot = after.lots[use.key].state
            after = after._set(lot.moved(back, out_of, WalletMoney.FREE, cause=cause, at=at))
            uses[place] = Change(uses[place].before, evolve(use, back=use.back + back))
        if left:
            raise ValueError("more would come back than was taken")
        return evolve(after, uses=tuple(uses))._decided()

    def unfreeze(self, cause: WalletCause, at: datetime) -> WalletLedger:
        """A withdrawal came to nothing: all it froze is free again."""
        return self.give_back(self.taken_for(cause), cause, at, WalletMoney.FROZEN)

    def pay_out(self, cause: WalletCause, at: datetime) -> WalletLedger:
        """All that a withdrawal froze has left the wallet."""
        after = self
        for use in self.uses:
            if use.state.cause == cause and use.state.open_minor:
                lot = after.lots[use.state.key].state
                moved = lot.moved(use.state.open_minor, WalletMoney.FROZEN, WalletMoney.PAID_OUT, cause=cause, at=at)
                after = after._set(moved)
        return after._decided()

    # ---- less --------------------------------------------------------------------------------------------------------

    def deduct(self, amount: Money, cause: WalletCause, at: datetime, note: str) -> WalletLedger:
        """Staff take so much: what was given first, then the oldest. Raises TooLittleInWallet."""

        def take(lot: WalletLot, minor: int) -> WalletLot:
            return lot.moved(minor, WalletMoney.FREE, WalletMoney.TAKEN, cause=cause, at=at, note=note)

        return self._taken(amount, lambda lot: True, take)._decided()

    def forfeit(self, cause: WalletCause, at: datetime) -> WalletLedger:
        """The member gives up all that is free."""
        after = self
        for lot in self._lots():
            after = after._set(lot.moved(lot.free, WalletMoney.FREE, WalletMoney.FORFEITED, cause=cause, at=at))
        return after._decided()

    # ---- how -----------------------------------------------------------------------------------------------------------

    def _lots(self) -> Iterable[WalletLot]:
        return [change.state for change in self.lots.values()]

    def _used(
        self, amount: Money, into: WalletMoney, may: Callable[[WalletLot], bool], cause: WalletCause, at: datetime
    ) -> WalletLedger:
        uses = list(self.uses)

        def use(lot: WalletLot, minor: int) -> WalletLot:
            made = WalletUse(cause=cause, turn=len(uses) + 1, member_id=lot.member_id, key=lot.key, minor=minor)
            uses.append(Change(None, made))
            return lot.moved(minor, WalletMoney.FREE, into, cause=cause, at=at)

        after = self._taken(amount, may, use)
        return evolve(after, uses=tuple(uses))._decided()

    def _taken(
        self, amount: Money, may: Callable[[WalletLot], bool], move: Callable[[WalletLot, int], WalletLot]
    ) -> WalletLedger:
        lots = [lot for lot in self._lots() if lot.currency == amount.currency and lot.free and may(lot)]
        available = sum(lot.free for lot in lots)
        if amount.minor > available:
            raise TooLittleInWallet(available_minor=available, wanted_minor=amount.minor)
        after, left = self, amount.minor
        for lot in sorted(lots, key=used_first):
            minor = min(left, lot.free)
            if minor:
                after, left = after._set(move(lot, minor)), left - minor
        return after

    def _put(self, lot: Change[WalletLot]) -> WalletLedger:
        return evolve(self, lots={**self.lots, lot.state.key: lot})

    def _set(self, lot: WalletLot) -> WalletLedger:
        known = self.lots[lot.key]
        return self if lot is known.state else self._put(Change(known.before, lot))

    def _decided(self) -> WalletLedger:
        """Every decision is one of the account, once a unit: rivals are told apart by its version."""
        was = self.account
        first = was.before.decisions if was.before is not None else 0
        return evolve(self, account=Change(was.before, evolve(was.state, decisions=first + 1)))

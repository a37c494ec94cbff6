"""The ledger of a wallet beside a naive one that moves every single unit by hand (PAY-R11, MSC-R6, MSC-I4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from attrs import define, evolve, field
from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import MemberId
from retail_domain.kernel.money import Money
from retail_domain.testing.baskets import NOON
from retail_domain.wallet import (
    IN_THE_WALLET,
    TooLittleInWallet,
    WalletAccount,
    WalletBecause,
    WalletCause,
    WalletEntry,
    WalletLedger,
    WalletLot,
    WalletLotKey,
    WalletMoney,
    WalletUse,
    Whence,
)

ALICE = MemberId(UUID(int=1))
few = st.integers(1, 9)
which = st.integers(0, 3)


@define(slots=False)
class Store:
    """What a store would keep: a decision is given what is free, and what its cause has used, and nothing else."""

    account: WalletAccount | None = None
    lots: dict[WalletLotKey, WalletLot] = field(factory=dict)
    uses: dict[tuple[WalletCause, int], WalletUse] = field(factory=dict)
    entries: list[WalletEntry] = field(factory=list)

    def ledger(self, cause: WalletCause | None = None) -> WalletLedger:
        uses = [use for _, use in sorted(self.uses.items(), key=lambda one: one[0][1]) if use.cause == cause]
        named = {use.key for use in uses}
        lots = [lot for lot in self.lots.values() if lot.free or lot.key in named]
        return WalletLedger.of(self.account or WalletAccount(member_id=ALICE), self.account is None, lots, uses)

    def keep(self, ledger: WalletLedger) -> None:
        self.account = _next(ledger.account)
        for lot in ledger.lots.values():
            if lot.before is not lot.state:
                self.entries += lot.state.entries
                self.lots[lot.state.key] = evolve(_next(lot), entries=())
        for use in ledger.uses:
            self.uses[use.state.cause, use.state.turn] = use.state


def _next(change: Change[object]) -> object:
    return evolve(change.state, version=change.before.version + 1 if change.before is not None else 1)  # type: ignore[attr-defined,misc]


@define
class Unit:
    """One single unit of money: its lot, whether it may be paid out, where it stands, and for what."""

    key: WalletLotKey
    came: int
    stands: WalletMoney = WalletMoney.FREE
    cause: WalletCause | None = None
    moved: int = 0


class WalletMachine(RuleBasedStateMachine):
    """Both do the same, step by step."""

    @initialize()
    def opened(self) -> None:
        self.store, self.units, self.clock = Store(), list[Unit](), 0

    def _naive(self, minor: int, may: Callable[[Unit], bool], to: WalletMoney, cause: WalletCause) -> None:
        free = [unit for unit in self.units if unit.stands is WalletMoney.FREE and may(unit)]
        if len(free) < minor:
            raise TooLittleInWallet(available_minor=len(free), wanted_minor=minor)
        free.sort(key=lambda unit: (unit.key.whence is not Whence.GIVEN, unit.came))
        for unit in free[:minor]:
            self.clock += 1
            unit.stands, unit.cause, unit.moved = to, cause, self.clock

    def _both(self, deed: Callable[[], WalletLedger], naive: Callable[[], None]) -> None:
        try:
            naive()
        except TooLittleInWallet:
            with pytest.raises(TooLittleInWallet):
                deed()
            return
        self.store.keep(deed())

    def _of(self, cause: WalletCause, stands: WalletMoney) -> list[Unit]:
        found = [unit for unit in self.units if unit.cause == cause and unit.stands is stands]
        return sorted(found, key=lambda unit: -unit.moved)

    @rule(minor=few, whence=st.sampled_from(Whence))
    def comes_in(self, minor: int, whence: Whence) -> None:
        self.clock += 1
        key, at = WalletLotKey(str(self.clock), whence), NOON + timedelta(seconds=self.clock)
        cause = WalletCause(WalletBecause.STAFF, UUID(int=self.clock))
        self.store.keep(self.store.ledger().credit(WalletLot.made(ALICE, key, Money(minor, "CNY"), cause=cause, at=at)))
        self.units += [Unit(key, self.clock) for _ in range(minor)]

    @rule(minor=few, order=which)
    def an_order_is_charged(self, minor: int, order: int) -> None:
        cause = WalletCause(WalletBecause.ORDER, UUID(int=100 + order))
        self._both(
            lambda: self.store.ledger(cause).charge(Money(minor, "CNY"), cause, NOON),
            lambda: self._naive(minor, lambda unit: True, WalletMoney.USED, cause),
        )

    @rule(minor=few, order=which)
    def an_order_gives_back(self, minor: int, order: int) -> None:
        cause = WalletCause(WalletBecause.ORDER, UUID(int=100 + order))
        used = self._of(cause, WalletMoney.USED)
        if len(used) < minor:
            with pytest.raises(ValueError, match="more would come back"):
                self.store.ledger(cause).give_back(minor, cause, NOON)
            return
        self.store.keep(self.store.ledger(cause).give_back(minor, cause, NOON))
        for unit in used[:minor]:
            unit.stands, unit.cause = WalletMoney.FREE, None

    @rule(minor=few, one=which)
    def a_withdrawal_freezes(self, minor: int, one: int) -> None:
        cause = WalletCause(WalletBecause.WITHDRAWAL, UUID(int=200 + one))
        if self.store.ledger(cause).taken_for(cause):
            return
        self._both(
            lambda: self.store.ledger(cause).freeze(Money(minor, "CNY"), cause, NOON),
            lambda: self._naive(minor, lambda unit: unit.key.whence is not Whence.GIVEN, WalletMoney.FROZEN, cause),
        )

    @rule(one=which, pays=st.booleans())
    def a_withdrawal_ends(self, one: int, pays: bool) -> None:
        cause = WalletCause(WalletBecause.WITHDRAWAL, UUID(int=200 + one))
        frozen = self._of(cause, WalletMoney.FROZEN)
        if not frozen:
            return
        ledger = self.store.ledger(cause)
        self.store.keep(ledger.pay_out(cause, NOON) if pays else ledger.unfreeze(cause, NOON))
        for unit in frozen:
            unit.stands = WalletMoney.PAID_OUT if pays else WalletMoney.FREE

    @rule(minor=few)
    def staff_take(self, minor: int) -> None:
        cause = WalletCause(WalletBecause.STAFF, UUID(int=9))
        self._both(
            lambda: self.store.ledger().deduct(Money(minor, "CNY"), cause, NOON, "x"),
            lambda: self._naive(minor, lambda unit: True, WalletMoney.TAKEN, cause),
        )

    @rule()
    def the_member_gives_up(self) -> None:
        self.store.keep(self.store.ledger().forfeit(WalletCause(WalletBecause.MEMBER, UUID(int=8)), NOON))
        for unit in self.units:
            if unit.stands is WalletMoney.FREE:
                unit.stands = WalletMoney.FORFEITED

    @invariant()
    def every_unit_stands_where_it_should(self) -> None:
        """PAY-R11: lot by lot, and nothing is ever below nothing; entries say the same as the balance (MSC-R6)."""
        if not hasattr(self, "store"):
            return
        for key, lot in self.store.lots.items():
            mine = [unit for unit in self.units if unit.key == key]
            for stands in WalletMoney:
                if stands is not WalletMoney.OUTSIDE:
                    assert getattr(lot, stands.value) == sum(unit.stands is stands for unit in mine)
        balance = sum(unit.stands in IN_THE_WALLET for unit in self.units)
        assert sum(entry.worth_minor for entry in self.store.entries) == balance
        paid = [entry for entry in self.store.entries if entry.went_to is WalletMoney.PAID_OUT]
        assert all(entry.key.whence is not Whence.GIVEN for entry in paid)


TestWalletMachine = WalletMachine.TestCase
TestWalletMachine.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)

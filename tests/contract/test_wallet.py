"""Wallets in the shop, on every store: they pay orders, take refunds in, and are paid out of (PAY-R10, PAY-R11, MSC-R6)."""

from __future__ import annotations

from asyncio import gather
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from attrs import define, evolve, field

from retail_adapters.assembly.policies import Policies
from retail_domain.accounts import AddStaff, MemberNotFound, Role
from retail_domain.approvals import ApprovalDecided, ApprovalOfOnesOwn, Approve, AwaitsSecondPerson
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.errors import DomainError, InvalidInput
from retail_domain.kernel.ids import MemberId, OrderId, WithdrawalId
from retail_domain.kernel.money import Money
from retail_domain.kernel.paging import PageRequest
from retail_domain.kernel.second_person import SecondPerson
from retail_domain.ordering import SYSTEM, CloseReason, ConfirmReceipt, OrderStatus, OrderWrongState, RefundOrder, Units
from retail_domain.payments import (
    AttemptOpen,
    MoneyState,
    NothingHeld,
    OutcomeUnknown,
    PaymentState,
    PaymentView,
    TakeBackHeld,
    TenderNotOffered,
)
from retail_domain.processes.leaving.closing import CloseAccountFor
from retail_domain.settings import ChangeSettings
from retail_domain.wallet import (
    AboveOnesWalletLimit,
    AdjustWallet,
    ApproveWithdrawal,
    CancelWithdrawal,
    ForfeitWallet,
    PayWithdrawal,
    RejectWithdrawal,
    RequestWithdrawal,
    TooLittleInWallet,
    TooManyWithdrawals,
    WalletBalance,
    WalletEntry,
    WalletMoney,
    Whence,
    WithdrawalDecided,
    WithdrawalNotFound,
    WithdrawalState,
    WithdrawalTooSmall,
    WithdrawalView,
)
from tests.support.market import CLERK
from tests.support.stores import STORES, Place, place_of
from tests.support.till import FREIGHT, LONG, Till, open_till


def cny(minor: int) -> Money:
    """So much."""
    return Money(minor, "CNY")


@define
class Purse:
    """A till, and the wallet of its buyer."""

    till: Till
    asked: list[WithdrawalView] = field(factory=list)

    @property
    def id(self) -> MemberId:
        return self.till.buyer.id

    @property
    def desk(self) -> Any:
        return self.till.retail.wallet

    async def give(self, minor: int, actor: Actor = SYSTEM) -> int:
        wish = AdjustWallet(member_id=self.id, amount=cny(minor), reason="late parcel", actor=actor)
        return int((await self.desk.adjust(wish)).available.minor)

    async def paid_in(self, minor: int) -> OrderId:
        """An order of that much is paid from outside and goes back into the wallet."""
        placed = await self.till.place(2)
        await self.till.cash(placed.order_id)
        await self.into(placed.order_id, freight_minor=minor - 1_000)
        return placed.order_id

    async def into(self, order_id: OrderId, units: int = 1, freight_minor: int = 0, into: str | None = "wallet") -> Any:
        some = (Units(self.till.sku, units),) if units else ()
        wish = RefundOrder(order_id=order_id, reason="x", actor=CLERK, units=some, freight_minor=freight_minor, into=into)
        said = await self.till.retail.ordering.refund(wish)
        await self.till.works()
        return said

    async def take_back(self, order_id: OrderId) -> PaymentView:
        wish = TakeBackHeld(member_id=self.id, order_id=order_id, tender="wallet")
        return await self.till.retail.payments.take_back(wish)

    async def asks(self, minor: int) -> WithdrawalView:
        wish = RequestWithdrawal(member_id=self.id, amount=cny(minor), pay_to="card 1")
        view: WithdrawalView = await self.desk.request_withdrawal(wish)
        self.asked.append(view)
        return view

    async def decide(self, what: str, id: WithdrawalId) -> WithdrawalView:
        deeds: dict[str, Any] = {
            "approve": lambda: self.desk.approve_withdrawal(ApproveWithdrawal(withdrawal_id=id, actor=CLERK)),
            "pay": lambda: self.desk.pay_withdrawal(PayWithdrawal(withdrawal_id=id, reference="n 1", actor=CLERK)),
            "reject": lambda: self.desk.reject_withdrawal(RejectWithdrawal(withdrawal_id=id, reason="no", actor=CLERK)),
            "cancel": lambda: self.desk.cancel_withdrawal(CancelWithdrawal(withdrawal_id=id, member_id=self.id)),
        }
        view: WithdrawalView = await deeds[what]()
        return view

    async def has(self) -> tuple[int, int, int]:
        """Given, paid in, frozen."""
        found: tuple[WalletBalance, ...] = await self.desk.show.balances(self.id)
        return (found[0].given, found[0].paid_in, found[0].frozen) if found else (0, 0, 0)

    async def entries(self) -> tuple[WalletEntry, ...]:
        found: tuple[WalletEntry, ...] = (await self.desk.show.entries(self.id, PageRequest(100))).items
        return found

    async def agrees(self) -> None:
        """The balance is the sum of the entries; nothing is below nothing; the books say what the wallet says (R6)."""
        await self.till.works()
        entries = await self.entries()
        assert sum(one.worth_minor for one in entries) == sum(await self.has())
        net = dict.fromkeys(WalletMoney, 0)
        for entry in entries:
            net[entry.out_of] -= entry.amount.minor
            net[entry.went_to] += entry.amount.minor
        by_choice = sum(one.amount.minor for one in entries if one.number == 1 and one.key.whence is Whence.PAID_IN)
        assert (await self.till.books()).get("wallet", 0) == net[WalletMoney.USED] - by_choice
        assert await self.till.findings() == []


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    """Which store, and where."""
    return place_of(request)


@pytest.fixture
async def purse(place: Place) -> AsyncIterator[Purse]:
    """A wallet, which must agree with its entries and the books whatever was done."""
    async with open_till(place) as till:
        purse = Purse(till)
        yield purse
        await till.check()
        await purse.agrees()
        await till.settles()
        await purse.agrees()


async def test_a_wallet_and_a_gateway_pay_one_order(purse: Purse) -> None:
    """PAY-R10, PAY-R11: held when the buyer starts paying, applied as the rest arrives; refunds go back in the order kept."""
    await purse.give(1_500)
    placed = await purse.till.place(3)
    held = await purse.till.hold(placed.order_id, None, "wallet")
    due = await purse.till.start(placed.order_id)
    assert (held.status, held.amount, due.amount) == (PaymentState.HELD, cny(1_500), cny(2_300))
    assert await purse.has() == (0, 0, 0)

    await purse.till.pays(due)
    assert (await purse.till.order(placed.order_id)).status is OrderStatus.TO_SHIP
    first = await purse.till.refund(placed.order_id, 2)
    rest = await purse.till.refund(placed.order_id, 1)
    await purse.till.works()

    assert (len(first.refunds), len(rest.refunds)) == (1, 2)
    tenders = await purse.till.tenders(placed.order_id)
    assert tenders == {"gateway": ("applied", 2_300, 2_300), "wallet": ("applied", 1_500, 1_500)}
    assert await purse.has() == (1_500, 0, 0)


async def test_the_accounts_first_by_a_setting_that_an_order_keeps(purse: Purse) -> None:
    """PAY-R10: the rule of the day it was placed."""
    await purse.give(1_500)
    change = ChangeSettings(values={"orders.refund_first": "accounts"}, reason="x", actor=SYSTEM)
    await purse.till.retail.settings.change(change)
    purse.till.market.clock.pass_(LONG / 30)
    placed = await purse.till.place(3)
    await purse.till.retail.settings.change(ChangeSettings(values={"orders.refund_first": "gateway"}, reason="x", actor=SYSTEM))
    await purse.till.hold(placed.order_id, None, "wallet")
    await purse.till.cash(placed.order_id)

    await purse.till.refund(placed.order_id, 1)
    await purse.till.works()

    tenders = await purse.till.tenders(placed.order_id)
    assert tenders == {"gateway": ("applied", 2_300, 0), "wallet": ("applied", 1_500, 1_000)}


async def test_a_wallet_alone_pays_at_once_what_was_given_first(purse: Purse) -> None:
    """PAY-I1, MSC-R6: given before paid in, whichever is older; a refund goes back to the lot it came from, the last first."""
    await purse.paid_in(1_800)
    await purse.give(1_200)
    assert await purse.has() == (1_200, 1_800, 0)
    placed = await purse.till.place(2)

    paid = await purse.till.hold(placed.order_id, None, "wallet")

    assert (paid.money, paid.amount) == (MoneyState.APPLIED, cny(2_800))
    assert (await purse.till.order(placed.order_id)).status is OrderStatus.TO_SHIP
    assert await purse.has() == (0, 200, 0)
    await purse.till.refund(placed.order_id, 1)
    await purse.till.works()
    assert await purse.has() == (0, 1_200, 0)
    await purse.till.refund(placed.order_id, 1)
    await purse.till.works()
    assert await purse.has() == (1_200, 1_800, 0)


async def test_a_refund_goes_into_the_wallet_by_the_members_choice_alone(purse: Purse) -> None:
    """PAY-R10, R5: of what came from outside; what a wallet paid goes back to where it came from. It may be paid out."""
    await purse.give(500)
    placed, other = await purse.till.place(2), await purse.till.place(1)
    await purse.till.hold(placed.order_id, None, "wallet")
    await purse.till.pays(await purse.till.start(placed.order_id))
    await purse.till.cash(other.order_id)
    moved = purse.till.provider.moved()

    said = await purse.into(placed.order_id, 2, FREIGHT)
    await purse.into(other.order_id, into=None)

    assert said.amount == cny(2_800) and await purse.has() == (500, 2_300, 0)
    assert purse.till.provider.moved() == moved == 2_300
    for wrong in ("gift_card", "stamps"):  # the one takes nothing in, the other is none
        with pytest.raises(TenderNotOffered):
            await purse.into(other.order_id, 0, 100, into=wrong)


async def test_what_is_held_is_taken_back_while_the_order_waits(purse: Purse) -> None:
    """PAY-R10: also beside an attempt, which asks for too little then and is closed; the order is payable as before."""
    await purse.give(1_500)
    placed = await purse.till.place(3)
    with pytest.raises(NothingHeld):
        await purse.take_back(placed.order_id)
    await purse.till.hold(placed.order_id, None, "wallet")
    await purse.till.start(placed.order_id)

    back = await purse.take_back(placed.order_id)

    assert back.status is PaymentState.CLOSED and await purse.has() == (1_500, 0, 0)
    await purse.till.hold(placed.order_id, 300, "wallet")
    assert await purse.has() == (1_200, 0, 0)
    await purse.till.cash(placed.order_id)
    with pytest.raises(OrderWrongState):
        await purse.take_back(placed.order_id)
    assert (await purse.till.order(placed.order_id)).paid_minor == 3_800


async def test_an_attempt_that_cannot_be_closed_keeps_what_is_held(purse: Purse) -> None:
    """PAY-R6: else the order could be paid with less than it costs."""
    await purse.give(1_500)
    placed = await purse.till.place(3)
    await purse.till.hold(placed.order_id, None, "wallet")
    due = await purse.till.start(placed.order_id)
    purse.till.provider.before["close"] = [OutcomeUnknown(gateway="sandbox")]

    with pytest.raises(AttemptOpen):
        await purse.take_back(placed.order_id)

    assert await purse.has() == (0, 0, 0)
    await purse.till.pays(due)
    assert (await purse.till.order(placed.order_id)).status is OrderStatus.TO_SHIP


async def test_a_closed_order_gives_back_what_it_held(purse: Purse) -> None:
    """R10, PAY-R11: into the lot it came from."""
    await purse.give(1_500)
    placed = await purse.till.place(3)
    await purse.till.hold(placed.order_id, None, "wallet")

    await purse.till.cancel(placed.order_id)
    await purse.till.works()

    assert await purse.has() == (1_500, 0, 0)
    assert (await purse.till.order(placed.order_id)).close_reason is CloseReason.MEMBER


async def test_two_orders_share_one_wallet(purse: Purse) -> None:
    """PAY-R11: at once, on two devices: nothing is used twice, and nothing stays that somebody could have had."""
    await purse.give(2_500)
    orders = [(await purse.till.place(1)).order_id for _ in range(4)]

    said = await gather(*(purse.till.hold(one, 1_000, "wallet") for one in orders), return_exceptions=True)

    got = [one.amount.minor for one in said if isinstance(one, PaymentView)]
    assert sum(got) == 2_500 and await purse.has() == (0, 0, 0)
    assert all(isinstance(one, PaymentView | DomainError) for one in said)


async def test_a_withdrawal_is_paid_once(purse: Purse) -> None:
    """MSC-R6, MSC-I4: frozen while it waits, approved, paid by hand under a reference; each once, whoever else decides."""
    await purse.paid_in(1_800)
    asked = await purse.asks(1_500)
    assert await purse.has() == (0, 300, 1_500) and asked.state is WithdrawalState.REQUESTED
    with pytest.raises(WithdrawalDecided):
        await purse.decide("pay", asked.withdrawal_id)
    approved = await purse.decide("approve", asked.withdrawal_id)
    with pytest.raises(WithdrawalDecided):
        await purse.decide("cancel", asked.withdrawal_id)

    said = await gather(
        *(purse.decide("pay", asked.withdrawal_id) for _ in range(3)), purse.decide("reject", asked.withdrawal_id),
        return_exceptions=True,
    )  # fmt: skip

    done = [one for one in said if isinstance(one, WithdrawalView)]
    assert approved.state is WithdrawalState.APPROVED and len(done) == 1
    assert all(isinstance(one, WithdrawalView | WithdrawalDecided) for one in said)
    if done[0].state is WithdrawalState.PAID:
        assert done[0].reference == "n 1" and await purse.has() == (0, 300, 0)
    else:
        assert await purse.has() == (0, 1_800, 0)


@pytest.mark.parametrize(("first", "last"), [(None, "cancel"), (None, "reject"), ("approve", "reject")])
async def test_a_withdrawal_that_comes_to_nothing_gives_its_money_back(purse: Purse, first: str | None, last: str) -> None:
    """MSC-R6: to the lots it was frozen in; nothing follows on that."""
    await purse.paid_in(1_800)
    asked = await purse.asks(1_800)
    if first is not None:
        await purse.decide(first, asked.withdrawal_id)

    await purse.decide(last, asked.withdrawal_id)

    assert await purse.has() == (0, 1_800, 0)
    for more in ("approve", "pay", "reject", "cancel"):
        with pytest.raises(WithdrawalDecided):
            await purse.decide(more, asked.withdrawal_id)


async def test_what_was_given_is_never_paid_out(purse: Purse) -> None:
    """MSC-R6: nor more than is there, nor too little, nor for somebody else."""
    await purse.give(5_000)
    await purse.paid_in(1_200)
    with pytest.raises(TooLittleInWallet) as refused:
        await purse.asks(1_201)
    assert refused.value.available_minor == 1_200
    with pytest.raises(WithdrawalTooSmall):
        await purse.asks(99)
    with pytest.raises(InvalidInput):
        await purse.desk.request_withdrawal(RequestWithdrawal(member_id=purse.id, amount=cny(200), pay_to=" "))
    for _ in range(3):
        asked = await purse.asks(200)
    with pytest.raises(TooManyWithdrawals):
        await purse.asks(200)
    stranger = CancelWithdrawal(member_id=MemberId(UUID(int=1)), withdrawal_id=asked.withdrawal_id)
    with pytest.raises(WithdrawalNotFound):
        await purse.desk.cancel_withdrawal(stranger)
    assert await purse.has() == (5_000, 600, 600)


async def test_a_withdrawal_and_an_order_meet_at_the_wallet(purse: Purse) -> None:
    """MSC-I4, PAY-R11: of both at once, the money goes to one, or each has a part."""
    await purse.paid_in(1_800)
    placed = await purse.till.place(1)

    said = await gather(
        purse.asks(1_000), purse.till.hold(placed.order_id, None, "wallet"),
        purse.give(-900), return_exceptions=True,
    )  # fmt: skip

    assert all(not isinstance(one, Exception) or isinstance(one, DomainError) for one in said)
    assert min(await purse.has()) >= 0


async def test_staff_give_and_take_within_what_is_there(purse: Purse) -> None:
    """PAY-R11, MSC-I4: given money first; the reason stands with it, and nothing goes below nothing."""
    await purse.paid_in(1_200)
    assert await purse.give(300) == 1_500
    assert await purse.give(-500) == 1_000
    with pytest.raises(TooLittleInWallet):
        await purse.give(-1_001)
    with pytest.raises(InvalidInput):
        await purse.give(0)
    taken, *_, given, _ = await purse.entries()
    assert {one.note for one in (taken, given)} == {"late parcel"}
    assert await purse.has() == (0, 1_000, 0)


async def test_nothing_goes_into_the_wallet_of_who_has_left_and_what_is_there_can_be_taken(purse: Purse) -> None:
    """MSC-R6, PRV-R4: nobody would be there to use it; a refund goes back the way it came."""
    placed = await purse.till.place(2)
    await purse.till.cash(placed.order_id)
    await purse.till.ship(placed.order_id)
    await purse.till.works()
    await purse.till.retail.ordering.confirm_receipt(ConfirmReceipt(member_id=purse.id, order_id=placed.order_id))
    await purse.till.works(timedelta(days=40))
    await purse.till.retail.privacy.close_for(CloseAccountFor(member_id=purse.id, actor=CLERK))
    with pytest.raises(MemberNotFound):
        await purse.give(5)
    with pytest.raises(MemberNotFound):
        await purse.into(placed.order_id)
    assert await purse.has() == (0, 0, 0)
    await purse.into(placed.order_id, into=None)


async def test_a_wallet_holds_the_shops_money_alone(purse: Purse) -> None:
    """MSC-R6: of another currency it would pay nothing, and stand in the way of leaving."""
    for currency in ("USD", "XQZ"):
        with pytest.raises(InvalidInput) as refused:
            await purse.desk.adjust(AdjustWallet(member_id=purse.id, amount=Money(5, currency), reason="x", actor=SYSTEM))
        assert [one.rule for one in refused.value.problems] == ["currency"]


async def test_a_member_gives_up_what_is_left(purse: Purse) -> None:
    """MSC-R6: for good; what waits to be paid out stays."""
    await purse.give(300)
    await purse.paid_in(1_200)
    await purse.asks(200)

    await purse.desk.forfeit(ForfeitWallet(member_id=purse.id))

    assert await purse.has() == (0, 0, 200)
    with pytest.raises(InvalidInput):
        await purse.desk.forfeit(ForfeitWallet(member_id=purse.id))


async def test_a_limit_by_role_bounds_what_somebody_gives_at_once(purse: Purse) -> None:
    """MSC-R6, R35: a program has the limit of a clerk; the limit is a setting."""
    machine = Actor.machine("key-1")
    with pytest.raises(AboveOnesWalletLimit) as refused:
        await purse.give(5_001, machine)
    assert refused.value.most_minor == 5_000
    assert await purse.give(5_000, machine) == 5_000
    change = ChangeSettings(values={"wallet.clerk_most": 10}, reason="x", actor=SYSTEM)
    await purse.till.retail.settings.change(change)
    purse.till.market.clock.pass_(LONG / 30)
    with pytest.raises(AboveOnesWalletLimit):
        await purse.give(11, machine)


async def test_what_is_too_much_for_one_waits_for_another(purse: Purse) -> None:
    """ACC-R14, MSC-R6: giving, and paying out; it is carried out once, by the same use case, when somebody else approves it."""
    policies = Policies(second_person=SecondPerson(limits={"wallet": 1_000, "withdrawal": 500}))
    shop = purse.till.beside(purse.till.mood, policies=policies)
    await purse.paid_in(1_800)
    wish = AddStaff(login="ann", password="correct horse", name="Ann", roles=(Role.ADMIN,), actor=CLERK)
    people = [wish, evolve(wish, login="ben", name="Ben")]
    ann, ben = [Actor.staff((await shop.accounts.add_staff(one)).staff_id) for one in people]
    small = AdjustWallet(member_id=purse.id, amount=cny(1_000), reason="x", actor=ann)
    await shop.wallet.adjust(small)
    asked = await purse.asks(600)
    waiting = []
    for deed in (
        shop.wallet.adjust(AdjustWallet(member_id=purse.id, amount=cny(1_001), reason="x", actor=ann)),
        shop.wallet.approve_withdrawal(ApproveWithdrawal(withdrawal_id=asked.withdrawal_id, actor=ann)),
    ):
        with pytest.raises(AwaitsSecondPerson) as waits:
            await deed
        waiting.append(waits.value.approval_id)
    assert await purse.has() == (1_000, 1_200, 600)
    told = [one.about for one in (await shop.approvals.show.all(PageRequest(10))).items]
    assert sorted(told) == sorted([f"{purse.id} 10.01 CNY", str(asked.withdrawal_id)]), "whose, how much, and which"

    for approval_id in waiting:
        with pytest.raises(ApprovalOfOnesOwn):
            await shop.approvals.approve(Approve(approval_id=approval_id, actor=ann))
        await shop.approvals.approve(Approve(approval_id=approval_id, actor=ben))

    assert await purse.has() == (2_001, 1_200, 600)
    view = await purse.desk.show.withdrawal(asked.withdrawal_id)
    assert view.state is WithdrawalState.APPROVED
    with pytest.raises(ApprovalDecided):
        await shop.approvals.approve(Approve(approval_id=waiting[0], actor=ben))

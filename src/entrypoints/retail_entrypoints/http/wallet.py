"""`/v1/me/wallet`, `/v1/orders/{id}/wallet`, `/v1/staff/members/{id}/wallet`, `/v1/staff/withdrawals`: money with the shop."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Meta

from retail_domain.accounts import MemberNotFound, Permission
from retail_domain.application import Retail
from retail_domain.approvals import AwaitsSecondPerson
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.ids import MemberId, OrderId, WithdrawalId
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.ordering import OrderIsClosing, OrderNotFound, OrderPaymentOverdue, OrderWrongState
from retail_domain.payments import (
    AccountEmpty,
    AttemptOpen,
    NothingHeld,
    PayFromAccount,
    PaymentTooLate,
    TakeBackHeld,
)
from retail_domain.wallet import (
    PAY_TO_MAX,
    REFERENCE_MAX,
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
    WalletAdjusted,
    WalletBalance,
    WalletBecause,
    WalletDesk,
    WalletEntry,
    WalletMoney,
    Whence,
    WithdrawalDecided,
    WithdrawalNotFound,
    WithdrawalState,
    WithdrawalTooSmall,
    WithdrawalView,
)
from retail_entrypoints.http.becoming import becoming
from retail_entrypoints.http.lists import PageShape, listing
from retail_entrypoints.http.payment_shapes import PaymentShape
from retail_entrypoints.http.routing import MEMBER, Resource
from retail_entrypoints.http.shapes import Answer, Body, Cents, Instant, MoneyShape, Reason, Uuid
from retail_entrypoints.http.shaping import derived

WALLET = "wallet"
PayTo = Annotated[
    str, Meta(min_length=1, max_length=PAY_TO_MAX, description="Where the money is to go.", examples=["ICBC 6222 0200 0000"])
]
PaidTo = Annotated[str, Meta(description="Where the money is to go, or went.", examples=["ICBC 6222 0200 0000"])]
HandReference = Annotated[
    str, Meta(min_length=1, max_length=REFERENCE_MAX, description="Under which it was paid by hand.", examples=["T-20260131-7"])
]
WalletNote = Annotated[str, Meta(description="Why staff gave or took it; else empty.", examples=["late parcel"])]
OnlyWaitingWithdrawals = Annotated[bool, QueryParameter(description="Only those that money is frozen for.")]
_STATES = (OrderNotFound, OrderWrongState, OrderIsClosing, OrderPaymentOverdue, PaymentTooLate, AttemptOpen)


class WalletBalanceShape(Answer, frozen=True):
    """What can be used, by whence it came; what of it may be paid out; and what waits for that."""

    available: MoneyShape
    payable_out: MoneyShape
    given: Cents
    paid_in: Cents
    earned: Cents
    frozen: Cents

    of = derived(WalletBalance)


class WalletShape(Answer, frozen=True):
    """A wallet, by currency; none where nothing is in it."""

    balances: list[WalletBalanceShape]


class WalletEntryShape(Answer, frozen=True):
    """Money went from one standing to another; `worth_minor` is what that did to the balance.

    `whence` says how it had come in, `because` and `cause` what moved it.
    """

    amount: MoneyShape
    worth_minor: int
    out_of: WalletMoney
    went_to: WalletMoney
    whence: Whence
    because: WalletBecause
    cause: Uuid
    note: WalletNote
    at: Instant

    of = derived(WalletEntry, whence="key.whence", because="cause.because", cause="cause.ref")


class WithdrawalShape(Answer, frozen=True):
    """A wish to be paid out, and what became of it."""

    withdrawal_id: Uuid
    member_id: Uuid
    amount: MoneyShape
    pay_to: PaidTo
    state: WithdrawalState
    reason: str
    reference: str
    requested_at: Instant
    ended_at: Instant | None

    of = derived(WithdrawalView)


class RequestWithdrawalBody(Body, frozen=True):
    """How much, and where it is to go."""

    amount: MoneyShape
    pay_to: PayTo

    to_command = becoming(RequestWithdrawal, "member_id", "once")


class UseWalletBody(Body, frozen=True):
    """How much of the wallet at most; all that is there and still needed, where nothing is said."""

    most_minor: Cents | None = None

    to_command = becoming(PayFromAccount, "member_id", "order_id", "tender", "once")


class AdjustWalletBody(Body, frozen=True):
    """Money to give, or below nothing to take, and why; the member reads the reason."""

    amount: MoneyShape
    reason: Reason

    to_command = becoming(AdjustWallet, "member_id", "actor", "once", left=("seconded_by",))


class PaidByHandBody(Body, frozen=True):
    """It was paid by hand."""

    reference: HandReference

    to_command = becoming(PayWithdrawal, "withdrawal_id", "actor", "once")


class RejectWithdrawalBody(Body, frozen=True):
    """Why it is not paid; the member reads it."""

    reason: Reason

    to_command = becoming(RejectWithdrawal, "withdrawal_id", "actor", "once")


class WalletAdjustedShape(Answer, frozen=True):
    """What can be used now."""

    available: MoneyShape

    of = derived(WalletAdjusted)


def wallet_routes(retail: Retail) -> Sequence[HTTPRouteHandler]:
    """What members do with their wallets, and staff with those of members."""
    return [*_mine(retail.wallet), *_withdrawals_of_mine(retail.wallet), *_at_an_order(retail), *_of_members(retail.wallet),
            *_withdrawals(retail.wallet)]  # fmt: skip


async def _shown(desk: WalletDesk, member_id: MemberId) -> WalletShape:
    return WalletShape(balances=[WalletBalanceShape.of(one) for one in await desk.show.balances(member_id)])


def _mine(desk: WalletDesk) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/me/wallet", permission=MEMBER, tag="membership")

    @routes.get(summary="What is in my wallet")
    async def show_my_wallet(member_id: NamedDependency[MemberId]) -> WalletShape:
        """What was given is used first, and is never paid out."""
        return await _shown(desk, member_id)

    @routes.get("/entries", summary="What moved money of my wallet, the latest first")
    async def list_my_wallet(
        member_id: NamedDependency[MemberId], page: NamedDependency[PageRequest]
    ) -> PageShape[WalletEntryShape]:
        """Every unit is told from where it came to where it went."""
        return listing(await desk.show.entries(member_id, page), WalletEntryShape.of)

    @routes.post("/forfeit", status=200, summary="Give up all that is in my wallet, for good")
    async def forfeit_my_wallet(
        member_id: NamedDependency[MemberId], once: NamedDependency[Once | None]
    ) -> WalletAdjustedShape:
        """Such as before the account is closed: a balance stands in the way of that."""
        return WalletAdjustedShape.of(await desk.forfeit(ForfeitWallet(member_id=member_id, once=once)))

    return routes.all


def _withdrawals_of_mine(desk: WalletDesk) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/me/wallet/withdrawals", permission=MEMBER, tag="membership")

    @routes.get(summary="My withdrawals, the latest first")
    async def list_my_withdrawals(
        member_id: NamedDependency[MemberId], page: NamedDependency[PageRequest]
    ) -> PageShape[WithdrawalShape]:
        """How far each has come."""
        return listing(await desk.show.withdrawals_of(member_id, page), WithdrawalShape.of)

    @routes.post(raises=[WithdrawalTooSmall, TooManyWithdrawals, TooLittleInWallet], summary="Ask to be paid out of my wallet")
    async def request_withdrawal(
        data: JSONBody[RequestWithdrawalBody], member_id: NamedDependency[MemberId], once: NamedDependency[Once | None]
    ) -> WithdrawalShape:
        """The money waits until staff have decided; it is paid by hand."""
        return WithdrawalShape.of(await desk.request_withdrawal(data.to_command(member_id=member_id, once=once)))

    @routes.post(
        "/{withdrawal_id:uuid}/cancel", status=200, raises=[WithdrawalNotFound, WithdrawalDecided],
        summary="Take a withdrawal back, while nobody has decided",
    )  # fmt: skip
    async def cancel_withdrawal(
        withdrawal_id: FromPath[UUID], member_id: NamedDependency[MemberId], once: NamedDependency[Once | None]
    ) -> WithdrawalShape:
        """The money can be used again."""
        wish = CancelWithdrawal(member_id=member_id, withdrawal_id=WithdrawalId(withdrawal_id), once=once)
        return WithdrawalShape.of(await desk.cancel_withdrawal(wish))

    return routes.all


def _at_an_order(retail: Retail) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/orders/{order_id:uuid}/wallet", permission=MEMBER, tag="payments")

    @routes.post(raises=[*_STATES, AccountEmpty], summary="Pay an order from my wallet, all of it or a part")
    async def use_my_wallet(
        order_id: FromPath[UUID], data: JSONBody[UseWalletBody], member_id: NamedDependency[MemberId],
        once: NamedDependency[Once | None],
    ) -> PaymentShape:  # fmt: skip
        """Held until the rest arrives; where nothing is left to pay, the order is paid at once."""
        wish = data.to_command(member_id=member_id, order_id=OrderId(order_id), tender=WALLET, once=once)
        return PaymentShape.of(await retail.payments.pay_from_account(wish))

    @routes.post("/back", status=200, raises=[*_STATES, NothingHeld], summary="Take back what my wallet pays of an order")
    async def take_back_my_wallet(
        order_id: FromPath[UUID], member_id: NamedDependency[MemberId], once: NamedDependency[Once | None]
    ) -> PaymentShape:
        """While it is not paid."""
        wish = TakeBackHeld(member_id=member_id, order_id=OrderId(order_id), tender=WALLET, once=once)
        return PaymentShape.of(await retail.payments.take_back(wish))

    return routes.all


def _of_members(desk: WalletDesk) -> Sequence[HTTPRouteHandler]:
    staff = Resource("/staff/members", permission=Permission.MEMBERS_SEE, tag="staff: members")

    @staff.get("/{id:uuid}/wallet", summary="What is in a member's wallet")
    async def show_wallet_of(id: FromPath[UUID]) -> WalletShape:
        """Nothing, for whoever never had any."""
        return await _shown(desk, MemberId(id))

    @staff.get("/{id:uuid}/wallet/entries", summary="What moved money of a member's wallet, the latest first")
    async def list_wallet_of(id: FromPath[UUID], page: NamedDependency[PageRequest]) -> PageShape[WalletEntryShape]:
        """As the member sees it."""
        return listing(await desk.show.entries(MemberId(id), page), WalletEntryShape.of)

    @staff.post(
        "/{id:uuid}/wallet", does=desk.adjust, status=200,
        raises=[MemberNotFound, AboveOnesWalletLimit, TooLittleInWallet, AwaitsSecondPerson],
        summary="Give money into a member's wallet, or take some",
    )  # fmt: skip
    async def adjust_wallet_of(
        id: FromPath[UUID], data: JSONBody[AdjustWalletBody], actor: NamedDependency[Actor], once: NamedDependency[Once | None]
    ) -> WalletAdjustedShape:
        """Within what one's roles may at once; what is given is never paid out. Above a limit somebody else approves it."""
        wish = data.to_command(member_id=MemberId(id), actor=actor, once=once)
        return WalletAdjustedShape.of(await desk.adjust(wish))

    return staff.all


def _withdrawals(desk: WalletDesk) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/staff/withdrawals", permission=Permission.WALLET_PAY_OUT, tag="staff: payments")
    raises = (WithdrawalNotFound, WithdrawalDecided)

    @routes.get(summary="Withdrawals, the latest first")
    async def list_withdrawals(
        page: NamedDependency[PageRequest], waiting: OnlyWaitingWithdrawals = False
    ) -> PageShape[WithdrawalShape]:
        """Everybody's, with where each is to go."""
        return listing(await desk.show.withdrawals(page, only_waiting=waiting), WithdrawalShape.of)

    @routes.post(
        "/{withdrawal_id:uuid}/approve", does=desk.approve_withdrawal, status=200, raises=[*raises, AwaitsSecondPerson],
        summary="Say that a withdrawal is to be paid",
    )  # fmt: skip
    async def approve_withdrawal(
        withdrawal_id: FromPath[UUID], actor: NamedDependency[Actor], once: NamedDependency[Once | None]
    ) -> WithdrawalShape:
        """Above a limit, somebody else approves it too."""
        wish = ApproveWithdrawal(withdrawal_id=WithdrawalId(withdrawal_id), actor=actor, once=once)
        return WithdrawalShape.of(await desk.approve_withdrawal(wish))

    @routes.post(
        "/{withdrawal_id:uuid}/pay", does=desk.pay_withdrawal, status=200, raises=raises,
        summary="Note that a withdrawal was paid by hand",
    )  # fmt: skip
    async def pay_withdrawal(
        withdrawal_id: FromPath[UUID], data: JSONBody[PaidByHandBody], actor: NamedDependency[Actor],
        once: NamedDependency[Once | None],
    ) -> WithdrawalShape:  # fmt: skip
        """Its money has left the wallet, once and for good."""
        wish = data.to_command(withdrawal_id=WithdrawalId(withdrawal_id), actor=actor, once=once)
        return WithdrawalShape.of(await desk.pay_withdrawal(wish))

    @routes.post(
        "/{withdrawal_id:uuid}/reject", does=desk.reject_withdrawal, status=200, raises=raises, summary="Reject a withdrawal"
    )
    async def reject_withdrawal(
        withdrawal_id: FromPath[UUID], data: JSONBody[RejectWithdrawalBody], actor: NamedDependency[Actor],
        once: NamedDependency[Once | None],
    ) -> WithdrawalShape:  # fmt: skip
        """Its money can be used again."""
        wish = data.to_command(withdrawal_id=WithdrawalId(withdrawal_id), actor=actor, once=once)
        return WithdrawalShape.of(await desk.reject_withdrawal(wish))

    return routes.all

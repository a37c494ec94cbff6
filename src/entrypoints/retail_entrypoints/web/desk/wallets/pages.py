"""`/desk/withdrawals`: who wants to be paid out; `/desk/members/.../wallet`: what a member has, give and take."""

from collections.abc import Awaitable, Sequence
from typing import Annotated
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, QueryParameter, URLEncodedBody

from retail_domain.accounts import MemberNotFound, Permission
from retail_domain.application import Retail
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import MemberId, WithdrawalId
from retail_domain.kernel.money import Money
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.wallet import (
    AdjustWallet,
    ApproveWithdrawal,
    PayWithdrawal,
    RejectWithdrawal,
    WalletAdjusted,
    WithdrawalNotFound,
    WithdrawalView,
)
from retail_entrypoints.http.routing import Resource
from retail_entrypoints.web.amounts import minor_typed
from retail_entrypoints.web.desk.showing import PAGE, Cursor, decide, show
from retail_entrypoints.web.forms import Form, NoFields, Typed
from retail_entrypoints.web.shop.wallet.models import WalletPage
from retail_entrypoints.web.view import View

_ROOM = "/desk/withdrawals"
WaitingFilter = Annotated[str | None, QueryParameter(name="state", pattern="^waiting$")]


class AdjustForm(Form, frozen=True):
    """Give or take, how much, and why."""

    way: Typed = ""
    amount: Typed = ""
    reason: Typed = ""


class PaidByHandForm(Form, frozen=True):
    """Under which number it was paid by hand."""

    reference: Typed = ""


class RejectForm(Form, frozen=True):
    """Why it is not paid."""

    reason: Typed = ""


def desk_wallet_pages(retail: Retail, currency: str) -> Sequence[HTTPRouteHandler]:
    """Wallets of members, and withdrawals."""
    return [*_of_member(retail, currency), *_withdrawals(retail)]


def _of_member(retail: Retail, currency: str) -> Sequence[HTTPRouteHandler]:
    looks = Resource("/desk/members/{id:uuid}/wallet", permission=Permission.MEMBERS_SEE, tag="desk")
    deeds = Resource("/desk/members/{id:uuid}/wallet", permission=Permission.WALLET_ADJUST, tag="desk")
    wallet = retail.wallet

    async def page(view: View, id: UUID, cursor: str | None = None) -> Response[bytes]:
        member_id = MemberId(id)
        if await retail.accounts.show.member(member_id) is None:
            raise MemberNotFound()
        model = WalletPage.of(
            await wallet.show.balances(member_id),
            await wallet.show.entries(member_id, PageRequest(PAGE, cursor)),
            await wallet.show.withdrawals_of(member_id, PageRequest(PAGE)),
            currency,
        )
        return show(view, "wallets/one.html", m=model, member_id=id)

    @looks.get(raises=[MemberNotFound])
    async def show_wallet_at_desk(id: FromPath[UUID], view: NamedDependency[View], cursor: Cursor = None) -> Response[bytes]:
        return await page(view, id, cursor)

    @deeds.post(does=wallet.adjust, raises=[MemberNotFound])
    async def adjust_wallet_at_desk(
        id: FromPath[UUID],
        data: URLEncodedBody[AdjustForm],
        view: NamedDependency[View],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        async def adjust() -> WalletAdjusted:
            if data.way not in ("give", "take"):
                raise InvalidInput.of("way", "choice", "give or take")
            minor = minor_typed(data.amount, "amount") * (1 if data.way == "give" else -1)
            amount = Money(minor, currency)
            wish = AdjustWallet(member_id=MemberId(id), amount=amount, reason=data.reason, actor=view.actor, once=once)
            return await wallet.adjust(wish)

        said = "desk.said.wallet_adjusted"
        return await decide(view, adjust(), lambda _: view.go(f"/desk/members/{id}/wallet", said), lambda: page(view, id))

    return [*looks.all, *deeds.all]


def _withdrawals(retail: Retail) -> Sequence[HTTPRouteHandler]:
    pages = Resource(_ROOM, permission=Permission.WALLET_PAY_OUT, tag="desk")
    wallet = retail.wallet

    async def room(view: View, only: str | None = None, cursor: str | None = None, tried: str = "") -> Response[bytes]:
        is_waiting = only == "waiting"
        found = await wallet.show.withdrawals(PageRequest(PAGE, cursor), only_waiting=is_waiting)
        return show(
            view, "wallets/withdrawals.html", rows=found.items, is_waiting=is_waiting, next_cursor=found.next_cursor,
            tried=tried,
        )  # fmt: skip

    async def answer(view: View, id: UUID, what: str, deed: Awaitable[WithdrawalView]) -> Response[bytes]:
        def done(one: WithdrawalView) -> Response[bytes]:
            return view.go(f"{_ROOM}?state=waiting", f"desk.said.withdrawal_{one.state.value}")

        return await decide(view, deed, done, lambda: room(view, "waiting", tried=f"{what}-{id}"))

    @pages.get()
    async def show_withdrawals_at_desk(
        view: NamedDependency[View], only: WaitingFilter = None, cursor: Cursor = None
    ) -> Response[bytes]:
        return await room(view, only, cursor)

    @pages.post("/{withdrawal_id:uuid}/approve", does=wallet.approve_withdrawal, raises=[WithdrawalNotFound])
    async def approve_withdrawal_at_desk(
        withdrawal_id: FromPath[UUID],
        data: URLEncodedBody[NoFields],
        view: NamedDependency[View],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        wish = ApproveWithdrawal(withdrawal_id=WithdrawalId(withdrawal_id), actor=view.actor, once=once)
        return await answer(view, withdrawal_id, "approve", wallet.approve_withdrawal(wish))

    @pages.post("/{withdrawal_id:uuid}/pay", does=wallet.pay_withdrawal, raises=[WithdrawalNotFound])
    async def pay_withdrawal_at_desk(
        withdrawal_id: FromPath[UUID],
        data: URLEncodedBody[PaidByHandForm],
        view: NamedDependency[View],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        id = WithdrawalId(withdrawal_id)
        wish = PayWithdrawal(withdrawal_id=id, reference=data.reference, actor=view.actor, once=once)
        return await answer(view, withdrawal_id, "pay", wallet.pay_withdrawal(wish))

    @pages.post("/{withdrawal_id:uuid}/reject", does=wallet.reject_withdrawal, raises=[WithdrawalNotFound])
    async def reject_withdrawal_at_desk(
        withdrawal_id: FromPath[UUID],
        data: URLEncodedBody[RejectForm],
        view: NamedDependency[View],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        id = WithdrawalId(withdrawal_id)
        wish = RejectWithdrawal(withdrawal_id=id, reason=data.reason, actor=view.actor, once=once)
        return await answer(view, withdrawal_id, "reject", wallet.reject_withdrawal(wish))

    return pages.all

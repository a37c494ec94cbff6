"""`retail wallet`: what members have with the shop, and paying it out (MSC-R6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import click

from retail_domain.kernel.ids import MemberId, WithdrawalId
from retail_domain.kernel.money import Money
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.wallet import (
    AdjustWallet,
    ApproveWithdrawal,
    PayWithdrawal,
    RejectWithdrawal,
    WalletEntry,
    WithdrawalView,
)
from retail_entrypoints.cli.deciding import decides
from retail_entrypoints.cli.desk import Columns, StaffDesk, listing, opened, show_list, show_rows
from retail_entrypoints.cli.examples import example
from retail_entrypoints.cli.naming import MemberName
from retail_entrypoints.cli.payments import SumOf
from retail_entrypoints.cli.tables import tabular

BALANCES: Final[Columns] = {
    "available": lambda one: one.available,
    "payable_out": lambda one: one.payable_out,
    "given": lambda one: one.given,
    "paid_in": lambda one: one.paid_in,
    "earned": lambda one: one.earned,
    "frozen": lambda one: one.frozen,
}
ENTRIES: Final[Columns] = {
    "at": lambda entry: entry.at,
    "worth": lambda entry: entry.worth_minor,
    "amount": lambda entry: entry.amount,
    "out_of": lambda entry: entry.out_of,
    "went_to": lambda entry: entry.went_to,
    "whence": lambda entry: entry.key.whence,
    "because": lambda entry: entry.cause.because,
    "cause": lambda entry: entry.cause.ref,
    "note": lambda entry: entry.note,
}
WITHDRAWALS: Final[Columns] = {
    "withdrawal_id": lambda one: one.withdrawal_id,
    "state": lambda one: one.state,
    "amount": lambda one: one.amount,
    "member_id": lambda one: one.member_id,
    "pay_to": lambda one: one.pay_to,
    "requested_at": lambda one: one.requested_at,
    "reference": lambda one: one.reference,
    "reason": lambda one: one.reason,
}
_ID: Final = "0192f3c4-0000-7000-8000-000000000001"


@click.group()
def wallet() -> None:
    """Money of members with the shop; MEMBER is a phone number, a login name or an id."""


@wallet.command("show", epilog=example("wallet show 13800138000", "wallet show li-lei --json"))
@click.argument("member_id", type=MemberName(), metavar="MEMBER")
@tabular
@opened
async def show_wallet(desk: StaffDesk, member_id: UUID, as_json: bool) -> None:
    """What MEMBER can use, what of it may be paid out, and what waits for that."""
    show_rows(list(await desk.retail.wallet.show.balances(MemberId(member_id))), BALANCES, as_json=as_json)


@wallet.command("history", epilog=example("wallet history 13800138000 --limit 20"))
@click.argument("member_id", type=MemberName(), metavar="MEMBER")
@listing
@opened
async def list_wallet(desk: StaffDesk, member_id: UUID, as_json: bool, limit: int) -> None:
    """What moved the money of MEMBER, the latest first."""

    async def fetch(page: PageRequest) -> Page[WalletEntry]:
        return await desk.retail.wallet.show.entries(MemberId(member_id), page)

    await show_list(fetch, ENTRIES, as_json=as_json, limit=limit)


@wallet.command("withdrawals", epilog=example("wallet withdrawals --waiting"))
@click.option("--waiting", is_flag=True, help="Only those that money is frozen for.")
@listing
@opened
async def list_withdrawals(desk: StaffDesk, waiting: bool, as_json: bool, limit: int) -> None:
    """Who wants to be paid out, the latest first."""

    async def fetch(page: PageRequest) -> Page[WithdrawalView]:
        return await desk.retail.wallet.show.withdrawals(page, only_waiting=waiting)

    await show_list(fetch, WITHDRAWALS, as_json=as_json, limit=limit)


async def _adjusted_before(desk: StaffDesk, typed: Mapping[str, Any]) -> str | None:
    told = await desk.retail.wallet.show.entries(MemberId(typed["member_id"]), PageRequest(100))
    for entry in told.items:
        if (entry.note, entry.worth_minor) == (typed["reason"].strip(), typed["amount"].minor):
            return f"{entry.amount} of this member at {entry.at.isoformat()}: {entry.note}"
    return None


@wallet.command(
    "adjust",
    epilog=example(
        'wallet adjust 13800138000 19.99CNY --reason "late parcel" --as lili',
        'wallet adjust --reason "given twice" --as lili -- 13800138000 -19.99CNY',
    ),
)
@click.argument("member_id", type=MemberName(), metavar="MEMBER")
@click.argument("amount", type=SumOf())
@click.option("--reason", required=True, help="Why; the member reads it.")
@decides("wallet.adjust", repeats=_adjusted_before)
async def adjust_wallet(desk: StaffDesk, member_id: UUID, amount: Money, reason: str) -> None:
    """Give AMOUNT into the wallet of MEMBER, or take some: a sum below nothing, after `--`."""
    command = AdjustWallet(member_id=MemberId(member_id), amount=amount, reason=reason, actor=desk.actor, once=desk.once)
    click.echo(f"available: {(await desk.retail.wallet.adjust(command)).available}")


@wallet.command("approve", epilog=example(f"wallet approve {_ID} --as lili"))
@click.argument("withdrawal_id", type=click.UUID)
@decides("wallet.approve_withdrawal")
async def approve_withdrawal(desk: StaffDesk, withdrawal_id: UUID) -> None:
    """Say that a withdrawal is to be paid."""
    command = ApproveWithdrawal(withdrawal_id=WithdrawalId(withdrawal_id), actor=desk.actor, once=desk.once)
    _say(await desk.retail.wallet.approve_withdrawal(command))


async def _is_paid_for_good(desk: StaffDesk, typed: Mapping[str, Any]) -> str | None:
    found = await desk.retail.wallet.show.withdrawal(WithdrawalId(typed["withdrawal_id"]))
    return f"{found.amount} leaves the wallet for good." if found else None


@wallet.command("pay", epilog=example(f"wallet pay {_ID} --reference T-20260131-7 --as lili"))
@click.argument("withdrawal_id", type=click.UUID)
@click.option("--reference", required=True, help="Under which it was paid by hand; the member reads it.")
@decides("wallet.pay_withdrawal", warns=_is_paid_for_good)
async def pay_withdrawal(desk: StaffDesk, withdrawal_id: UUID, reference: str) -> None:
    """Note that an approved withdrawal was paid by hand."""
    command = PayWithdrawal(withdrawal_id=WithdrawalId(withdrawal_id), reference=reference, actor=desk.actor, once=desk.once)
    _say(await desk.retail.wallet.pay_withdrawal(command))


@wallet.command("reject", epilog=example(f'wallet reject {_ID} --reason "no such account" --as lili'))
@click.argument("withdrawal_id", type=click.UUID)
@click.option("--reason", required=True, help="Why; the member reads it.")
@decides("wallet.reject_withdrawal")
async def reject_withdrawal(desk: StaffDesk, withdrawal_id: UUID, reason: str) -> None:
    """Do not pay it; the money can be used again."""
    command = RejectWithdrawal(withdrawal_id=WithdrawalId(withdrawal_id), reason=reason, actor=desk.actor, once=desk.once)
    _say(await desk.retail.wallet.reject_withdrawal(command))


def _say(view: WithdrawalView) -> None:
    click.echo(f"{view.withdrawal_id} {view.state.value} {view.amount}")

"""`retail refunds`: refunds that need a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import click

from retail_domain.kernel.ids import RefundId
from retail_domain.kernel.money import Money, parse_minor
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.payments import CorrectRefund, Notice, RefundAnswer, RefundStage, RefundView, RetryRefund, WaitingView
from retail_entrypoints.cli.deciding import decides
from retail_entrypoints.cli.desk import Columns, StaffDesk, listing, opened, show_list
from retail_entrypoints.cli.examples import example

REFUNDS: Final[Columns] = {
    "refund_id": lambda view: view.refund_id,
    "stage": lambda view: view.stage,
    "amount": lambda view: view.amount,
    "gateway": lambda view: view.gateway,
    "trouble": lambda view: view.trouble,
    "reason": lambda view: view.reason,
    "requested_at": lambda view: view.requested_at,
    "succeeded_at": lambda view: view.succeeded_at,
    "order_id": lambda view: view.order_id,
}
STUCK: Final[Columns] = {
    "refund_id": lambda view: view.refund_id,
    "amount": lambda view: view.amount,
    "gateway": lambda view: view.gateway,
    "trouble": lambda view: view.trouble,
    "reason": lambda view: view.reason,
    "requested_at": lambda view: view.requested_at,
    "payment_id": lambda view: view.payment_id,
    "order_id": lambda view: view.order_id,
}
WAITING: Final[Columns] = {
    "gateway": lambda view: view.gateway,
    "amount": lambda view: view.amount,
    "since": lambda view: view.since,
    "refund_id": lambda view: view.refund_id,
    "payment_id": lambda view: view.payment_id,
    "order_id": lambda view: view.order_id,
}

NOTICES: Final[Columns] = {
    "received_at": lambda notice: notice.received_at,
    "verdict": lambda notice: notice.verdict.value,
    "gateway": lambda notice: notice.key.gateway,
    "kind": lambda notice: notice.kind.value,
    "ref": lambda notice: notice.ref,
    "status": lambda notice: notice.status,
    "amount": lambda notice: notice.amount,
    "provider_ref": lambda notice: notice.provider_ref,
    "event_id": lambda notice: notice.key.event_id,
}


class SumOf(click.ParamType[Money]):
    """`19.99CNY`."""

    name = "amount"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Money:
        """An amount with its currency."""
        text = str(value).replace(" ", "")
        try:
            return Money(parse_minor(text[:-3], text[-3:]), text[-3:])
        except ValueError:
            self.fail(f"{value!r} is not an amount with its currency, such as 19.99CNY", param, ctx)


@click.group()
def refunds() -> None:
    """Money that goes back, and what did not get through."""


@refunds.command("list", epilog=example("refunds list --stage done"))
@click.option("--stage", type=click.Choice([stage.value for stage in RefundStage]), help="Only those that have come so far.")
@listing
@opened
async def list_refunds(desk: StaffDesk, stage: str | None, as_json: bool, limit: int) -> None:
    """All refunds, newest first."""

    async def fetch(page: PageRequest) -> Page[RefundView]:
        return await desk.reads.payments.refunds(page, RefundStage(stage) if stage else None)

    await show_list(fetch, REFUNDS, as_json=as_json, limit=limit)


@refunds.command("stuck", epilog=example("refunds stuck"))
@listing
@opened
async def list_stuck(desk: StaffDesk, as_json: bool, limit: int) -> None:
    """Refunds that need a person, oldest first."""

    async def fetch(page: PageRequest) -> Page[RefundView]:
        return await desk.reads.payments.stuck_refunds(page)

    await show_list(fetch, STUCK, as_json=as_json, limit=limit)


@refunds.command("waiting", epilog=example("refunds waiting"))
@listing
@opened
async def list_waiting(desk: StaffDesk, as_json: bool, limit: int) -> None:
    """Refunds, and payments too, whose gateway a worker did not know, oldest first."""

    async def fetch(page: PageRequest) -> Page[WaitingView]:
        return await desk.reads.payments.waiting(page)

    await show_list(fetch, WAITING, as_json=as_json, limit=limit)


@refunds.command("notices", epilog=example("refunds notices"))
@listing
@opened
async def list_notices(desk: StaffDesk, as_json: bool, limit: int) -> None:
    """What providers say that nobody can place, or that contradicts what is known, of payments too; oldest first."""

    async def fetch(page: PageRequest) -> Page[Notice]:
        return await desk.reads.payments.odd_notices(page)

    await show_list(fetch, NOTICES, as_json=as_json, limit=limit)


async def _sent_again(_desk: StaffDesk, typed: Mapping[str, Any]) -> str:
    return f"Unless the provider says that it went through, refund {typed['refund_id']} is sent once more."


async def _sent_instead(_desk: StaffDesk, typed: Mapping[str, Any]) -> str:
    return f"{typed['amount']} goes back instead of what refund {typed['refund_id']} asked for."


@refunds.command("retry", epilog=example("refunds retry 0192f3c4-0000-7000-8000-000000000001 --as admin"))
@click.argument("refund_id", type=click.UUID)
@decides("payments.retry_refund", warns=_sent_again)
async def retry_refund(desk: StaffDesk, refund_id: UUID) -> None:
    """Ask the provider about a stuck refund: what went back is recorded, what surely did not is sent once more."""
    command = RetryRefund(refund_id=RefundId(refund_id), actor=desk.actor, within=desk.within, once=desk.once)
    _tell(await desk.retail.payments.retry_refund(command))


@refunds.command(
    "correct",
    epilog=example(
        'refunds correct 0192f3c4-0000-7000-8000-000000000001 399.00CNY --reason "399.00 were taken" --as admin',
    ),
)
@click.argument("refund_id", type=click.UUID)
@click.argument("amount", type=SumOf())
@click.option("--reason", required=True)
@decides("payments.correct_refund", warns=_sent_instead)
async def correct_refund(desk: StaffDesk, refund_id: UUID, amount: Money, reason: str) -> None:
    """Give back AMOUNT (19.99CNY) instead of what a stuck refund of money kept aside asked for."""
    command = CorrectRefund(
        refund_id=RefundId(refund_id), amount=amount, reason=reason, actor=desk.actor, within=desk.within, once=desk.once
    )
    _tell(await desk.retail.payments.correct_refund(command))


def _tell(answer: RefundAnswer) -> None:
    click.echo(f"{answer.refund_id} {answer.state} {answer.amount}")

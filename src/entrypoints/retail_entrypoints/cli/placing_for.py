"""`retail orders quote-for` and `place-for`: staff order for a member, who agrees by paying."""

from __future__ import annotations

from uuid import UUID

import click

from retail_domain.kernel.ids import AddressId, MemberId, QuoteId
from retail_domain.ordering import Units
from retail_domain.pricing import WantedLine
from retail_domain.processes.purchase.placing_for import PlaceFor, QuoteFor
from retail_entrypoints.cli.deciding import decides
from retail_entrypoints.cli.desk import StaffDesk
from retail_entrypoints.cli.examples import example
from retail_entrypoints.cli.naming import MemberName, UnitsOf

_QUOTE = "0192f3c4-0000-7000-8000-000000000001"


@click.command("quote-for", epilog=example("orders quote-for li-lei --units TEA-100=2 --as clerk"))
@click.argument("member_id", type=MemberName(), metavar="MEMBER")
@click.option("--units", type=UnitsOf(), multiple=True, required=True, help="SKU=QUANTITY; may be given several times.")
@click.option("--address", "address_id", type=click.UUID, help="Of the member's address book; else their default one.")
@decides("checkout.quote_for")
async def quote_for(desk: StaffDesk, member_id: UUID, units: tuple[Units, ...], address_id: UUID | None) -> None:
    """What goods cost MEMBER (a phone number, a login name or an id), at their prices and within their limits."""
    wish = QuoteFor(
        member_id=MemberId(member_id), lines=tuple(WantedLine(one.sku_id, one.quantity) for one in units),
        address_id=AddressId(address_id) if address_id else None, actor=desk.actor, once=desk.once,
    )  # fmt: skip
    quote = await desk.retail.checkout.quote_for(wish)
    click.echo(f"{quote.id} {quote.hash}")
    click.echo(f"payable {quote.payable}, until {quote.expires_at.isoformat()}")


@click.command("place-for", epilog=example(f"orders place-for li-lei {_QUOTE} {'5e' * 32} --as clerk"))
@click.argument("member_id", type=MemberName(), metavar="MEMBER")
@click.argument("quote_id", type=click.UUID)
@click.argument("hash")
@click.option("--remark", default="", help="What the shop should know.")
@decides("checkout.place_for")
async def place_for(desk: StaffDesk, member_id: UUID, quote_id: UUID, hash: str, remark: str) -> None:
    """Order for MEMBER what a quote says, by QUOTE_ID and HASH. They agree by paying it, or cancel it."""
    wish = PlaceFor(
        member_id=MemberId(member_id), quote_id=QuoteId(quote_id), hash=hash, remark=remark, actor=desk.actor, once=desk.once
    )
    placed = await desk.retail.checkout.place_for(wish)
    click.echo(f"{placed.number} {placed.status} {placed.payable}, to be paid by {placed.pay_by.isoformat()}")

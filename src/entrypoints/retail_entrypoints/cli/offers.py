"""`retail offers`: what staff offer, and the most that it can cost (PRC-R2, GEN-R13)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import click

from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import OfferId
from retail_domain.pricing import read_terms, read_text, told_terms
from retail_domain.processes.staff.offering import (
    ChangeOffer,
    LaunchOffer,
    MakeOffer,
    OfferBound,
    OfferView,
    StopOffer,
)
from retail_entrypoints.cli.deciding import decides
from retail_entrypoints.cli.desk import Columns, StaffDesk, opened, show_json, show_rows
from retail_entrypoints.cli.examples import example
from retail_entrypoints.cli.json_files import blaming
from retail_entrypoints.cli.tables import tabular
from retail_entrypoints.http.bodies import read_tree
from retail_entrypoints.settings import Settings

_ID: Final = "0192f3c4-0000-7000-8000-000000000001"
COLUMNS: Final[Columns] = {
    "id": lambda view: view.promotion.id,
    "name": lambda view: view.promotion.name,
    "kind": lambda view: view.offer.kind.value,
    "state": lambda view: view.promotion.state.value,
    "on": lambda view: view.is_on,
    "edition": lambda view: view.promotion.edition,
    "starts": lambda view: view.offer.starts_at,
    "ends": lambda view: view.offer.ends_at,
}


@click.group()
def offers() -> None:
    """Offers: discounts, full reductions, gifts, free freight, and what each can cost."""


def bound_told(bound: OfferBound) -> str:
    """The most that it can cost, in a line."""
    share, fixed = f"{bound.share_bps / 100:g} % of its goods", f"{bound.per_order_minor} minor units"
    one = share if bound.per_order_minor is None else fixed
    if not bound.meets:
        return f"at most {one} an order; it meets no other offer"
    together = "no fixed sum" if bound.with_others_minor is None else f"{bound.with_others_minor} minor units"
    return f"at most {one} an order; with what it meets ({', '.join(bound.meets)}) {together}"


@offers.command("list", epilog=example("offers list", "offers list --json"))
@tabular
@opened
async def list_all_offers(desk: StaffDesk, as_json: bool) -> None:
    """All offers, the newest first."""
    show_rows(await desk.retail.promotions.list(), COLUMNS, as_json=as_json)


def _as_json(view: OfferView) -> Mapping[str, object]:
    told = {name: column(view) for name, column in COLUMNS.items()}
    return {**told, "terms": told_terms(view.offer), "bound": bound_told(view.bound)}


@offers.command("show", epilog=example(f"offers show {_ID}"))
@click.argument("offer_id", type=click.UUID, metavar="OFFER")
@opened
async def show_one_offer(desk: StaffDesk, offer_id: UUID) -> None:
    """OFFER with its terms, and the most that it can cost, as JSON."""
    show_json(_as_json(await desk.retail.promotions.show(OfferId(offer_id))))


@offers.command("bound", epilog=example(f"offers bound {_ID}"))
@click.argument("offer_id", type=click.UUID, metavar="OFFER")
@opened
async def show_bound(desk: StaffDesk, offer_id: UUID) -> None:
    """The most that OFFER can cost for one order, alone and with every offer that it meets."""
    click.echo(bound_told((await desk.retail.promotions.show(OfferId(offer_id))).bound))


def _read_offer(_: Settings, given: Mapping[str, Any]) -> Mapping[str, str]:
    with blaming(given["file"]) as content:
        terms = read_tree(content)
        if not isinstance(terms, dict):
            raise InvalidInput.of("terms", "type", "the terms of an offer are names and values")
        read_terms(terms, OfferId(UUID(int=0)))
    return {"file": json.dumps(terms, ensure_ascii=False)}


async def _is_written(desk: StaffDesk, typed: Mapping[str, Any]) -> str | None:
    terms = told_terms(read_text(typed["file"], OfferId(UUID(int=0))))
    same = (one for one in await desk.retail.promotions.list() if told_terms(one.offer) == terms)
    known = next(same, None)
    return f"offer {known.promotion.id} says the same" if known is not None else None


@offers.command("make", epilog=example("offers make offer.json --as admin"))
@click.argument("file", type=click.File("rb"))
@decides("promotions.make", _read_offer, repeats=_is_written)
async def make_one_offer(desk: StaffDesk, file: str) -> None:
    """Write an offer by the terms in a JSON FILE; no price knows of it before it is launched."""
    made = await desk.retail.promotions.make(MakeOffer(actor=desk.actor, terms=file, once=desk.once))
    click.echo(f"{made.id} {made.name}: {made.state.value}")


@offers.command("change", epilog=example(f"offers change {_ID} offer.json --as admin"))
@click.argument("offer_id", type=click.UUID, metavar="OFFER")
@click.argument("file", type=click.File("rb"))
@decides("promotions.change", _read_offer)
async def change_one_offer(desk: StaffDesk, offer_id: UUID, file: str) -> None:
    """Write other terms of OFFER, from a JSON FILE; of a launched offer they hold at once."""
    wish = ChangeOffer(actor=desk.actor, offer_id=OfferId(offer_id), terms=file, once=desk.once)
    changed = await desk.retail.promotions.change(wish)
    click.echo(f"{changed.name}: edition {changed.edition}, {changed.state.value}")


@offers.command("launch", epilog=example(f"offers launch {_ID} --as admin"))
@click.argument("offer_id", type=click.UUID, metavar="OFFER")
@decides("promotions.launch")
async def launch_one_offer(desk: StaffDesk, offer_id: UUID) -> None:
    """OFFER comes into force; tells the most that it can cost."""
    wish = LaunchOffer(actor=desk.actor, offer_id=OfferId(offer_id), once=desk.once)
    launched = await desk.retail.promotions.launch(wish)
    view = await desk.retail.promotions.show(launched.id)
    click.echo(f"{launched.name}: {launched.state.value}, {bound_told(view.bound)}")


@offers.command("stop", epilog=example(f"offers stop {_ID} --as admin"))
@click.argument("offer_id", type=click.UUID, metavar="OFFER")
@decides("promotions.stop")
async def stop_one_offer(desk: StaffDesk, offer_id: UUID) -> None:
    """OFFER is in force no more; it may be launched again."""
    wish = StopOffer(actor=desk.actor, offer_id=OfferId(offer_id), once=desk.once)
    stopped = await desk.retail.promotions.stop(wish)
    click.echo(f"{stopped.name}: {stopped.state.value}")

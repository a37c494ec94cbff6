"""Columns that no update sets are those that nothing in the shop ever changes, and the other way round.

Every use case is called once; whatever a decision wants of a row is compared with what the row was born with. A column that is
held for settled and changes would be lost without a word; one that never changes is written again by every update.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pytest
from attrs import define, field
from sqlalchemy import Table

from retail_adapters.assemble import Outside, on_database
from retail_adapters.payments import counter_gateway
from retail_adapters.sql.tables.settled import settled
from retail_adapters.sql.tables.whole import metadata
from retail_adapters.sql.writes import Write
from retail_domain.inventory import OpenLocation
from retail_domain.testing.people import RememberingSms
from tests.integration.test_statement_counts import COUNTER, Journey
from tests.support.accounts import Recording
from tests.support.market import CLERK, Market
from tests.support.pretend_gateway import PretendGateway, PretendReader
from tests.support.purse import Mood
from tests.support.statements import Statements
from tests.support.stores import HandClock, Place, open_database
from tests.support.taking_hooks import TakesAll

pytestmark = pytest.mark.slow

CHANGES_SELDOM: Final[Mapping[str, Collection[str]]] = {
    "staff describe goods, kinds and categories anew, and say other things of them": {
        "products.brand_id", "products.category_id", "products.description", "products.freight_template_id", "products.images",
        "products.parameters", "products.purchase_limit", "products.sale_until", "products.subtitle",
        "products.unit", "products.arrived_at",
        "skus.member_price_minor", "skus.tax_code", "skus.tax_rate_bp",
        "skus.image", "skus.on_sale", "skus.options", "skus.volume_cm3", "categories.name",
        "categories.place",
    },
    "a job that is refused or put off says why, and a trial which job did it in earnest": {"jobs.done_by", "jobs.reason"},
    "the journey binds a role to no place": {"custom_roles.places"},
    "members correct an address, or choose another": {"address_books.default_id", "contacts.region_code"},
    "members agree to other terms of privacy": {"members.terms_version"},
    "its place in a list follows from what stands before it": {"cart_lines.position", "skus.place"},
    "the journey's picture lies as it is shown, and is fit to be": {"pictures.height", "pictures.reason", "pictures.width"},
    "receivers of the journey take everything at once": {"webhook_tellings.untold", "webhooks.failing_since"},
    "the journey's member is told of each thing by itself, none is bundled with one before": {"messages.count"},
    "a provider may say until when its link is good": {"payments.action_expires_at"},
    "the journey sends the order to a place in the same region": {"orders.region_code"},
    "the journey gives back only what was not shipped, and all that it is worth": {
        "order_lines.refunded_shipped", "orders.kept_back_minor",
    },
    "the journey's reviews show no pictures, wait for nobody, and are passed once": {
        "review_summaries.one_star", "review_summaries.two_stars", "review_summaries.with_pictures", "reviews.anonymous",
        "reviews.created_at", "reviews.decider_kind", "reviews.has_pictures", "reviews.pictures", "reviews.published_at",
        "reviews.waiting",
    },
    "the journey's points are given and taken by staff: no order freezes or locks any, none expires, and nobody owes any": {
        "points_accounts.debt", "points_lots.available_from", "points_lots.expired", "points_lots.expires_at",
        "points_lots.frozen", "points_lots.locked", "points_lots.owed", "points_lots.revoked", "points_lots.undone",
    },
    "the journey says nothing else of a kind of coupon": {
        "coupon_templates.edition", "coupon_templates.is_open", "coupon_templates.name", "coupon_templates.name_en",
        "coupon_templates.per_member", "coupon_templates.points", "coupon_templates.takes_from", "coupon_templates.takes_until",
        "coupon_templates.terms", "coupon_templates.tiers", "coupon_templates.total", "coupon_templates.validity",
        "coupon_templates.way",
    },
    "the journey's withdrawal is paid, its member stays, and staff take nothing back": {
        "withdrawals.reason", "withdrawals.pay_to", "wallet_lots.taken",
    },
    "the journey's coupons come back in time, and none is near its end": {"coupons.expires_at", "coupons.is_told"},
    "no step of the journey's prices tells of a tax": {"order_lines.included_tax_minor"},
    "levels of a shelf that the journey leaves alone": {
        "stock_items.backorder_limit", "stock_items.safety", "stock_items.shortfall",
    },
}  # fmt: skip
"""Columns that can change, though the journey changes none of them, by the reason."""


@define
class Seen:
    """What has been written of each table: which columns updates name, and which of them changed a value."""

    rows: dict[tuple[Table, tuple[Any, ...]], dict[str, Any]] = field(factory=dict)
    named: dict[Table, set[str]] = field(factory=lambda: defaultdict(set))
    changed: dict[Table, set[str]] = field(factory=lambda: defaultdict(set))

    def note(self, write: Write, rows: Sequence[Mapping[str, Any]]) -> None:
        """One write; a row of an update holds all that its state says, also what the update does not name."""
        keys = [column.name for column in write.table.primary_key.columns]
        if write.kind == "update":
            self.named[write.table].update(write.columns)
        for row in rows:
            if write.kind == "delete" or not set(keys) <= row.keys():
                continue
            before = self.rows.setdefault((write.table, tuple(row[key] for key in keys)), {})
            self.changed[write.table].update(name for name in row.keys() & before.keys() if row[name] != before[name])
            before.update(row)


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """What one journey through every use case wrote."""
    return asyncio.run(_seen(tmp_path_factory.mktemp("settled") / "shop.db"))


async def _seen(file: Path) -> Seen:
    async with open_database(Place("sqlite", str(file))) as database:
        recording, clock, provider, sms, mood = Recording(database), HandClock(), PretendGateway(), RememberingSms(), Mood()
        gateways: dict[str, Any] = {"sandbox": provider, "counter": counter_gateway(COUNTER)}
        outside = Outside(
            clock=clock, gateways=gateways, readers={"sandbox": PretendReader()}, sms=sms, takings=(mood,),
            webhook_sender=TakesAll(),
        )  # fmt: skip
        market = Market(on_database(recording, outside), clock)
        await market.retail.inventory.open_location(OpenLocation(code="main", name="Warehouse", actor=CLERK))
        await market.freight()
        await Journey(market, Statements(recording), provider, sms, mood, 2, 1).make()
    seen = Seen()
    for write, rows in recording.writes:
        seen.note(write, rows)
    return seen


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=lambda table: table.name)
def test_what_no_update_sets_is_what_nothing_changes(seen: Seen, table: Table) -> None:
    """R8: a decision that changes a settled column would be lost without a word."""
    assert not seen.changed[table] & settled(table)


def test_what_nothing_changes_no_update_sets(seen: Seen) -> None:
    """Whoever adds a column says whether it ever changes: an update that writes it again costs every order a little."""
    idle = {f"{table.name}.{name}" for table, named in seen.named.items() for name in named - seen.changed[table] - {"version"}}

    assert idle == {name for names in CHANGES_SELDOM.values() for name in names}, "settle it, or say what changes it"


def test_the_journey_writes_what_there_is(seen: Seen) -> None:
    """What the two before rest on."""
    assert {table.name for table, columns in seen.changed.items() if columns} >= {"orders", "payments", "refunds", "carts"}

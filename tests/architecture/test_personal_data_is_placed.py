"""Every column that may tell of a member is declared in the manifest of its context, or stands here with its reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from sqlalchemy import LargeBinary, Table

from retail_adapters.memory.contexts.privacy import LIES
from retail_adapters.sql.tables.base import SCHEMA, needed, table
from retail_adapters.sql.tables.growth import NONE, Growth, With
from retail_adapters.sql.tables.whole import metadata
from retail_adapters.sql.types import Doc, Id, Words
from retail_domain.kernel.personal import Fate
from retail_domain.processes.leaving.erasing import OWN_STEPS
from retail_domain.processes.leaving.manifest import holdings

MAY_TELL: Final = (Words, Doc, Id, LargeBinary)
"""Text, documents, ids and bytes; numbers, moments and choices tell of a person only beside one of these."""

_GOODS: Final = "goods, and where they lie"
_STAFF: Final = "who works here, and programs; members are nobody in it"
_LEADS_NOWHERE: Final = "ids of things that are a member's only by the member's id, which leads nowhere any more"
_WITH_MESSAGES: Final = "goes with its message, in the same step"
_SEALED: Final = "a keyed digest, or sealed so that only the request that made it opens it; it goes within days"

OF_NOBODY: Final[Mapping[str, Mapping[str, str]]] = {
    "answers": {"principal operation key fingerprint answer": _SEALED},
    "send_slots": {"key": _SEALED},
    "challenges": {"id phone line sealed": "deleted with the account, by the phone; anything older goes within a day"},
    "events": {"id name aggregate_id body": "events hold nothing about people but ids"},
    "deliveries": {"event_id reaction aggregate_id error": "of events; an error is a code"},
    "webhook_tellings": {"webhook_id event_id event_name aggregate_id": "of events"},
    "audit_trail": {"actor_ref": _STAFF},
    "trail_seals": {"digest": "over rows that stay"},
    "api_keys": {"id name token_hash hint permissions maker_id places": _STAFF},
    "staff": {"id name roles custom_roles": _STAFF},
    "custom_roles": {"code name permissions places": _STAFF},
    "settings_changes": {"settings actor_ref reason": _STAFF},
    "approvals": {
        "id does about matter needs places asked_by_ref asked_under decided_by_ref": _STAFF,
        "wish reason": "what staff ask of one another, in their own words",
    },
    "jobs": {
        "id kind digest open_under needs places asked_by_ref phase done_by": _STAFF,
        "options reason": "what staff say of their file; why it was refused, by a code",
    },
    "job_papers": {
        "job_id": _STAFF,
        "file": "what staff bring in of people who are no members yet; it goes when the job is over, within a day at most",
        "report": "counts, and what is wrong with rows in words of ours; it goes after some months",
    },
    "message_reading": {"name": "a word of ours"},
    "messages": {"id": _LEADS_NOWHERE},
    "message_occasions": {"occasion cause recipient_id message_id": _WITH_MESSAGES},
    "message_sendings": {"message_id channel recipient_id reason": _WITH_MESSAGES},
    "webhooks": {"id url description kinds seed seed_check old_seed old_seed_check": _STAFF},
    "coupon_templates": {"id name name_en terms validity tiers": "kinds of coupons, which are nobody's"},
    "coupon_editions": {"template_id name name_en terms": "what kinds of coupons say"},
    "coupon_codes": {"seal template_id": "a keyed digest of a code; whoever used it is not kept with it"},
    "coupons": {"id": _LEADS_NOWHERE},
    "withdrawals": {"id": _LEADS_NOWHERE, "decided_by_ref": _STAFF},
    "brands": {"id name": _GOODS},
    "categories": {"id code name path": _GOODS},
    "products": {
        "id code title subtitle description category_id brand_id images unit freight_template_id title_words words "
        "parameters": _GOODS
    },
    "product_terms": {"term product_id": _GOODS},
    "product_sales": {"id product_id": _GOODS},
    "skus": {"id product_id code options image barcodes tax_code": _GOODS},
    "sku_barcodes": {"barcode sku_id": _GOODS},
    "price_changes": {"sku_id product_id": _GOODS, "actor_ref reason": _STAFF},
    "locations": {"id code name": _GOODS},
    "quotas": {"sku_id": _GOODS},
    "stock_items": {"sku_id location_id": _GOODS},
    "stock_alerts": {"sku_id location_id": _GOODS},
    "stock_moves": {"sku_id location_id reference": _GOODS},
    "review_summaries": {"product_id": _GOODS},
    "freight_templates": {"id name zones coming": "what delivery costs"},
    "price_books": {"offers": "what is offered"},
    "promotions": {"id name terms": "what is offered"},
    "regions": {"code name parent": "the country"},
    "book_closings": {"actor_ref": _STAFF},
    "book_days": {"account currency": "the books, summed"},
    "carried_balances": {"account currency": "the books, summed"},
    "ledger_entries": {"reference order_id account currency": _LEADS_NOWHERE},
    "inbox_notices": {"gateway event_id digest ref status currency provider_ref": "what a provider said of a payment; no body"},
    "erasures": {"step": "a word of ours"},
    "orders": {
        "quote_id cart_id store_id took refund_order": _LEADS_NOWHERE,
        "closing": "who closes and why, in words of staff",
    },
    "order_lines": {"member_id product_id image_url shares freight_shares location_id": _LEADS_NOWHERE},
    "order_transitions": {"member_id actor_ref": _LEADS_NOWHERE},
    "parcels": {"id member_id units sender_ref": _LEADS_NOWHERE},
    "payments": {
        "id ref member_id captured_currency provider_ref suspicion": _LEADS_NOWHERE,
        "action": "where the device of the buyer was sent to pay; it holds for minutes",
    },
    "refunds": {"id ref payment_id member_id gateway tender provider_ref trouble replaces": _LEADS_NOWHERE},
    "reservations": {"id order_id owner_kind sku_id location_id": _LEADS_NOWHERE},
    "quota_shares": {"order_id sku_id": _LEADS_NOWHERE},
    "pictures": {"name": "a digest of the picture"},
    "picture_uses": {"picture_id sort user_id": _LEADS_NOWHERE},
    "reviews": {
        "order_id sku_id pictures reply decider_ref": _LEADS_NOWHERE,
        "words": "the same words once more, spelled for a search: whoever strikes those out rewrites these",
    },
}
"""By table: columns -> why they tell of no member, or need no erasing."""

OF_OTHERS: Final = frozenset({
    "staff", "approvals", "jobs", "job_papers", "settings_changes", "book_closings", "challenges", "message_occasions",
})  # fmt: skip
"""Tables that tell of people and have no holding: of staff; of whoever asked for a code, by the phone; of readers;
what a file says until it is done."""


def placed(table: Table) -> frozenset[str]:
    """The columns that a manifest declares."""
    found: set[str] = set()
    for one in holdings().values():
        if one.table == table.name:
            whole = [column.name for column in table.columns] if one.fate is Fate.DELETED and not one.only else ()
            found.update((*one.told, one.whose, *one.emptied, *one.only, *whole))
    return frozenset(found)


def unplaced(table: Table) -> Iterator[str]:
    """Columns of which nobody has said what they tell."""
    reasons = OF_NOBODY.get(table.name, {})
    known = placed(table) | {name for names in reasons for name in names.split()}
    for column in table.columns:
        if isinstance(column.type, MAY_TELL) and column.name not in known:
            yield f"{table.name}.{column.name}"


def test_every_column_that_may_tell_of_a_member_is_placed() -> None:
    """R40, PRV-R1: a new column fails here until somebody has said what becomes of it."""
    assert [name for table in metadata.sorted_tables for name in unplaced(table)] == []


def test_a_column_that_nobody_placed_is_noticed() -> None:
    made = table(
        "planted", needed("id", Id, primary_key=True), needed("birthday_wish", Words), owner="id",
        grows=Growth(With.MEMBERS, "1 a member", 100),
    )  # fmt: skip
    try:
        assert list(unplaced(made)) == ["planted.id", "planted.birthday_wish"]
    finally:
        metadata.remove(made)


def test_reasons_are_given_for_columns_that_are_there_and_not_placed() -> None:
    """A list of exceptions that nobody tidies hides the next one."""
    for name, reasons in OF_NOBODY.items():
        found = metadata.tables[f"{SCHEMA}.{name}"]
        listed = [column for names in reasons for column in names.split()]
        assert len(listed) == len({*listed}), name
        assert {*listed} <= {column.name for column in found.columns} - placed(found), name


def test_holdings_name_columns_that_are_there_and_every_store_knows_where_they_lie() -> None:
    """PRV-R1: what is exported and erased is the same on every store."""
    for one in holdings().values():
        columns = {column.name for column in metadata.tables[f"{SCHEMA}.{one.table}"].columns}
        assert {*one.told, one.whose, *one.emptied, *one.only} <= columns, one.name
    assert LIES.keys() == holdings().keys()
    assert {name for name, one in holdings().items() if one.fate is Fate.OWN_STEP} == OWN_STEPS.keys()


def test_tables_that_say_they_tell_of_people_are_held_by_a_manifest() -> None:
    """R40: the page of tables and the manifests say the same."""
    telling = {one.name for one in metadata.sorted_tables if one.info["grows"].personal != NONE}

    assert telling - OF_OTHERS <= {one.table for one in holdings().values()}

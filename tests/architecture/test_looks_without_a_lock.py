"""What decides and looks without a lock says why nobody can come in between (R13, R30).

A use case that decides may look at a row only after locking it (`claim...`), or where something else holds what it saw: a guard
that compares, a rule of the database, another lock, or that what it saw never changes. Every look is found in the code, and
every one that takes no lock stands here.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).parents[2]
DOMAIN: Final = PROJECT / "src/retail_domain"
ASSEMBLY: Final = PROJECT / "src/adapters/retail_adapters/assembly"
ONLY_LOOKS: Final = frozenset({"reading", "looking"})
"""Frames of use cases that decide nothing."""
WRITES_AT_ONCE: Final = frozenset({
    "add_up", "carry", "erase", "failed", "forget", "forget_expired", "forget_guests", "forget_of", "give", "replace_all",
    "replay", "sweep",
})  # fmt: skip
"""Methods of collections that are one statement which locks what it changes."""

SETTLED: Final = "what is asked for never changes: whose something is, what it is a part of, what was agreed or sent"
STAYS: Final = "it is only asked whether it is there, and what is there stays"
AGAIN: Final = "it only says what to lock; what is decided on is read again under the lock, or compared once more"
UNIQUE: Final = "of rivals the second meets a rule of the database, and is run again or refused by it"
HELD: Final = "the lock of what it belongs to is held, and nobody writes it without that"
AS_OF_NOW: Final = "it counts as it was at that moment: whoever changes it comes after, as if a moment later"
PLACING: Final = "a quote only says what things cost; placing looks at what it rests on"
TOLD: Final = "a request is told what was stored under its key"
SLIPS_IN: Final = "what comes in behind the look holds erasing up until it is over, and goes a day later"
LOCKS: Final = "it locks what it finds"
LISTED: Final = "a provider may say otherwise a moment after any look; whatever contradicts is listed for staff"
ROUGH: Final = "a bound on what staff set up by mistake; rivals may be one each beyond it"

REASONS: Final[Mapping[str, Mapping[str, str]]] = {
    "accounts/use_cases/addresses.py spelled_out": {"regions.are_loaded": AS_OF_NOW, "regions.path_of": AS_OF_NOW},
    "accounts/use_cases/custom_roles.py remove_role": {"work.staff.holds": HELD},
    "accounts/use_cases/keys.py make_key": {"work.api_keys.find": UNIQUE},
    "accounts/use_cases/limits.py seen": {"counters.read": AS_OF_NOW},
    "accounts/use_cases/log_in_with_password.py try_login": {"work.logins.find": AGAIN},
    "accounts/use_cases/managing.py maker_of": {"work.staff.get": AS_OF_NOW},
    "accounts/use_cases/managing.py rights_of_staff": {"work.custom_roles.find": AS_OF_NOW},
    "accounts/use_cases/passwords.py _check_name": {"work.logins.find": UNIQUE},
    "accounts/use_cases/sealing.py seal_trail": {"work.trail_seals.unsealed": UNIQUE},
    "accounts/use_cases/staff.py store_staff": {"work.logins.find": UNIQUE},
    "accounts/use_cases/staff.py welcome_line": {"work.logins.find": SETTLED},
    "catalog/importing/storing.py store": {
        "self.work.products.owners_of_sku_codes": UNIQUE,
        "self.work.products.skus_barred": AS_OF_NOW,
    },
    "catalog/importing/storing.py _find_brands": {"self.work.brands.of_names": UNIQUE},
    "catalog/use_cases/arrange_shelves.py create_category": {"work.categories.all": UNIQUE},
    "catalog/use_cases/arrange_shelves.py create_brand": {"work.brands.of_names": UNIQUE},
    "catalog/use_cases/change_product.py edit_sku": {"work.products.product_of": SETTLED},
    "catalog/use_cases/change_product.py reprice_sku": {"work.products.product_of": SETTLED},
    "catalog/use_cases/change_product.py _changes": {"work.products.skus_for_placing": SETTLED},
    "catalog/use_cases/checks.py require_free_sku_codes": {
        "work.products.owners_of_sku_codes": UNIQUE,
        "work.products.skus_barred": AS_OF_NOW,
    },
    "catalog/use_cases/describe_sku.py _found": {"work.products.product_of": SETTLED},
    "catalog/use_cases/describe_sku.py require_free_barcodes": {
        "work.products.skus_barred": UNIQUE,
        "work.products.owners_of_sku_codes": AS_OF_NOW,
    },
    "catalog/use_cases/describe_sku.py _require_true": {"work.price_changes.since": HELD},
    "inventory/use_cases.py open_location": {"work.locations.all": UNIQUE},
    "inventory/use_cases.py follow_stock_level": {"work.alerts.find": HELD},
    "inventory/use_cases.py _place": {"work.locations.all": STAYS},
    "membership/favourites.py add_favourite": {"work.favourites.of_member": UNIQUE},
    "membership/favourites.py remove_favourite": {"work.favourites.of_member": AS_OF_NOW},
    "processes/delivery/edits_by_file.py _place": {"work.locations.all": STAYS},
    "processes/delivery/edits_by_file.py _read": {"work.products.skus_named": AS_OF_NOW},
    "processes/delivery/edits_by_file.py edit_prices": {"work.products.skus_for_placing": SETTLED},
    "ordering/personal.py open_orders": {"work.orders.unfinished_of": SLIPS_IN},
    "wallet/personal.py money_left": {"work.wallet_lots.left_of": SLIPS_IN, "work.withdrawals.waiting_of": SLIPS_IN},
    "payments/personal.py money_under_way": {
        "work.payments.unsettled_of": SLIPS_IN,
        "work.refunds.unsettled_of": SLIPS_IN,
    },
    "processes/leaving/erasing.py keep_trade_apart": {"work.delivery_contacts.of_member": LOCKS},
    "processes/leaving/erasing.py take_names_off_reviews": {"work.reviews.of_member": AGAIN},
    "ordering/use_cases.py write_memo": {"work.order_memos.of_order": HELD},
    "processes/delivery/catalogue_import.py _location": {"work.locations.all": STAYS},
    "processes/delivery/completing.py complete_order": {"work.orders.get": AGAIN},
    "processes/delivery/noting.py note_down": {
        "work.products.get": STAYS,
        "work.products.product_of": STAYS,
        "work.orders.get": STAYS,
        "work.members.get": STAYS,
    },
    "processes/delivery/striking.py bound_price_as_paid": {"work.orders.lowest_paid": AS_OF_NOW},
    "processes/delivery/striking.py lowest_paid": {"work.orders.lowest_paid": AS_OF_NOW},
    "messages/use_cases/sending.py _held_back": {
        "work.settings.timetable": AS_OF_NOW,
        "work.message_settings.of": AS_OF_NOW,
    },
    "messages/use_cases/telling.py _bundle": {"work.settings.timetable": AS_OF_NOW},
    "reviews/use_cases.py set_now": {"work.settings.timetable": AS_OF_NOW},
    "points/use_cases.py claimed": {"work.points_lots.free_of": HELD},
    "points/moving_in.py _store": {"work.points_lots.free_of": HELD, "work.settings.timetable": AS_OF_NOW},
    "processes/rewards/adjusting.py adjust_points": {"work.members.get": STAYS, "work.settings.timetable": AS_OF_NOW},
    "processes/rewards/adjusting.py most_at_once": {"work.staff.get": AS_OF_NOW},
    "wallet/use_cases.py claimed": {"work.wallet_lots.free_of": HELD, "work.wallet_uses.of": HELD},
    "processes/rewards/wallets.py _claimed": {"work.withdrawals.find": AGAIN},
    "processes/rewards/wallets.py adjust_wallet": {"work.members.get": STAYS, "work.settings.timetable": AS_OF_NOW},
    "processes/rewards/wallets.py request_withdrawal": {
        "work.settings.timetable": AS_OF_NOW,
        "work.withdrawals.waiting_of": HELD,
    },
    "processes/rewards/awarding.py check_in_for_points": {"work.settings.timetable": AS_OF_NOW},
    "processes/rewards/awarding.py award_review": {"work.orders.get": AS_OF_NOW, "work.settings.timetable": AS_OF_NOW},
    "processes/rewards/awarding.py take_back_refunded": {
        "work.orders.get": AS_OF_NOW,
        "work.reviews.of_lines": AS_OF_NOW,
        "work.settings.timetable": AS_OF_NOW,
    },
    "processes/rewards/awarding.py _held": {"work.reviews.get": AGAIN},
    "processes/takings/points.py claim": {"work.points_lots.free_of": HELD},
    "processes/takings/points.py lock": {"work.settings.timetable": AS_OF_NOW},
    "processes/takings/points.py own": {"work.points_lots.free_of": HELD, "work.points_uses.of_order": HELD},
    "processes/takings/points.py told": {"work.points_lots.free_of": AGAIN},
    "processes/delivery/redirecting.py freight_there": {"work.price_book.get": AS_OF_NOW, "work.settings.timetable": AS_OF_NOW},
    "processes/delivery/redirecting.py _own_address": {"work.addresses.find": AS_OF_NOW},
    "processes/delivery/reviewing.py store_review": {"work.orders.get": SETTLED, "work.reviews.of_lines": UNIQUE},
    "processes/delivery/reviewing.py store_import": {"work.reviews.of_lines": UNIQUE},
    "processes/delivery/reviewing.py review_automatically": {"work.orders.get": SETTLED, "work.reviews.of_lines": UNIQUE},
    "processes/delivery/shipping.py ship_order": {"work.orders.get": AGAIN},
    "membership/moving_in.py _store": {"work.opening_totals.of": UNIQUE},
    "processes/staff/moving_in.py _mover": {"work.staff.get": AS_OF_NOW},
    "processes/staff/moving_in.py _arrived": {"work.opening_totals.of": UNIQUE},
    "processes/money/day_book.py close_books": {
        "work.books.standstill": LOCKS,
        "work.books.newest": HELD,
        "work.books.reach": HELD,
    },
    "processes/money/day_book.py _held_after": {"books.closed_days": HELD},
    "processes/money/day_book.py _open_days": {"books.moved": HELD, "books.next_at": HELD},
    "processes/money/closing.py close_unpaid": {"work.orders.get": AGAIN},
    "processes/money/correcting.py record_correction": {"work.refunds.get": SETTLED},
    "processes/money/going_on.py go_on": {"work.orders.get": AGAIN},
    "processes/money/holding.py charge_account": {"work.orders.get": AGAIN},
    "processes/money/holding.py release_held": {"work.payments.get": AGAIN},
    "processes/money/holding.py give_back": {"work.refunds.get": AGAIN},
    "processes/money/noticing.py apply_notice": {"work.inbox.has_event": UNIQUE, "work.inbox.find": UNIQUE},
    "processes/money/noticing.py _hear_payment": {"work.payments.find": AGAIN},
    "processes/money/noticing.py _hear_refund": {"work.refunds.find": AGAIN},
    "processes/money/noticing.py shelve_notice": {"work.payments.find": AGAIN},
    "processes/money/noticing.py keep_unread": {"work.inbox.find": UNIQUE},
    "processes/money/refunding.py refund_order": {"work.members.get": SLIPS_IN, "work.orders.get": AGAIN},
    "processes/money/refunding.py close_paid": {"work.orders.get": AGAIN},
    "processes/money/refunding.py note_sending": {"work.payments.get": SETTLED, "work.refunds.get": AGAIN},
    "processes/money/refunds_heard.py hear_refund": {"work.refunds.get": AGAIN},
    "processes/money/refunds_heard.py is_paid_before": {"work.refunds.get": LISTED},
    "processes/money/retrying.py _decided": {"work.refunds.get": AGAIN},
    "processes/money/settlement.py answer_chosen": {"work.payments.get": TOLD},
    "processes/money/settlement.py claim_pair": {"work.payments.get": AGAIN, "work.orders.get": AGAIN},
    "processes/money/settlement.py _is_anothers_deal": {"work.payments.find_deal": UNIQUE},
    "processes/purchase/checkout.py placed_before": {"work.orders.placed_from": UNIQUE},
    "processes/purchase/checkout.py _claim": {"work.sale_terms.of": AS_OF_NOW, "work.delivery_contacts.regions": AS_OF_NOW},
    "processes/purchase/quoting.py quote_basket": {"work.quotes.get": TOLD},
    "processes/purchase/quoting.py quote_again": {"work.quotes.get": SETTLED},
    "processes/purchase/quoting.py _basket_of": {"work.carts.of": PLACING},
    "processes/purchase/quoting.py _region": {"work.delivery_contacts.regions": PLACING},
    "processes/purchase/quoting.py survey": {"work.window.look": PLACING},
    "processes/purchase/quoting.py goods_facts": {"products.skus_for_placing": PLACING},
    "processes/purchase/quoting.py still_allowed": {"counters.taken": PLACING},
    "processes/takings/open_orders.py claim": {"work.orders.open_of": UNIQUE},
    "processes/staff/offering.py change_offer": {"work.promotions.get": HELD},
    "processes/staff/offering.py launch_offer": {"work.promotions.get": HELD},
    "processes/staff/offering.py stop_offer": {"work.promotions.get": HELD},
    "processes/staff/tiers.py _standing": {"work.members.get": STAYS, "work.tier_standings.of": UNIQUE},
    "processes/takings/tier.py claim": {"work.tier_standings.of": AS_OF_NOW},
    "processes/takings/tier.py told": {"work.tier_standings.of": PLACING},
    "processes/worker/reactions.py _rise": {"work.orders.get": SETTLED},
    "tiers/moving_in.py _store": {"work.tier_standings.of": UNIQUE},
    "tiers/use_cases.py evaluate_tier": {"work.tier_standings.of": UNIQUE},
    "tiers/use_cases.py ladder_in_force": {"work.settings.timetable": AS_OF_NOW},
    "tiers/use_cases.py metrics_of": {"work.spending.of": AS_OF_NOW},
    "processes/takings/quota.py own": {"work.quota_shares.of_order": HELD},
    "processes/takings/stock.py own": {"work.reservations.of": HELD},
    "processes/worker/reactions.py _count_sold": {"work.orders.get": SETTLED},
    "processes/worker/reactions.py _count_back": {"work.orders.get": SETTLED},
    "coupons/use_cases.py give_one": {"work.coupons.counted": HELD, "work.settings.timetable": AS_OF_NOW},
    "coupons/use_cases.py look_after_coupon": {"work.coupons.held": SETTLED},
    "processes/rewards/couponing.py issue_coupon": {"work.members.get": STAYS},
    "processes/rewards/couponing.py welcome_with_coupons": {"work.coupon_templates.open_ones": AGAIN},
    "processes/rewards/couponing.py rise_with_coupons": {"work.coupon_templates.open_ones": AGAIN},
    "processes/takings/coupons.py told": {"work.coupons.held": PLACING},
    "processes/takings/coupons.py lock": {"work.settings.timetable": AS_OF_NOW},
    "processes/takings/coupons.py own": {"work.coupons.of_order": HELD},
    "messages/use_cases/reading.py _decide": {"work.marketing_consents.last_of": UNIQUE},
    "messages/use_cases/reading.py change_message_settings": {"work.message_settings.of": UNIQUE},
    "messages/use_cases/sending.py _reader": {"work.message_facts.phone_of": AS_OF_NOW, "work.message_settings.of": AS_OF_NOW},
    "messages/use_cases/sending.py _reason_against": {
        "work.marketing_consents.last_of": AS_OF_NOW,
        "work.message_facts.unpaid": AS_OF_NOW,
    },
    "messages/use_cases/telling.py _consents": {"work.marketing_consents.last_of": AS_OF_NOW},
    "messages/use_cases/telling.py _things": {
        "work.message_facts.order_numbers": SETTLED,
        "work.message_facts.sku_codes": SETTLED,
    },
    "messages/use_cases/telling.py _wanted": {"work.message_facts.authors": SETTLED},
    "messages/use_cases/telling.py tell": {"work.message_occasions.known": UNIQUE},
    "messages/use_cases/telling.py tell_pay_soon": {"work.message_facts.unpaid": AS_OF_NOW},
    "reviews/use_cases.py claim_mine": {"work.reviews.of_lines": AGAIN},
    "webhooks/use_cases/deciding.py store_webhook": {"work.webhooks.every": ROUGH},
    "webhooks/use_cases/deciding.py _found": {"work.webhooks.find": STAYS},
    "webhooks/use_cases/telling.py write_down": {"work.tellings.count_open": HELD},
    "webhooks/use_cases/telling.py take_up_tellings": {"work.webhooks.find": AS_OF_NOW},
    "processes/money/repricing.py reprice_unpaid": {"work.orders.get": AGAIN},
    "processes/purchase/buying_again.py buy_again": {"work.orders.get": SETTLED},
    "processes/staff/jobs.py _of_trial": {"work.job_papers.of": HELD},
    "processes/staff/jobs.py _outcome_of": {"work.jobs.find": AS_OF_NOW},
    "processes/staff/jobs.py _places": {"work.locations.all": STAYS},
    "processes/staff/jobs.py cancel_job": {"work.job_papers.of": HELD},
    "processes/staff/jobs.py store_job": {"work.jobs.open_under": UNIQUE, "work.job_papers.of": HELD},
    "processes/staff/places.py _approval": {"work.approvals.find": SETTLED},
    "processes/staff/places.py _trial": {"work.jobs.find": SETTLED},
    "processes/worker/jobs.py end_job": {"work.job_papers.of": HELD},
    "processes/worker/jobs.py forget_jobs": {"work.settings.timetable": AS_OF_NOW},
    "processes/worker/jobs.py take_up_job": {"work.job_papers.of": HELD},
    "processes/staff/places.py _coded": {"work.locations.all": STAYS},
    "processes/staff/places.py _of_order": {"work.orders.get": SETTLED, "work.reservations.of": AS_OF_NOW},
    "processes/staff/places.py _payment": {"work.payments.get": SETTLED},
    "processes/staff/places.py _refund": {"work.refunds.get": SETTLED},
    "processes/staff/seconding.py _is_own": {"work.api_keys.find": SETTLED},
    "processes/staff/seconding.py _person": {"work.staff.get": AS_OF_NOW},
    "processes/staff/seconding.py rights_of_asker": {"work.api_keys.find": AS_OF_NOW, "work.staff.get": AS_OF_NOW},
    "processes/staff/seconding.py ask_second": {"work.approvals.asked_under": TOLD},
    "settings/use_cases.py change_settings": {"work.settings.timetable": UNIQUE},
    "settings/use_cases.py take_settings_back": {"work.settings.timetable": UNIQUE},
}
"""Where without a lock, what is looked at, and why that is enough."""


def only_looking() -> frozenset[str]:
    """Use cases that are wired as looks: they decide nothing."""
    calls = (node for path in ASSEMBLY.glob("*.py") for node in ast.walk(ast.parse(path.read_text())))
    framed = (one for one in calls if isinstance(one, ast.Call) and ast.unparse(one.func).rpartition(".")[2] in ONLY_LOOKS)
    return frozenset(name.id for one in framed for name in one.args if isinstance(name, ast.Name))


def collections() -> frozenset[str]:
    """The ports that units of work have."""
    return frozenset(
        ast.unparse(method.returns)
        for path in sources()
        for unit in ast.walk(ast.parse(path.read_text()))
        if isinstance(unit, ast.ClassDef) and unit.name.endswith("Work")
        for method in unit.body
        if isinstance(method, ast.FunctionDef) and method.returns is not None
    )


def sources() -> Iterator[Path]:
    return (path for path in sorted(DOMAIN.rglob("*.py")) if "testing" not in path.parts)


def looks(path: Path, stores: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Each function of a module, and what it asks of a collection without claiming it."""
    for function in ast.walk(ast.parse(path.read_text())):
        if not isinstance(function, ast.AsyncFunctionDef):
            continue
        given = {one.arg for one in function.args.args if one.annotation and ast.unparse(one.annotation) in stores}
        for node in ast.walk(function):
            if not (isinstance(node, ast.Await) and isinstance(node.value, ast.Call)):
                continue
            asked = node.value.func
            if not isinstance(asked, ast.Attribute) or asked.attr.startswith("claim") or asked.attr in WRITES_AT_ONCE:
                continue
            of = ast.unparse(asked.value)
            if of in given or (of.startswith(("work.", "self.work.")) and not of.endswith(".answers")):
                yield function.name, ast.unparse(asked)


def test_every_look_without_a_lock_has_a_reason() -> None:
    """R13, R30: a new one fails here until it locks, or its reason is found."""
    stores, harmless = collections(), only_looking()
    found = defaultdict(set)
    for path in sources():
        for function, look in looks(path, stores):
            if function not in harmless:
                found[f"{path.relative_to(DOMAIN)} {function}"].add(look)

    assert dict(found) == {place: set(reasons) for place, reasons in REASONS.items()}


def test_looks_are_recognised(tmp_path: Path) -> None:
    """R13: by a unit of work, by a part of one that is handed in, and inside a class; locks and looks at answers are none."""
    module = tmp_path / "module.py"
    module.write_text(
        "async def a(work: Work):\n    (await work.staff.get(1)).require(2)\n    await work.staff.claim([1])\n"
        "async def b(orders: Orders, others: object):\n    await orders.get(1)\n    await others.get(1)\n"
        "class C:\n    async def c(self):\n        await self.work.logins.find(1)\n"
        "        await self.work.answers.recall(None)\n"
    )

    assert list(looks(module, frozenset({"Orders"}))) == [
        ("a", "work.staff.get"), ("b", "orders.get"), ("c", "self.work.logins.find"),
    ]  # fmt: skip
    assert {"Orders", "Payments", "Products", "Quotes"} <= collections()

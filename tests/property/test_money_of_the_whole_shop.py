"""Whatever is bought, in whatever portions it is refunded: exactly what was paid comes back, and prices are ours."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings, strategies as st

from retail_adapters.assemble import Outside, on_memory
from retail_adapters.payments import counter_gateway
from retail_domain.accounts import AddAddress, AdmitMember, ContactAsTyped
from retail_domain.application import Retail
from retail_domain.catalog import CreateProduct, Listing, RepriceSku, SkuWish
from retail_domain.inventory import OpenLocation, ReceiveStock
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.ids import SkuId
from retail_domain.ordering import OrderStatus, RefundOrder, ShipOrder, Units
from retail_domain.payments import ConfirmCounterPayment, Flow, StartPayment
from retail_domain.pricing import ChargeBy, FreightZone, WantedLine
from retail_domain.processes.purchase.checkout import Placed, PlaceOrder
from retail_domain.processes.purchase.quoting import Quote, QuoteBasket, StoreFreightTemplate
from retail_domain.testing.run_now import run_now
from tests.support.stores import HandClock

CLERK = Actor.system("clerk")
LINES = st.lists(st.tuples(st.integers(1, 9_999), st.integers(1, 5)), min_size=1, max_size=3)
PORTIONS = st.randoms(use_true_random=False)


def a_shop() -> Retail:
    """A shop in memory with a till."""
    till = counter_gateway("a counter secret that only tests know")
    retail = on_memory(Outside(clock=HandClock(), gateways={"counter": till}))
    run_now(retail.inventory.open_location(OpenLocation(code="main", name="Main", actor=CLERK)))
    return retail


def offered(retail: Retail, lines: list[tuple[int, int]]) -> list[SkuId]:
    """Goods at these prices, enough of each."""
    wishes = tuple(
        SkuWish(code=f"s{at}", price_minor=price, options=(("kind", f"{at}"),)) for at, (price, _) in enumerate(lines)
    )
    made = run_now(retail.catalog.create(CreateProduct(code="p", listing=Listing(title="Goods"), skus=wishes, on_sale=True)))
    for sku_id in made.sku_ids:
        arrived = ReceiveStock(sku_id=sku_id, location="main", quantity=20, reference="note", actor=CLERK)
        run_now(retail.inventory.receive(arrived))
    return list(made.sku_ids)


def quoted(retail: Retail, wanted: dict[SkuId, int], freight: int) -> Quote:
    """What a new member is told these goods cost, delivered."""
    zone = FreightZone(regions=("",), delivers=True, first_minor=freight)
    run_now(
        retail.quoting.store_freight_template(
            StoreFreightTemplate(name="Parcel", charge_by=ChargeBy.PIECE, zones=(zone,), is_default=True, actor=CLERK)
        )
    )
    phone = Phone.parse("13800138000")
    member = run_now(retail.accounts.admit_member(AdmitMember(actor=CLERK, phone=phone))).member_id
    typed = ContactAsTyped(recipient="Li", phone=phone, region_code="440305", region="Somewhere", detail="Street 1")
    home = run_now(retail.accounts.add_address(AddAddress(member_id=member, contact=typed))).address_id
    lines = tuple(WantedLine(sku_id, quantity) for sku_id, quantity in wanted.items())
    return run_now(retail.quoting.quote(QuoteBasket(member_id=member, address_id=home, lines=lines)))


def bought(retail: Retail, quote: Quote) -> Placed:
    """Ordered and, where it costs anything, paid at the counter."""
    placed = run_now(retail.checkout.place(PlaceOrder(member_id=quote.member_id, quote_id=quote.id, hash=quote.hash)))
    if placed.payable.minor:
        start = StartPayment(member_id=quote.member_id, order_id=placed.order_id, gateway="counter", flow=Flow.COUNTER)
        view = run_now(retail.payments.start(start))
        run_now(
            retail.payments.confirm_counter(
                ConfirmCounterPayment(payment_id=view.payment_id, amount=placed.payable, actor=CLERK)
            )
        )
    return placed


@settings(max_examples=25)
@given(lines=LINES, freight=st.integers(0, 2_000), luck=PORTIONS)
def test_units_refunded_in_any_portions_give_back_exactly_what_was_paid(
    lines: list[tuple[int, int]], freight: int, luck: Random
) -> None:
    """PRC-R6, PRC-I10, R4 to R6, ORD-I4, PAY-I4, GEN-R5: not a cent more on the way, freight last, and the books are empty."""
    retail = a_shop()
    sku_ids = offered(retail, lines)
    wanted = {sku_id: quantity for sku_id, (_, quantity) in zip(sku_ids, lines, strict=True)}
    quote = quoted(retail, wanted, freight)
    placed = bought(retail, quote)
    assert placed.payable.minor == sum(price * quantity for price, quantity in lines) + freight

    units = [sku_id for sku_id, quantity in wanted.items() for _ in range(quantity)]
    luck.shuffle(units)
    paid_back = 0
    while units:
        size = luck.randint(1, len(units))
        portion, units = units[:size], units[size:]
        named = tuple(Units(sku_id, portion.count(sku_id)) for sku_id in dict.fromkeys(portion))
        wish = RefundOrder(order_id=placed.order_id, reason="x", actor=CLERK, units=named)
        paid_back += run_now(retail.ordering.refund(wish)).amount.minor
        assert paid_back <= placed.payable.minor
    for _ in range(2):
        run_now(retail.background.timers["push_refunds"]())

    order = run_now(retail.ordering.show.show(placed.order_id))
    assert (paid_back, order.status) == (placed.payable.minor, OrderStatus.CLOSED)
    assert {one.account: one.balance.minor for one in run_now(retail.payments.show.balances()) if one.balance.minor} == {}


@settings(max_examples=20)
@given(lines=LINES, freight=st.integers(0, 2_000), luck=PORTIONS)
def test_shipped_and_unshipped_units_and_freight_in_portions_give_back_no_more_than_was_paid(
    lines: list[tuple[int, int]], freight: int, luck: Random
) -> None:
    """R5, ORD-I4, R6: with some units shipped, freight goes back only by staff's decision; all together it is exact."""
    retail = a_shop()
    sku_ids = offered(retail, lines)
    wanted = {sku_id: quantity for sku_id, (_, quantity) in zip(sku_ids, lines, strict=True)}
    placed = bought(retail, quoted(retail, wanted, freight))
    sent = (Units(sku_ids[0], luck.randint(1, wanted[sku_ids[0]])),)
    run_now(
        retail.ordering.ship(ShipOrder(order_id=placed.order_id, carrier="SF", tracking_number="1", actor=CLERK, units=sent))
    )
    first = luck.randint(0, freight)
    back = []
    order = list(wanted.items())
    luck.shuffle(order)
    parts = [first, freight - first]
    if freight:
        share = RefundOrder(order_id=placed.order_id, reason="x", actor=CLERK, freight_minor=parts[0] or parts.pop())
        back.append(run_now(retail.ordering.refund(share)).amount.minor)
    for at, (sku_id, quantity) in enumerate(order):
        rest = freight - back[0] if freight and at == len(order) - 1 else 0
        wish = RefundOrder(
            order_id=placed.order_id, reason="x", actor=CLERK, units=(Units(sku_id, quantity),), freight_minor=rest
        )
        back.append(run_now(retail.ordering.refund(wish)).amount.minor)

    assert sum(back) == placed.payable.minor
    assert sum(one.balance.minor for one in run_now(retail.payments.show.balances())) == 0


@settings(max_examples=20)
@given(price=st.integers(100, 9_999), change=st.integers(-99, 99).filter(bool))
def test_a_price_that_changed_since_the_quote_is_never_charged_in_silence(price: int, change: int) -> None:
    """R7, CRT-R7, CRT-R4: up or down, the buyer is asked again; a tampered hash is refused; the amount is the quote's."""
    retail = a_shop()
    (sku_id,) = offered(retail, [(price, 1)])
    quote = quoted(retail, {sku_id: 1}, 0)
    run_now(retail.catalog.reprice(RepriceSku(sku_id=sku_id, price_minor=price + change)))

    refusals = []
    for hash in (quote.hash, "0" * len(quote.hash)):
        try:
            run_now(retail.checkout.place(PlaceOrder(member_id=quote.member_id, quote_id=quote.id, hash=hash)))
        except Exception as refused:
            refusals.append(getattr(refused, "code", repr(refused)))

    assert refusals == ["quote.price_changed", "quote.hash_mismatch"]

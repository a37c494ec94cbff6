"""What pays an order together, and who gets which part of a refund back: pure (PAY-R10, R5)."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from hypothesis import given, strategies as st

from retail_adapters.serialization import converter
from retail_domain.kernel.ids import RefundId
from retail_domain.kernel.money import Money
from retail_domain.ordering import RefundStarted
from retail_domain.payments import (
    Payment,
    Standing,
    Tender,
    TenderNotOffered,
    Tenders,
    freight_of,
    left_to_ask,
    split_refund,
    who_pay,
)
from retail_domain.testing.orders import NOON, a_payment, order_id, says

RULES = st.permutations(["gateway", "wallet", "gift_card"]).flatmap(
    lambda all_of_them: st.integers(0, 3).map(lambda many: tuple(all_of_them[:many]))
)
PAYABLE, FREIGHT = 5_000, 800


def inside(tender: str, minor: int, freight_minor: int = 0, number: int = 1) -> Payment:
    """Held by an account."""
    money = Money(minor, "CNY")
    return a_payment(None, number, gateway=tender, tender=tender, amount=money, freight_minor=freight_minor).held().state


def applied(tender: str, minor: int) -> Payment:
    """Money that pays."""
    if tender != "gateway":
        return inside(tender, minor).capture(at=NOON).state
    payment = a_payment(amount=Money(minor, "CNY"), freight_minor=0)
    return payment.hear(says(payment), Standing.AWAITS_PAYMENT, at=NOON).state


def test_each_gets_back_no_more_than_it_paid_in_the_order_of_the_rule() -> None:
    """PAY-R10: whoever is not named comes last, by name; an order of before has the gateway first."""
    paid = [applied("wallet", 300), applied("gift_card", 200), applied("gateway", 500)]

    def split(*rule: str) -> list[tuple[str, int, int]]:
        return [(part.payment.tender, part.amount_minor, part.freight_minor) for part in split_refund(paid, 900, 550, rule)]

    assert split("gateway", "wallet") == [("gateway", 500, 500), ("wallet", 300, 50), ("gift_card", 100, 0)]
    assert split("wallet") == [("wallet", 300, 300), ("gateway", 500, 250), ("gift_card", 100, 0)]
    assert split() == [("gateway", 500, 500), ("gift_card", 200, 50), ("wallet", 200, 0)]


@given(st.lists(st.integers(1, 2_000), min_size=3, max_size=3), st.lists(st.integers(0, 900), max_size=6), RULES)
def test_parts_add_up_whatever_is_asked_in_how_many_parts(amounts: list[int], asks: list[int], rule: tuple[str, ...]) -> None:
    """R5, PAY-I4: what has been given back before counts; the freight adds up with the rest; too much is refused whole."""
    paid = {name: applied(name, minor) for name, minor in zip(("gateway", "wallet", "gift_card"), amounts, strict=True)}
    for ask in asks:
        freight = ask // 3
        left = sum(one.refundable_minor for one in paid.values())
        if ask > left:
            with pytest.raises(ValueError, match="more is to go back"):
                split_refund(paid.values(), ask, freight, rule)
            continue
        parts = split_refund(paid.values(), ask, freight, rule)
        assert sum(part.amount_minor for part in parts) == ask
        assert sum(part.freight_minor for part in parts) == freight
        assert all(0 <= part.freight_minor <= part.amount_minor for part in parts)
        for part in parts:
            paid[part.payment.tender] = part.payment.reserve_refund(part.amount_minor).state
        first = next((name for name in rule if name in paid), None)
        if first is not None and parts:
            assert parts[0].payment.tender == first or not paid[first].refundable_minor


@given(st.lists(st.integers(1, PAYABLE), max_size=3), st.data())
def test_whatever_is_held_the_payments_bear_the_freight_exactly(wishes: list[int], data: st.DataObject) -> None:
    """R6: also with money of an attempt that was begun before the last of them was held."""
    held: list[Payment] = []
    asked = [(PAYABLE, FREIGHT)]
    for number, wish in enumerate(wishes, 1):
        left = left_to_ask(PAYABLE, held)
        minor = min(wish, left)
        if minor:
            held.append(inside(f"t{number}", minor, freight_of(minor, left, FREIGHT, held), number))
        left = left_to_ask(PAYABLE, held)
        asked.append((left, freight_of(left, left, FREIGHT, held)))

    assert all(0 <= freight <= left for left, freight in asked)
    left, freight = data.draw(st.sampled_from(asked))
    pay = who_pay(held, PAYABLE - left, FREIGHT - freight)
    assert pay is not None and sum(one.amount.minor for one in pay) + left == PAYABLE
    assert sum(one.freight_minor for one in pay) + freight == FREIGHT


def test_nobody_pays_what_does_not_fit() -> None:
    """PAY-I1: an order is paid to the cent or not at all."""
    assert who_pay([inside("wallet", 300)], 299, 0) is None
    assert who_pay([inside("wallet", 300)], 0, 0) == ()


class _Named(Tender[Any, Any]):
    name: ClassVar[str] = "wallet"

    async def claim(self, work: Any, member_id: Any) -> Any:
        return None

    def available(self, account: Any, currency: str) -> int:
        return 0

    def charge(self, account: Any, movement: Any) -> Any:
        return account

    def give_back(self, account: Any, movement: Any) -> Any:
        return account

    def save(self, work: Any, account: Any) -> None:
        return None


@pytest.mark.parametrize("name", ["gateway", "counter", "sales", "held", "Wallet", "gateway:x", ""])
def test_a_tender_has_a_name_that_no_account_of_the_books_has(name: str) -> None:
    """R6: the account of a tender is called by its name."""
    assert Tenders((_Named(),)).of("wallet").name == "wallet"
    with pytest.raises(ValueError, match="name of its own"):
        Tenders((type("Other", (_Named,), {"name": name})(),))
    with pytest.raises(ValueError, match="name of its own"):
        Tenders((_Named(), _Named()))
    with pytest.raises(TenderNotOffered):
        Tenders().of("wallet")


def test_an_answer_that_was_kept_before_refunds_were_lists_is_still_read() -> None:
    """R17, R44."""
    now = RefundStarted(
        order_id=order_id(),
        status="to_ship",
        amount=Money(5, "CNY"),
        refund_id=RefundId(order_id()),
        refunds=(RefundId(order_id()),),
    )
    kept = converter.unstructure(now)
    del kept["refunds"]

    before = converter.structure(kept, RefundStarted)

    assert (before.refund_id, before.refunds) == (now.refund_id, ())

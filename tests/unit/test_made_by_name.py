"""Values made of others by the names of their fields: what does not fit is told when it is imported."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import frozen

from retail_domain.kernel.by_name import made_by_name
from retail_domain.kernel.money import Money
from retail_domain.ordering import Order, Placement
from retail_domain.testing.orders import ALICE, NOON, a_placement, placed


@frozen(kw_only=True)
class Facts:
    id: int
    words: str
    paid_minor: int
    currency: str

    @property
    def length(self) -> int:
        return len(self.words)


@frozen(kw_only=True)
class Shown:
    fact_id: int
    words: str
    paid: Money
    length: int
    seen_by: str
    is_long: bool
    note: str = "none"


@frozen(kw_only=True)
class Odd:
    words: int


def test_what_agrees_is_taken_by_name_and_what_differs_is_said() -> None:
    made = made_by_name(Shown, Facts, "seen_by", fact_id="id", is_long=lambda facts: facts.length > 2)

    shown = made(Facts(id=7, words="tea", paid_minor=5, currency="CNY"), seen_by="alice")

    assert shown == Shown(fact_id=7, words="tea", paid=Money(5, "CNY"), length=3, seen_by="alice", is_long=True)


@pytest.mark.parametrize(
    ("told", "beside", "differs"),
    [
        ("Shown.fact_id: Facts has no fact_id", ("seen_by",), {}),
        ("Shown.fact_id: Facts has no number", ("seen_by",), {"fact_id": "number"}),
        ("Shown.seen_by: Facts has no seen_by", (), {"fact_id": "id"}),
        ("Shown has no colour", ("seen_by", "colour"), {"fact_id": "id", "is_long": bool}),
        ("Shown.fact_id is .*int.*, and .*str.* in Facts", ("seen_by",), {"fact_id": "words"}),
    ],
)
def test_what_does_not_fit_is_told_at_once(told: str, beside: tuple[str, ...], differs: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=told):
        made_by_name(Shown, Facts, *beside, **differs)


def test_one_name_is_of_one_type() -> None:
    with pytest.raises(TypeError, match=r"Odd\.words is .*int.*, and .*str"):
        made_by_name(Odd, Facts)


def test_an_order_begins_with_all_that_its_placement_says() -> None:
    """Whatever field a placement comes to have, an order keeps it: ORD-R1."""
    placement = a_placement(took=frozenset({"stock"}), refund_order=("wallet",), cart_version=3)

    order = placed(took=frozenset({"stock"}), refund_order=("wallet",), cart_version=3).state

    names = [one.name for one in Placement.__attrs_attrs__]  # type: ignore[attr-defined]
    assert {name: getattr(order, name) for name in names} == {name: getattr(placement, name) for name in names}
    assert (type(order), order.member_id, order.placed_at) == (Order, ALICE, NOON)

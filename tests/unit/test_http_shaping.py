"""Shapes are made of views: what agrees needs no word, what differs is said, and what comes from nowhere stops the import."""

from datetime import UTC, datetime
from enum import Enum
from typing import Any, NewType

import pytest
from attrs import frozen

from retail_domain.kernel.money import Money
from retail_entrypoints.http.priced import OptionShape
from retail_entrypoints.http.shapes import Answer, MoneyShape
from retail_entrypoints.http.shaping import derived, derived_with

TeaId = NewType("TeaId", str)


class Harvest(Enum):
    SPRING = "spring"
    AUTUMN = "autumn"


@frozen
class Garden:
    name: str
    height: int


@frozen(kw_only=True)
class Tea:
    id: TeaId
    harvest: Harvest
    word: str = "spring"
    price: Money
    was_minor: int = 2500
    picked_at: datetime | None = None
    garden: Garden | None = None
    options: tuple[tuple[str, str], ...] = (("colour", "green"),)
    notes: tuple[str, ...] = ("orchid",)

    @property
    def sort(self) -> str:
        return "green tea"


PRICE = Money(1999, "CNY")
LEAF = Tea(id=TeaId("tea-1"), price=PRICE, harvest=Harvest.AUTUMN)


class GardenShape(Answer, frozen=True):
    name: str

    of = derived(Garden)


class TeaShape(Answer, frozen=True):
    tea_id: str
    sort: str
    harvest: str
    word: Harvest
    price: MoneyShape
    picked_at: datetime | None
    garden: GardenShape | None
    height: int | None
    options: list[OptionShape]
    notes: list[str]
    length: int

    of = derived(Tea, tea_id="id", height="garden.height", length=lambda tea: len(tea.id))


class PricedTeaShape(Answer, frozen=True):
    was: MoneyShape
    currency: str

    of = derived_with(Tea, "currency", str)


def test_a_shape_is_made_of_what_goes_by_the_same_name_and_of_what_is_said_to_differ() -> None:
    assert TeaShape.of(LEAF) == TeaShape(
        tea_id="tea-1", sort="green tea", harvest="autumn", word=Harvest.SPRING, price=MoneyShape(1999, "CNY"), picked_at=None,
        garden=None, height=None, options=[OptionShape("colour", "green")], notes=["orchid"], length=5,
    )  # fmt: skip


def test_what_may_be_missing_is_there_when_it_is_there() -> None:
    at = datetime(2026, 4, 5, tzinfo=UTC)
    leaf = Tea(id=TeaId("x"), price=PRICE, harvest=Harvest.SPRING, garden=Garden("Longjing", 300), picked_at=at)

    told = TeaShape.of(leaf)

    assert (told.garden, told.height, told.picked_at) == (GardenShape("Longjing"), 300, at)


def test_minor_units_and_a_currency_make_money() -> None:
    assert PricedTeaShape.of(LEAF, "CNY") == PricedTeaShape(MoneyShape(2500, "CNY"), "CNY")


@pytest.mark.parametrize(
    ("name", "kind", "differs", "complaint"),
    [
        ("taste", str, {}, "Tea has no taste"),
        ("taste", str, {"taste": "id.taste"}, "Tea has no id.taste"),
        ("sort", str, {"taste": "id"}, "no field taste"),
        ("was_minor", str, {}, "is <class 'str'>, and <class 'int'> in Tea"),
        ("picked_at", datetime, {}, "is needed, and may be missing"),
        ("garden", MoneyShape | None, {}, "is <class '.*MoneyShape'>, and <class '.*Garden'>"),
        ("options", list[GardenShape], {}, "GardenShape"),
        ("was", MoneyShape, {}, "is <class '.*MoneyShape'>, and <class 'int'>"),
    ],
)
def test_what_does_not_agree_stops_the_import(name: str, kind: Any, differs: dict[str, str], complaint: str) -> None:
    body = {"__annotations__": {name: kind}, "of": derived(Tea, **differs), "__module__": __name__}  # type: ignore[arg-type]

    with pytest.raises(TypeError, match=complaint):
        type(Answer)("Wrong", (Answer,), body, frozen=True)  # type: ignore[call-overload]

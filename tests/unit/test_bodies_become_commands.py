"""What a caller sends becomes a command by the names of its fields, and what does not fit is told when it is imported."""

from datetime import UTC, datetime
from importlib import import_module
from typing import Any, Final
from uuid import UUID

import pytest
from attrs import field, frozen

from retail_domain.kernel.contact import Phone
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import OrderId
from retail_domain.kernel.once import Once
from retail_domain.ordering import OrderStatus
from retail_entrypoints.http.becoming import _MADE, becoming
from retail_entrypoints.http.shapes import Body

BY_HAND: Final = {
    "NoWords": "has no fields",
    "LogInBody": "becomes one of two commands, by what was sent",
    "DeliveryBody": "is a part of a quote's body, which looks into it",
    "OptionBody": "becomes a pair",
    "ReadBody": "lists ids of messages, or none",
    "ClosingBody": "is a password or a proof, and half a proof is refused",
    "MembersFileBody": "is a file, read row by row",
    "OfferBody": "is the text of an offer's terms, which the shop reads",
    "ParticularsBody": "is a part of new goods; of goods that are there it says what was looked at as well",
    "NewDescriptionBody": "is a description, which becomes a listing, and beside it what was looked at",
    "RestatedTemplateBody": "is a kind of coupon, which becomes a wish, and beside it what was looked at",
    "NotesBody": "names any keys, and says null where one goes",
}
"""Bodies that become nothing that has their fields, and why."""


class Line(Body, frozen=True):
    order_id: UUID
    quantity: int | None = None


class Words(Body, frozen=True):
    status: OrderStatus
    phone: str
    lines: list[Line]
    since: datetime | None = None
    colour: str = "green"


@frozen
class Wanted:
    order_id: OrderId
    quantity: int | None


@frozen(kw_only=True)
class Ask:
    member_id: UUID
    status: OrderStatus
    phone: Phone
    lines: tuple[Wanted, ...]
    since: datetime | None = None
    shade: str = field(default="")
    payer: str = "nobody"
    once: Once | None = None


@frozen
class Shade:
    order_id: OrderId
    shade: str | None


def test_fields_go_by_their_names_and_are_what_the_command_wants() -> None:
    class WantedLine(Line, frozen=True):
        to_line = becoming(Wanted)

    class Told(Words, frozen=True):
        lines: list[WantedLine]
        to_ask = becoming(Ask, "member_id", "once", shade=lambda colour, once: f"{colour} {once}", left=("payer",))

    order_id, at = OrderId(UUID(int=7)), datetime(2026, 1, 31, tzinfo=UTC)
    told = Told(
        status=OrderStatus.SIGNED, phone="13800138000", lines=[WantedLine(order_id=order_id, quantity=2)],
        since=datetime.fromisoformat("2026-01-31T08:00:00+08:00"),
    )  # fmt: skip

    assert told.to_ask(member_id=UUID(int=1), once=None) == Ask(
        member_id=UUID(int=1), status=OrderStatus.SIGNED, phone=Phone("+8613800138000"), lines=(Wanted(order_id, 2),), since=at,
        shade="green None",
    )  # fmt: skip
    with pytest.raises(TypeError, match="once"):
        told.to_ask(member_id=UUID(int=1))
    with pytest.raises(InvalidInput, match="since"):
        Told(status=OrderStatus.SIGNED, phone="13800138000", lines=[], since=datetime(1999, 1, 1, tzinfo=UTC)).to_ask(
            member_id=UUID(int=1), once=None
        )


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (lambda: becoming(Wanted, "order_id", "quantity"), "both have order_id"),
        (lambda: becoming(Wanted, quantity="colour"), "quantity comes from nowhere: .* has no colour"),
        (lambda: becoming(Wanted, quantity=lambda hue: hue), "neither it nor its door has hue"),
        (lambda: becoming(Wanted, "once"), "no use for once"),
        (lambda: becoming(Wanted, amount="quantity"), "Wanted has no amount"),
        (lambda: becoming(Shade, shade="quantity"), r"quantity is .* and Shade\.shade"),
    ],
)
def test_what_comes_from_nowhere_or_goes_nowhere_is_told_at_once(made: Any, told: str) -> None:
    with pytest.raises(TypeError, match=told):
        type(Line)("Odd", (Line,), {"__module__": __name__, "to": made()}, frozen=True)


def test_what_may_be_missing_is_no_value_that_is_needed() -> None:
    @frozen
    class Sure:
        order_id: OrderId
        quantity: int

    with pytest.raises(TypeError, match="quantity is"):
        type(Line)("Odd", (Line,), {"__module__": __name__, "to": becoming(Sure)}, frozen=True)


def test_every_body_becomes_what_the_shop_understands_by_name() -> None:
    """Whoever writes a body out by hand is told; and a reason that nobody needs any more is one too many."""
    import_module("retail_entrypoints.http.routes")
    bodies = {kind for kind in _bodies(Body) if kind.__module__.startswith("retail_entrypoints.")}
    by_hand = {kind.__name__ for kind in bodies if not any(shape is kind for shape, _ in _MADE)}

    assert len(bodies) > 30
    assert by_hand == BY_HAND.keys()


def _bodies(kind: type[Any]) -> set[type[Any]]:
    return {each for one in kind.__subclasses__() for each in (one, *_bodies(one))}

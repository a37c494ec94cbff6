"""What the paying page shows: how much, until when, by what, and what the buyer does next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import segno
from attrs import frozen
from markupsafe import Markup

from retail_domain.kernel.ids import OrderId
from retail_domain.kernel.money import Money
from retail_domain.ordering import OrderView
from retail_domain.payments import PaymentState, PaymentView

_QR_CHARACTERS_MAX = 1_000


@frozen(kw_only=True)
class Method:
    """A way to pay that the shop takes."""

    gateway: str
    is_first: bool


@frozen(kw_only=True)
class PayingModel:
    """An order that waits for its money."""

    order_id: OrderId
    number: str
    payable: Money
    pay_by: datetime
    methods: tuple[Method, ...]
    attempt: PaymentView | None
    """The attempt that is open, if one is."""
    held: Money
    """What the wallet pays of it."""
    wallet: Money
    """What is in the wallet."""

    @property
    def left(self) -> Money:
        """What is still to be paid."""
        return self.payable - self.held

    @property
    def action(self) -> Mapping[str, Any] | None:
        """What the buyer does next for the open attempt."""
        return self.attempt.action if self.attempt else None

    @property
    def kind(self) -> str:
        """The sort of that."""
        return str(self.action["kind"]) if self.action else ""

    @property
    def qr(self) -> Markup | None:
        """The code to be scanned, drawn here."""
        content = str(self.action.get("content", "")) if self.action and self.kind == "show_qr" else ""
        return drawn(content) if content else None

    @classmethod
    def of(cls, order: OrderView, attempts: Sequence[PaymentView], gateways: Sequence[str], wallet_minor: int) -> PayingModel:
        """An order and the attempts to pay it."""
        currency = order.payable.currency
        held = sum(one.amount.minor for one in attempts if one.status is PaymentState.HELD)
        return cls(
            held=Money(held, currency), wallet=Money(wallet_minor, currency),
            order_id=order.order_id, number=order.number, payable=order.payable, pay_by=order.pay_by,
            methods=tuple(Method(gateway=code, is_first=place == 0) for place, code in enumerate(gateways)),
            attempt=next((one for one in reversed(attempts) if one.action is not None), None),
        )  # fmt: skip


def drawn(content: str) -> Markup:
    """A QR code as a picture of lines: no style stands in it, so that the page's policy holds."""
    if len(content) > _QR_CHARACTERS_MAX:
        raise ValueError("a code that long no phone reads")
    code = segno.make(content, error="m")
    return Markup(code.svg_inline(omitsize=True, svgclass="qr", lineclass=None, border=4, light="#fff", dark="#000"))  # noqa: S704

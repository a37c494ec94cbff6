"""Clients that buy over HTTP while everything behind the door is being killed, and write down what they were promised."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Callable, Sequence
from typing import Any, Final
from uuid import uuid4

import httpx2
from attrs import define, field, frozen

PATIENCE_SECONDS: Final = 300.0
"""How long a client repeats a request before it calls the shop broken."""
_AGAIN: Final = frozenset({409, 429})


@frozen
class Promise:
    """What a client was told, and of what: an order, a payment, a parcel, a refund, a cancellation."""

    kind: str
    order_id: str
    answer: dict[str, Any]


@define
class Records:
    """Everything that was acknowledged to clients, and everything that should never have been answered."""

    promises: list[Promise] = field(factory=list)
    before: frozenset[str] = frozenset()
    """Orders that were there before anybody came: the demo shop shows some."""
    wrongs: list[str] = field(factory=list)
    answered: int = 0
    repeated: int = 0
    unanswered: int = 0


@define
class Buyer:
    """One member's client: it repeats every request under the same key until it has an answer (R15, R17)."""

    token: str
    staff_token: str
    address_id: str
    sku_id: str
    ports: Sequence[int]
    sandbox_url: str
    luck: random.Random
    records: Records
    is_over: Callable[[], bool]
    http: httpx2.AsyncClient = field(factory=lambda: httpx2.AsyncClient(timeout=20.0, trust_env=False))

    async def shop_until_over(self) -> None:
        """One purchase after another; the one under way is brought to its end."""
        try:
            while not self.is_over():
                await self._purchase()
        finally:
            await self.http.aclose()

    async def _purchase(self) -> None:
        order = await self._order()
        if order is None:
            return None
        order_id, chance = order["order_id"], self.luck.random()
        if chance < 0.2:
            return await self._promised("cancelled", order_id, f"/v1/orders/{order_id}/cancel", {})
        payment = await self._ask(
            f"/v1/orders/{order_id}/payments", {"gateway": "sandbox", "flow": "desktop_qr"}, key=str(uuid4())
        )
        if payment is None:
            return None
        self.records.promises.append(Promise("started", order_id, payment))
        if chance < 0.3:
            return await self._promised("cancelled", order_id, f"/v1/orders/{order_id}/cancel", {})
        if chance < 0.9 and await self._pays(payment["payment_id"]):
            await self._is_served(order_id, chance)
        return None

    async def _order(self) -> dict[str, Any] | None:
        lines = [{"sku_id": self.sku_id, "quantity": self.luck.randint(1, 3)}]
        delivery = {"kind": "address", "address_id": self.address_id}
        quote = await self._ask("/v1/quotes", {"lines": lines, "delivery": delivery})
        if quote is None:
            return None
        wish = {"quote_id": quote["quote_id"], "hash": quote["hash"]}
        order = await self._ask("/v1/orders", wish, key=str(uuid4()))
        if order is not None:
            self.records.promises.append(Promise("placed", order["order_id"], order | {"units": lines[0]["quantity"]}))
        return order

    async def _pays(self, payment_id: str) -> bool:
        """At the provider, which is nobody's victim; it tells the shop by itself."""
        paid = await self.http.post(f"{self.sandbox_url}/control/payments/{payment_id.replace('-', '')}/pay")
        return paid.status_code == 200

    async def _is_served(self, order_id: str, chance: float) -> None:
        """Staff wait for the money, then send the goods or give the money back."""
        until = time.monotonic() + PATIENCE_SECONDS
        while (await self._look(f"/v1/orders/{order_id}"))["status"] == "pending_payment":
            if time.monotonic() > until:
                return
            await asyncio.sleep(0.2)
        if chance < 0.6:
            parcel = {"carrier": "SF", "tracking_number": "1"}
            await self._promised("shipped", order_id, f"/v1/staff/orders/{order_id}/ship", parcel, self.staff_token)
        elif chance < 0.8:
            seen = await self._look(f"/v1/orders/{order_id}")
            units = [{"sku_id": line["sku_id"], "quantity": line["quantity"]} for line in seen["lines"]]
            wish = {"reason": "unwanted", "lines": units, "freight_minor": seen["freight"]["minor"]}
            await self._promised("refunded", order_id, f"/v1/staff/orders/{order_id}/refunds", wish, self.staff_token)

    async def _promised(self, kind: str, order_id: str, path: str, body: dict[str, Any], token: str = "") -> None:
        answer = await self._ask(path, body, key=str(uuid4()), token=token)
        if answer is not None:
            self.records.promises.append(Promise(kind, order_id, answer))

    async def _look(self, path: str) -> dict[str, Any]:
        seen = await self._until_answered("GET", path, None, {"authorization": f"Bearer {self.token}"})
        return dict(seen.json())

    async def _ask(self, path: str, body: Any, *, key: str = "", token: str = "") -> dict[str, Any] | None:
        """The answer, or None for a refusal; now and then what was answered is asked again and must be the same (R17)."""
        headers = {"authorization": f"Bearer {token or self.token}", **({"idempotency-key": key} if key else {})}
        answer = await self._until_answered("POST", path, body, headers)
        if not answer.is_success:
            return None
        if key and self.luck.random() < 0.2:
            again = await self._until_answered("POST", path, body, headers)
            if (again.status_code, again.content) != (answer.status_code, answer.content):
                self.records.wrongs.append(f"R17 {path}: {answer.content!r} then {again.status_code} {again.content!r}")
        return dict(answer.json())

    async def _until_answered(self, method: str, path: str, body: Any, headers: dict[str, str]) -> httpx2.Response:
        until = time.monotonic() + PATIENCE_SECONDS
        content = None if body is None else json.dumps(body).encode()
        headers = {**headers, **({} if body is None else {"content-type": "application/json"})}
        while time.monotonic() < until:
            address = f"http://127.0.0.1:{self.luck.choice(self.ports)}{path}"
            try:
                answer = await self.http.request(method, address, content=content, headers=headers)
            except httpx2.TransportError:
                self.records.unanswered += 1
                await asyncio.sleep(0.15)
                continue
            self.records.answered += 1
            if not self._comes_later(answer):
                if answer.status_code >= 500:
                    self.records.wrongs.append(f"R31 {method} {path}: {answer.status_code} {answer.content!r}")
                return answer
            self.records.repeated += 1
            await asyncio.sleep(0.1)
        raise AssertionError(f"{method} {path} had no answer in {PATIENCE_SECONDS} s")

    @staticmethod
    def _comes_later(answer: httpx2.Response) -> bool:
        return answer.status_code == 503 or (answer.status_code in _AGAIN and "retry-after" in answer.headers)

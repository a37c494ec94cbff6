"""For every creating or deciding call of the shop: a request that is carried out, and another of the same call (R17).

A stage is a shop on which the calls are made one after the other; what a call needs (a cart, a shipped order, a refund that
is stuck) is prepared at the same door.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, timedelta
from itertools import count
from typing import Any, Final, TypeAlias
from uuid import UUID, uuid4

import httpx2
from attrs import define, evolve, field, frozen

from retail_adapters.system.sealed_answers import DEVELOPMENT_SECRET
from retail_adapters.system.sealer import HmacSealer
from retail_domain.kernel.ids import MemberId, OrderId
from retail_domain.kernel.money import Money
from retail_domain.messages.way_out import way_out_of
from retail_domain.payments import Rejected
from retail_entrypoints.cli.demo_data import LOCATION, PASSWORD
from tests.e2e.door import knocking
from tests.e2e.whole_shop import NOBODY, WholeShop
from tests.support.drawn_pictures import sent as drawn_bytes
from tests.support.pretend_gateway import PretendGateway, notice
from tests.support.wallets import put_into_wallet

NEXT_PASSWORD: Final = "another lantern river 43"
_HOME: Final = {
    "recipient": "韩梅梅", "phone": "13800138001", "region_code": "440305", "region": "广东省 深圳市 南山区",
    "detail": "科技园路 1 号",
}  # fmt: skip


@frozen(kw_only=True)
class Call:
    """A request: who makes it (a token), where, and with which words."""

    url: str
    token: str | None = None
    body: Any = None
    cart_token: str | None = None
    content: bytes | None = None
    """A body that is no JSON."""

    async def made(self, shop: WholeShop, method: str, key: str | None = None) -> httpx2.Response:
        """What the door answers."""
        headers = {"X-Cart-Token": self.cart_token or "", "Idempotency-Key": key or ""}
        words: dict[str, Any] = {} if self.body is None else {"json": self.body}
        words |= {} if self.content is None else {"content": self.content}
        async with knocking(shop.app, self.token) as client:
            return await client.request(
                method, self.url, headers={name: told for name, told in headers.items() if told}, **words
            )


@frozen
class Twice:
    """A call that is carried out, and another that is not the same; None where a call has no words at all."""

    call: Call
    other: Call | None
    rivals: int = 4


@define
class Stage:
    """A shop on which everything can be made that a call needs."""

    shop: WholeShop
    provider: PretendGateway
    numbers: Any = field(factory=count)
    place: str = LOCATION
    """Where goods lie that are ordered."""

    def staff(self, url: str, body: Any = None) -> Call:
        return Call(url=url, token=self.shop.tokens["admin"], body=body)

    def alice(self, url: str, body: Any = None) -> Call:
        return Call(url=url, token=self.shop.tokens["alice"], body=body)

    async def done(self, method: str, call: Call) -> Any:
        answer = await call.made(self.shop, method)
        assert answer.status_code < 300, f"{method} {call.url} {answer.text}"
        return answer.json() if answer.content else None

    def new(self, what: str) -> str:
        """A name nobody has."""
        return f"{what}-{next(self.numbers)}"

    async def proof(self, purpose: str, phone: str) -> dict[str, Any]:
        """A challenge and its code."""
        sent = await self.done("POST", Call(url="/v1/auth/codes", body={"phone": phone, "purpose": purpose}))
        return {"challenge_id": sent["challenge_id"], "code": self.shop.sms.codes[-1]}

    def phone(self) -> str:
        return f"1391000{next(self.numbers):04}"

    async def member(self, phone: str | None = None) -> Mapping[str, Any]:
        """A new member, logged in."""
        session: Mapping[str, Any] = await self.done(
            "POST", Call(url="/v1/auth/sessions", body=await self.proof("login", phone or self.phone()))
        )
        return session

    async def named_member(self) -> tuple[str, str, str]:
        """A new member with a password: phone, login and token."""
        phone, login = self.phone(), self.new("member")
        body = await self.proof("register", phone) | {"login": login, "password": PASSWORD}
        return phone, login, (await self.done("POST", Call(url="/v1/auth/accounts", body=body)))["token"]

    async def sku(self) -> str:
        """Goods on sale, with a shelf of their own."""
        code = self.new("SKU")
        body = {
            "code": code, "description": {"title": "茶"}, "on_sale": True,
            "skus": [{"code": code, "price": {"minor": 1_000, "currency": "CNY"}}],
        }  # fmt: skip
        (sku_id,) = (await self.done("POST", self.staff("/v1/staff/products", body)))["sku_ids"]
        receipt = {"sku_id": sku_id, "location": self.place, "quantity": 50, "reference": "note"}
        await self.done("POST", self.staff("/v1/staff/stock/receipts", receipt))
        return str(sku_id)

    async def code(self) -> str:
        """The code of goods on sale."""
        return str((await self.done("GET", self.staff(f"/v1/staff/skus/{await self.sku()}")))["code"])

    async def product(self) -> str:
        found = await self.done("GET", self.staff("/v1/staff/products"))
        return str(found["items"][0]["product"]["product_id"])

    async def address(self) -> str:
        return str((await self.done("POST", self.alice("/v1/me/addresses", _HOME)))["address_id"])

    async def basket(self, quantity: int = 1) -> dict[str, Any]:
        lines = [{"sku_id": await self.sku(), "quantity": quantity}]
        return {"lines": lines, "delivery": {"kind": "address", "address_id": await self.address()}}

    async def quote(self) -> dict[str, Any]:
        quote = await self.done("POST", self.alice("/v1/quotes", await self.basket(2)))
        return {"quote_id": quote["quote_id"], "hash": quote["hash"]}

    async def order(self) -> str:
        return str((await self.done("POST", self.alice("/v1/orders", await self.quote())))["order_id"])

    async def payment(self, order_id: str, gateway: str = "counter") -> Mapping[str, Any]:
        way = {"gateway": gateway, "flow": "counter" if gateway == "counter" else "desktop_qr"}
        told: Mapping[str, Any] = await self.done("POST", self.alice(f"/v1/orders/{order_id}/payments", way))
        return told

    async def paid(self, gateway: str = "counter") -> str:
        order_id = await self.order()
        payment = await self.payment(order_id, gateway)
        if gateway == "counter":
            await self.done("POST", self.staff(f"/v1/staff/payments/{payment['payment_id']}/confirm", _amount(payment)))
        else:
            await self.noticed(payment["payment_id"])
        return order_id

    async def noticed(self, payment_id: str, amount: Money | None = None) -> None:
        """The buyer pays, and the provider says so."""
        body = notice(self.provider.pay(UUID(payment_id).hex, amount), event_id=self.new("evt"))
        async with self.shop.knocking() as client:
            assert (await client.post("/v1/gateways/sandbox/notices", content=body)).status_code == 200

    async def shipped(self) -> str:
        order_id = await self.paid()
        await self.done("POST", self.staff(f"/v1/staff/orders/{order_id}/ship", await self.parcel(order_id)))
        return order_id

    async def parcel(self, order_id: str, units: int = 2) -> dict[str, Any]:
        lines = (await self.done("GET", self.alice(f"/v1/orders/{order_id}")))["lines"]
        wanted = [{"sku_id": lines[0]["sku_id"], "quantity": units}]
        return {"lines": wanted, "carrier": "SF Express", "tracking_number": self.new("SF1000")}

    async def suspect(self) -> str:
        """Money of a wrong amount, kept aside."""
        payment_id = str((await self.payment(await self.order(), "sandbox"))["payment_id"])
        await self.noticed(payment_id, Money(900, "CNY"))
        return payment_id

    async def stuck_aside(self) -> str:
        """A refund of money kept aside that the provider refused."""
        payment_id = await self.suspect()
        push = self.shop.retail.background.timers["push_refunds"]
        await push()  # those of calls before
        self.provider.before["refund"] = [Rejected(gateway="sandbox", reason="blocked")]
        asked = await self.done("POST", self.staff(f"/v1/staff/payments/{payment_id}/refund", {"reason": "not ours"}))
        await push()
        return str(asked["refund_id"])

    async def stuck_refund(self) -> str:
        """A refund that the provider refused."""
        order_id = await self.paid("sandbox")
        body = {"lines": [], "freight_minor": 0, "reason": "broken"} | {"lines": (await self.parcel(order_id, 1))["lines"]}
        push = self.shop.retail.background.timers["push_refunds"]
        await push()  # those of calls before
        self.provider.before["refund"] = [Rejected(gateway="sandbox", reason="blocked")]
        await self.done("POST", self.staff(f"/v1/staff/orders/{order_id}/refunds", body))
        await push()
        (stuck,) = await self.shop.retail.payments.show.refunds_of_order(OrderId(UUID(order_id)))
        return str(stuck.refund_id)

    async def waiting(self) -> str:
        """A write-off that somebody else than the admin has asked for, and that waits."""
        body = {"login": self.new("asker"), "password": PASSWORD, "name": "问", "roles": ["clerk"]}
        await self.done("POST", self.staff("/v1/staff/staff", body))
        login = Call(url="/v1/auth/sessions", body={"login": body["login"], "password": PASSWORD})
        token = (await self.done("POST", login))["token"]
        shelf = {"sku_id": await self.sku(), "location": self.place}
        await self.done("POST", self.staff("/v1/staff/stock/receipts", shelf | {"quantity": 200_000, "reference": "much"}))
        call = Call(url="/v1/staff/stock/adjustments", token=token, body=shelf | {"change": -100_001, "reason": "lost"})
        return str((await self.done("POST", call))["facts"]["approval_id"])


Prepared: TypeAlias = Callable[[Stage], Awaitable[Twice]]


def _amount(payment: Mapping[str, Any], more: int = 0) -> dict[str, Any]:
    return {"amount": payment["amount"] | {"minor": payment["amount"]["minor"] + more}}


async def register(stage: Stage) -> Twice:
    body = await stage.proof("register", stage.phone()) | {"login": stage.new("member"), "password": PASSWORD}
    call = Call(url="/v1/auth/accounts", body=body)
    return Twice(call, evolve(call, body=body | {"password": NEXT_PASSWORD}))


async def send_code(stage: Stage) -> Twice:
    call = Call(url="/v1/auth/codes", body={"phone": stage.phone(), "purpose": "login"})
    return Twice(call, evolve(call, body={"phone": stage.phone(), "purpose": "login"}))


async def reset_password(stage: Stage) -> Twice:
    phone, _, _ = await stage.named_member()
    stage.shop.clock.forward(minutes=2)
    body = await stage.proof("reset", phone) | {"password": NEXT_PASSWORD}
    call = Call(url="/v1/auth/password/reset", body=body)
    return Twice(call, evolve(call, body=body | {"password": PASSWORD}))


async def log_in(stage: Stage) -> Twice:
    """The other request proves who it comes from as well: whoever does not is not even told that the key is in use."""
    _, login, _ = await stage.named_member()
    call = Call(url="/v1/auth/sessions", body={"login": login, "password": PASSWORD})
    return Twice(call, evolve(call, body={"login": login.upper(), "password": PASSWORD}))


async def change_password(stage: Stage) -> Twice:
    _, _, token = await stage.named_member()
    call = Call(url="/v1/auth/password", token=token, body={"current": PASSWORD, "password": NEXT_PASSWORD})
    return Twice(call, evolve(call, body={"current": PASSWORD, "password": PASSWORD}))


async def change_phone(stage: Stage) -> Twice:
    _, _, token = await stage.named_member()
    proof = await stage.proof("change_phone", stage.phone()) | {"password": PASSWORD}
    call = Call(url="/v1/me/phone", token=token, body=proof)
    return Twice(call, evolve(call, body=proof | {"code": "000000" if proof["code"] != "000000" else "000001"}))


async def log_out(stage: Stage) -> Twice:
    return Twice(Call(url="/v1/auth/sessions/current", token=(await stage.member())["token"]), None)


async def log_out_everywhere(stage: Stage) -> Twice:
    return Twice(Call(url="/v1/auth/sessions", token=(await stage.member())["token"]), None)


async def behave(stage: Stage) -> Twice:
    event = {"event_id": str(uuid4()), "kind": "view", "object": "home", "occurred_at": stage.shop.clock.now().isoformat()}
    call = Call(url="/v1/behaviour", body={"events": [event], "anonymous_id": "device", "consented": True})
    return Twice(call, evolve(call, body=call.body | {"consented": False}))


async def begin_cart(stage: Stage) -> Twice:
    return Twice(Call(url="/v1/carts"), None)


async def add_to_cart(stage: Stage) -> Twice:
    body = {"sku_id": await stage.sku(), "quantity": 2}
    return Twice(stage.alice("/v1/cart/lines", body), stage.alice("/v1/cart/lines", body | {"quantity": 3}))


async def set_quantity(stage: Stage) -> Twice:
    url = f"/v1/cart/lines/{await stage.sku()}"
    return Twice(stage.alice(url, {"quantity": 2}), stage.alice(url, {"quantity": 3}))


async def take_out(stage: Stage) -> Twice:
    one, two = await stage.sku(), await stage.sku()
    for sku_id in (one, two):
        await stage.done("PUT", stage.alice(f"/v1/cart/lines/{sku_id}", {"quantity": 1}))
    return Twice(stage.alice(f"/v1/cart/lines/{one}"), stage.alice(f"/v1/cart/lines/{two}"))


async def merge(stage: Stage) -> Twice:
    token = (await stage.done("POST", Call(url="/v1/carts")))["cart_token"]
    line = {"sku_id": await stage.sku(), "quantity": 1}
    await stage.done("POST", Call(url="/v1/cart/lines", cart_token=token, body=line))
    return Twice(evolve(stage.alice("/v1/cart/merge"), cart_token=token), None)


async def update_me(stage: Stage) -> Twice:
    call = Call(url="/v1/me", token=(await stage.member())["token"], body={"name": "李雷"})
    return Twice(call, evolve(call, body={"name": "韩梅梅"}))


async def leave(stage: Stage) -> Twice:
    _, _, token = await stage.named_member()
    call = Call(url="/v1/me", token=token, body={"password": PASSWORD})
    return Twice(call, evolve(call, body={"password": NEXT_PASSWORD}))


async def agree_to_terms(stage: Stage) -> Twice:
    call = Call(url="/v1/me/terms", token=(await stage.member())["token"], body={"version": "1"})
    return Twice(call, evolve(call, body={"version": "2"}))


async def close_account_of(stage: Stage) -> Twice:
    one, two = [(await stage.member())["member_id"] for _ in range(2)]
    return Twice(stage.staff(f"/v1/staff/members/{one}/closing"), stage.staff(f"/v1/staff/members/{two}/closing"))


async def grant_tier(stage: Stage) -> Twice:
    url = f"/v1/staff/members/{(await stage.member())['member_id']}/tier"
    body = {"tier": "member", "until": "2029-01-31T00:00:00+08:00", "reason": "a guest of the house"}
    return Twice(stage.staff(url, body), stage.staff(url, body | {"reason": "another one"}))


async def take_tier_away(stage: Stage) -> Twice:
    one, two = [(await grant_tier(stage)).call for _ in range(2)]
    for granted in (one, two):
        await stage.done("PUT", granted)
    body = {"reason": "it was a mistake"}
    return Twice(stage.staff(f"{one.url}/removal", body), stage.staff(f"{two.url}/removal", body))


async def check_in(stage: Stage) -> Twice:
    return Twice(Call(url="/v1/me/check-ins", token=(await stage.member())["token"]), None)


def _cny(minor: int) -> dict[str, Any]:
    return {"minor": minor, "currency": "CNY"}


async def adjust_wallet_of(stage: Stage) -> Twice:
    url, reason = f"/v1/staff/members/{(await stage.member())['member_id']}/wallet", "late parcel"
    return Twice(
        stage.staff(url, {"amount": _cny(5), "reason": reason}), stage.staff(url, {"amount": _cny(6), "reason": reason})
    )


async def _given_to_alice(stage: Stage, minor: int = 500) -> None:
    alice = (await stage.done("GET", stage.alice("/v1/me")))["member_id"]
    body = {"amount": _cny(minor), "reason": "late parcel"}
    await stage.done("POST", stage.staff(f"/v1/staff/members/{alice}/wallet", body))


async def _paid_into_alices(stage: Stage) -> None:
    alice = (await stage.done("GET", stage.alice("/v1/me")))["member_id"]
    await put_into_wallet(stage.shop.retail.begin, MemberId(UUID(alice)), 400)


async def _withdrawal(stage: Stage) -> str:
    await _paid_into_alices(stage)
    body = {"amount": _cny(300), "pay_to": "card 1"}
    asked = await stage.done("POST", stage.alice("/v1/me/wallet/withdrawals", body))
    return str(asked["withdrawal_id"])


async def _unpaid(stage: Stage) -> str:
    """An order whose address is taken out of the book again, which is full at some time."""
    basket = await stage.basket(2)
    quote = await stage.done("POST", stage.alice("/v1/quotes", basket))
    consent = {"quote_id": quote["quote_id"], "hash": quote["hash"]}
    placed = await stage.done("POST", stage.alice("/v1/orders", consent))
    await stage.done("DELETE", stage.alice(f"/v1/me/addresses/{basket['delivery']['address_id']}"))
    return str(placed["order_id"])


async def use_my_wallet(stage: Stage) -> Twice:
    await _given_to_alice(stage)
    url = f"/v1/orders/{await _unpaid(stage)}/wallet"
    return Twice(stage.alice(url, {"most_minor": 300}), stage.alice(url, {"most_minor": 200}))


async def take_back_my_wallet(stage: Stage) -> Twice:
    urls = []
    for _ in range(2):
        await _given_to_alice(stage)
        url = f"/v1/orders/{await _unpaid(stage)}/wallet"
        await stage.done("POST", stage.alice(url, {"most_minor": 300}))
        urls.append(f"{url}/back")
    return Twice(stage.alice(urls[0]), stage.alice(urls[1]))


async def forfeit_my_wallet(stage: Stage) -> Twice:
    await _given_to_alice(stage)
    return Twice(stage.alice("/v1/me/wallet/forfeit"), None)


async def request_withdrawal(stage: Stage) -> Twice:
    await _paid_into_alices(stage)
    url, call = "/v1/me/wallet/withdrawals", {"amount": _cny(200), "pay_to": "card 1"}
    return Twice(stage.alice(url, call), stage.alice(url, call | {"pay_to": "card 2"}))


async def cancel_withdrawal(stage: Stage) -> Twice:
    one, two = await _withdrawal(stage), await _withdrawal(stage)
    return Twice(*(stage.alice(f"/v1/me/wallet/withdrawals/{id}/cancel") for id in (one, two)))


async def approve_withdrawal(stage: Stage) -> Twice:
    one, two = [await _decidable(stage) for _ in range(2)]
    return Twice(*(stage.staff(f"/v1/staff/withdrawals/{id}/approve") for id in (one, two)))


async def _decidable(stage: Stage) -> str:
    """The others are rejected, since a member may have a few at once."""
    waiting = await stage.done("GET", stage.staff("/v1/staff/withdrawals?waiting=true"))
    for one in waiting["items"][1:]:
        url = f"/v1/staff/withdrawals/{one['withdrawal_id']}/reject"
        await stage.done("POST", stage.staff(url, {"reason": "too many"}))
    return await _withdrawal(stage)


async def pay_withdrawal(stage: Stage) -> Twice:
    id = await _decidable(stage)
    await stage.done("POST", stage.staff(f"/v1/staff/withdrawals/{id}/approve"))
    url = f"/v1/staff/withdrawals/{id}/pay"
    return Twice(stage.staff(url, {"reference": "n 1"}), stage.staff(url, {"reference": "n 2"}))


async def reject_withdrawal(stage: Stage) -> Twice:
    url = f"/v1/staff/withdrawals/{await _decidable(stage)}/reject"
    return Twice(stage.staff(url, {"reason": "no"}), stage.staff(url, {"reason": "never"}))


async def adjust_points_of(stage: Stage) -> Twice:
    url, reason = f"/v1/staff/members/{(await stage.member())['member_id']}/points", "late parcel"
    return Twice(stage.staff(url, {"points": 5, "reason": reason}), stage.staff(url, {"points": 6, "reason": reason}))


def _coupon_kind(stage: Stage, **more: Any) -> dict[str, Any]:
    terms = {"kind": "fixed", "value_minor": 500, "threshold_minor": 2_000}
    said = {"name": stage.new("coupon"), "way": "self", "terms": terms, "validity": {"days": 7}, "total": 100, "per_member": 9}
    return said | more


async def _coupon_kind_id(stage: Stage, **more: Any) -> str:
    return str((await stage.done("POST", stage.staff("/v1/staff/coupons", _coupon_kind(stage, **more))))["id"])


async def create_coupon_template(stage: Stage) -> Twice:
    one, two = _coupon_kind(stage), _coupon_kind(stage)
    return Twice(stage.staff("/v1/staff/coupons", one), stage.staff("/v1/staff/coupons", two))


async def replace_coupon_template(stage: Stage) -> Twice:
    url = f"/v1/staff/coupons/{await _coupon_kind_id(stage)}"
    return Twice(stage.staff(url, _coupon_kind(stage)), stage.staff(url, _coupon_kind(stage)))


async def issue_coupon_to(stage: Stage) -> Twice:
    url = f"/v1/staff/coupons/{await _coupon_kind_id(stage)}/issue"
    one, two = [{"member_id": (await stage.member())["member_id"]} for _ in range(2)]
    return Twice(stage.staff(url, one), stage.staff(url, two))


async def make_coupon_codes(stage: Stage) -> Twice:
    url = f"/v1/staff/coupons/{await _coupon_kind_id(stage, way='code')}/codes"
    return Twice(stage.staff(url, {"count": 2}), stage.staff(url, {"count": 3}))


async def void_coupon(stage: Stage) -> Twice:
    url = f"/v1/staff/coupons/{await _coupon_kind_id(stage)}/issue"
    whom = {"member_id": (await stage.member())["member_id"]}
    one, two = [(await stage.done("POST", stage.staff(url, whom)))["coupon_id"] for _ in range(2)]
    void = [{"coupon_id": each, "reason": "given by mistake"} for each in (one, two)]
    return Twice(stage.staff("/v1/staff/coupons/void", void[0]), stage.staff("/v1/staff/coupons/void", void[1]))


async def take_coupon(stage: Stage) -> Twice:
    one, two = [f"/v1/coupons/{await _coupon_kind_id(stage)}/take" for _ in range(2)]
    return Twice(stage.alice(one), stage.alice(two))


async def redeem_coupon(stage: Stage) -> Twice:
    url = f"/v1/staff/coupons/{await _coupon_kind_id(stage, way='code')}/codes"
    one, two = (await stage.done("POST", stage.staff(url, {"count": 2})))["codes"]
    return Twice(stage.alice("/v1/coupons/redeem", {"code": one}), stage.alice("/v1/coupons/redeem", {"code": two}))


async def send_picture(stage: Stage) -> Twice:
    call = Call(url="/v1/pictures", token=(await stage.member())["token"], content=drawn_bytes())
    return Twice(call, evolve(call, content=drawn_bytes("PNG")))


async def forget_picture(stage: Stage) -> Twice:
    call = Call(url="/v1/pictures", token=(await stage.member())["token"], content=drawn_bytes())
    one, two = [(await stage.done("POST", call))["picture_id"] for _ in range(2)]
    return Twice(evolve(call, url=f"/v1/pictures/{one}", content=None), evolve(call, url=f"/v1/pictures/{two}", content=None))


async def send_goods_picture(stage: Stage) -> Twice:
    call = evolve(stage.staff("/v1/staff/pictures"), content=drawn_bytes())
    return Twice(call, evolve(call, content=drawn_bytes("PNG")))


async def forget_goods_picture(stage: Stage) -> Twice:
    call = evolve(stage.staff("/v1/staff/pictures"), content=drawn_bytes())
    one, two = [(await stage.done("POST", call))["picture_id"] for _ in range(2)]
    return Twice(stage.staff(f"/v1/staff/pictures/{one}"), stage.staff(f"/v1/staff/pictures/{two}"))


def _hook(path: str = "x") -> Mapping[str, Any]:
    return {"url": f"https://example.com/{path}", "kinds": ["order.paid"]}


async def create_webhook(stage: Stage) -> Twice:
    return Twice(stage.staff("/v1/staff/webhooks", _hook()), stage.staff("/v1/staff/webhooks", _hook("y")))


def webhook_call(word: str, body: Any = None) -> Prepared:
    """A call about a webhook, and the same about another."""

    async def prepared(stage: Stage) -> Twice:
        ids = [(await stage.done("POST", stage.staff("/v1/staff/webhooks", _hook())))["webhook_id"] for _ in range(2)]
        one, two = (stage.staff(f"/v1/staff/webhooks/{id}{word}", body) for id in ids)
        return Twice(one, two)

    return prepared


async def _told(stage: Stage, whose: Call) -> list[str]:
    """What somebody has not read yet, after a worker came by."""
    for name in ("number_events", "tell_messages"):
        await stage.shop.retail.background.timers[name]()
    told = await stage.done("GET", evolve(whose, url=f"{whose.url}?unread_only=true&limit=100"))
    return [one["message_id"] for one in told["items"]]


async def read_messages(stage: Stage) -> Twice:
    await stage.paid()
    await stage.paid()
    one, two, *_ = await _told(stage, stage.alice("/v1/me/messages"))
    return Twice(stage.alice("/v1/me/messages/read", {"ids": [one]}), stage.alice("/v1/me/messages/read", {"ids": [two]}))


async def read_message(stage: Stage) -> Twice:
    await stage.paid()
    await stage.paid()
    one, two, *_ = await _told(stage, stage.alice("/v1/me/messages"))
    return Twice(stage.alice(f"/v1/me/messages/{one}/read"), stage.alice(f"/v1/me/messages/{two}/read"))


async def read_staff_messages(stage: Stage) -> Twice:
    await stage.stuck_refund()
    await stage.stuck_refund()
    one, two, *_ = await _told(stage, stage.staff("/v1/staff/messages"))
    url = "/v1/staff/messages/read"
    return Twice(stage.staff(url, {"ids": [one]}), stage.staff(url, {"ids": [two]}))


async def read_staff_message(stage: Stage) -> Twice:
    await stage.stuck_refund()
    await stage.stuck_refund()
    one, two, *_ = await _told(stage, stage.staff("/v1/staff/messages"))
    return Twice(stage.staff(f"/v1/staff/messages/{one}/read"), stage.staff(f"/v1/staff/messages/{two}/read"))


async def change_message_settings(stage: Stage) -> Twice:
    call = Call(url="/v1/me/message-settings", token=(await stage.member())["token"], body={"language": "en"})
    return Twice(call, evolve(call, body={"muted": ["sms:service"]}))


async def decide_marketing(stage: Stage) -> Twice:
    token = (await stage.member())["token"]
    terms = (await stage.done("GET", Call(url="/v1/me/message-settings", token=token)))["terms_version"]
    call = Call(url="/v1/me/marketing-consent", token=token, body={"given": True, "terms_version": terms})
    return Twice(call, evolve(call, body={"given": False}))


async def leave_marketing(stage: Stage) -> Twice:
    sealer = HmacSealer(DEVELOPMENT_SECRET)
    members = [MemberId(UUID((await stage.member())["member_id"])) for _ in range(2)]
    one, two = (way_out_of(id, sealer) for id in members)
    return Twice(Call(url="/v1/way-out", body={"way_out": one}), Call(url="/v1/way-out", body={"way_out": two}))


async def stop_marketing(stage: Stage) -> Twice:
    one, two = [(await stage.member())["member_id"] for _ in range(2)]
    url = "/v1/staff/members/{}/marketing-consent"
    return Twice(stage.staff(url.format(one)), stage.staff(url.format(two)))


async def add_address(stage: Stage) -> Twice:
    return Twice(stage.alice("/v1/me/addresses", _HOME), stage.alice("/v1/me/addresses", _HOME | {"detail": "2 号"}))


async def correct_address(stage: Stage) -> Twice:
    url = f"/v1/me/addresses/{await stage.address()}"
    return Twice(stage.alice(url, _HOME | {"detail": "3 号"}), stage.alice(url, _HOME))


async def remove_address(stage: Stage) -> Twice:
    one, two = await stage.address(), await stage.address()
    return Twice(stage.alice(f"/v1/me/addresses/{one}"), stage.alice(f"/v1/me/addresses/{two}"))


async def quote(stage: Stage) -> Twice:
    body = await stage.basket()
    return Twice(stage.alice("/v1/quotes", body), stage.alice("/v1/quotes", body | {"points": 0}))


async def place(stage: Stage) -> Twice:
    return Twice(stage.alice("/v1/orders", await stage.quote()), stage.alice("/v1/orders", await stage.quote()))


async def hide(stage: Stage) -> Twice:
    one, two = await stage.order(), await stage.order()
    for order_id in (one, two):
        await stage.done("POST", stage.alice(f"/v1/orders/{order_id}/cancel"))
    return Twice(stage.alice(f"/v1/orders/{one}"), stage.alice(f"/v1/orders/{two}"))


async def redirect(stage: Stage) -> Twice:
    url = f"/v1/orders/{await stage.paid()}/address"
    one, two = {"address_id": await stage.address()}, {"address_id": await stage.address()}
    return Twice(stage.alice(url, one), stage.alice(url, two))


async def cancel(stage: Stage) -> Twice:
    one, two = await stage.order(), await stage.order()
    return Twice(stage.alice(f"/v1/orders/{one}/cancel"), stage.alice(f"/v1/orders/{two}/cancel"))


async def buy_again(stage: Stage) -> Twice:
    one, two = await stage.order(), await stage.order()
    return Twice(stage.alice(f"/v1/orders/{one}/again"), stage.alice(f"/v1/orders/{two}/again"))


async def start_payment(stage: Stage) -> Twice:
    url = f"/v1/orders/{await stage.order()}/payments"
    way = {"gateway": "sandbox", "flow": "desktop_qr"}
    return Twice(stage.alice(url, way), stage.alice(url, {"gateway": "counter", "flow": "counter"}))


async def receive(stage: Stage) -> Twice:
    one, two = await stage.shipped(), await stage.shipped()
    return Twice(stage.alice(f"/v1/orders/{one}/receipt"), stage.alice(f"/v1/orders/{two}/receipt"))


async def _arrived(stage: Stage) -> str:
    """The line of an order that its buyer has."""
    order_id = await stage.shipped()
    await stage.done("POST", stage.alice(f"/v1/orders/{order_id}/receipt"))
    return f"/v1/orders/{order_id}/lines/1/review"


async def _reviewed(stage: Stage) -> tuple[str, Mapping[str, Any]]:
    url = await _arrived(stage)
    return url, await stage.done("POST", stage.alice(url, _REVIEW))


_REVIEW: Final = {"stars": 4, "text": "好茶"}


async def post_review(stage: Stage) -> Twice:
    url = await _arrived(stage)
    return Twice(stage.alice(url, _REVIEW), stage.alice(url, _REVIEW | {"stars": 1}))


async def edit_review(stage: Stage) -> Twice:
    url, _ = await _reviewed(stage)
    return Twice(stage.alice(url, _REVIEW | {"text": "很好"}), stage.alice(url, _REVIEW | {"stars": 1}))


async def follow_up(stage: Stage) -> Twice:
    url, _ = await _reviewed(stage)
    return Twice(stage.alice(f"{url}/follow-up", {"text": "还好"}), stage.alice(f"{url}/follow-up", {"text": "坏了"}))


async def decide_reviews(stage: Stage) -> Twice:
    _, posted = await _reviewed(stage)
    seen = [{"review_id": posted["review_id"], "version": posted["version"]}]
    body = {"reviews": seen, "action": "hide", "reason": "abuse"}
    url = "/v1/staff/reviews/decisions"
    return Twice(stage.staff(url, body), stage.staff(url, body | {"reason": "illegal"}))


async def reply(stage: Stage) -> Twice:
    url = f"/v1/staff/reviews/{(await _reviewed(stage))[1]['review_id']}/reply"
    return Twice(stage.staff(url, {"text": "谢谢"}), stage.staff(url, {"text": "多谢"}))


async def refresh(stage: Stage) -> Twice:
    """One at a time: while the first asks the provider, the others are told to wait (429)."""
    one, two = [str((await stage.payment(await stage.order(), "sandbox"))["payment_id"]) for _ in range(2)]
    return Twice(stage.alice(f"/v1/payments/{one}/refresh"), stage.alice(f"/v1/payments/{two}/refresh"), rivals=1)


async def create_brand(stage: Stage) -> Twice:
    one, two = {"name": stage.new("brand")}, {"name": stage.new("brand")}
    return Twice(stage.staff("/v1/staff/brands", one), stage.staff("/v1/staff/brands", two))


def _category(stage: Stage) -> dict[str, str]:
    return {"code": stage.new("kind"), "name": "茶"}


async def create_category(stage: Stage) -> Twice:
    one, two = _category(stage), _category(stage)
    return Twice(stage.staff("/v1/staff/categories", one), stage.staff("/v1/staff/categories", two))


async def move_category(stage: Stage) -> Twice:
    one, two = [(await stage.done("POST", stage.staff("/v1/staff/categories", _category(stage)))) for _ in range(2)]
    url = f"/v1/staff/categories/{one['category_id']}/parent"
    return Twice(stage.staff(url, {"parent_id": two["category_id"]}), stage.staff(url, {"parent_id": None}))


def _template(stage: Stage) -> dict[str, Any]:
    return {"name": stage.new("freight"), "charge_by": "piece", "zones": [{"regions": [""], "first_minor": 500}]}


async def create_template(stage: Stage) -> Twice:
    one, two = _template(stage), _template(stage)
    return Twice(stage.staff("/v1/staff/freight-templates", one), stage.staff("/v1/staff/freight-templates", two))


def _texts(stage: Stage) -> dict[str, Any]:
    return {"values": {"shop.name": stage.new("tea")}, "reason": "because"}


async def change_settings(stage: Stage) -> Twice:
    url = "/v1/staff/settings/changes"
    return Twice(stage.staff(url, _texts(stage)), stage.staff(url, _texts(stage)))


async def take_settings_back(stage: Stage) -> Twice:
    made = [await stage.done("POST", stage.staff("/v1/staff/settings/changes", _texts(stage))) for _ in range(2)]
    one, two = ({"number": each["number"], "reason": "because"} for each in reversed(made))
    return Twice(stage.staff("/v1/staff/settings/steps-back", one), stage.staff("/v1/staff/settings/steps-back", two))


def _offer(stage: Stage) -> dict[str, Any]:
    return {"terms": {"name": stage.new("offer"), "name_en": "An offer", "kind": "free_freight", "from_minor": 100}}


async def make_offer(stage: Stage) -> Twice:
    return Twice(stage.staff("/v1/staff/offers", _offer(stage)), stage.staff("/v1/staff/offers", _offer(stage)))


async def _offer_url(stage: Stage, *, launched: bool = False) -> str:
    url = f"/v1/staff/offers/{(await stage.done('POST', stage.staff('/v1/staff/offers', _offer(stage))))['offer_id']}"
    if launched:
        await stage.done("POST", stage.staff(f"{url}/launch"))
    return url


async def change_offer(stage: Stage) -> Twice:
    url = await _offer_url(stage)
    return Twice(stage.staff(url, _offer(stage)), stage.staff(url, _offer(stage)))


async def launch_offer(stage: Stage) -> Twice:
    one, two = [await _offer_url(stage) for _ in range(2)]
    return Twice(stage.staff(f"{one}/launch"), stage.staff(f"{two}/launch"))


async def stop_offer(stage: Stage) -> Twice:
    one, two = [await _offer_url(stage, launched=True) for _ in range(2)]
    return Twice(stage.staff(f"{one}/stop"), stage.staff(f"{two}/stop"))


async def _template_url(stage: Stage) -> str:
    made = await stage.done("POST", stage.staff("/v1/staff/freight-templates", _template(stage)))
    return f"/v1/staff/freight-templates/{made['id']}"


async def replace_template(stage: Stage) -> Twice:
    url = await _template_url(stage)
    return Twice(stage.staff(url, _template(stage)), stage.staff(url, _template(stage)))


async def remove_template(stage: Stage) -> Twice:
    return Twice(stage.staff(await _template_url(stage)), stage.staff(await _template_url(stage)))


async def open_location(stage: Stage) -> Twice:
    one, two = [{"code": stage.new("STORE"), "name": "店"} for _ in range(2)]
    return Twice(stage.staff("/v1/staff/locations", one), stage.staff("/v1/staff/locations", two))


async def _member_urls(stage: Stage, verb: str) -> Twice:
    one, two = [(await stage.member())["member_id"] for _ in range(2)]
    return Twice(stage.staff(f"/v1/staff/members/{one}/{verb}"), stage.staff(f"/v1/staff/members/{two}/{verb}"))


async def ban(stage: Stage) -> Twice:
    return await _member_urls(stage, "ban")


async def readmit(stage: Stage) -> Twice:
    return await _member_urls(stage, "readmit")


async def redirect_any(stage: Stage) -> Twice:
    url = f"/v1/staff/orders/{await stage.paid()}/address"
    body = _HOME | {"reason": "customer asked"}
    return Twice(stage.staff(url, body), stage.staff(url, body | {"detail": "4 号"}))


async def write_memo(stage: Stage) -> Twice:
    url = f"/v1/staff/orders/{await stage.order()}/memos"
    return Twice(stage.staff(url, {"text": "buyer called"}), stage.staff(url, {"text": "buyer called again"}))


async def reprice_unpaid(stage: Stage) -> Twice:
    url = f"/v1/staff/orders/{await stage.order()}/price"
    body = {"payable_minor": 900_000, "reason": "an old customer"}
    return Twice(stage.staff(url, body), stage.staff(url, body | {"payable_minor": 900_001}))


async def close(stage: Stage) -> Twice:
    url = f"/v1/staff/orders/{await stage.paid()}/close"
    return Twice(stage.staff(url, {"reason": "sold by mistake"}), stage.staff(url, {"reason": "customer asked"}))


async def refund(stage: Stage) -> Twice:
    order_id = await stage.paid()
    body = {"lines": (await stage.parcel(order_id, 1))["lines"], "reason": "broken"}
    url = f"/v1/staff/orders/{order_id}/refunds"
    return Twice(stage.staff(url, body), stage.staff(url, body | {"reason": "lost"}))


async def ship(stage: Stage) -> Twice:
    order_id = await stage.paid()
    url, body = f"/v1/staff/orders/{order_id}/ship", await stage.parcel(order_id)
    return Twice(stage.staff(url, body), stage.staff(url, body | {"carrier": "YTO"}))


async def confirm(stage: Stage) -> Twice:
    payment = await stage.payment(await stage.order())
    url = f"/v1/staff/payments/{payment['payment_id']}/confirm"
    return Twice(stage.staff(url, _amount(payment)), stage.staff(url, _amount(payment, more=1)))


async def refund_suspect(stage: Stage) -> Twice:
    url = f"/v1/staff/payments/{await stage.suspect()}/refund"
    return Twice(stage.staff(url, {"reason": "not ours"}), stage.staff(url, {"reason": "by mistake"}))


async def retry_refund(stage: Stage) -> Twice:
    one, two = await stage.stuck_refund(), await stage.stuck_refund()
    return Twice(stage.staff(f"/v1/staff/refunds/{one}/retry"), stage.staff(f"/v1/staff/refunds/{two}/retry"))


async def correct_refund(stage: Stage) -> Twice:
    url = f"/v1/staff/refunds/{await stage.stuck_aside()}/correct"
    one, two = [{"amount": {"minor": minor, "currency": "CNY"}, "reason": "counted anew"} for minor in (500, 600)]
    return Twice(stage.staff(url, one), stage.staff(url, two))


async def close_books(stage: Stage) -> Twice:
    """Each of them a later day than all before, and long over."""
    one, two = [str(date(2020, 1, 1) + timedelta(days=next(stage.numbers))) for _ in range(2)]
    url = "/v1/staff/books/closings"
    return Twice(stage.staff(url, {"through": one}), stage.staff(url, {"through": two}))


async def move_members_in(stage: Stage) -> Twice:
    url = "/v1/staff/members/imports"
    one, two = [{"file": f"phone,name\n{stage.phone()},Moved\n"} for _ in range(2)]
    return Twice(stage.staff(url, one), stage.staff(url, two))


async def quote_for(stage: Stage) -> Twice:
    basket, member = await stage.basket(), str((await stage.done("GET", stage.alice("/v1/me")))["member_id"])
    wish = {"member_id": member, "lines": basket["lines"], "address_id": basket["delivery"]["address_id"]}
    url = "/v1/staff/orders/quotes"
    return Twice(stage.staff(url, wish), stage.staff(url, wish | {"address_id": None}))


async def place_for(stage: Stage) -> Twice:
    member = str((await stage.done("GET", stage.alice("/v1/me")))["member_id"])
    one, two = [{"member_id": member, **await stage.quote()} for _ in range(2)]
    return Twice(stage.staff("/v1/staff/orders", one), stage.staff("/v1/staff/orders", two))


def _goods(stage: Stage) -> dict[str, Any]:
    price = {"minor": 1_000, "currency": "CNY"}
    return {"code": stage.new("P"), "description": {"title": "茶"}, "skus": [{"code": stage.new("S"), "price": price}]}


async def create_product(stage: Stage) -> Twice:
    one, two = _goods(stage), _goods(stage)
    return Twice(stage.staff("/v1/staff/products", one), stage.staff("/v1/staff/products", two))


async def _new_product(stage: Stage) -> str:
    made = await stage.done("POST", stage.staff("/v1/staff/products", _goods(stage)))
    return f"/v1/staff/products/{made['product_id']}"


async def describe_product(stage: Stage) -> Twice:
    url = await _new_product(stage)
    return Twice(stage.staff(url, {"title": "红茶"}), stage.staff(url, {"title": "绿茶"}))


async def sell(stage: Stage) -> Twice:
    url = f"{await _new_product(stage)}/sale"
    return Twice(stage.staff(url, {"on_sale": True}), stage.staff(url, {"on_sale": False}))


def _kind(stage: Stage) -> dict[str, Any]:
    options = [{"name": "净含量", "value": stage.new("g")}]
    return {
        "code": stage.new("S"), "price": {"minor": 2_000, "currency": "CNY"}, "particulars": {"options": options},
    }  # fmt: skip


async def add_sku(stage: Stage) -> Twice:
    goods = _goods(stage) | {"skus": [_kind(stage)]}
    made = await stage.done("POST", stage.staff("/v1/staff/products", goods))
    url = f"/v1/staff/products/{made['product_id']}/skus"
    return Twice(stage.staff(url, _kind(stage)), stage.staff(url, _kind(stage)))


async def edit_sku(stage: Stage) -> Twice:
    url = f"/v1/staff/skus/{await stage.sku()}"
    return Twice(stage.staff(url, {"options": [], "weight_grams": 100}), stage.staff(url, {"options": [], "weight_grams": 200}))


async def reprice(stage: Stage) -> Twice:
    url = f"/v1/staff/skus/{await stage.sku()}/price"
    one, two = [{"price": {"minor": minor, "currency": "CNY"}} for minor in (1_200, 1_300)]
    return Twice(stage.staff(url, one), stage.staff(url, two))


async def sell_for_a_while(stage: Stage) -> Twice:
    url = f"{await _new_product(stage)}/sales-window"
    return Twice(stage.staff(url, {"sale_from": "2026-02-01T00:00:00Z"}), stage.staff(url, {}))


async def label(stage: Stage) -> Twice:
    url = f"/v1/staff/skus/{await stage.sku()}/labels"
    return Twice(stage.staff(url, {"barcodes": [stage.new("B")]}), stage.staff(url, {"barcodes": []}))


async def bound_price(stage: Stage) -> Twice:
    url = f"/v1/staff/skus/{await stage.sku()}/price-bounds"
    return Twice(stage.staff(url, {"floor": {"minor": 100, "currency": "CNY"}}), stage.staff(url, {}))


async def set_cost(stage: Stage) -> Twice:
    url = f"/v1/staff/skus/{await stage.sku()}/cost"
    one, two = [{"cost": {"minor": minor, "currency": "CNY"}} for minor in (700, 800)]
    return Twice(stage.staff(url, one), stage.staff(url, two))


async def price_file(stage: Stage) -> Twice:
    code = (await stage.done("GET", stage.staff(f"/v1/staff/skus/{await stage.sku()}")))["code"]
    one, two = [{"file": f"sku,price\n{code},{price}\n"} for price in (12, 13)]
    return Twice(stage.staff("/v1/staff/files/prices", one), stage.staff("/v1/staff/files/prices", two))


async def count_file(stage: Stage) -> Twice:
    code = (await stage.done("GET", stage.staff(f"/v1/staff/skus/{await stage.sku()}")))["code"]
    one, two = [{"file": f"sku,stock\n{code},{n}\n", "location": "SH", "reason": "counted"} for n in (70, 80)]
    return Twice(stage.staff("/v1/staff/files/counts", one), stage.staff("/v1/staff/files/counts", two))


async def forget_seen(stage: Stage) -> Twice:
    one, two = await stage.product(), NOBODY
    return Twice(stage.alice(f"/v1/me/history/{one}"), stage.alice(f"/v1/me/history/{two}"))


async def forget_history(stage: Stage) -> Twice:
    return Twice(stage.alice("/v1/me/history"), None)


async def add_favourite(stage: Stage) -> Twice:
    one, two = await stage.product(), (await _new_product(stage)).rpartition("/")[2]
    return Twice(stage.alice(f"/v1/me/favourites/{one}"), stage.alice(f"/v1/me/favourites/{two}"))


async def remove_favourite(stage: Stage) -> Twice:
    return Twice(stage.alice(f"/v1/me/favourites/{await stage.product()}"), stage.alice(f"/v1/me/favourites/{NOBODY}"))


async def take_on(stage: Stage) -> Twice:
    body = {"login": stage.new("staff"), "password": PASSWORD, "name": "李雷", "roles": ["clerk"]}
    return Twice(stage.staff("/v1/staff/staff", body), stage.staff("/v1/staff/staff", body | {"password": NEXT_PASSWORD}))


async def change_roles(stage: Stage) -> Twice:
    body = {"login": stage.new("staff"), "password": PASSWORD, "name": "李雷", "roles": ["clerk"]}
    url = f"/v1/staff/staff/{(await stage.done('POST', stage.staff('/v1/staff/staff', body)))['staff_id']}/roles"
    return Twice(stage.staff(url, {"grant": ["finance"]}), stage.staff(url, {"revoke": ["clerk"]}))


async def give_password(stage: Stage) -> Twice:
    body = {"login": stage.new("staff"), "password": PASSWORD, "name": "李雷", "roles": ["clerk"]}
    url = f"/v1/staff/staff/{(await stage.done('POST', stage.staff('/v1/staff/staff', body)))['staff_id']}/password"
    return Twice(stage.staff(url, {"password": NEXT_PASSWORD}), stage.staff(url, {"password": f"{NEXT_PASSWORD} too"}))


async def approve(stage: Stage) -> Twice:
    one, other = [stage.staff(f"/v1/staff/approvals/{await stage.waiting()}/approve") for _ in range(2)]
    return Twice(one, other)


async def refuse_approval(stage: Stage) -> Twice:
    url = f"/v1/staff/approvals/{await stage.waiting()}/refuse"
    return Twice(stage.staff(url, {"reason": "no"}), stage.staff(url, {"reason": "never"}))


def _handed_in(kind: str, file: str, **more: Any) -> Prepared:
    async def hand_in(stage: Stage) -> Twice:
        body = {"file": file.replace("SKU", await stage.code()), "dry_run": True} | more
        url = f"/v1/staff/jobs/{kind}"
        return Twice(stage.staff(url, body), stage.staff(url, body | {"dry_run": False}))

    return hand_in


async def cancel_job(stage: Stage) -> Twice:
    urls = []
    for minor in (7, 8):
        body = {"file": f"sku,price\n{await stage.code()},{minor}\n"}
        job = await stage.done("POST", stage.staff("/v1/staff/jobs/prices", body))
        urls.append(f"/v1/staff/jobs/{job['job_id']}/cancel")
    return Twice(stage.staff(urls[0]), stage.staff(urls[1]))


def _role(code: str) -> dict[str, Any]:
    return {"code": code, "name": "店员", "permissions": ["orders.see"], "places": [LOCATION]}


async def make_role(stage: Stage) -> Twice:
    one, other = _role(stage.new("role")), _role(stage.new("role"))
    return Twice(stage.staff("/v1/staff/roles", one), stage.staff("/v1/staff/roles", other))


async def change_role(stage: Stage) -> Twice:
    made = _role(stage.new("role"))
    await stage.done("POST", stage.staff("/v1/staff/roles", made))
    url, body = f"/v1/staff/roles/{made.pop('code')}", made | {"permissions": ["stock.see"]}
    return Twice(stage.staff(url, body), stage.staff(url, body | {"places": []}))


async def remove_role(stage: Stage) -> Twice:
    one, other = [_role(stage.new("role")) for _ in range(2)]
    for each in (one, other):
        await stage.done("POST", stage.staff("/v1/staff/roles", each))
    return Twice(stage.staff(f"/v1/staff/roles/{one['code']}"), stage.staff(f"/v1/staff/roles/{other['code']}"))


async def adjust(stage: Stage) -> Twice:
    body = {"sku_id": await stage.sku(), "location": LOCATION, "change": -3, "reason": "broken"}
    url = "/v1/staff/stock/adjustments"
    return Twice(stage.staff(url, body), stage.staff(url, body | {"change": -4}))


async def take_in(stage: Stage) -> Twice:
    body = {"sku_id": await stage.sku(), "location": LOCATION, "quantity": 3, "reference": "note 2"}
    url = "/v1/staff/stock/receipts"
    return Twice(stage.staff(url, body), stage.staff(url, body | {"quantity": 4}))


async def make_key(stage: Stage) -> Twice:
    body = {"name": stage.new("program"), "permissions": ["catalog.see"]}
    url = "/v1/staff/keys"
    return Twice(stage.staff(url, body), stage.staff(url, body | {"permissions": ["stock.see"]}))


async def revoke_key(stage: Stage) -> Twice:
    made = await stage.done("POST", (await make_key(stage)).call)
    return Twice(stage.staff(f"/v1/staff/keys/{made['key_id']}"), None)


def _noted(thing: Callable[[Stage], Awaitable[str]]) -> Prepared:
    async def prepared(stage: Stage) -> Twice:
        url = f"/v1/staff/{await thing(stage)}/notes"
        return Twice(stage.staff(url, {"values": {"erp.code": "A"}}), stage.staff(url, {"values": {"erp.code": "B"}}))

    return prepared


async def _goods_of(stage: Stage) -> str:
    return f"products/{await stage.product()}"


async def _kind_of(stage: Stage) -> str:
    return f"skus/{await stage.sku()}"


async def _order_of(stage: Stage) -> str:
    return f"orders/{await stage.order()}"


async def _member_of(stage: Stage) -> str:
    return f"members/{(await stage.member())['member_id']}"


async def watch(stage: Stage) -> Twice:
    body = {"sku_id": await stage.sku(), "location": LOCATION, "alert_threshold": 3}
    url = "/v1/staff/stock/watches"
    return Twice(stage.staff(url, body), stage.staff(url, body | {"safety": 1}))


EVERY_CALL: Final[Mapping[tuple[str, str], Prepared]] = {
    ("POST", "/v1/auth/accounts"): register,
    ("POST", "/v1/auth/codes"): send_code,
    ("PUT", "/v1/auth/password"): change_password,
    ("POST", "/v1/auth/password/reset"): reset_password,
    ("POST", "/v1/auth/sessions"): log_in,
    ("DELETE", "/v1/auth/sessions"): log_out_everywhere,
    ("DELETE", "/v1/auth/sessions/current"): log_out,
    ("POST", "/v1/behaviour"): behave,
    ("POST", "/v1/carts"): begin_cart,
    ("POST", "/v1/cart/lines"): add_to_cart,
    ("PUT", "/v1/cart/lines/{sku_id}"): set_quantity,
    ("DELETE", "/v1/cart/lines/{sku_id}"): take_out,
    ("POST", "/v1/cart/merge"): merge,
    ("PATCH", "/v1/me"): update_me,
    ("DELETE", "/v1/me"): leave,
    ("POST", "/v1/me/terms"): agree_to_terms,
    ("PUT", "/v1/me/phone"): change_phone,
    ("POST", "/v1/me/addresses"): add_address,
    ("POST", "/v1/me/check-ins"): check_in,
    ("PUT", "/v1/me/addresses/{address_id}"): correct_address,
    ("PATCH", "/v1/me/message-settings"): change_message_settings,
    ("PUT", "/v1/me/marketing-consent"): decide_marketing,
    ("POST", "/v1/me/messages/read"): read_messages,
    ("POST", "/v1/me/messages/{message_id}/read"): read_message,
    ("POST", "/v1/way-out"): leave_marketing,
    ("DELETE", "/v1/staff/members/{id}/marketing-consent"): stop_marketing,
    ("POST", "/v1/staff/messages/read"): read_staff_messages,
    ("POST", "/v1/staff/messages/{message_id}/read"): read_staff_message,
    ("DELETE", "/v1/me/addresses/{address_id}"): remove_address,
    ("PUT", "/v1/me/favourites/{product_id}"): add_favourite,
    ("DELETE", "/v1/me/favourites/{product_id}"): remove_favourite,
    ("DELETE", "/v1/me/history"): forget_history,
    ("DELETE", "/v1/me/history/{product_id}"): forget_seen,
    ("POST", "/v1/pictures"): send_picture,
    ("DELETE", "/v1/pictures/{picture_id}"): forget_picture,
    ("POST", "/v1/staff/pictures"): send_goods_picture,
    ("DELETE", "/v1/staff/pictures/{picture_id}"): forget_goods_picture,
    ("POST", "/v1/staff/webhooks"): create_webhook,
    ("DELETE", "/v1/staff/webhooks/{webhook_id}"): webhook_call(""),
    ("POST", "/v1/staff/webhooks/{webhook_id}/pause"): webhook_call("/pause"),
    ("POST", "/v1/staff/webhooks/{webhook_id}/release"): webhook_call("/release", {"numbers": [1]}),
    ("POST", "/v1/staff/webhooks/{webhook_id}/replay"): webhook_call("/replay", {"numbers": [1]}),
    ("POST", "/v1/staff/webhooks/{webhook_id}/resume"): webhook_call("/resume"),
    ("POST", "/v1/staff/webhooks/{webhook_id}/rotate"): webhook_call("/rotate"),
    ("POST", "/v1/quotes"): quote,
    ("POST", "/v1/orders"): place,
    ("DELETE", "/v1/orders/{order_id}"): hide,
    ("PUT", "/v1/orders/{order_id}/address"): redirect,
    ("POST", "/v1/orders/{order_id}/again"): buy_again,
    ("POST", "/v1/orders/{order_id}/cancel"): cancel,
    ("POST", "/v1/orders/{order_id}/payments"): start_payment,
    ("POST", "/v1/orders/{order_id}/receipt"): receive,
    ("POST", "/v1/orders/{order_id}/lines/{line}/review"): post_review,
    ("PUT", "/v1/orders/{order_id}/lines/{line}/review"): edit_review,
    ("POST", "/v1/orders/{order_id}/lines/{line}/review/follow-up"): follow_up,
    ("POST", "/v1/staff/reviews/decisions"): decide_reviews,
    ("PUT", "/v1/staff/reviews/{review_id}/reply"): reply,
    ("POST", "/v1/payments/{payment_id}/refresh"): refresh,
    ("POST", "/v1/staff/brands"): create_brand,
    ("POST", "/v1/staff/categories"): create_category,
    ("PUT", "/v1/staff/categories/{category_id}/parent"): move_category,
    ("POST", "/v1/staff/freight-templates"): create_template,
    ("POST", "/v1/staff/offers"): make_offer,
    ("PUT", "/v1/staff/offers/{offer_id}"): change_offer,
    ("POST", "/v1/staff/offers/{offer_id}/launch"): launch_offer,
    ("POST", "/v1/staff/offers/{offer_id}/stop"): stop_offer,
    ("PUT", "/v1/staff/freight-templates/{template_id}"): replace_template,
    ("DELETE", "/v1/staff/freight-templates/{template_id}"): remove_template,
    ("POST", "/v1/staff/locations"): open_location,
    ("POST", "/v1/staff/members/{id}/ban"): ban,
    ("POST", "/v1/staff/members/{id}/points"): adjust_points_of,
    ("POST", "/v1/staff/members/{id}/wallet"): adjust_wallet_of,
    ("POST", "/v1/orders/{order_id}/wallet"): use_my_wallet,
    ("POST", "/v1/orders/{order_id}/wallet/back"): take_back_my_wallet,
    ("POST", "/v1/me/wallet/forfeit"): forfeit_my_wallet,
    ("POST", "/v1/me/wallet/withdrawals"): request_withdrawal,
    ("POST", "/v1/me/wallet/withdrawals/{withdrawal_id}/cancel"): cancel_withdrawal,
    ("POST", "/v1/staff/withdrawals/{withdrawal_id}/approve"): approve_withdrawal,
    ("POST", "/v1/staff/withdrawals/{withdrawal_id}/pay"): pay_withdrawal,
    ("POST", "/v1/staff/withdrawals/{withdrawal_id}/reject"): reject_withdrawal,
    ("POST", "/v1/coupons/{template_id}/take"): take_coupon,
    ("POST", "/v1/coupons/redeem"): redeem_coupon,
    ("POST", "/v1/staff/coupons"): create_coupon_template,
    ("PUT", "/v1/staff/coupons/{template_id}"): replace_coupon_template,
    ("POST", "/v1/staff/coupons/{template_id}/issue"): issue_coupon_to,
    ("POST", "/v1/staff/coupons/{template_id}/codes"): make_coupon_codes,
    ("POST", "/v1/staff/coupons/void"): void_coupon,
    ("POST", "/v1/staff/members/{id}/closing"): close_account_of,
    ("POST", "/v1/staff/members/{id}/readmit"): readmit,
    ("PUT", "/v1/staff/members/{id}/tier"): grant_tier,
    ("POST", "/v1/staff/members/{id}/tier/removal"): take_tier_away,
    ("PUT", "/v1/staff/orders/{order_id}/address"): redirect_any,
    ("POST", "/v1/staff/orders/{order_id}/close"): close,
    ("POST", "/v1/staff/orders/{order_id}/memos"): write_memo,
    ("PUT", "/v1/staff/orders/{order_id}/price"): reprice_unpaid,
    ("POST", "/v1/staff/orders/{order_id}/refunds"): refund,
    ("POST", "/v1/staff/orders/{order_id}/ship"): ship,
    ("POST", "/v1/staff/payments/{payment_id}/confirm"): confirm,
    ("POST", "/v1/staff/payments/{payment_id}/refund"): refund_suspect,
    ("POST", "/v1/staff/books/closings"): close_books,
    ("POST", "/v1/staff/orders"): place_for,
    ("POST", "/v1/staff/orders/quotes"): quote_for,
    ("POST", "/v1/staff/members/imports"): move_members_in,
    ("POST", "/v1/staff/files/prices"): price_file,
    ("POST", "/v1/staff/files/counts"): count_file,
    ("POST", "/v1/staff/products"): create_product,
    ("PUT", "/v1/staff/products/{product_id}"): describe_product,
    ("PUT", "/v1/staff/products/{product_id}/sale"): sell,
    ("PUT", "/v1/staff/products/{product_id}/sales-window"): sell_for_a_while,
    ("POST", "/v1/staff/products/{product_id}/skus"): add_sku,
    ("POST", "/v1/staff/refunds/{refund_id}/retry"): retry_refund,
    ("POST", "/v1/staff/refunds/{refund_id}/correct"): correct_refund,
    ("PUT", "/v1/staff/skus/{sku_id}"): edit_sku,
    ("PUT", "/v1/staff/skus/{sku_id}/price"): reprice,
    ("PUT", "/v1/staff/skus/{sku_id}/labels"): label,
    ("PUT", "/v1/staff/skus/{sku_id}/price-bounds"): bound_price,
    ("PUT", "/v1/staff/skus/{sku_id}/cost"): set_cost,
    ("POST", "/v1/staff/jobs/goods"): _handed_in("goods", "code,title,price\nSKU-NEW,Tea,1\n"),
    ("POST", "/v1/staff/jobs/prices"): _handed_in("prices", "sku,price\nSKU,7\n"),
    ("POST", "/v1/staff/jobs/counts"): _handed_in("counts", "sku,stock\nSKU,7\n", location=LOCATION, reason="counted"),
    ("POST", "/v1/staff/jobs/members"): _handed_in("members", "phone,name\n13800138111,SKU\n"),
    ("POST", "/v1/staff/jobs/{job_id}/cancel"): cancel_job,
    ("POST", "/v1/staff/approvals/{approval_id}/approve"): approve,
    ("POST", "/v1/staff/approvals/{approval_id}/refuse"): refuse_approval,
    ("POST", "/v1/staff/roles"): make_role,
    ("PUT", "/v1/staff/roles/{code}"): change_role,
    ("DELETE", "/v1/staff/roles/{code}"): remove_role,
    ("PATCH", "/v1/staff/products/{product_id}/notes"): _noted(_goods_of),
    ("PATCH", "/v1/staff/skus/{sku_id}/notes"): _noted(_kind_of),
    ("PATCH", "/v1/staff/orders/{order_id}/notes"): _noted(_order_of),
    ("PATCH", "/v1/staff/members/{id}/notes"): _noted(_member_of),
    ("POST", "/v1/staff/keys"): make_key,
    ("DELETE", "/v1/staff/keys/{key_id}"): revoke_key,
    ("POST", "/v1/staff/settings/changes"): change_settings,
    ("POST", "/v1/staff/settings/steps-back"): take_settings_back,
    ("POST", "/v1/staff/staff"): take_on,
    ("POST", "/v1/staff/staff/{id}/roles"): change_roles,
    ("PUT", "/v1/staff/staff/{id}/password"): give_password,
    ("POST", "/v1/staff/stock/adjustments"): adjust,
    ("POST", "/v1/staff/stock/receipts"): take_in,
    ("POST", "/v1/staff/stock/watches"): watch,
}
"""How each creating or deciding call is tried; a call of the shop that is missing here fails a test."""

PROVIDERS_OWN: Final = ("POST", "/v1/gateways/{gateway}/notices")
"""A provider's notice is in its own format; it is heard once by the inbox (R8)."""

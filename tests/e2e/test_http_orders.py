"""Orders and payments over HTTP, front to back (DOR-R1)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from attrs import define, evolve, field

from retail_adapters.assemble import Outside, on_memory
from retail_adapters.payments.counter import CounterGateway
from retail_domain.accounts import AddAddress, ContactAsTyped
from retail_domain.accounts.errors import SessionInvalid
from retail_domain.accounts.model.session import Principal
from retail_domain.accounts.model.staff import Permission, Role
from retail_domain.accounts.use_cases.staff import NoteStaffAction
from retail_domain.inventory import OpenLocation
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.ids import SkuId, StaffId
from retail_domain.kernel.money import Money
from retail_domain.kernel.paging import PageRequest
from retail_domain.payments import RefundStatus
from retail_domain.processes.purchase.checkout import PlaceOrder
from retail_entrypoints.exporting import BOM, COLUMNS
from retail_entrypoints.http.app import create_app
from retail_entrypoints.http.shop import ServedShop
from retail_entrypoints.settings import Settings
from tests.e2e.door import CLERK, SESSION, knocking
from tests.support.market import CLERK as SYSTEM, Buyer, Market
from tests.support.pretend_gateway import PretendGateway, PretendReader, notice
from tests.support.stores import HandClock


@define
class Door:
    """A whole shop behind its HTTP door, with a pretend provider."""

    market: Market
    provider: PretendGateway
    people: dict[str, Principal] = field(factory=dict)
    noted: list[NoteStaffAction] = field(factory=list)
    stack: AsyncExitStack = field(factory=AsyncExitStack)
    app: Any = None

    async def buyer(self, number: int = 1) -> tuple[Buyer, Any]:
        buyer = await self.market.buyer(number)
        self.people[f"member-{number}"] = Principal(session_id=SESSION, member_id=buyer.id)
        return buyer, await self.client(f"member-{number}")

    async def staff(self, role: Role) -> Any:
        self.people[role.value] = Principal(session_id=SESSION, staff_id=StaffId(CLERK), roles=(role,))
        return await self.client(role.value)

    async def client(self, token: str | None = None) -> Any:
        if self.app is None:
            shop = ServedShop(
                retail=self.market.retail, settings=Settings.from_environ({}), clock=self.market.clock,
                authenticate=self._authenticate, note_staff_action=self._note,
            )  # fmt: skip
            self.app = create_app(shop)
        return await self.stack.enter_async_context(knocking(self.app, token))

    async def _authenticate(self, token: str) -> Principal:
        if token not in self.people:
            raise SessionInvalid()
        return self.people[token]

    async def _note(self, action: NoteStaffAction) -> None:
        self.noted.append(action)

    async def order(self, buyer: Buyer, client: Any, sku_id: SkuId, quantity: int = 2) -> dict[str, Any]:
        """A placed order, as the door answers it."""
        quote = await self.market.quote(buyer, (sku_id, quantity))
        answer = await client.post("/v1/orders", json={"quote_id": str(quote.id), "hash": quote.hash})
        assert answer.status_code == 201, answer.text
        placed: dict[str, Any] = answer.json()
        return placed

    async def pay(self, client: Any, order: dict[str, Any]) -> dict[str, Any]:
        """Its payment, started and paid at the provider, whose notice came in."""
        path = f"/v1/orders/{order['order_id']}/payments"
        started = await client.post(path, json={"gateway": "sandbox", "flow": "desktop_qr"})
        assert started.status_code == 201, started.text
        ref = started.json()["payment_id"].replace("-", "")
        told = await self.tell(notice(self.provider.pay(ref), f"evt-{ref}"))
        assert (told.status_code, told.text) == (200, "done")
        payment: dict[str, Any] = started.json()
        return payment

    async def tell(self, body: bytes) -> Any:
        return await (await self.client()).post(
            "/v1/gateways/sandbox/notices", content=body, headers={"content-type": "text/plain"}
        )


EXPORT = "/v1/staff/orders/export"


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    clock, provider = HandClock(), PretendGateway()
    gateways = {"sandbox": provider, "counter": CounterGateway(secret=b"not a secret, only for tests")}
    retail = on_memory(Outside(clock=clock, gateways=gateways, readers={"sandbox": PretendReader()}))
    await retail.inventory.open_location(OpenLocation(code="main", name="Warehouse", actor=SYSTEM))
    opened = Door(Market(retail, clock), provider)
    await opened.market.freight(800)
    async with opened.stack:
        yield opened


async def test_a_purchase_from_quote_to_receipt(door: Door) -> None:
    """T1, T2, T6, T8 through the door: placed, paid by a notice, shipped by staff, received."""
    tea = await door.market.goods("TEA", price_minor=1_999)
    buyer, alice = await door.buyer()
    clerk = await door.staff(Role.CLERK)

    placed = await door.order(buyer, alice, tea)
    assert placed["payable"] == {"minor": 4_798, "currency": "CNY"} and placed["status"] == "pending_payment"
    started = await door.pay(alice, placed)
    assert started["action"] == {"kind": "show_qr", "content": f"qr:{started['payment_id'].replace('-', '')}"}
    payment = (await alice.get(f"/v1/payments/{started['payment_id']}")).json()
    assert (payment["status"], payment["money"], payment["action"]) == ("succeeded", "applied", None)

    order = f"/v1/orders/{placed['order_id']}"
    shipped = await clerk.post(f"/v1/staff{order[3:]}/ship", json={"carrier": "SF", "tracking_number": "SF1"})
    assert (shipped.status_code, shipped.json()["status"]) == (201, "shipped")
    received = await alice.post(f"{order}/receipt")
    assert (received.status_code, received.json()["status"]) == (200, "signed")

    seen = (await alice.get(order)).json()
    assert (seen["status"], seen["payment"], seen["paid"]["minor"]) == ("signed", "paid", 4_798)
    assert seen["parcels"][0]["units"] == [{"sku_id": str(tea), "quantity": 2, "line": 1}]
    assert (await alice.get(f"{order}/contact")).json()["recipient"] == "A Buyer"
    assert [one["number"] for one in (await alice.get("/v1/orders")).json()["items"]] == [placed["number"]]
    steps = (await clerk.get(f"/v1/staff{order[3:]}/history")).json()["items"]
    assert [step["event"] for step in steps] == ["order.placed", "order.paid", "order.shipped", "order.signed"]
    assert [step["actor_kind"] for step in steps] == ["member", "gateway", "staff", "member"]


async def test_a_quote_is_ordered_at_most_once_and_a_key_repeats_the_answer(door: Door) -> None:
    """R17, R18: with a key and without one."""
    tea = await door.market.goods("TEA")
    buyer, alice = await door.buyer()
    quote = await door.market.quote(buyer, (tea, 1))
    body = {"quote_id": str(quote.id), "hash": quote.hash}

    keyed = [await alice.post("/v1/orders", json=body, headers={"Idempotency-Key": "k1"}) for _ in range(2)]
    plain = await alice.post("/v1/orders", json=body)

    assert keyed[0].json() == keyed[1].json() == plain.json()
    assert len((await alice.get("/v1/orders")).json()["items"]) == 1
    other = await alice.post("/v1/orders", json={**body, "hash": "0" * 64}, headers={"Idempotency-Key": "k1"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency.key_reused")


async def test_an_amount_cannot_be_sent_along(door: Door) -> None:
    """R7, R34: unknown fields are refused, whatever they say."""
    tea = await door.market.goods("TEA")
    buyer, alice = await door.buyer()
    placed = await door.order(buyer, alice, tea)

    answer = await alice.post(
        f"/v1/orders/{placed['order_id']}/payments", json={"gateway": "sandbox", "flow": "desktop_qr", "amount": 1}
    )

    assert answer.status_code == 422


async def test_cancelling_answers_200_at_once_and_202_while_a_payment_is_open(door: Door) -> None:
    """ORD-R9, T10."""
    tea = await door.market.goods("TEA")
    buyer, alice = await door.buyer()
    first, second = await door.order(buyer, alice, tea, 1), await door.order(buyer, alice, tea, 1)
    await alice.post(f"/v1/orders/{second['order_id']}/payments", json={"gateway": "sandbox", "flow": "desktop_qr"})

    at_once = await alice.post(f"/v1/orders/{first['order_id']}/cancel")
    closing = await alice.post(f"/v1/orders/{second['order_id']}/cancel")
    await door.market.retail.background.timers["close_unpaid"]()
    later = await alice.get(f"/v1/orders/{second['order_id']}")

    assert (at_once.status_code, at_once.json()["status"]) == (200, "closed")
    assert (closing.status_code, closing.json()["status"], closing.json()["is_closing"]) == (202, "pending_payment", True)
    assert (later.json()["status"], later.json()["close_reason"]) == ("closed", "member")
    again = await alice.post(f"/v1/orders/{first['order_id']}/cancel")
    assert (again.status_code, again.json()["code"]) == (409, "order.wrong_state")


async def test_somebody_elses_order_looks_like_one_that_never_was(door: Door) -> None:
    """GEN-R14, ORD-I9, R33: same status, same code, for every call."""
    tea = await door.market.goods("TEA")
    buyer, alice = await door.buyer(1)
    _, bob = await door.buyer(2)
    placed = await door.order(buyer, alice, tea)
    payment = await door.pay(alice, placed)
    calls = [("get", ""), ("get", "/contact"), ("get", "/payments"), ("post", "/cancel"), ("post", "/receipt")]

    def told(answer: Any) -> tuple[int, str]:
        return answer.status_code, answer.json()["code"]

    for verb, path in calls:
        his = await getattr(bob, verb)(f"/v1/orders/{placed['order_id']}{path}")
        none = await getattr(bob, verb)(f"/v1/orders/{uuid4()}{path}")
        assert told(his) == told(none) == (404, "order.not_found"), path
    pays = {"gateway": "sandbox", "flow": "desktop_qr"}
    assert told(await bob.post(f"/v1/orders/{placed['order_id']}/payments", json=pays)) == (404, "order.not_found")
    for verb, path in (("get", ""), ("post", "/refresh")):
        answer = await getattr(bob, verb)(f"/v1/payments/{payment['payment_id']}{path}")
        assert told(answer) == (404, "payment.not_found")


async def test_a_parcel_of_no_lines_is_no_parcel_of_everything(door: Door) -> None:
    """T6: only lines that are left out mean all that is left; and the field to blame is called as it was sent."""
    tea = await door.market.goods("TEA", price_minor=1_000)
    buyer, alice = await door.buyer()
    clerk, finance = await door.staff(Role.CLERK), await door.staff(Role.FINANCE)
    placed = await door.order(buyer, alice, tea)
    await door.pay(alice, placed)
    path = f"/v1/staff/orders/{placed['order_id']}"
    twice = [{"sku_id": str(tea), "quantity": 1}] * 2
    parcel = {"carrier": "SF", "tracking_number": "SF1"}

    nothing = await clerk.post(f"{path}/ship", json={**parcel, "lines": []})
    doubled = await clerk.post(f"{path}/ship", json={**parcel, "lines": twice})
    back = await finance.post(f"{path}/refunds", json={"reason": "broken", "lines": twice})

    blamed = [(each["field"], each["rule"]) for answer in (nothing, doubled, back) for each in answer.json()["errors"]]
    assert blamed == [("lines", "length"), ("lines", "each_once"), ("lines", "each_once")]
    assert {answer.status_code for answer in (nothing, doubled, back)} == {422}
    assert (await alice.get(f"/v1/orders/{placed['order_id']}")).json()["status"] == "to_ship"


async def test_what_staff_may_do_depends_on_their_role(door: Door) -> None:
    """R35: clerks ship, finance refunds; members do neither."""
    tea = await door.market.goods("TEA", price_minor=1_000)
    buyer, alice = await door.buyer()
    clerk, finance = await door.staff(Role.CLERK), await door.staff(Role.FINANCE)
    placed = await door.order(buyer, alice, tea)
    await door.pay(alice, placed)
    path = f"/v1/staff/orders/{placed['order_id']}"
    back = {"reason": "broken", "lines": [{"sku_id": str(tea), "quantity": 1}]}
    parcel = {"carrier": "SF", "tracking_number": "SF1"}

    refused = [(alice, "ship", parcel), (alice, "refunds", back), (finance, "ship", parcel), (clerk, "refunds", back)]
    for client, route, body in refused:
        assert (await client.post(f"{path}/{route}", json=body)).status_code == 403
    refunded = await finance.post(f"{path}/refunds", json=back)
    shipped = await clerk.post(f"{path}/ship", json=parcel)

    assert (refunded.status_code, refunded.json()["amount"]["minor"]) == (201, 1_000)
    assert shipped.status_code == 201
    assert {action.action for action in door.noted} >= {"refund_order", "ship_order"}
    await door.market.retail.background.timers["push_refunds"]()
    (shown,) = (await finance.get(f"{path}/refunds")).json()["items"]
    assert (shown["status"], shown["amount"]["minor"]) == ("succeeded", 1_000)
    too_many = await finance.post(f"{path}/refunds", json={**back, "lines": [{"sku_id": str(tea), "quantity": 2}]})
    assert (too_many.status_code, too_many.json()["code"]) == (409, "order.too_many_units")


async def test_money_of_a_wrong_amount_is_shown_to_staff_and_given_back_by_finance(door: Door) -> None:
    """PAY-R2, R9, R10, R35."""
    tea = await door.market.goods("TEA", price_minor=1_000)
    buyer, alice = await door.buyer()
    clerk, finance = await door.staff(Role.CLERK), await door.staff(Role.FINANCE)
    placed = await door.order(buyer, alice, tea)
    started = await alice.post(f"/v1/orders/{placed['order_id']}/payments", json={"gateway": "sandbox", "flow": "desktop_qr"})
    ref = started.json()["payment_id"].replace("-", "")
    await door.tell(notice(door.provider.pay(ref, Money(1, "CNY"))))

    assert (await alice.get(f"/v1/orders/{placed['order_id']}")).json()["status"] == "pending_payment"
    (suspect,) = (await clerk.get("/v1/staff/payments/suspects")).json()["items"]
    assert (suspect["money"], suspect["reason"], suspect["captured"]["minor"]) == ("suspect", "amount", 1)
    path = f"/v1/staff/payments/{suspect['payment_id']}/refund"
    assert (await clerk.post(path, json={"reason": "wrong"})).status_code == 403
    assert (await finance.post(path, json={"reason": "wrong"})).json()["amount"] == {"minor": 1, "currency": "CNY"}
    again = await finance.post(path, json={"reason": "wrong"})
    assert (again.status_code, again.json()["code"]) == (409, "payment.not_suspect")


async def test_finance_give_back_what_was_taken_when_the_notice_had_told_more(door: Door) -> None:
    """PAY-R2, R5, R10, R35: nobody but finance, no more than the provider took, and the trail knows of it."""
    tea = await door.market.goods("TEA", price_minor=1_000)
    buyer, alice = await door.buyer()
    clerk, finance = await door.staff(Role.CLERK), await door.staff(Role.FINANCE)
    placed = await door.order(buyer, alice, tea)
    started = await alice.post(f"/v1/orders/{placed['order_id']}/payments", json={"gateway": "sandbox", "flow": "desktop_qr"})
    taken = door.provider.pay(started.json()["payment_id"].replace("-", ""))
    await door.tell(notice(evolve(taken, amount=Money(2_801, "CNY"))))
    await finance.post(f"/v1/staff/payments/{started.json()['payment_id']}/refund", json={"reason": "wrong"})
    await door.market.retail.background.timers["push_refunds"]()
    (stuck,) = (await finance.get("/v1/staff/refunds/stuck")).json()["items"]
    path = f"/v1/staff/refunds/{stuck['refund_id']}/correct"
    wish = {"amount": {"minor": 2_800, "currency": "CNY"}, "reason": "the notice was wrong"}

    answers = [
        await clerk.post(path, json=wish),
        await finance.post(path, json={**wish, "amount": {"minor": 2_801, "currency": "CNY"}}),
        await finance.post(path, json={**wish, "amount": {"minor": 2_800, "currency": "USD"}}),
        await finance.post(path, json={**wish, "reason": " "}),
        await finance.post(path, json=wish),
        await finance.post(path, json=wish),
    ]
    await door.market.retail.background.timers["push_refunds"]()

    assert [(one.status_code, one.json().get("code")) for one in answers] == [
        (403, "auth.permission_required"), (409, "payment.refund_exceeds"), (422, "input.invalid"),
        (422, "input.invalid"), (201, None), (409, "refund.not_retriable"),
    ]  # fmt: skip
    assert (await finance.get("/v1/staff/refunds/stuck")).json()["items"] == []
    assert door.provider.moved() == 0
    assert "correct_refund" in {action.action for action in door.noted}


async def test_finance_who_send_a_refund_again_hear_what_its_provider_says_of_it(door: Door) -> None:
    """R5, R10, R12, R35: refused while it may be paid yet; recorded once it was; contradictions stand in the list."""
    tea = await door.market.goods("TEA", price_minor=1_000)
    buyer, alice = await door.buyer()
    clerk, finance = await door.staff(Role.CLERK), await door.staff(Role.FINANCE)
    placed = await door.order(buyer, alice, tea)
    await door.pay(alice, placed)
    wish = {"lines": [{"sku_id": str(tea), "quantity": 1}], "freight_minor": 0, "reason": "broken"}
    assert (await finance.post(f"/v1/staff/orders/{placed['order_id']}/refunds", json=wish)).status_code == 201
    door.provider.refund_becomes = RefundStatus.NEEDS_ATTENTION
    await door.market.retail.background.timers["push_refunds"]()
    (stuck,) = (await finance.get("/v1/staff/refunds/stuck")).json()["items"]
    path = f"/v1/staff/refunds/{stuck['refund_id']}/retry"

    refused = [await clerk.post(path), await finance.post(path)]
    ((ref, made),) = door.provider.refunds.items()
    await door.tell(notice(evolve(made, status=RefundStatus.SUCCEEDED, payment_ref="0" * 32), "evt-other"))
    door.provider.refunds[ref] = evolve(made, status=RefundStatus.SUCCEEDED)
    recorded = await finance.post(path)

    assert [(one.status_code, one.json()["code"]) for one in refused] == [
        (403, "auth.permission_required"), (409, "refund.not_confirmed"),
    ]  # fmt: skip
    assert refused[1].json()["facts"]["reason"] == "perhaps_refunded"
    assert (recorded.status_code, recorded.json()["refund_id"]) == (201, stuck["refund_id"])
    assert recorded.json()["status"] == "succeeded" and len(door.provider.refunds) == 1
    assert (await finance.get("/v1/staff/refunds/stuck")).json()["items"] == []
    (odd,) = (await finance.get("/v1/staff/payments/notices")).json()["items"]
    assert (odd["ref"], odd["kind"], odd["verdict"]) == (ref, "refund", "contradicted")


async def test_a_clerk_takes_the_money_at_the_counter(door: Door) -> None:
    """PAY-R3: the typed amount must be the amount due."""
    tea = await door.market.goods("TEA", price_minor=1_000)
    buyer, alice = await door.buyer()
    clerk = await door.staff(Role.CLERK)
    placed = await door.order(buyer, alice, tea)
    started = (
        await alice.post(f"/v1/orders/{placed['order_id']}/payments", json={"gateway": "counter", "flow": "counter"})
    ).json()
    path = f"/v1/staff/payments/{started['payment_id']}/confirm"

    wrong = await clerk.post(path, json={"amount": {"minor": 2_799, "currency": "CNY"}})
    right = await clerk.post(path, json={"amount": {"minor": 2_800, "currency": "CNY"}})

    assert started["action"]["kind"] == "pay_at_counter"
    assert (wrong.status_code, wrong.json()["code"]) == (409, "payment.amount_differs")
    assert (right.status_code, right.json()["money"]) == (200, "applied")
    assert (await alice.get(f"/v1/orders/{placed['order_id']}")).json()["status"] == "to_ship"


async def test_a_forged_notice_and_an_unknown_provider_change_nothing(door: Door) -> None:
    """R9, PAY-R16."""
    forged = await door.tell(b"not signed")
    unknown = await (await door.client()).post("/v1/gateways/wechat/notices", content=b"{}")

    assert (forged.status_code, forged.text) == (401, "refused")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "payment.gateway_not_found")


async def test_asking_the_provider_too_often_says_how_long_to_wait(door: Door) -> None:
    """PAY-R13."""
    tea = await door.market.goods("TEA")
    buyer, alice = await door.buyer()
    placed = await door.order(buyer, alice, tea)
    started = await alice.post(f"/v1/orders/{placed['order_id']}/payments", json={"gateway": "sandbox", "flow": "desktop_qr"})
    path = f"/v1/payments/{started.json()['payment_id']}/refresh"

    assert (await alice.post(path)).status_code == 200
    too_often = await alice.post(path)
    assert (too_often.status_code, too_often.json()["code"]) == (429, "payment.asked_too_often")
    assert too_often.headers["retry-after"]
    door.market.clock.pass_(timedelta(seconds=3))
    assert (await alice.post(path)).status_code == 200


async def test_an_order_is_sent_elsewhere_by_its_owner_and_by_staff_before_its_parcel(door: Door) -> None:
    """ORD-R5, R35, R40: only clerks among staff; the trail and the history say who, and hold nobody's name."""
    tea = await door.market.goods("TEA")
    buyer, alice = await door.buyer()
    clerk, finance = await door.staff(Role.CLERK), await door.staff(Role.FINANCE)
    placed = await door.order(buyer, alice, tea)
    path = f"/v1/orders/{placed['order_id']}/address"
    typed = ContactAsTyped(
        recipient="Mother", phone=Phone.parse("13900139000"), region_code="310101", region="Shanghai", detail="Street 2"
    )
    added = await door.market.retail.accounts.add_address(AddAddress(member_id=buyer.id, contact=typed))
    neighbour = {"recipient": "Neighbour", "phone": "13700137000", "region_code": "510100", "detail": "Street 3", "region": "C"}
    body = {**neighbour, "reason": "moved house"}

    key = {"Idempotency-Key": "k1"}
    mine = [await alice.put(path, json={"address_id": str(added.address_id)}, headers=key) for _ in range(2)]
    contact = (await alice.get(f"/v1/orders/{placed['order_id']}/contact")).json()
    unknown = await alice.put(path, json={"address_id": str(uuid4())})
    await door.market.freight(900)
    dearer = await clerk.put(f"/v1/staff{path[3:]}", json=body)
    forbidden = await finance.put(f"/v1/staff{path[3:]}", json=body)
    waived = await clerk.put(f"/v1/staff{path[3:]}", json={**body, "waive_freight": True})

    assert [(one.status_code, one.json()["status"]) for one in mine] == [(200, "pending_payment")] * 2
    assert (contact["recipient"], contact["region_code"]) == ("Mother", "310101")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "address.not_found")
    assert (dearer.status_code, dearer.json()["code"]) == (409, "order.freight_would_rise")
    assert dearer.json()["facts"].items() >= {"freight_minor": 800, "would_be_minor": 900}.items()
    assert forbidden.status_code == 403 and waived.status_code == 200
    assert (await alice.get(f"/v1/orders/{placed['order_id']}/contact")).json()["recipient"] == "Neighbour"
    steps = (await clerk.get(f"/v1/staff/orders/{placed['order_id']}/history")).json()["items"]
    assert [(step["event"], step["actor_kind"], step["reason"]) for step in steps[1:]] == [
        ("order.redirected", "member", ""), ("order.redirected", "staff", "moved house"),
    ]  # fmt: skip
    assert "redirect_any_order" in {action.action for action in door.noted}


async def test_what_the_buyer_tells_the_shop_is_shown_wherever_the_order_is(door: Door) -> None:
    """ORD-R12, GEN-R23: spelled as every text, of several lines, of 200 characters at most; what is refused places nothing."""
    tea = await door.market.goods("TEA")
    buyer, alice = await door.buyer()
    clerk = await door.staff(Role.CLERK)
    quote = await door.market.quote(buyer, (tea, 1))
    body = {"quote_id": str(quote.id), "hash": quote.hash}

    too_long = await alice.post("/v1/orders", json={**body, "remark": "长" * 201})
    unprintable = await alice.post("/v1/orders", json={**body, "remark": "a\x07b"})
    placed = await alice.post("/v1/orders", json={**body, "remark": " 请放在门口\r\n谢谢 "})

    for refused in (too_long, unprintable):
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "remark")
    order_id = placed.json()["order_id"]
    shown = [(await who.get(path)).json() for who, path in (
        (alice, f"/v1/orders/{order_id}"), (clerk, f"/v1/staff/orders/{order_id}"),
    )]  # fmt: skip
    assert [one["remark"] for one in shown] == ["请放在门口\n谢谢"] * 2


async def test_what_staff_note_about_an_order_its_buyer_never_sees(door: Door) -> None:
    """ORD-R13, R35: who and when stand beside it; finance may read, and not write."""
    tea = await door.market.goods("TEA")
    buyer, alice = await door.buyer()
    clerk, finance = await door.staff(Role.CLERK), await door.staff(Role.FINANCE)
    placed = await door.order(buyer, alice, tea)
    path = f"/v1/staff/orders/{placed['order_id']}/memos"

    written = [await clerk.post(path, json={"text": text}) for text in (" secret-of-staff ", "第二条")]
    forbidden = await finance.post(path, json={"text": "x"})
    refused = [await clerk.post(path, json={"text": text}) for text in ("长" * 501, "\u200b", "a\x07")]

    assert [(one.status_code, one.json()["number"]) for one in written] == [(201, 1), (201, 2)]
    assert forbidden.status_code == 403
    assert [(one.status_code, one.json()["errors"][0]["field"]) for one in refused] == [(422, "text")] * 3
    listed = (await finance.get(path)).json()["items"]
    assert [(one["text"], one["actor_kind"]) for one in listed] == [("secret-of-staff", "staff"), ("第二条", "staff")]
    mine = [await alice.get(f"/v1/orders{more}") for more in ("", f"/{placed['order_id']}")]
    assert not any("secret-of-staff" in one.text for one in mine)
    assert (await alice.get(path)).status_code == 403
    assert (await clerk.post(f"/v1/staff/orders/{uuid4()}/memos", json={"text": "x"})).status_code == 404


async def test_staff_who_may_set_prices_agree_on_another_one_before_it_is_paid(door: Door) -> None:
    """ORD-R4, R35, R17: finance, not clerks; the buyer sees the new price, staff what it was, and the trail says who."""
    tea = await door.market.goods("TEA")
    buyer, alice = await door.buyer()
    clerk, finance = await door.staff(Role.CLERK), await door.staff(Role.FINANCE)
    placed = await door.order(buyer, alice, tea)
    path = f"/v1/staff/orders/{placed['order_id']}"
    was = placed["payable"]["minor"]
    body = {"payable_minor": was - 100, "was_minor": was, "reason": "an old customer"}

    forbidden = await clerk.put(f"{path}/price", json=body)
    agreed = [await finance.put(f"{path}/price", json=body, headers={"Idempotency-Key": "k"}) for _ in range(2)]
    otherwise = await finance.put(f"{path}/price", json=body)
    too_cheap = await finance.put(f"{path}/price", json={"payable_minor": 1, "reason": "x"})
    misread = await finance.put(f"{path}/price", json={"payable_minor": -1, "reason": "x"})

    assert forbidden.status_code == 403
    assert [(one.status_code, one.json()) for one in agreed] == [
        (200, {
            "order_id": placed["order_id"], "status": "pending_payment", "before": placed["payable"],
            "payable": {"minor": was - 100, "currency": "CNY"},
        })
    ] * 2  # fmt: skip
    assert (otherwise.status_code, otherwise.json()["code"]) == (409, "order.amount_differs")
    assert (too_cheap.status_code, too_cheap.json()["code"]) == (409, "order.costs_its_freight")
    assert misread.status_code == 422
    shown = (await alice.get(f"/v1/orders/{placed['order_id']}")).json()
    assert shown["payable"]["minor"] == was - 100
    (step,) = (await clerk.get(f"{path}/history")).json()["items"][1:]
    assert (step["event"], step["payable_before"]["minor"], step["payable_after"]["minor"]) == (
        "order.repriced", was, was - 100,
    )  # fmt: skip
    assert "reprice_order" in {action.action for action in door.noted}


async def test_people_are_masked_unless_whoever_asks_may_see_them_and_the_trail_says_who_did(door: Door) -> None:
    """R40, R35, ORD-R14: clerks may, finance may not; nobody sees anybody without asking for it."""
    buyer, tea = await door.market.buyer(7), await door.market.goods("TEA")
    quote = await door.market.quote(buyer, (tea, 1))
    wish = PlaceOrder(member_id=buyer.id, quote_id=quote.id, hash=quote.hash, remark="call 13899998888")
    await door.market.retail.checkout.place(wish)
    clerk, finance = await door.staff(Role.CLERK), await door.staff(Role.FINANCE)

    masked = [await clerk.get(EXPORT, params={"format": form}) for form in ("csv", "jsonl")]
    forbidden = await finance.get(EXPORT, params={"in_full": "true"})
    trail = door.market.retail.accounts.show.trail
    assert "export_orders" not in {one.action for one in (await trail(PageRequest(10))).items}
    full = [await clerk.get(EXPORT, params={"format": form, "in_full": "true"}) for form in ("csv", "jsonl")]

    for one in masked:
        assert one.status_code == 200
        assert not any(secret in one.text for secret in ("13800130007", "13899998888", "Street 1", "A Buyer"))
    assert (forbidden.status_code, forbidden.json()["code"]) == (403, "staff.forbidden")
    assert forbidden.json()["facts"]["permission"] == Permission.MEMBERS_CONTACT.value
    for one in full:
        assert all(secret in one.text for secret in ("13800130007", "13899998888", "Street 1", "A Buyer"))
    actions = [one.action for one in (await trail(PageRequest(10))).items]
    assert actions.count("export_orders") == 2


async def test_it_comes_as_a_file_with_a_mark_for_those_who_need_one(door: Door) -> None:
    """ORD-R14."""
    clerk = await door.staff(Role.CLERK)

    plain, marked = await clerk.get(EXPORT), await clerk.get(EXPORT, params={"bom": "true"})
    odd = await clerk.get(EXPORT, params={"format": "xlsx"})

    assert plain.content == (",".join(COLUMNS) + "\r\n").encode()
    assert marked.content == BOM.encode() + plain.content
    assert plain.headers["content-type"].startswith("text/csv")
    assert plain.headers["content-disposition"] == 'attachment; filename="orders.csv"'
    assert odd.status_code in (400, 422)


async def test_an_order_that_is_over_is_deleted_from_the_list_only(door: Door) -> None:
    """ORD-R6: 204 as often as one likes; staff and its own page still show it."""
    tea = await door.market.goods("TEA")
    buyer, alice = await door.buyer()
    _, bob = await door.buyer(2)
    clerk = await door.staff(Role.CLERK)
    placed = await door.order(buyer, alice, tea)
    path = f"/v1/orders/{placed['order_id']}"

    early = await alice.delete(path)
    await alice.post(f"{path}/cancel")
    his = await bob.delete(path)
    done = [(await alice.delete(path)).status_code for _ in range(2)]

    assert (early.status_code, early.json()["code"]) == (409, "order.wrong_state")
    assert (his.status_code, his.json()["code"]) == (404, "order.not_found")
    assert done == [204, 204]
    assert (await alice.get("/v1/orders")).json()["items"] == []
    assert (await alice.get(path)).json()["status"] == "closed"
    assert [one["order_id"] for one in (await clerk.get("/v1/staff/orders")).json()["items"]] == [placed["order_id"]]

"""What is too large for one person waits for another, and is carried out once (R35, ACC-R14)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import httpx2
import pytest
import pytest_asyncio
from attrs import evolve, frozen

from retail_adapters.assembly.policies import Policies
from retail_domain.accounts import ChangeRoles, Permission
from retail_domain.approvals import ApprovalState
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.ids import OrderId, SkuId, StaffId
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.kernel.second_person import SecondPerson
from retail_domain.ordering import RefundOrder, Units
from retail_entrypoints.cli.demo_data import LOCATION, PASSWORD
from tests.e2e.every_call import Stage
from tests.e2e.whole_shop import PATIENT, WholeShop, open_whole_shop
from tests.support.pretend_gateway import PretendGateway
from tests.support.stores import BEHIND_DOORS, Place, place_of

LIMITS: Final = SecondPerson(limits={"refund": 1_500, "write_off": 5, "price_cut": 400}, lasting=timedelta(hours=4))
ALL: Final = 3_000
"""Two units at 10.00, and the freight, since nothing is left to be sent."""
TWO_PEOPLE: Final[Policies] = evolve(PATIENT, second_person=LIMITS)


@pytest.fixture(params=BEHIND_DOORS)
def place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


@frozen
class Office:
    """A shop where refunds above 15.00 and corrections by more than five units take two people; three of them work there."""

    shop: WholeShop
    stage: Stage

    async def ask(self, who: str, method: str, url: str, body: Any = None, key: str | None = None) -> httpx2.Response:
        headers = {"Idempotency-Key": key} if key else {}
        async with self.shop.knocking(who) as client:
            return await client.request(method, url, headers=headers, **({} if body is None else {"json": body}))

    async def refund(self, who: str, order_id: str, units: int = 2, key: str | None = None) -> httpx2.Response:
        lines = (await self.stage.parcel(order_id, units))["lines"]
        return await self.ask(who, "POST", f"/v1/staff/orders/{order_id}/refunds", {"reason": "broken", "lines": lines}, key)

    async def waiting(self, order_id: str, who: str = "ann") -> str:
        """A refund of everything that was asked for and waits."""
        asked = await self.refund(who, order_id)
        assert asked.status_code == 202, asked.text
        return str(asked.json()["facts"]["approval_id"])

    async def decide(self, who: str, approval_id: str, how: str = "approve") -> httpx2.Response:
        body = {"reason": "no"} if how == "refuse" else None
        return await self.ask(who, "POST", f"/v1/staff/approvals/{approval_id}/{how}", body)

    async def shown(self, approval_id: str, who: str = "ann") -> Any:
        return (await self.ask(who, "GET", f"/v1/staff/approvals/{approval_id}")).json()

    async def refunds(self, order_id: str) -> int:
        found = await self.shop.retail.payments.show.refunds_of_order(OrderId(UUID(order_id)))
        return sum(one.amount.minor for one in found)


@pytest_asyncio.fixture
async def office(place: Place) -> AsyncIterator[Office]:
    async with open_whole_shop(place, PretendGateway("sandbox"), policies=TWO_PEOPLE) as shop:
        stage = Stage(shop, PretendGateway("sandbox"))
        may = [
            "orders.see",
            "orders.close",
            "refunds.make",
            "payments.see",
            "stock.change",
            "stock.see",
            "prices.change",
            "approvals.decide",
        ]
        roles = {"ann": may, "ben": may, "cat": [*may[:2], *may[3:]], "dan": may[:-1]}
        tokens = dict(shop.tokens)
        for who, permissions in roles.items():
            role = {"code": who, "name": who, "permissions": permissions}
            await stage.done("POST", stage.staff("/v1/staff/roles", role))
            body = {"login": f"{who}-x", "password": PASSWORD, "name": who, "custom_roles": [who]}
            await stage.done("POST", stage.staff("/v1/staff/staff", body))
            async with shop.knocking() as client:
                session = await client.post("/v1/auth/sessions", json={"login": f"{who}-x", "password": PASSWORD})
            tokens[who] = session.json()["token"]
        yield Office(evolve(shop, tokens=tokens), stage)


async def test_a_refund_above_the_limit_waits_and_is_carried_out_once_when_somebody_else_approves(office: Office) -> None:
    """ACC-R14: 202 with its id, and nothing has moved; below the limit one person is enough."""
    order_id = await office.stage.paid()
    approval_id = await office.waiting(order_id)
    assert await office.refunds(order_id) == 0
    shown = await office.shown(approval_id)
    assert (shown["state"], shown["does"], shown["matter"], shown["size"], shown["limit"]) == (
        "waiting", "ordering.refund", "refund", ALL, 1_500,
    )  # fmt: skip

    done = await office.decide("ben", approval_id)

    assert (done.status_code, done.json()) == (200, {"approval_id": approval_id, "state": "approved"})
    assert await office.refunds(order_id) == ALL
    again = await office.decide("ben", approval_id)
    assert (again.status_code, again.json()["code"]) == (409, "approval.decided")
    assert await office.refunds(order_id) == ALL
    trail = [one.action for one in (await office.shop.retail.accounts.show.trail(PageRequest())).items]
    assert trail.index("approval.approve") < trail.index("approval.ask")

    small = await office.refund("ann", await office.stage.paid(), units=1)
    assert small.status_code == 201, small.text


async def test_two_small_refunds_of_one_order_are_one_large_one(office: Office) -> None:
    """ACC-R14: what counts is all that an order has given back."""
    order_id = await office.stage.paid()
    assert (await office.refund("ann", order_id, units=1)).status_code == 201
    assert (await office.refund("ann", order_id, units=1)).status_code == 202
    assert await office.refunds(order_id) == 1_000


async def test_calling_a_paid_order_off_is_a_refund_too(office: Office) -> None:
    """ACC-R14, R35: another door to the same effect has the same limit."""
    order_id = await office.stage.paid()
    asked = await office.ask("ann", "POST", f"/v1/staff/orders/{order_id}/close", {"reason": "so"})
    assert asked.status_code == 202, asked.text
    assert (await office.decide("ben", asked.json()["facts"]["approval_id"])).status_code == 200
    view = await office.shop.retail.ordering.show.show(OrderId(UUID(order_id)))
    assert (view.status.value, await office.refunds(order_id)) == ("closed", view.paid.minor)


async def test_a_large_write_off_waits_and_a_small_one_or_a_find_does_not(office: Office) -> None:
    """ACC-R14"""
    sku_id = await office.stage.sku()
    body = {"sku_id": sku_id, "location": LOCATION, "reason": "lost"}
    for change, status in ((-5, 201), (50, 201), (-6, 202)):
        answer = await office.ask("ann", "POST", "/v1/staff/stock/adjustments", body | {"change": change})
        assert answer.status_code == status, answer.text
    assert (await office.decide("ben", answer.json()["facts"]["approval_id"])).status_code == 200
    (shelf,) = await office.shop.retail.inventory.show.stock_of([SkuId(UUID(sku_id))])
    assert shelf.on_hand == 50 - 5 + 50 - 6


async def test_a_large_cut_of_a_price_waits_and_what_was_cut_before_counts(office: Office) -> None:
    """ACC-R14, ORD-R4: small steps are one large one; what is put on again, or costs more, is nobody else's business."""
    order_id = await office.stage.order()
    price = f"/v1/staff/orders/{order_id}/price"
    for payable_minor, status in ((2_700, 200), (2_500, 202), (2_900, 200), (3_500, 200), (2_600, 200), (2_599, 202)):
        answer = await office.ask("ann", "PUT", price, {"payable_minor": payable_minor, "reason": "an old customer"})
        assert answer.status_code == status, answer.text
    approval_id = answer.json()["facts"]["approval_id"]
    shown = await office.shown(approval_id)
    assert (shown["does"], shown["matter"], shown["size"], shown["limit"]) == ("ordering.reprice", "price_cut", 401, 400)

    await office.stage.payment(order_id, "sandbox")
    assert (await office.decide("ben", approval_id)).status_code == 200

    view = await office.shop.retail.ordering.show.show(OrderId(UUID(order_id)))
    (attempt,) = await office.shop.retail.payments.show.of_order(OrderId(UUID(order_id)))
    assert (view.payable.minor, attempt.status.value) == (2_599, "closed")


async def test_nobody_approves_what_is_their_own_or_what_they_could_not_do(office: Office) -> None:
    """ACC-R14: neither whoever asked, nor who lacks the right itself, nor who decides about none."""
    order_id = await office.stage.paid()
    approval_id = await office.waiting(order_id)

    told = {who: (await office.decide(who, approval_id)) for who in ("ann", "cat", "dan", "clerk", "finance")}

    assert {who: (one.status_code, one.json()["code"]) for who, one in told.items()} == {
        "ann": (403, "approval.own"), "cat": (404, "approval.not_found"), "dan": (403, "auth.permission_required"),
        "clerk": (403, "auth.permission_required"), "finance": (403, "auth.permission_required"),
    }  # fmt: skip
    assert (await office.ask("cat", "GET", f"/v1/staff/approvals/{approval_id}")).status_code == 404
    assert [one["items"] for one in [(await office.ask("cat", "GET", "/v1/staff/approvals")).json()]] == [[]]
    assert await office.refunds(order_id) == 0 and (await office.shown(approval_id))["state"] == "waiting"


async def test_what_a_program_asks_for_its_maker_does_not_approve(office: Office) -> None:
    """ACC-R14: the program is theirs; somebody else may."""
    key = {"name": "erp", "permissions": ["refunds.make", "orders.see"]}
    token = (await office.stage.done("POST", office.stage.staff("/v1/staff/keys", key)))["key"]
    known = evolve(office, shop=evolve(office.shop, tokens={**office.shop.tokens, "program": token}))
    order_id = await office.stage.paid()
    approval_id = await known.waiting(order_id, "program")
    assert (await known.decide("program", approval_id)).status_code == 403
    assert (await known.decide("admin", approval_id)).json()["code"] == "approval.own"
    assert (await known.decide("ben", approval_id)).status_code == 200


async def test_a_request_is_refused_taken_back_or_expires_and_then_nothing_is_done(office: Office) -> None:
    """ACC-R14"""
    orders = [await office.stage.paid() for _ in range(3)]
    refused, taken_back, late = [await office.waiting(one) for one in orders]
    assert (await office.decide("ben", refused, "refuse")).json()["state"] == "refused"
    assert (await office.decide("ann", taken_back, "refuse")).json()["state"] == "refused"
    office.shop.clock.forward(hours=3)
    assert (await office.shown(late))["state"] == "waiting"
    office.shop.clock.forward(hours=1)

    codes = [(await office.decide("admin", one)).json()["code"] for one in (refused, taken_back, late)]

    assert codes == ["approval.decided", "approval.decided", "approval.expired"]
    assert [await office.refunds(one) for one in orders] == [0, 0, 0]
    found = (await office.shop.retail.approvals.show.all(PageRequest())).items
    assert sorted(one.shown_at(office.shop.clock.now()).value for one in found) == ["expired", "refused", "refused"]


async def test_it_is_decided_with_the_shop_as_it_is_and_waits_on_where_that_is_impossible(office: Office) -> None:
    """ACC-R14: what the order has no more is not given back; the refusal is that of what was asked for."""
    order_id = await office.stage.paid()
    approval_id = await office.waiting(order_id)
    assert (await office.refund("ann", order_id, units=1)).status_code == 201

    refused = await office.decide("ben", approval_id)

    assert refused.status_code == 409 and refused.json()["code"] == "order.too_many_units", refused.text
    assert (await office.shown(approval_id))["state"] == "waiting" and await office.refunds(order_id) == 1_000


async def test_whoever_asked_must_still_be_allowed_to(office: Office) -> None:
    """ACC-R14: somebody who is out, or lost the right, decides nothing by a request they left behind."""
    approval_id = await office.waiting(await office.stage.paid())
    (ann,) = [one for one in (await office.shop.retail.accounts.show.staff(PageRequest())).items if one.login == "ann-x"]
    out = ChangeRoles(staff_id=StaffId(ann.staff_id), actor=Actor.system("tests"), revoke=None)
    await office.shop.retail.accounts.change_roles(out)

    refused = await office.decide("ben", approval_id)

    assert (refused.status_code, refused.json()["code"]) == (409, "approval.asker_may_not")


async def test_asked_again_under_the_same_key_it_is_the_same_request(office: Office) -> None:
    """R17, ACC-R14: whatever became of it; it is never carried out besides."""
    order_id = await office.stage.paid()
    first, again = [await office.refund("ann", order_id, key="the-same") for _ in range(2)]
    assert first.json()["facts"] == again.json()["facts"] and first.status_code == again.status_code == 202
    other = await office.refund("ann", order_id, units=2, key="the-same")
    assert other.json()["facts"] == first.json()["facts"]
    assert (await office.decide("ben", first.json()["facts"]["approval_id"])).status_code == 200
    after = await office.refund("ann", order_id, key="the-same")
    assert (after.status_code, after.json()["facts"]) == (202, first.json()["facts"])
    assert await office.refunds(order_id) == ALL


async def test_of_many_who_approve_at_once_one_does(office: Office) -> None:
    """R13, ACC-R14: the others hear that it is decided, and money goes back once."""
    order_id = await office.stage.paid()
    approval_id = await office.waiting(order_id)

    told = await asyncio.gather(*(office.decide(who, approval_id) for who in ("ben", "admin") * 4))

    assert sorted(one.status_code for one in told) == [200] + [409] * 7
    assert {one.json()["code"] for one in told if one.status_code == 409} == {"approval.decided"}
    assert await office.refunds(order_id) == ALL


async def test_of_one_who_approves_and_one_who_refuses_one_does(office: Office) -> None:
    """R13, ACC-R14"""
    order_id = await office.stage.paid()
    approval_id = await office.waiting(order_id)

    told = await asyncio.gather(office.decide("ben", approval_id), office.decide("admin", approval_id, "refuse"))

    assert sorted(one.status_code for one in told) == [200, 409]
    state = (await office.shown(approval_id))["state"]
    assert await office.refunds(order_id) == (ALL if state == "approved" else 0)


async def test_the_system_and_a_host_decide_alone(office: Office) -> None:
    """ACC-R14: code of a host acts as itself; whoever it lets act as somebody of staff is bound as they are."""
    order_id = OrderId(UUID(await office.stage.paid()))
    view = await office.shop.retail.ordering.show.show(order_id)
    wish = RefundOrder(
        order_id=order_id, reason="so", units=(Units(view.lines[0].sku_id, 2, 1),), actor=Actor.system("host"),
        once=Once(principal="host", operation="refund", key="k", fingerprint="f"),
    )  # fmt: skip
    assert (await office.shop.retail.ordering.refund(wish)).amount.minor == ALL


def test_what_is_approved_is_what_whoever_asks_needs() -> None:
    """R35: nobody brings about by an approval what they could not bring about themselves."""
    from retail_adapters.assemble import Outside, on_memory
    from retail_adapters.assembly import approvals, inventory, ordering, payments
    from retail_domain.kernel.effects import effects_of

    shop = on_memory(Outside(policies=TWO_PEOPLE))
    _ = approvals
    assert Permission.APPROVALS_DECIDE.value == "approvals.decide" and ApprovalState.WAITING.value == "waiting"
    for module in (ordering, inventory, payments):
        for takes in module.takes_two(_Parts()):  # type: ignore[arg-type]
            name, _dot, use = takes.does.partition(".")
            assert set(takes.effects) == effects_of(getattr(getattr(shop, name), use)).all


class _Parts:
    policies = TWO_PEOPLE
    takings = None

"""Each effect has one permission, whatever door somebody comes through (R35)."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any, Final
from uuid import UUID

import attrs
import click
import pytest_asyncio
from litestar.routes import HTTPRoute

from retail_domain.accounts.model.staff import NEEDS, Permission, needed_for
from retail_domain.application import Retail
from retail_domain.catalog.use_cases.checks import PRICED_BY
from retail_domain.kernel.effects import Effect, Effects, effects_of
from retail_entrypoints.cli.deciding import needed_by
from retail_entrypoints.cli.main import cli
from retail_entrypoints.http.routing import Access
from tests.e2e.effects import DOORS, NOBODY_ELSES
from tests.e2e.whole_shop import WholeShop, a_whole_shop, things_of_alice
from tests.support.source import files, tree

OURS: Final = "retail_entrypoints"
SHOP: Final = "retail_domain."


@pytest_asyncio.fixture
async def shop() -> WholeShop:
    return await a_whole_shop()


def use_cases(retail: Retail) -> dict[str, Callable[..., Any]]:
    """Everything that an embedder can call, by name; what only shows, and what the worker drives, aside."""
    return {
        f"{context.name}.{one.name}": getattr(facade, one.name)
        for context in attrs.fields(Retail)
        if attrs.has(type(facade := getattr(retail, context.name)))
        for one in attrs.fields(type(facade))
        if one.name not in ("window", "timers", "takes_long", "outbox")
        and (one.name != "show" or context.name in ("cart", "quoting"))
    }


def effects_behind(fn: Callable[..., Any], known: Mapping[str, Any]) -> set[Effects]:
    """What a handler of a door brings about: every use case and shape that its code names, helpers of the door included."""
    code = ast.parse(textwrap.dedent(inspect.getsource(fn)))
    names = {**getattr(fn, "__globals__", {}), **inspect.getclosurevars(fn).nonlocals, **known}
    found = {effects_of(one) for node in ast.walk(code) if callable(one := _meant(node, names))}
    for node in (each for each in ast.walk(code) if isinstance(each, ast.Call)):
        helper = _meant(node.func, names)
        if inspect.isfunction(helper) and str(helper.__module__).startswith(OURS) and helper is not fn:
            handed = zip(inspect.signature(helper).parameters, (_meant(one, names) for one in node.args), strict=False)
            given = {name: one for name, one in handed if type(one).__module__.startswith(SHOP) or type(one) is SimpleNamespace}
            found |= effects_behind(helper, given) if given else set()
    return {one for one in found if one.all}


def _meant(node: ast.AST, names: Mapping[str, Any]) -> Any:
    """The object behind `retail.ordering.close`, if the first name is known."""
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Attribute):
        return getattr(_meant(node.value, names), node.attr, None)
    return None


def commands(group: click.Group, path: str = "retail") -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every command with its name."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        elif command is not None and command.callback is not None:
            yield f"{path} {name}", command.callback


def placed(effects: Effects, needed: tuple[Permission, ...]) -> dict[str, str]:
    """What a door needs for each effect behind it."""
    sure = {effect.value: NEEDS[effect].value if NEEDS[effect] in needed else "nothing" for effect in effects.sure}
    return {effect.value: "perhaps" for effect in effects.at_times} | sure


def doors_of_http(shop: WholeShop) -> dict[tuple[str, str], str]:
    """Every route to an effect that is not the caller's own, with what it needs."""
    found = {}
    for route in shop.app.app.routes:
        assert isinstance(route, HTTPRoute)
        for method, (handler, _) in route.route_handler_map.items():
            if method == "OPTIONS" or "/staff/" not in route.path_format:
                continue
            needed = (handler.opt["permission"], *handler.opt["besides"])
            for effects in effects_behind(handler.fn, {}):
                told = placed(effects, needed)
                found |= {(effect, f"{method} {route.path_format}"): needs for effect, needs in told.items()}
    return found


def doors_of_the_command_line(retail: Retail) -> dict[tuple[str, str], str]:
    """Every command to an effect, with what staff need for it; `desk` is what a command is given."""
    desk = SimpleNamespace(retail=retail)
    found = {}
    for name, callback in commands(cli):  # type: ignore[arg-type]
        inner = inspect.unwrap(callback)
        needed = needed_by(retail, callback.does) if hasattr(callback, "does") else ()
        for effects in effects_behind(inner, {"desk": desk}):
            found |= {(effect, name): needs for effect, needs in placed(effects, needed).items()}
    return found


async def test_every_door_to_an_effect_stands_in_the_table_with_what_it_needs(shop: WholeShop) -> None:
    """R35: a new door to an old effect, one that is gone and one that needs something else fail here until they are placed."""
    host = {(effect.value, name): "host" for name, one in use_cases(shop.retail).items() for effect in effects_of(one).all}

    assert doors_of_http(shop) | doors_of_the_command_line(shop.retail) | host == DOORS


async def test_every_use_case_says_what_it_brings_about_or_is_placed_as_nobody_elses(shop: WholeShop) -> None:
    """R35: a new use case that says nothing fails here until somebody has thought about it."""
    assert {name for name, one in use_cases(shop.retail).items() if not effects_of(one).all} == NOBODY_ELSES


def test_each_effect_has_one_permission_and_each_permission_to_change_guards_an_effect() -> None:
    """R35: what only shows has permissions of its own."""
    shows = {one for one in Permission if one.value.endswith(".see")}

    assert set(NEEDS) == set(Effect)
    assert sorted(one.value for one in NEEDS.values()) == sorted(one.value for one in set(Permission) - shows)
    assert needed_for(Effects((Effect.MONEY_BACK, Effect.STOCK))) == (Permission.REFUNDS_MAKE, Permission.STOCK_CHANGE)


async def test_staff_routes_that_decide_have_no_permission_but_that_of_their_effects(shop: WholeShop) -> None:
    """R35: a route that changes something and names no use case would be guarded by what somebody thought of.

    What is anybody's of staff, whatever the role, is their own: an inbox.
    """
    found = {door for effect, door in doors_of_http(shop)}
    deciding = {
        f"{method} {route.path_format}"
        for route in shop.app.app.routes
        for method in route.methods  # type: ignore[union-attr]
        if "/staff/" in route.path_format
        and method not in ("GET", "HEAD", "OPTIONS")
        and route.route_handler_map[method][0].opt["permission"] is not Access.STAFF  # type: ignore[union-attr, index]
    }

    assert deciding - found == set()


async def paid_order(shop: WholeShop) -> tuple[str, str]:
    """An order of alice's that was paid at the counter, and its SKU."""
    things = await things_of_alice(shop)
    async with shop.knocking("alice") as alice:
        amount = (await alice.get(f"/v1/payments/{things.payment_id}")).json()["amount"]
    async with shop.knocking("clerk") as clerk:
        taken = await clerk.post(f"/v1/staff/payments/{things.payment_id}/confirm", json={"amount": amount})
    assert taken.status_code == 200, taken.text
    return things.order_id, things.sku_id


async def test_a_clerk_closes_what_is_unpaid_and_not_what_is_paid(shop: WholeShop) -> None:
    """R35: money back needs its own permission by this door too; the refusal says which, and changes nothing."""
    order_id, _ = await paid_order(shop)
    unpaid = (await things_of_alice(shop)).order_id
    reason = {"reason": "customer asked"}
    async with shop.knocking("clerk") as clerk, shop.knocking("admin") as admin:
        refused = await clerk.post(f"/v1/staff/orders/{order_id}/close", json=reason, headers={"Idempotency-Key": "a" * 20})
        stands = (await clerk.get(f"/v1/staff/orders/{order_id}")).json()
        refunds = (await clerk.get(f"/v1/staff/orders/{order_id}/refunds")).json()["items"]
        off = await clerk.post(f"/v1/staff/orders/{unpaid}/close", json=reason)
        done = await admin.post(f"/v1/staff/orders/{order_id}/close", json=reason)

    assert (refused.status_code, refused.json()["code"]) == (403, "order.close_pays_back")
    assert refused.json()["facts"]["permission"] == "refunds.make"
    assert (stands["status"], refunds) == ("to_ship", [])
    assert (off.status_code, done.status_code, done.json()["status"]) == (202, 200, "closed")


async def test_goods_entered_by_a_clerk_have_no_price_and_are_off_sale_until_somebody_sets_one(shop: WholeShop) -> None:
    """R35, CAT-R4: new goods and new kinds are doors to a selling price too."""
    small, large = [{"options": [{"name": "size", "value": size}], "on_sale": True} for size in ("S", "L")]
    sku = {"code": "CAKE-1", "price": {"minor": 1, "currency": "CNY"}, "particulars": small}
    goods = {"code": "CAKE", "description": {"title": "Cake"}, "skus": [sku], "on_sale": True}
    async with shop.knocking("clerk") as clerk, shop.knocking("finance") as finance:
        made = (await clerk.post("/v1/staff/products", json=goods)).json()
        (first,) = made["unpriced_sku_ids"]
        path = f"/v1/staff/products/{made['product_id']}"
        more = await clerk.post(f"{path}/skus", json={**sku, "code": "CAKE-2", "particulars": large})
        another = more.json()["sku_id"]
        seen = (await clerk.get(path)).json()["product"]
        on_sale = await clerk.put(f"{path}/sale", json={"on_sale": True})
        kind_on_sale = await clerk.put(f"/v1/staff/skus/{first}", json=small)
        priced = await finance.put(f"/v1/staff/skus/{first}/price", json={"price": {"minor": 500, "currency": "CNY"}})
        sold = await clerk.put(f"/v1/staff/skus/{first}", json=small)
        shown = await clerk.put(f"{path}/sale", json={"on_sale": True})

    assert made["sku_ids"] == [first]
    assert seen["status"] == "off_sale" and seen["off_sale_sku_ids"] == [first, another]
    assert {kind["price"]["minor"] for kind in seen["product"]["skus"]} == {0}
    assert (on_sale.status_code, on_sale.json()["code"]) == (409, "catalog.nothing_to_sell")
    assert (kind_on_sale.status_code, kind_on_sale.json()["code"]) == (409, "catalog.no_price_yet")
    assert [one.status_code for one in (priced, sold, shown)] == [200, 200, 200]


async def test_a_clerk_describes_goods_that_have_a_price_and_leaves_alone_what_their_delivery_is_charged_by(
    shop: WholeShop,
) -> None:
    """R35: weight, volume and template of goods that are sold are doors to what buyers are asked for, until it is theirs."""
    kind = {"options": [], "weight_grams": 500, "volume_cm3": 10, "on_sale": True}
    sku = {"code": "CAKE-1", "price": {"minor": 900, "currency": "CNY"}, "particulars": kind}
    listing = {"title": "Cake", "freight_template_id": str(UUID(int=7))}
    goods = {"code": "CAKE", "description": listing, "skus": [sku], "on_sale": True}
    async with shop.knocking("clerk") as clerk, shop.knocking("finance") as finance:
        made = (await clerk.post("/v1/staff/products", json=goods)).json()
        (sku_id,) = made["sku_ids"]
        path, kinds = f"/v1/staff/products/{made['product_id']}", f"/v1/staff/skus/{sku_id}"
        unpriced = [
            await clerk.put(kinds, json=kind | {"weight_grams": 400, "on_sale": False}),
            await clerk.put(path, json=listing | {"freight_template_id": None}),
            await clerk.put(path, json=listing),
            await clerk.put(kinds, json=kind | {"on_sale": False}),
        ]
        await finance.put(f"{kinds}/price", json={"price": {"minor": 900, "currency": "CNY"}})
        before = (await clerk.get(path)).json()
        described = [
            await clerk.put(path, json=listing | {"title": "Cakes"}), await clerk.put(kinds, json=kind | {"on_sale": False}),
        ]  # fmt: skip
        refused = [
            await clerk.put(path, json=listing | {"freight_template_id": None}),
            await clerk.put(path, json=listing | {"freight_template_id": str(UUID(int=8))}),
            await clerk.put(kinds, json=kind | {"weight_grams": 0}), await clerk.put(kinds, json=kind | {"volume_cm3": 0}),
        ]  # fmt: skip
        after = (await clerk.get(path)).json()

    assert [one.status_code for one in (*unpriced, *described)] == [200] * 6
    assert [(one.status_code, one.json()["code"]) for one in refused] == [(403, "catalog.may_not_price")] * 4
    assert [one.json()["facts"]["fields"] for one in refused] == [
        ["freight_template_id"], ["freight_template_id"], ["weight_grams"], ["volume_cm3"],
    ]  # fmt: skip
    assert before["freight_template_id"] == after["freight_template_id"] == listing["freight_template_id"]


def test_every_field_of_goods_that_prices_are_worked_out_from_is_guarded() -> None:
    """R35: a step of pricing that reads another field of goods fails here until changing it needs the right to set prices."""
    read = {
        node.attr
        for file in files("retail_domain") if "pricing/model" in str(file)
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Attribute) and _is_goods(node.value) and node.attr != "items"
    }  # fmt: skip
    # What goods are is for whoever keeps the catalogue to say; which of them a coupon is for, for whoever may make coupons.
    names = {"sku_id", "product_id", "title", "sku_code", "options", "image_url", "category_id", "brand_id"}
    asked = {"unit_price_minor", "price_version", "floor_minor", "member_price_minor", "on_sale"}

    assert {"unit_price_minor", "freight_template_id", "weight_grams", "volume_cm3"} <= read
    assert read - names - asked == PRICED_BY


def _is_goods(node: ast.expr) -> bool:
    return (isinstance(node, ast.Name) and node.id in ("goods", "fact")) or (
        isinstance(node, ast.Attribute) and node.attr == "goods"
    )

"""Offers on the pages: staff launch them, cart and checkout tell what they take off and what is missing (PRC-R2, PRC-R4)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from retail_domain.kernel.actor import Actor
from retail_domain.processes.staff.offering import LaunchOffer, MakeOffer
from retail_entrypoints.cli.demo_data import MEMBER_LOGIN, PASSWORD
from tests.e2e.whole_shop import WholeShop, open_whole_shop
from tests.support.pretend_gateway import PretendGateway
from tests.support.stores import BEHIND_DOORS, place_of
from tests.web.at_the_desk import at_the_desk
from tests.web.paper import browsing, with_pages

STEPS = [{"threshold": 100, "off_minor": 50}, {"threshold": 900_000, "off_minor": 5_000}]
TERMS: dict[str, Any] = {"name": "满额立减", "name_en": "Off from a sum on", "kind": "reduction", "steps": STEPS}


@pytest_asyncio.fixture(params=BEHIND_DOORS)
async def shop(request: pytest.FixtureRequest) -> AsyncIterator[WholeShop]:
    async with open_whole_shop(place_of(request), PretendGateway()) as opened:
        yield with_pages(opened)


async def test_cart_and_checkout_tell_what_is_off_and_what_more_there_is(shop: WholeShop) -> None:
    """PRC-R2: the next step is named with what is missing to it and what it would take off."""
    actor, offers = Actor.system("test"), shop.retail.promotions
    draft = await offers.make(MakeOffer(actor=actor, terms=json.dumps(TERMS)))
    await offers.launch(LaunchOffer(actor=actor, offer_id=draft.id))
    async with browsing(shop) as buyer:
        goods = await buyer.open(next(link for link in (await buyer.open("/")).links() if link.startswith("/p/")))
        cart = await buyer.submit(goods, "/cart/lines", quantity="2")
        entrance = await buyer.submit(cart, "/checkout")
        checkout = await buyer.submit(entrance, "/enter/password", login=MEMBER_LOGIN, password=PASSWORD)

    for page in (cart, checkout):
        assert "满额立减" in page.text and "可减 ¥49.50" in page.text, page.text
    assert "活动优惠" in checkout.text and "−¥0.50" in checkout.text


async def test_staff_write_launch_and_stop_an_offer(shop: WholeShop) -> None:
    """PRC-R2, R35: a clerk looks, and is offered no button; what is wrong in the terms is said at their field."""
    async with at_the_desk(shop) as admin:
        page = await admin.open("/desk/offers")
        wrong = await admin.submit(page, "/desk/offers", terms='{"kind": "lottery"}')
        assert wrong.answer.status_code == 422 and wrong.saying
        made = await admin.submit(page, "/desk/offers", terms=json.dumps(TERMS, ensure_ascii=False))
        assert made.saying == "活动已保存" and "草稿" in made.text
        live = await admin.submit(made, "/launch")
        assert live.saying == "活动已发布" and "¥50" in live.text
        async with at_the_desk(shop, "the-clerk") as clerk:
            seen = await clerk.open("/desk/offers")
            assert "满额立减" in seen.text and not [one for one in seen.root.all("form") if "/offers" in one.get("action")]
        assert (await admin.submit(live, "/stop")).saying == "活动已停止"

"""Who may change settings sets no prices by them (R35): not at once, not for later, not by a step back."""

from __future__ import annotations

from typing import Any, Final

import pytest

from retail_domain.accounts import MakeKey, Permission
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.effects import Effect
from retail_domain.points.settings import SETTINGS as OF_POINTS
from retail_domain.settings import ChangeSettings
from retail_domain.tiers import LADDER, Benefits, Ladder, Metric, Tier
from tests.e2e.whole_shop import open_whole_shop
from tests.support.pretend_gateway import PretendGateway
from tests.support.stores import BEHIND_DOORS, Place, place_of

SYSTEM: Final = Actor.system("till")
FREE: Final = LADDER.written(Ladder(tiers=(
    Tier(code="plain", name="普通", name_en="Member", benefits=Benefits(discount_bps=10_000)),
    Tier(code="gold", name="黄金卡", name_en="Gold", needs={Metric.ORDERS: 1}, benefits=Benefits(discount_bps=10_000)),
)))  # fmt: skip


@pytest.fixture(params=BEHIND_DOORS)
def place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


async def test_a_setting_that_prices_takes_the_permission_to_price(place: Place) -> None:
    """R35, LVL-R9, PTS-R10"""
    async with open_whole_shop(place, PretendGateway()) as shop:
        made = MakeKey(name="tuner", permissions=(Permission.SETTINGS_SEE, Permission.SETTINGS_CHANGE), actor=SYSTEM)
        shop.tokens["tuner"] = (await shop.retail.accounts.make_key(made)).key  # type: ignore[index]
        url, asked = "/v1/staff/settings/changes", list[Any]()
        async with shop.knocking("tuner") as tuner, shop.knocking("admin") as admin:
            for values in (
                {LADDER.name: FREE},
                {"points.unit_worth": 10_000},
                {"points.spend_bps": 1, "orders.pay_seconds": 600},
            ):
                for later in ({}, {"effective_at": "2099-01-01T00:00:00Z"}):
                    asked.append(await tuner.post(url, json={"values": values, "reason": "why not", **later}))
            other = await tuner.post(url, json={"values": {"orders.pay_seconds": 600}, "reason": "r"})
            priced = await admin.post(url, json={"values": {"points.unit_worth": 1}, "reason": "r"})
            back = {"number": priced.json()["number"], "reason": "no"}
            stepped = await tuner.post("/v1/staff/settings/steps-back", json=back)
            by_admin = await admin.post("/v1/staff/settings/steps-back", json=back)

    assert {(one.status_code, one.json()["code"]) for one in asked} == {(403, "settings.may_not_set")}
    assert asked[4].json()["facts"]["names"] == ["points.spend_bps"]
    assert all(one.is_success for one in (other, priced, by_admin))
    assert (stepped.status_code, stepped.json()["code"]) == (403, "settings.may_not_set")


def test_what_is_asked_of_buyers_is_named_by_its_settings() -> None:
    """R35: the ladder, and what points are worth; a wish of an embedder is trusted."""
    priced = {one.name for one in (LADDER, *OF_POINTS) if one.brings is Effect.SELLING_PRICE}

    assert priced == {LADDER.name, "points.unit_worth", "points.spend_unit", "points.spend_bps", "points.spend_most"}
    assert ChangeSettings(actor=SYSTEM, values={}, reason="r").granted == frozenset(Effect)

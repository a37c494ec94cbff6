"""Points in the simulation: members spend them and are given some, and every commit is held against their laws."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from attrs import evolve

from retail_adapters.assemble import Outside
from retail_domain.ordering import OrderTimers
from retail_domain.testing.simulation.auditor import Auditor, RowLaw
from retail_domain.testing.simulation.deeds import DEEDS, Deed
from retail_domain.testing.simulation.deeds.deed import some_buyer
from retail_domain.testing.simulation.laws import ROW_LAWS
from retail_domain.testing.simulation.mix import between
from retail_domain.testing.simulation.opening import Play
from retail_domain.testing.simulation.requests import Request, ask, new_effect
from retail_domain.testing.simulation.traffic import RowChange
from retail_domain.testing.simulation.world import World
from tests.support.rewards import IN_MEMORY, POINT_MINOR, Points, due_in_all, earned, spend

WEIGHTS: Final = {
    "order goods": 2.0, "order in a batch": 0.3, "pay": 8.0, "pay what was begun": 2.0, "pay at the counter": 4.0,
    "change their mind": 0.2, "ship": 12.0, "confirm receipt": 14.0, "receive": 2.0, "give back": 3.0, "call off": 0.2,
    "look at my orders": 2.0, "look after money": 0.3,
}  # fmt: skip
"""Mostly what leads to orders that are completed, and refunded then."""
SOON_OVER: Final = OrderTimers(pay_seconds=50_000, auto_sign_seconds=5, after_sale_seconds=5)


def rewarding(ours: Outside) -> Outside:
    """A shop whose orders bring points."""
    return evolve(ours, takings=(Points(),), hosted=IN_MEMORY)


async def spend_points(world: World) -> None:
    """A member spends most of them, or is given some."""
    member_id = some_buyer(world).member_id
    points = between(world.dice, 1, 500) if world.dice.random() < 0.9 else -between(world.dice, 1, 10)
    await ask(world, Request(
        name=f"spend {points} points", effect=new_effect(world), same=lambda _: None,
        send=lambda shop, _: spend(shop.retail.begin, member_id, points), certain=lambda request, said: None,
    ))  # fmt: skip


def earning(reached: Counter[str]) -> Play:
    """The usual play, with points; `reached` counts what was seen to happen."""

    def every_order_brings_them(auditor: Auditor, row: RowChange) -> str | None:
        """Granted when it is paid, released when it is completed, revoked in proportion: in the same transaction."""
        order, grant = row.after, auditor.mirror.tables["reward_grants"].get(row.key)
        if (grant is None) != (order.paid_at is None):
            return f"order {row.key} is {order.status.value}, its points are {grant}"
        if grant is None:
            return None
        due = due_in_all(grant, order, order.lines, order.returned_minor)
        is_over = order.status.value == "completed"
        if grant.granted != earned(order) or grant.revoked != due or (grant.frozen if is_over else grant.released):
            return f"order {row.key} is {order.status.value}, {due} points are to be revoked: {grant}"
        return None

    def paid_back_or_kept(auditor: Auditor, row: RowChange) -> str | None:
        """R5, RECLAIM: what was returned is paid back or kept back, for points that are owed in all."""
        order, before = row.after, row.before
        returned = sum(line.payable_minor * line.refunded // line.quantity for line in order.lines)
        returned += order.freight_refunded_minor
        if order.refunded_minor + order.kept_back_minor != returned:
            return f"{returned} were returned of {row.key}: {order.refunded_minor} paid, {order.kept_back_minor} kept back"
        if before is None or before.returned_minor == returned:
            return None
        grant = auditor.mirror.tables["reward_grants"][row.key]
        wanted = max(before.refunded_minor, returned - min(grant.owed * POINT_MINOR, returned))
        reached["kept back"] += order.kept_back_minor > before.kept_back_minor
        return None if order.refunded_minor == wanted else f"{order.refunded_minor} of {row.key} paid back, not {wanted}"

    def no_point_is_lost(auditor: Auditor, row: RowChange) -> str | None:
        """What can be spent is what was released and given, less what was revoked and spent."""
        account = auditor.mirror.tables["reward_accounts"].get(row.after.member_id)
        grants: list[Any] = list(auditor.mirror.tables["reward_grants"].values())
        brought = sum(one.released + one.owed for one in grants if one.member_id == row.after.member_id)
        wanted = brought if account is None else account.given - account.spent + brought
        if wanted != (0 if account is None else account.spendable):
            return f"{row.after.member_id} should have {wanted} points: {account}"
        return None

    laws = (
        RowLaw("R5", "orders", paid_back_or_kept), RowLaw("earning", "orders", every_order_brings_them),
        RowLaw("earning", "reward_grants", no_point_is_lost), RowLaw("earning", "reward_accounts", no_point_is_lost),
    )  # fmt: skip
    deeds = [evolve(deed, weight=WEIGHTS[deed.name]) for deed in DEEDS if deed.name in WEIGHTS]
    return Play(deeds=(*deeds, Deed("spend points", 8.0, spend_points)), row_laws=(*ROW_LAWS, *laws), timers=SOON_OVER)

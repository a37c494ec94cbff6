"""What staff do with campaign quotas (STK-R7)."""

from __future__ import annotations

from attrs import frozen

from retail_domain.inventory.errors import QuotaNotFound
from retail_domain.inventory.ports import InventoryWork
from retail_domain.inventory.quota import Quota
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.checked import NoneOrMore, checked
from retail_domain.kernel.effects import Effect, brings
from retail_domain.kernel.ids import SkuId
from retail_domain.kernel.means import Means
from retail_domain.kernel.once import Once
from retail_domain.kernel.places import EVERYWHERE, Places


@frozen(kw_only=True)
@checked
class SetQuota:
    """From now on a campaign sells a SKU, so many units in all: what it has sold counts."""

    sku_id: SkuId
    size: NoneOrMore
    actor: Actor
    within: Places = EVERYWHERE
    once: Once | None = None


@frozen(kw_only=True)
@checked
class CloseQuota:
    """The campaign is over: the SKU is sold as others are."""

    sku_id: SkuId
    actor: Actor
    within: Places = EVERYWHERE
    once: Once | None = None


@frozen(kw_only=True)
class QuotaStands:
    """How a campaign's quota stands now: `taken` of `size` units are in orders, paid or not."""

    sku_id: SkuId
    size: int
    taken: int
    is_open: bool


async def set_quota(work: InventoryWork, command: SetQuota, means: Means) -> QuotaStands:
    """Opens it, resizes it or opens it anew: quotes given before are asked about again. Answers the quota.

    Raises InvalidInput, QuotaTooSmall.
    """
    found = (await work.quotas.claim([command.sku_id])).get(command.sku_id)
    change = found.resize(command.size) if found else Quota.opened(command.sku_id, command.size)
    return _kept(work, change)


@brings(Effect.STOCK)
async def close_quota(work: InventoryWork, command: CloseQuota, means: Means) -> QuotaStands:
    """Closing twice changes nothing. Answers the quota. Raises QuotaNotFound."""
    found = (await work.quotas.claim([command.sku_id])).get(command.sku_id)
    if found is None:
        raise QuotaNotFound(sku_id=command.sku_id)
    return _kept(work, found.finish())


def _kept(work: InventoryWork, change: Change[Quota]) -> QuotaStands:
    quota = change.state
    work.quotas.save(change)
    return QuotaStands(sku_id=quota.sku_id, size=quota.size, taken=quota.taken, is_open=quota.is_open)

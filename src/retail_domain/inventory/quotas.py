"""What staff do with campaign quotas (STK-R7)."""

from __future__ import annotations

from attrs import frozen

from retail_domain.inventory.errors import QuotaNotFound
from retail_domain.inventory.ports import InventoryWork
from retail_domain.inventory.quota import Quota
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import SkuId
from retail_domain.kernel.once import Once
from retail_domain.kernel.units import Begin


@frozen(kw_only=True)
class SetQuota:
    """From now on a campaign sells a SKU, so many units in all: what it has sold counts."""

    sku_id: SkuId
    size: int
    actor: Actor
    once: Once | None = None


@frozen(kw_only=True)
class CloseQuota:
    """The campaign is over: the SKU is sold as others are."""

    sku_id: SkuId
    actor: Actor
    once: Once | None = None


@frozen(kw_only=True)
class QuotaStands:
    """How a campaign's quota stands now: `taken` of `size` units are in orders, paid or not."""

    sku_id: SkuId
    size: int
    taken: int
    is_open: bool


@frozen(kw_only=True)
class SetQuotaHandler:
    """Answers the quota. Quotes given before are asked about again. Raises InvalidInput, QuotaTooSmall."""

    begin: Begin[InventoryWork]

    async def __call__(self, command: SetQuota) -> QuotaStands:
        """Opens, resizes or opens anew."""
        async with self.begin() as work:
            told = await work.answers.recall(command.once, QuotaStands)
            if told is not None:
                return told
            found = (await work.quotas.claim([command.sku_id])).get(command.sku_id)
            change = found.resize(command.size) if found else Quota.opened(command.sku_id, command.size)
            return await _kept(work, change, command.once)


@frozen(kw_only=True)
class CloseQuotaHandler:
    """Answers the quota. Raises QuotaNotFound."""

    begin: Begin[InventoryWork]

    async def __call__(self, command: CloseQuota) -> QuotaStands:
        """Closing twice changes nothing."""
        async with self.begin() as work:
            told = await work.answers.recall(command.once, QuotaStands)
            if told is not None:
                return told
            found = (await work.quotas.claim([command.sku_id])).get(command.sku_id)
            if found is None:
                raise QuotaNotFound(sku_id=command.sku_id)
            return await _kept(work, found.finish(), command.once)


async def _kept(work: InventoryWork, change: Change[Quota], once: Once | None) -> QuotaStands:
    quota = change.state
    work.quotas.save(change)
    answer = QuotaStands(sku_id=quota.sku_id, size=quota.size, taken=quota.taken, is_open=quota.is_open)
    work.answers.remember(once, answer)
    await work.commit()
    return answer

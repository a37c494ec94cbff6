"""The manifests of all contexts together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from retail_domain.contexts import in_each
from retail_domain.kernel.ids import MemberId
from retail_domain.kernel.personal import Fate, Holding, InTheWay, Personal


@cache
def manifests() -> Mapping[str, Personal]:
    """By context."""
    return {name: module.PERSONAL for name, module in in_each("personal").items()}


@cache
def holdings() -> Mapping[str, Holding]:
    """All that the shop holds about a member, by name. Raises ValueError where two have one."""
    every = [one for manifest in manifests().values() for one in manifest.holdings]
    found = {one.name: one for one in every}
    if len(found) < len(every):
        raise ValueError("a holding has a name of its own")
    return found


@cache
def erased() -> tuple[str, ...]:
    """What erasure has to do with, in its order."""
    return tuple(name for name, one in holdings().items() if one.fate is not Fate.STAYS)


async def in_the_way(work: Any, member_id: MemberId) -> Sequence[InTheWay]:
    """What must be over before this account is closed, in the order in which locks are taken."""
    return [
        one for manifest in manifests().values() if manifest.in_the_way for one in await manifest.in_the_way(work, member_id)
    ]

"""Insight as embedders call it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from attrs import frozen

from retail_domain.insight.history import ForgetSeen, ShowSeen
from retail_domain.insight.model import SeenGoods
from retail_domain.insight.use_cases import CaptureBehaviour, Captured
from retail_domain.kernel.paging import Page


@frozen(kw_only=True)
class Insight:
    """What people do in the shop, kept with their consent (行为)."""

    capture: Callable[[CaptureBehaviour], Awaitable[Captured]]
    seen: Callable[[ShowSeen], Awaitable[Page[SeenGoods]]]
    forget_seen: Callable[[ForgetSeen], Awaitable[None]]

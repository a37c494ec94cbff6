"""Insight as embedders call it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from attrs import frozen

from retail_domain.insight.use_cases import CaptureBehaviour, Captured


@frozen(kw_only=True)
class Insight:
    """What people do in the shop, kept with their consent (行为)."""

    capture: Callable[[CaptureBehaviour], Awaitable[Captured]]

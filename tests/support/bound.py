"""Looks into a use case that was put together, for tests that need one of its parts."""

from __future__ import annotations

from collections.abc import Callable
from inspect import getclosurevars
from typing import Any


def bound_to(called: Callable[..., object]) -> tuple[Any, ...]:
    """What `retail_domain.kernel.frames.bound` gave to a use case beside the wish."""
    rules: tuple[Any, ...] = getclosurevars(called).nonlocals["rules"]
    return rules

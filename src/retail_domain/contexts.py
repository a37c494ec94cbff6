"""The one list of the shop's contexts. What a layer has of a context, it keeps in a module of the context's name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from types import ModuleType
from typing import Any, Final

from retail_domain.kernel.causes import Cause
from retail_domain.kernel.events import Event
from retail_domain.kernel.settings import Setting

CONTEXTS: Final = (
    "accounts",
    "approvals",
    "cart",
    "catalog",
    "coupons",
    "fulfilment",
    "insight",
    "inventory",
    "jobs",
    "membership",
    "messages",
    "notes",
    "ordering",
    "payments",
    "pictures",
    "points",
    "pricing",
    "privacy",
    "promotions",
    "reviews",
    "settings",
    "tiers",
    "wallet",
    "webhooks",
)
"""Packages of `retail_domain`; `docs/how-to` says what each of them owes to whom."""

OUTBOX: Final = "outbox"
"""No context, but kept like one: what was told, what must follow, and what was answered."""

KEPT: Final = (*CONTEXTS, OUTBOX)
"""What stores keep."""


class NoManifest(LookupError):
    """A layer has nothing of a context that it must have; says which file is missing."""


def of_each(package: str, names: tuple[str, ...] = KEPT) -> Mapping[str, ModuleType]:
    """The modules that a package has for them, by context. Raises NoManifest where there is none."""
    missing = [f"{package}.{name}" for name in names if find_spec(f"{package}.{name}") is None]
    if missing:
        raise NoManifest(f"a context is kept everywhere or nowhere; write {' and '.join(missing)}")
    return {name: import_module(f"{package}.{name}") for name in names}


def of_some(package: str, names: tuple[str, ...] = KEPT) -> Mapping[str, ModuleType]:
    """The same for what not every context has, such as laws of its own."""
    return of_each(package, tuple(name for name in names if find_spec(f"{package}.{name}") is not None))


def modules_in(package: str) -> Sequence[ModuleType]:
    """All modules of a package, as they stand in the dictionary."""
    names = sorted(one.name for one in iter_modules(import_module(package).__path__, f"{package}."))
    return [import_module(name) for name in names]


def found_in(package: str, name: str) -> tuple[Any, ...]:
    """What the modules of a package have under this name, all together."""
    return tuple(one for module in modules_in(package) for one in getattr(module, name, ()))


def in_each(name: str) -> Mapping[str, ModuleType]:
    """The modules of this name inside the contexts, by context, where there is one."""
    paths = {context: f"{__package__}.{context}.{name}" for context in CONTEXTS}
    return {context: import_module(path) for context, path in paths.items() if find_spec(path) is not None}


def every_event() -> tuple[type[Event], ...]:
    """All that can happen: the `EVENTS` of each context."""
    return tuple(event for context in of_each(__package__, CONTEXTS).values() for event in context.EVENTS)


def every_setting() -> tuple[Setting[Any], ...]:
    """All that may be set at run time: the `SETTINGS` of each context that has some."""
    return tuple(one for context in of_each(__package__, CONTEXTS).values() for one in getattr(context, "SETTINGS", ()))


def every_cause() -> tuple[Cause, ...]:
    """Why anybody is told something: the `CAUSES` of each context that names some (MSG-R1)."""
    return tuple(cause for context in of_each(__package__, CONTEXTS).values() for cause in getattr(context, "CAUSES", ()))

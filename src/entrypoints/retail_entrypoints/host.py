"""The application around the shop (RETAIL_HOST): found, asked once, and looked at before anybody is served."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from inspect import signature
from types import ModuleType
from typing import Final

from retail_adapters.assemble import Outside
from retail_adapters.system.stores import DATABASE, require_store
from retail_domain.payments.tenders import Tenders
from retail_domain.pricing import Step
from retail_domain.processes.takings import our_takings
from retail_domain.processes.worker.reactions import our_reactions
from retail_entrypoints.settings import BadSetting, Settings

_NAME: Final = "RETAIL_HOST"


def with_host(settings: Settings, ours: Outside) -> Outside:
    """What the shop finds outside itself, with what the application around it adds.

    Raises BadSetting, with what the application said, whatever is wrong with it.
    """
    host = _host_of(settings)
    if host is None:
        return ours
    try:
        outside: object = host(ours) if _takes_one(host) else None
    except Exception as error:
        raise BadSetting(_NAME, f"{settings.host} broke: {_told(error)}") from error
    if not isinstance(outside, Outside):
        raise BadSetting(_NAME, f"{settings.host} is no function from an Outside to an Outside")
    try:
        _check(outside)
    except (TypeError, ValueError) as wrong:
        raise BadSetting(_NAME, str(wrong)) from wrong
    except Exception as error:
        raise BadSetting(_NAME, _told(error)) from error
    return outside


def _host_of(settings: Settings) -> Callable[[Outside], Outside] | None:
    if not settings.host:
        return None
    name, _, function = settings.host.partition(":")
    module = _imported(name)
    if not hasattr(module, function):
        raise BadSetting(_NAME, f"{name} has no {function}")
    host: Callable[[Outside], Outside] = getattr(module, function)
    if not callable(host):
        raise BadSetting(_NAME, f"{settings.host} is no function")
    return host


def _imported(name: str) -> ModuleType:
    try:
        return import_module(name)
    except ModuleNotFoundError as missing:
        if missing.name is not None and f"{name}.".startswith(f"{missing.name}."):
            raise BadSetting(_NAME, f"there is no module {missing.name}; is its package installed?") from missing
        raise BadSetting(_NAME, f"{name} cannot be imported: {_told(missing)}") from missing
    except Exception as error:
        raise BadSetting(_NAME, f"{name} cannot be imported: {_told(error)}") from error


def _check(outside: Outside) -> None:
    """What a shop made of it would break with. Raises TypeError, ValueError."""
    our_takings(*outside.takings)
    our_reactions(*outside.reactions)
    Tenders(outside.tenders)
    for step in outside.steps:
        if not isinstance(step, Step):
            raise TypeError(f"{step!r} is no step of the price")
    require_store(outside.hosted, DATABASE)


def _takes_one(host: Callable[..., object]) -> bool:
    try:
        signature(host).bind(None)
    except (TypeError, ValueError):  # ValueError: it does not say what it takes
        return False
    return True


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".removesuffix(": ")

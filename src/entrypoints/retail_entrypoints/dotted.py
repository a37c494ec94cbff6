"""Functions that a setting names, `module:function`: found, or refused with a sentence before anybody is served."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from inspect import signature
from types import ModuleType
from typing import Any

from retail_entrypoints.settings import BadSetting


def function_named(setting: str, dotted: str) -> Callable[..., Any]:
    """The function. Raises BadSetting, with what is wrong about its name."""
    name, _, function = dotted.partition(":")
    module = _imported(setting, name)
    if not hasattr(module, function):
        raise BadSetting(setting, f"{name} has no {function}")
    found: Callable[..., Any] = getattr(module, function)
    if not callable(found):
        raise BadSetting(setting, f"{dotted} is no function")
    return found


def takes_one(function: Callable[..., object]) -> bool:
    """Whether it can be called with one argument."""
    try:
        signature(function).bind(None)
    except (TypeError, ValueError):  # ValueError: it does not say what it takes
        return False
    return True


def told(error: Exception) -> str:
    """An error of somebody else's code, in a line."""
    return f"{type(error).__name__}: {error}".removesuffix(": ")


def _imported(setting: str, name: str) -> ModuleType:
    try:
        return import_module(name)
    except ModuleNotFoundError as missing:
        if missing.name is not None and f"{name}.".startswith(f"{missing.name}."):
            raise BadSetting(setting, f"there is no module {missing.name}; is its package installed?") from missing
        raise BadSetting(setting, f"{name} cannot be imported: {told(missing)}") from missing
    except Exception as error:
        raise BadSetting(setting, f"{name} cannot be imported: {told(error)}") from error

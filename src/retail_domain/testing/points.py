"""Numbered points: before and after everything a use case asks of the world, so that it can be killed at each of them (F1).

An adapter author wraps a port in `numbered`, or a store in `numbered_units`, runs a command once to count its points, then
once for each point with something fatal to happen there, and looks whether the shop is whole. The shop knows nothing of it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any

from attrs import define, field, frozen


def _nothing(_name: str) -> None:
    """Let it pass."""


@define
class Points:
    """Counts the points a command passes; at the chosen one, `fatal` is called with its name and need not return."""

    chosen: int = 0
    fatal: Callable[[str], None] = _nothing
    passed: list[str] = field(factory=list)

    def pass_(self, name: str) -> None:
        """One more point is reached; the first is number 1."""
        self.passed.append(name)
        if len(self.passed) == self.chosen:
            self.fatal(name)


def numbered(port: Any, points: Points, name: str) -> Any:
    """The same port, with a point before and after every call that is awaited; all else of it is left alone."""
    return _Numbered(port, points, name)


def numbered_units(
    begin: Callable[[], AbstractAsyncContextManager[Any]], points: Points
) -> Callable[[], AbstractAsyncContextManager[Any]]:
    """The same units of work, with points around every call of every collection and around the commit."""

    @asynccontextmanager
    async def counted() -> AsyncIterator[Any]:
        async with begin() as work:
            yield _NumberedWork(work, points)

    return counted


@frozen
class _Numbered:
    _port: Any
    _points: Points
    _name: str

    def __getattr__(self, verb: str) -> Any:
        found = getattr(self._port, verb)
        return _around(found, self._points, f"{self._name}.{verb}") if iscoroutinefunction(found) else found


@frozen
class _NumberedWork:
    _work: Any
    _points: Points

    def hosted(self, which: Any) -> Any:
        """The host's collections have points as well."""
        return numbered(self._work.hosted(which), self._points, which.name)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._work, name)
        if callable(found):
            return _around(found, self._points, name) if iscoroutinefunction(found) else found
        return numbered(found, self._points, name)


def _around(call: Callable[..., Any], points: Points, name: str) -> Callable[..., Any]:
    @wraps(call)
    async def counted(*given: Any, **named: Any) -> Any:
        points.pass_(f"before {name}")
        answer = await call(*given, **named)
        points.pass_(f"after {name}")
        return answer

    return counted

"""What the HTTP door needs of the shop behind it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Generic, Protocol, TypeAlias, TypeVar

from attrs import field, frozen

from retail_domain.accounts.model.session import Principal
from retail_domain.kernel.clock import Clock
from retail_entrypoints.settings import Settings

R = TypeVar("R")

Authenticate: TypeAlias = Callable[[str], Awaitable[Principal]]
"""The account behind a session token. Raises a refusal of kind UNAUTHENTICATED when there is none."""

Probe: TypeAlias = Callable[[], Awaitable[Mapping[str, bool]]]
"""What readiness depends on, by name, and whether it is there."""


class RawAnswer(Protocol):
    """An answer in a provider's own format: to be sent as it is."""

    @property
    def status(self) -> int: ...
    @property
    def content_type(self) -> str: ...
    @property
    def body(self) -> bytes: ...


TakeNotice: TypeAlias = Callable[[str, Mapping[str, str], bytes], Awaitable[RawAnswer]]
"""Takes a provider's notice: gateway, headers in lower case, raw body."""


async def _nothing_needed() -> Mapping[str, bool]:
    return {}


@frozen(kw_only=True)
class Shop(Generic[R]):
    """The facade and what stands around it: settings, time, who a token belongs to, readiness, notices."""

    retail: R
    settings: Settings
    clock: Clock
    authenticate: Authenticate
    readiness: Probe = field(default=_nothing_needed)
    take_notice: TakeNotice | None = None

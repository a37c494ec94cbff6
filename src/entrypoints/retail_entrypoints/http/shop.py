"""What the HTTP door needs of the shop behind it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Generic, TypeAlias, TypeVar

from attrs import field, frozen

from retail_domain.accounts.errors import KeyInvalid
from retail_domain.accounts.model.keys import Machine
from retail_domain.accounts.model.session import Principal
from retail_domain.accounts.use_cases.keys import ShowKey
from retail_domain.accounts.use_cases.staff import NoteStaffAction
from retail_domain.kernel.clock import Clock
from retail_entrypoints.container import Changes
from retail_entrypoints.settings import Settings

R = TypeVar("R")

Authenticate: TypeAlias = Callable[[str], Awaitable[Principal]]
"""The account behind a session token. Raises a refusal of kind UNAUTHENTICATED when there is none."""

AuthenticateKey: TypeAlias = Callable[[ShowKey], Awaitable[Machine]]
"""The program behind an API key. Raises a refusal when there is none."""

Probe: TypeAlias = Callable[[], Awaitable[Mapping[str, bool]]]
"""What readiness depends on, by name, and whether it is there."""


NoteAction: TypeAlias = Callable[[NoteStaffAction], Awaitable[None]]
"""Writes down what staff are about to do (R35)."""


async def _nobody_notes(_action: NoteStaffAction) -> None:
    return


async def _nobody_has_keys(_shown: ShowKey) -> Machine:
    raise KeyInvalid()


async def _nothing_needed() -> Mapping[str, bool]:
    return {}


@frozen(kw_only=True)
class ServedShop(Generic[R]):
    """The facade and what stands around it: settings, time, who a token belongs to, readiness, news of changes."""

    retail: R
    settings: Settings
    clock: Clock
    authenticate: Authenticate
    authenticate_key: AuthenticateKey = field(default=_nobody_has_keys)
    note_staff_action: NoteAction = field(default=_nobody_notes)
    readiness: Probe = field(default=_nothing_needed)
    changes: Changes | None = None

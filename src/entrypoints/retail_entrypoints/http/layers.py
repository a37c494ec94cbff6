"""What stands around the application: each layer passes a request on to the next, or answers it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from litestar.types import HTTPScope, Receive, Send

Layer: TypeAlias = Callable[[HTTPScope, Receive, Send], Awaitable[None]]
"""An ASGI application for requests: nothing else comes here."""

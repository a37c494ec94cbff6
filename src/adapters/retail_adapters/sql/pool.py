"""How a pool of connections to PostgreSQL is set up for the shop, with a pooler in between or without."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from typing import Any, Final

import asyncpg

from retail_adapters.sql.patience import PATIENT, Patience
from retail_adapters.sql.servers import Servers

_STATEMENTS_KEPT: Final = 1024
"""So many texts stay prepared on a connection: the shop has a few hundred."""
_AT_THE_START: Final = {"timezone": "UTC", "application_name": "retail"}
_PLANS: Final = "SET plan_cache_mode = force_generic_plan; SET random_page_cost = 1.1"
"""Plans are made once, maybe while a table is small: its index is to be used all the same.

Said after the start: poolers refuse settings at the start that they do not know.
"""


async def open_pool(
    url: str, *, connections_max: int = 4, patience: Patience = PATIENT, keeps_sessions: bool = True
) -> asyncpg.Pool[asyncpg.Record]:
    """A pool set up for the shop: cached generic plans, and nothing to reset between uses. The URL may name several hosts.

    `keeps_sessions`: no, if a pooler in between gives each transaction another session. Then no statement is kept and nothing
    is set: the owner of the database sets it for the role.
    """
    kept: dict[str, Any] = {
        "statement_cache_size": _STATEMENTS_KEPT,
        "max_cacheable_statement_size": 0,  # the longest are those that write most
        "max_cached_statement_lifetime": 0,
        "server_settings": _AT_THE_START,
        "init": _set_up(patience),
    }
    return await asyncpg.create_pool(
        url,
        connect=Servers(url, patience).connect,
        connection_class=NamingConnection,
        min_size=1,
        max_size=connections_max,
        reset=_keep,
        **(kept if keeps_sessions else {"statement_cache_size": 0}),
    )


class NamingConnection(asyncpg.Connection):  # type: ignore[misc]
    """Its statements are called as nobody else's.

    Behind a pooler that gives away sessions all the same, the driver's own names would find another client's statement, and
    carry that one out.
    """

    __slots__ = ("_mark",)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._mark = secrets.token_hex(6)

    def _get_unique_id(self, prefix: str) -> str:
        return f"{super()._get_unique_id(prefix)}{self._mark}"


def _set_up(patience: Patience) -> Callable[[Any], Awaitable[None]]:
    each_ms = max(1, int(patience.lock_at_a_time * 1_000))  # none at all would be without end

    async def set_up(connection: Any) -> None:
        await connection.execute(f"{_PLANS}; SET lock_timeout = {each_ms}")

    return set_up


async def _keep(connection: Any) -> None:
    """Nothing of a session is ever changed, so nothing needs resetting."""

"""The whole shop as an ASGI application that opens itself, and in which every role is always logged in.

Who fuzzes sends `Authorization: Bearer <role>`; on the way in it becomes the token of a person with that role. Fuzzing logs
people out, locks and erases them: whoever is told 401 is replaced by somebody new.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Any, Final

from attrs import define, field

from retail_adapters.sql.audit import audit
from retail_domain.accounts import Role
from retail_domain.accounts.use_cases.log_in_with_password import LogInWithPassword
from retail_domain.accounts.use_cases.staff import AddStaff
from retail_entrypoints.cli.demo_data import PASSWORD
from tests.e2e.whole_shop import SYSTEM, WholeShop, open_whole_shop, things_of_alice
from tests.support.stores import Place

ROLES: Final = ("anonymous", "guest", "member", "clerk", "finance", "admin")
"""Everybody who may stand at the door."""

FINDINGS: Final = "/fuzz/findings"
"""Answers what the audit finds, in the loop in which the shop is open."""


@define
class FuzzedShop:
    """Opened by the lifespan of whoever serves it, so that its database lives in the loop that serves."""

    place: Place
    shop: Any = None
    tokens: dict[str, str] = field(factory=dict)
    people: int = 0
    _open: AsyncExitStack = field(factory=AsyncExitStack)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One connection, or the life of the server."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        if scope["path"] == FINDINGS:
            await _answer(send, await self.findings())
            return
        role = _role_of(scope)
        if role is None:
            await self.shop.app(scope, receive, send)
            return
        name, value = await self._credentials(role)
        headers = [(key, old) for key, old in scope["headers"] if key not in (b"authorization", b"x-cart-token")]

        async def watch(message: Any) -> None:
            if message["type"] == "http.response.start" and message["status"] in (401, 403):
                self.tokens.pop(role, None)
            await send(message)

        await self.shop.app(scope | {"headers": [*headers, (name, value.encode())]}, receive, watch)

    async def _live(self, receive: Any, send: Any) -> None:
        await receive()
        await self.open()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._open.aclose()
        await send({"type": "lifespan.shutdown.complete"})

    async def open(self) -> WholeShop:
        """Open the shop in the loop that runs now, with somebody's order in it."""
        self.shop = await self._open.enter_async_context(open_whole_shop(self.place))
        await things_of_alice(self.shop)
        return self.shop

    async def _credentials(self, role: str) -> tuple[bytes, str]:
        if role not in self.tokens:
            self.people += 1
            self.tokens[role] = await self._somebody(role)
        return (b"x-cart-token", self.tokens[role]) if role == "guest" else (b"authorization", f"Bearer {self.tokens[role]}")

    async def _somebody(self, role: str) -> str:
        if role == "guest":
            return await self._told("/v1/carts", {}, "cart_token")
        if role == "member":
            return await self._member()
        login = f"{role}-{self.people}"
        staff = AddStaff(login=login, password=PASSWORD, name=role, roles=(Role(role),), actor=SYSTEM)
        await self.shop.retail.accounts.add_staff(staff)
        command = LogInWithPassword(login=login, password=PASSWORD)
        token: str = (await self.shop.retail.accounts.log_in_with_password(command)).token
        return token

    async def _member(self) -> str:
        phone = f"137{self.people:08d}"
        challenge = await self._told("/v1/auth/codes", {"phone": phone, "purpose": "login"}, "challenge_id")
        proof = {"challenge_id": challenge, "code": self.shop.sms.codes[-1]}
        return await self._told("/v1/auth/sessions", proof, "token")

    async def _told(self, path: str, body: Mapping[str, str], name: str) -> str:
        for _ in range(4):
            async with self.shop.knocking() as client:
                answer = await client.post(path, json=body)
            if answer.status_code < 300:
                told: str = answer.json()[name]
                return told
            self.shop.clock.forward(hours=24)  # codes and logins are rationed by the day
        raise AssertionError(f"nobody new is let in: {answer.text}")

    async def findings(self) -> list[str]:
        """What the audit of the database finds; the memory store has nothing to read with another pair of eyes."""
        if self.shop.database is None:
            return []
        return [str(finding) for finding in await audit(self.shop.database, at=self.shop.clock.now())]


def _role_of(scope: Any) -> str | None:
    given = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
    role = given.removeprefix(b"Bearer ").decode("latin-1")
    return role if role in ROLES and role != "anonymous" else None


async def _answer(send: Any, words: list[str]) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(words).encode()})

"""Accounts through the HTTP door: logging in, me, my addresses, members and staff (R33 to R36, R38, R40, R41)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from attrs import evolve, frozen

from retail_domain.accounts import MAY, AccountRules, Allowance, Permission, Purpose, Role
from retail_domain.testing.people import GENEROUS, OTHER_PHONE, PHONE
from retail_entrypoints.http.app import create_app
from retail_entrypoints.http.auth import auth_routes
from retail_entrypoints.http.me import me_routes
from retail_entrypoints.http.shop import ServedShop
from retail_entrypoints.http.staff_accounts import staff_account_routes
from retail_entrypoints.settings import Settings
from tests.e2e.door import knocking
from tests.support.accounts import MINUTE, PASSWORD, AccountsShop, a_shop

NOBODY = "0198f0a4-7c1e-7d3a-9b52-0000000004d4"
CONTACT = {"recipient": "韩梅梅", "phone": "13800138000", "region_code": "440305", "detail": "科技园路 1 号"}


@frozen
class Visitor:
    """Somebody at the door."""

    client: httpx2.AsyncClient
    token: str | None = None

    async def ask(self, method: str, path: str, body: Any = None, **headers: str) -> httpx2.Response:
        """One request."""
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        return await self.client.request(method, f"/v1{path}", json=body, headers=headers)

    def with_token(self, token: str) -> Visitor:
        """The same, logged in."""
        return Visitor(self.client, token)


@frozen
class Door:
    """The door and the shop behind it."""

    shop: AccountsShop
    anybody: Visitor

    async def member(self, phone: Any = PHONE) -> Visitor:
        """A member who logged in by code."""
        return self.anybody.with_token((await self.shop.log_in(phone)).token)

    async def staff(self, login: str, *roles: Role) -> Visitor:
        """Somebody of staff who logged in by password."""
        await self.shop.staff(login, *roles)
        answered = await self.anybody.ask("POST", "/auth/sessions", {"login": login, "password": PASSWORD})
        return self.anybody.with_token(answered.json()["token"])


def app_of(shop: AccountsShop, **environ: str) -> Any:
    accounts = shop.accounts
    doors = ServedShop(
        retail=None, settings=Settings.from_environ(environ), clock=shop.clock, authenticate=accounts.authenticate,
        note_staff_action=accounts.note_staff_action,
    )  # fmt: skip
    return create_app(doors, [*auth_routes(accounts), *me_routes(accounts, "1"), *staff_account_routes(accounts, shop.notes)])


@pytest.fixture
def rules() -> AccountRules:
    """Generous ones."""
    return GENEROUS


@pytest.fixture
async def door(rules: AccountRules) -> AsyncIterator[Door]:
    """A door on a memory store."""
    shop = a_shop(rules)
    async with knocking(app_of(shop)) as client:
        yield Door(shop, Visitor(client))


async def code_for(door: Door, phone: str = "13800138000", purpose: str = "login") -> dict[str, str]:
    answered = await door.anybody.ask("POST", "/auth/codes", {"phone": phone, "purpose": purpose})
    assert answered.status_code == 202
    return {"challenge_id": answered.json()["challenge_id"], "code": door.shop.sms.code}


class TestLoggingIn:
    """R36"""

    async def test_a_new_phone_registers_and_is_logged_in(self, door: Door) -> None:
        answered = await door.anybody.ask("POST", "/auth/sessions", await code_for(door))

        assert answered.status_code == 201
        assert set(answered.json()) == {"token", "member_id", "staff_id", "expires_at"}
        me = await door.anybody.with_token(answered.json()["token"]).ask("GET", "/me")
        assert me.status_code == 200
        assert (me.json()["phone"], me.json()["member_id"]) == (PHONE.e164, answered.json()["member_id"])

    async def test_the_answer_is_the_same_for_known_and_unknown_numbers(self, door: Door) -> None:
        await door.shop.register()
        for purpose in Purpose:
            known = await door.anybody.ask("POST", "/auth/codes", {"phone": PHONE.e164, "purpose": purpose.value})
            unknown = await door.anybody.ask("POST", "/auth/codes", {"phone": OTHER_PHONE.e164, "purpose": purpose.value})
            assert known.status_code == unknown.status_code == 202
            assert known.json().keys() == unknown.json().keys() == {"challenge_id"}
            assert len(known.content) == len(unknown.content)

    async def test_a_wrong_code_and_a_challenge_that_never_was_are_refused_alike(self, door: Door) -> None:
        """R33"""
        proof = await code_for(door)
        wrong = {**proof, "code": "000000" if proof["code"] != "000000" else "111111"}

        refused = await door.anybody.ask("POST", "/auth/sessions", wrong)
        unknown = await door.anybody.ask("POST", "/auth/sessions", {**wrong, "challenge_id": NOBODY})

        assert (refused.status_code, refused.content) == (unknown.status_code, unknown.content)
        assert refused.status_code == 401 and refused.json()["code"] == "auth.code_wrong"

    async def test_after_five_wrong_codes_the_right_one_is_too_late(self, door: Door) -> None:
        proof = await code_for(door)
        for number in range(5):
            code = f"{(int(proof['code']) + 1 + number) % 10**6:06}"
            assert (await door.anybody.ask("POST", "/auth/sessions", {**proof, "code": code})).status_code == 401

        refused = await door.anybody.ask("POST", "/auth/sessions", proof)

        assert (refused.status_code, refused.json()["code"]) == (429, "auth.too_many")
        assert int(refused.headers["Retry-After"]) == 300

    async def test_registering_resetting_and_changing_a_password(self, door: Door) -> None:
        body = {**await code_for(door, purpose="register"), "login": "Li-Lei", "password": PASSWORD, "name": "李雷"}
        registered = await door.anybody.ask("POST", "/auth/accounts", body)
        assert registered.status_code == 201
        member = door.anybody.with_token(registered.json()["token"])

        changed = await member.ask("PUT", "/auth/password", {"current": PASSWORD, "password": "battery staple"})
        assert changed.status_code == 200
        assert (await member.ask("GET", "/me")).status_code == 401

        reset = {**await code_for(door, purpose="reset"), "password": "third time lucky"}
        assert (await door.anybody.ask("POST", "/auth/password/reset", reset)).status_code == 200
        logged_in = await door.anybody.ask("POST", "/auth/sessions", {"login": "li-lei", "password": "third time lucky"})
        assert logged_in.status_code == 201
        refused = await door.anybody.ask("POST", "/auth/sessions", {"login": "li-lei", "password": PASSWORD})
        assert (refused.status_code, refused.json()["code"]) == (401, "auth.login_failed")

    async def test_a_member_changes_the_phone(self, door: Door) -> None:
        """ACC-R8: a session and a code to the new number are not enough."""
        member = await door.member()

        proof = await code_for(door, OTHER_PHONE.e164, "change_phone")
        alone = await member.ask("PUT", "/me/phone", proof)
        half = await member.ask("PUT", "/me/phone", proof | {"old_code": "000000"})
        old = await code_for(door, PHONE.e164, "change_phone")
        answered = await member.ask(
            "PUT", "/me/phone", proof | {"old_challenge_id": old["challenge_id"], "old_code": old["code"]}
        )

        assert (alone.status_code, half.status_code, answered.status_code) == (422, 422, 200)
        me = await door.anybody.with_token(answered.json()["token"]).ask("GET", "/me")
        assert me.json()["phone"] == OTHER_PHONE.e164

    @pytest.mark.parametrize(
        "body",
        [{}, {"challenge_id": NOBODY}, {"login": "li-lei"}, {"challenge_id": NOBODY, "code": "000000", "login": "li-lei"}],
    )
    async def test_half_a_login_is_refused(self, door: Door, body: dict[str, str]) -> None:
        assert (await door.anybody.ask("POST", "/auth/sessions", body)).status_code == 422

    async def test_logging_out_ends_the_session_at_once(self, door: Door) -> None:
        one, other = await door.member(), await door.member()

        assert (await one.ask("DELETE", "/auth/sessions/current")).status_code == 204

        assert [(await visitor.ask("GET", "/me")).status_code for visitor in (one, other)] == [401, 200]
        assert (await other.ask("DELETE", "/auth/sessions")).status_code == 204
        assert (await other.ask("GET", "/me")).status_code == 401

    async def test_logging_in_with_a_session_ends_that_session(self, door: Door) -> None:
        """R36: rotated on login."""
        member = await door.member()

        answered = await member.ask("POST", "/auth/sessions", await code_for(door))

        assert answered.status_code == 201
        assert (await member.ask("GET", "/me")).status_code == 401

    async def test_no_answer_and_no_log_line_shows_a_code_or_a_password(
        self, door: Door, caplog: pytest.LogCaptureFixture
    ) -> None:
        """R41, R40"""
        proof = await code_for(door, purpose="register")
        body = {**proof, "login": "li-lei", "password": PASSWORD}
        answered = await door.anybody.ask("POST", "/auth/accounts", body)
        refused = await door.anybody.ask("POST", "/auth/accounts", body)

        told = answered.text + refused.text + caplog.text

        assert not any(secret in told for secret in (proof["code"], PASSWORD, PHONE.e164, "quick$"))


class TestLimits:
    """R36: limits per address are not bypassed by X-Forwarded-For."""

    @pytest.fixture
    def rules(self) -> AccountRules:
        """Two codes a minute for an address."""
        return evolve(GENEROUS, codes_per_address=(Allowance(most=2, within=MINUTE),))

    async def test_an_address_is_who_it_is_whatever_it_says(self, door: Door) -> None:
        for number in range(3):
            phone = {"phone": f"1380013800{number}"}
            answered = await door.anybody.ask("POST", "/auth/codes", phone, **{"X-Forwarded-For": f"10.0.0.{number}"})

        assert (answered.status_code, answered.json()["code"]) == (429, "auth.too_many_codes")
        assert int(answered.headers["Retry-After"]) == 60


class TestMe:
    async def test_changing_name_and_consent(self, door: Door) -> None:
        """BEH-R2"""
        member = await door.member()

        named = await member.ask("PATCH", "/me", {"name": "李雷", "behaviour_consent": True})
        nameless = await member.ask("PATCH", "/me", {"name": None})

        assert (named.json()["name"], named.json()["behaviour_consent"]) == ("李雷", True)
        assert (nameless.json()["name"], nameless.json()["behaviour_consent"]) == (None, True)

    @pytest.mark.parametrize("field", ["phone", "status", "member_id", "terms_version", "is_admin"])
    async def test_what_is_not_mine_to_change_is_refused(self, door: Door, field: str) -> None:
        """R34"""
        assert (await (await door.member()).ask("PATCH", "/me", {field: "x"})).status_code == 422

    async def test_an_address_comes_goes_and_is_corrected(self, door: Door) -> None:
        member = await door.member()
        added = await member.ask("POST", "/me/addresses", CONTACT)
        second = await member.ask("POST", "/me/addresses", {**CONTACT, "is_default": True})
        path = f"/me/addresses/{added.json()['address_id']}"

        corrected = await member.ask("PUT", path, {**CONTACT, "recipient": "李雷", "region": "广东 深圳"})

        assert (added.status_code, added.json()["region"], added.json()["is_default"]) == (201, "广东省", True)
        assert second.json()["is_default"]
        assert corrected.json() == (await member.ask("GET", path)).json()
        assert (corrected.json()["recipient"], corrected.json()["is_default"]) == ("李雷", False)
        assert (await member.ask("DELETE", path)).status_code == 204
        assert [one["address_id"] for one in (await member.ask("GET", "/me/addresses")).json()["items"]] == [
            second.json()["address_id"]
        ]

    async def test_the_same_key_adds_one_address(self, door: Door) -> None:
        """R17"""
        member = await door.member()
        key = {"Idempotency-Key": "one"}

        first, second = [await member.ask("POST", "/me/addresses", CONTACT, **key) for _ in range(2)]
        other = await member.ask("POST", "/me/addresses", {**CONTACT, "recipient": "李雷"}, **key)

        assert first.json() == second.json()
        assert (other.status_code, other.json()["code"]) == (422, "idempotency.key_reused")

    @pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
    async def test_the_address_of_another_is_like_one_that_never_was(self, door: Door, method: str) -> None:
        """R33: same status, same words."""
        mine = (await (await door.member()).ask("POST", "/me/addresses", CONTACT)).json()["address_id"]
        other = await door.member(OTHER_PHONE)
        body = CONTACT if method == "PUT" else None

        answers = [await other.ask(method, f"/me/addresses/{id}", body) for id in (mine, NOBODY)]

        assert [answered.status_code for answered in answers] == [404, 404]
        assert answers[0].text.replace(mine, NOBODY) == answers[1].text

    async def test_regions_are_for_anybody(self, door: Door) -> None:
        answered = await door.anybody.ask("GET", "/regions")

        assert len(answered.json()["items"]) == 34
        assert (await door.anybody.ask("GET", "/regions?parent=440000")).json() == {"items": [], "next_cursor": None}
        assert (await door.anybody.ask("GET", "/regions?parent=44")).status_code == 400


STAFF_ROUTES = [
    ("GET", "/staff/members", Permission.MEMBERS_SEE, None, 200),
    ("GET", "/staff/members/{member}", Permission.MEMBERS_SEE, None, 200),
    ("GET", "/staff/members/{member}/contact", Permission.MEMBERS_CONTACT, None, 200),
    ("POST", "/staff/members/{member}/ban", Permission.MEMBERS_BAN, None, 204),
    ("POST", "/staff/members/{member}/readmit", Permission.MEMBERS_BAN, None, 204),
    ("GET", "/staff/staff", Permission.STAFF_SEE, None, 200),
    (
        "POST", "/staff/staff", Permission.STAFF_MANAGE,
        {"login": "zhao", "password": PASSWORD, "name": "Zhao", "roles": ["clerk"]}, 201,
    ),
    ("POST", "/staff/staff/{nobody}/roles", Permission.STAFF_MANAGE, {"grant": ["clerk"]}, 404),
    ("PUT", "/staff/staff/{nobody}/password", Permission.STAFF_MANAGE, {"password": PASSWORD}, 404),
    ("GET", "/staff/trail", Permission.AUDIT_SEE, None, 200),
]  # fmt: skip


class TestStaff:
    """R35, R40"""

    @pytest.mark.parametrize(("method", "path", "permission", "body", "status"), STAFF_ROUTES)
    async def test_each_route_is_open_to_whom_the_role_table_says(
        self, door: Door, method: str, path: str, permission: Permission, body: Any, status: int
    ) -> None:
        opened = await door.shop.log_in(OTHER_PHONE)
        path = path.format(member=opened.member_id, nobody=NOBODY)
        visitors = {role: await door.staff(f"staff-{role.value}", role) for role in Role}

        assert (await door.anybody.ask(method, path, body)).status_code == 401
        assert (await (await door.member()).ask(method, path, body)).status_code == 403
        for role, visitor in visitors.items():
            answered = await visitor.ask(method, path, body)
            assert answered.status_code == (status if permission in MAY[role] else 403), role

    async def test_the_phone_is_masked_where_staff_only_look(self, door: Door) -> None:
        """R40"""
        opened = await door.shop.register()
        clerk, finance = await door.staff("wang", Role.CLERK), await door.staff("zhang", Role.FINANCE)

        seen = (await finance.ask("GET", "/staff/members")).text + (await clerk.ask("GET", "/staff/members")).text
        contact = await clerk.ask("GET", f"/staff/members/{opened.member_id}/contact")

        assert PHONE.e164 not in seen and "13800138" not in seen
        assert contact.json()["phone"] == PHONE.e164
        assert (await finance.ask("GET", f"/staff/members/{opened.member_id}/contact")).status_code == 403

    async def test_a_banned_member_is_out_at_once(self, door: Door) -> None:
        """R36"""
        member, boss = await door.member(), await door.staff("boss", Role.ADMIN)
        me = (await member.ask("GET", "/me")).json()["member_id"]

        await boss.ask("POST", f"/staff/members/{me}/ban")

        assert (await member.ask("GET", "/me")).status_code == 401
        refused = await door.anybody.ask("POST", "/auth/sessions", await code_for(door))
        assert (refused.status_code, refused.json()["code"]) == (403, "auth.blocked")

    async def test_every_step_of_staff_is_in_the_trail(self, door: Door) -> None:
        """R35"""
        boss = await door.staff("boss", Role.ADMIN)
        opened = await door.shop.log_in()

        await boss.ask("POST", f"/staff/members/{opened.member_id}/ban")

        rows = (await boss.ask("GET", "/staff/trail")).json()["items"]
        assert {"ban_member", "member.ban"} <= {row["action"] for row in rows}

    async def test_a_member_of_staff_with_other_roles_logs_in_again(self, door: Door) -> None:
        """R36"""
        boss, clerk = await door.staff("boss", Role.ADMIN), await door.staff("wang", Role.CLERK)
        (wang,) = [one for one in (await boss.ask("GET", "/staff/staff")).json()["items"] if one["login"] == "wang"]

        changed = await boss.ask("POST", f"/staff/staff/{wang['staff_id']}/roles", {"grant": ["finance"], "revoke": ["clerk"]})

        assert changed.status_code == 204
        assert (await clerk.ask("GET", "/staff/members")).status_code == 401
        last = (await boss.ask("GET", "/staff/staff")).json()["items"]
        assert next(one["roles"] for one in last if one["login"] == "wang") == ["finance"]

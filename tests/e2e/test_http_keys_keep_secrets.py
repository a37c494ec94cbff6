"""A key is no way around a login, and what is kept under it tells nobody anything (R17, R36, R41, GEN-R7, R40)."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio
from attrs import evolve

from retail_entrypoints.cli.demo_data import MEMBER_LOGIN, PASSWORD
from tests.e2e import every_call
from tests.e2e.every_call import NEXT_PASSWORD, Call, Stage
from tests.e2e.whole_shop import a_whole_shop, open_whole_shop
from tests.support.pretend_gateway import PretendGateway
from tests.support.stores import Place, place_of

LOGIN = {"login": MEMBER_LOGIN, "password": PASSWORD}
SHORT = "key-1"


@pytest_asyncio.fixture
async def stage() -> Stage:
    return Stage(await a_whole_shop(), PretendGateway())


@pytest.fixture(params=("sqlite", "postgres"))
def place(request: pytest.FixtureRequest) -> Place:
    """Each database in turn."""
    return place_of(request)


@pytest_asyncio.fixture
async def stored(place: Place) -> AsyncIterator[Stage]:
    """A shop on a database."""
    provider = PretendGateway()
    async with open_whole_shop(place, provider) as shop:
        yield Stage(shop, provider)


def key() -> str:
    return uuid4().hex


# ---- a key proves nothing ------------------------------------------------------------------------------------------------


async def test_a_failed_login_is_neither_kept_nor_answered_from_a_key(stage: Stage) -> None:
    """R17, R36: the same key with the right password logs in; afterwards a wrong one is as wrong as ever."""
    used, call = key(), Call(url="/v1/auth/sessions", body=LOGIN)
    wrong = evolve(call, body=LOGIN | {"password": "guessed"})

    answers = [await each.made(stage.shop, "POST", used) for each in (wrong, call, wrong, call)]

    assert [answer.status_code for answer in answers] == [401, 201, 401, 201]
    assert answers[1].content == answers[3].content


async def test_guessing_under_a_key_counts_as_guessing(stage: Stage) -> None:
    """R36: after ten wrong passwords nobody is told anything, also not whoever holds the key of a login that worked."""
    used, call = key(), Call(url="/v1/auth/sessions", body=LOGIN)
    first = await call.made(stage.shop, "POST", used)
    for _ in range(10):
        await evolve(call, body=LOGIN | {"password": "guessed"}).made(stage.shop, "POST", used)

    assert first.status_code == 201
    assert (await call.made(stage.shop, "POST", used)).status_code == 429


async def test_a_wrong_code_under_a_key_counts_once(stage: Stage) -> None:
    """R36: a refusal is looked at twice under a key, but not so a guess: the fifth, not the third, is the last."""
    proof = await stage.proof("login", stage.phone())
    wrong = proof | {"code": "000000" if proof["code"] != "000000" else "000001"}
    for _ in range(4):
        answer = await Call(url="/v1/auth/sessions", body=wrong).made(stage.shop, "POST", key())
        assert answer.status_code == 401, answer.text

    assert (await Call(url="/v1/auth/sessions", body=proof).made(stage.shop, "POST", key())).status_code == 201


async def test_a_code_login_is_answered_again_though_its_code_is_used_up(stage: Stage) -> None:
    """R17: also when the session the client came with has ended by it, and whoever sends the repeat is nobody any more."""
    phone, used = stage.phone(), key()
    old = await stage.member(phone)
    stage.shop.clock.forward(minutes=2)
    call = Call(url="/v1/auth/sessions", token=old["token"], body=await stage.proof("login", phone))

    first, second = [await call.made(stage.shop, "POST", used) for _ in range(2)]

    assert (first.status_code, second.status_code) == (201, 201) and first.content == second.content


# ---- whose key -----------------------------------------------------------------------------------------------------------


async def test_two_clients_that_chose_the_same_short_key_do_not_meet(stage: Stage) -> None:
    """R17: who is not logged in is known by the request: neither is answered, nor refused, because of the other."""
    calls = [Call(url="/v1/auth/codes", body={"phone": stage.phone(), "purpose": "login"}) for _ in range(2)]

    one, two, one_again = [await call.made(stage.shop, "POST", SHORT) for call in (*calls, calls[0])]

    assert (one.status_code, two.status_code) == (202, 202) and one.content != two.content
    assert one_again.content == one.content


async def test_the_key_of_a_guests_cart_must_not_be_guessable(stage: Stage) -> None:
    """R17, R33: there is nothing but the key to know the guest by, and the answer opens the cart."""
    refused = await Call(url="/v1/carts").made(stage.shop, "POST", SHORT)
    cart = await Call(url="/v1/carts").made(stage.shop, "POST", "0123456789abcdef")

    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "Idempotency-Key")
    assert cart.status_code == 201


async def test_an_empty_object_is_the_same_request_as_no_body(stage: Stage) -> None:
    """R17."""
    used = key()
    bare, empty = [await Call(url="/v1/carts", body=body).made(stage.shop, "POST", used) for body in (None, {})]

    assert bare.content == empty.content


async def test_logging_out_again_is_answered_only_with_the_key_it_was_done_with(stage: Stage) -> None:
    """R17, R36: an ended session opens nothing, and a key of one's own choosing neither."""
    used, token = key(), (await stage.member())["token"]
    call = Call(url="/v1/auth/sessions/current", token=token)

    told = [(await call.made(stage.shop, "DELETE", each)).status_code for each in (used, used, None, key())]

    assert told == [204, 204, 401, 401]
    assert (await Call(url="/v1/me", token=token).made(stage.shop, "GET")).status_code == 401


async def test_a_changed_password_is_told_again_and_the_old_session_stays_ended(stage: Stage) -> None:
    """R17, R36: the client that heard nothing repeats with the token it has, and gets the one it should have got."""
    used, (_, _, token) = key(), await stage.named_member()
    call = Call(url="/v1/auth/password", token=token, body={"current": PASSWORD, "password": NEXT_PASSWORD})

    first, second = [await call.made(stage.shop, "PUT", used) for _ in range(2)]
    without = await call.made(stage.shop, "PUT")

    assert first.status_code == second.status_code == 200 and first.content == second.content
    assert without.status_code == 401
    assert (await Call(url="/v1/me", token=second.json()["token"]).made(stage.shop, "GET")).status_code == 200


async def test_the_token_told_again_is_worth_what_it_is_worth_by_now(stage: Stage) -> None:
    """R17, R36: the same answer, also when that session was ended meanwhile: a repeat opens nothing anew."""
    used, call = key(), Call(url="/v1/auth/sessions", body=LOGIN)
    token = (await call.made(stage.shop, "POST", used)).json()["token"]
    await stage.done("DELETE", Call(url="/v1/auth/sessions/current", token=token))

    again = (await call.made(stage.shop, "POST", used)).json()["token"]

    assert again == token
    assert (await Call(url="/v1/me", token=again).made(stage.shop, "GET")).status_code == 401


async def test_an_address_that_is_gone_is_answered_as_it_was_written_down(stage: Stage) -> None:
    """R17: the same status and body, whatever happened to it since."""
    used, call = key(), (await every_call.add_address(stage)).call
    first = await call.made(stage.shop, "POST", used)
    await stage.done("DELETE", stage.alice(f"/v1/me/addresses/{first.json()['address_id']}"))

    again = await call.made(stage.shop, "POST", used)

    assert (again.status_code, again.content) == (first.status_code, first.content)


# ---- what is kept --------------------------------------------------------------------------------------------------------


async def dumped(place: Place) -> dict[str, str]:
    """Every row of every table as text."""
    if place.kind == "sqlite":
        with closing(sqlite3.connect(place.address)) as file:
            names = [name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return {name.removeprefix("retail_"): _text(file.execute(f'SELECT * FROM "{name}"')) for name in names}
    connection = await asyncpg.connect(place.address)
    try:
        names = [row[0] for row in await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'retail'")]
        return {name: _text(await connection.fetch(f'SELECT t::text FROM retail."{name}" t')) for name in names}
    finally:
        await connection.close()


def _text(rows: Any) -> str:
    return "\n".join(repr(tuple(row)) for row in rows)


def _strings(told: Any) -> Iterator[str]:
    if isinstance(told, dict):
        for name, value in told.items():
            yield from [value] if name in ("token", "cart_token") else _strings(value)


@pytest.mark.slow
async def test_nothing_in_the_database_tells_a_token_a_password_or_a_key(stored: Stage, place: Place) -> None:
    """R41: every call that is answered with a token or asked with a password, each with a key, and then every row."""
    secrets = {PASSWORD, NEXT_PASSWORD}
    calls = {
        "POST": (every_call.register, every_call.reset_password, every_call.log_in, every_call.begin_cart, every_call.take_on),
        "PUT": (every_call.change_password, every_call.change_phone),
    }
    for method, prepared in ((method, each) for method, many in calls.items() for each in many):
        used, twice = key(), await prepared(stored)
        answer = await twice.call.made(stored.shop, method, used)
        assert answer.status_code < 300, answer.text
        secrets |= {used, *_strings(answer.json()), *([twice.call.token] if twice.call.token else [])}

    tables = await dumped(place)

    assert len(secrets) >= 15 and tables["answers"] and tables["sessions"]
    assert {name for name, rows in tables.items() for secret in secrets if secret in rows} == set()
    assert place.kind != "sqlite" or _files_hold_none_of(place, secrets)


def _files_hold_none_of(place: Place, secrets: set[str]) -> bool:
    beside = Path(place.address).parent.glob(f"{Path(place.address).name}*")
    return not any(secret.encode() in file.read_bytes() for file in beside for secret in secrets)


async def test_answers_hold_no_personal_data_that_could_be_read(stored: Stage, place: Place) -> None:
    """R40: an address book's answer holds a name, a phone and a street; what is kept shows none of them."""
    for prepared, method in ((every_call.add_address, "POST"), (every_call.update_me, "PATCH")):
        assert (await (await prepared(stored)).call.made(stored.shop, method, key())).status_code < 300

    answers = (await dumped(place))["answers"]

    assert "sealed" in answers
    for word in ("韩梅梅", "李雷", "13800138001", "科技园路", "member:"):
        assert word not in answers and word.encode("unicode_escape").decode() not in answers

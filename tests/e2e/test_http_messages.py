"""Inboxes over HTTP and at the terminal: what I was told, that I have read it, and how I want it (MSG-R3, MSG-R4, MSG-R8)."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from retail_adapters.assemble import on_sqlite
from retail_domain.kernel.change import Change
from retail_domain.messages import Recipient
from retail_domain.processes.worker.background import Background
from retail_domain.testing.contracts.messages import message, message_id
from retail_domain.testing.orders import ALICE
from retail_entrypoints.cli.main import DONE, FAILED, run
from tests.e2e.every_call import Stage
from tests.e2e.whole_shop import WholeShop, a_whole_shop
from tests.support.pretend_gateway import PretendGateway
from tests.support.stores import new_file

Capture = pytest.CaptureFixture[str]


async def told(shop: WholeShop) -> None:
    """A worker comes by."""
    background: Background = shop.retail.background
    for name in ("number_events", "tell_messages", "send_messages"):
        while (await background.timers[name]()).done:
            continue


async def test_a_member_reads_what_they_were_told_and_nobody_elses() -> None:
    """MSG-R8, R33."""
    shop = await a_whole_shop()
    stage = Stage(shop, PretendGateway())
    for _ in range(3):
        await stage.paid()
    await told(shop)
    async with shop.knocking("alice") as alice, shop.knocking("bob") as bob:
        first = (await alice.get("/v1/me/messages?limit=2&language=en")).json()
        rest = (await alice.get(f"/v1/me/messages?limit=50&cursor={first['next_cursor']}")).json()
        paid = [one for one in first["items"] + rest["items"] if one["cause"] == "order.paid"]
        one = paid[0]["message_id"]
        stranger = await bob.post(f"/v1/me/messages/{one}/read")
        missing = await bob.post("/v1/me/messages/01890000-0000-7000-8000-00000000dead/read")
        none = await bob.post("/v1/me/messages/read", json={"ids": [one]})
        before = (await alice.get("/v1/me/messages/unread")).json()
        await alice.post(f"/v1/me/messages/{one}/read")
        several = (await alice.post("/v1/me/messages/read", json={"ids": [one, paid[1]["message_id"]]})).json()
        unread = (await alice.get("/v1/me/messages?unread_only=true")).json()["items"]
        rest_of_them = (await alice.post("/v1/me/messages/read", json={})).json()
        after = (await alice.get("/v1/me/messages/unread")).json()

    assert paid[0]["title"] == "Paid" and paid[0]["text"].startswith("We have received ") and paid[0]["way_out"] is None
    assert [one.status_code for one in (stranger, missing, none)] == [404] * 3
    assert before["count"] == len(first["items"] + rest["items"]) and several == {"count": 1}
    assert {one, paid[1]["message_id"]}.isdisjoint(each["message_id"] for each in unread)
    assert (rest_of_them["count"], after) == (before["count"] - 2, {"count": 0})


async def test_a_member_says_how_they_want_to_be_told_and_leaves_without_logging_in() -> None:
    """MSG-R3, MSG-R4."""
    shop = await a_whole_shop()
    async with shop.knocking("alice") as alice, shop.knocking() as anybody, shop.knocking("clerk") as clerk:
        usual = (await alice.get("/v1/me/message-settings")).json()
        wanted = {"language": "en", "muted": ["sms:marketing"], "quiet_hours": "23:00-07:00"}
        changed = (await alice.patch("/v1/me/message-settings", json=wanted)).json()
        kept = (await alice.patch("/v1/me/message-settings", json={})).json()
        wrong = await alice.patch("/v1/me/message-settings", json={"muted": ["inbox:service"]})
        never = await alice.patch("/v1/me/message-settings", json={"quiet_hours": "whenever"})
        old = await alice.put("/v1/me/marketing-consent", json={"given": True, "terms_version": "1999-01"})
        agreed = (
            await alice.put("/v1/me/marketing-consent", json={"given": True, "terms_version": usual["terms_version"]})
        ).json()
        member_id = (await alice.get("/v1/me")).json()["member_id"]
        unknown = await anybody.post("/v1/way-out", json={"way_out": "A" * 40})
        stopped = await clerk.delete(f"/v1/staff/members/{member_id}/marketing-consent")
        then = (await alice.get("/v1/me/message-settings")).json()

    assert (usual["language"], usual["muted"], usual["marketing"], usual["marketing_said_at"]) == ("zh-CN", [], False, None)
    assert (changed["language"], changed["muted"]) == ("en", ["sms:marketing"]) and kept == changed
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "muted")
    assert (usual["quiet_hours"], usual["shop_quiet_hours"], changed["quiet_hours"]) == ("", "22:00-08:00", "23:00-07:00")
    assert (never.status_code, never.json()["errors"][0]["field"]) == (422, "quiet_hours")
    assert (old.status_code, old.json()["errors"][0]["field"]) == (422, "terms_version")
    assert (agreed["marketing"], agreed["marketing_said_to"]) == (True, usual["terms_version"])
    assert (unknown.status_code, unknown.json()["code"]) == (404, "messages.way_out_unknown")
    assert stopped.status_code == 204 and (then["marketing"], then["marketing_said_to"]) == (False, usual["terms_version"])


async def test_staff_read_what_concerns_them_at_their_own_door() -> None:
    """MSG-R1, MSG-R8: a program with a key has no inbox."""
    shop = await a_whole_shop()
    stage = Stage(shop, PretendGateway())
    sku_id = await stage.sku()
    watch = {"sku_id": sku_id, "location": "SH", "alert_threshold": 100}
    locations = (await stage.done("GET", stage.staff("/v1/staff/locations")))["items"]
    watch["location"] = locations[0]["code"]
    await stage.done("POST", stage.staff("/v1/staff/stock/watches", watch))
    await told(shop)
    inboxes: dict[str, list[Any]] = {}
    for who in ("clerk", "finance", "admin"):
        async with shop.knocking(who) as client:
            inboxes[who] = [one["cause"] for one in (await client.get("/v1/staff/messages")).json()["items"]]
    async with shop.knocking("wide") as program, shop.knocking("alice") as member:
        refused = [(await one.get("/v1/staff/messages")).status_code for one in (program, member)]

    assert inboxes["finance"] == [] and inboxes["clerk"] == inboxes["admin"]
    assert refused == [403, 403]


@pytest.fixture
def shop_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A shop in a file, in which alice was told two things."""
    monkeypatch.setenv("RETAIL_DATABASE_URL", f"sqlite:///{tmp_path / 'shop.db'}")
    new_file(tmp_path / "shop.db")
    return tmp_path / "shop.db"


async def furnish(file: Path) -> None:
    retail = on_sqlite(file)
    async with retail.begin() as work:
        for number in (1, 2):
            one = message(number, Recipient.member(ALICE))
            work.messages.save(Change(None, one))  # type: ignore[attr-defined]
        await work.commit()
    await retail.aclose()


def test_an_inbox_is_looked_into_and_read_at_the_terminal(shop_file: Path, capsys: Capture) -> None:
    """MSG-R8."""
    asyncio.run(furnish(shop_file))
    capsys.readouterr()
    assert run(["messages", "list", str(ALICE), "--json"]) == DONE
    items = json.loads(capsys.readouterr().out)["items"]
    assert [one["message_id"] for one in items] == [str(message_id(2)), str(message_id(1))]
    assert items[0]["title"] == "付款成功"
    assert run(["messages", "unread", str(ALICE)]) == DONE
    assert capsys.readouterr().out == "2\n"
    assert run(["messages", "read", str(ALICE), str(message_id(1))]) == DONE
    assert run(["messages", "list", str(ALICE), "--unread", "--json"]) == DONE
    out = capsys.readouterr().out
    assert out.startswith("1 read\n") and str(message_id(1)) not in out.partition("\n")[2]
    assert run(["messages", "list", "nobody"]) == FAILED
    assert "[command.name_unknown]" in capsys.readouterr().err
    assert run(["messages", "causes"]) == DONE
    assert "order.pay_soon" in capsys.readouterr().out
    assert run(["messages", "sendings", "--json"]) == DONE
    assert json.loads(capsys.readouterr().out) == {"items": []}
    assert run(["messages", "settings", str(ALICE)]) == DONE
    assert json.loads(capsys.readouterr().out)["language"] == "zh-CN"

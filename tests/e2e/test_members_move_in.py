"""Members of another system come in by a file: all of them or none, once, and as what they are (ACC-R18)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pytest

from retail_adapters.files.csv_files import CsvText
from retail_adapters.sql.audit import audit
from retail_domain.accounts import MakeKey, Permission
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.ids import MemberId
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.points import Award, Because, LotKey, PointsCause, PointsSource, award, claimed, keep
from retail_domain.processes.leaving.exporting import ExportMember
from retail_domain.processes.staff.moving_in import MembersFlawed, MoveMembersIn, column_groups, every_column
from retail_domain.settings import ChangeSettings
from retail_domain.tiers import LADDER, Benefits, Ladder, Metric, Tier
from retail_entrypoints.cli.main import DONE, FAILED, WRONG_USE
from tests.e2e.whole_shop import WholeShop, open_whole_shop
from tests.support.stores import BEHIND_DOORS, Place, place_of
from tests.support.terminal import Terminal, a_place

SYSTEM: Final = Actor.system("till")
IMPORTS: Final = "/v1/staff/members/imports"
GOOD: Final = """\
手机号,name,recipient,region_code,detail,orders_count,amount
13811110001,李雷,,440305,科技园路 1 号,3,199.50
13811110001,,韩梅梅,110101,东长安街 1 号,,
+86 138 1111 0002,Lucy,,,,0,
,,,,,,
13811110003,,,,,12,88000
"""


@pytest.fixture(params=BEHIND_DOORS)
def place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


@pytest.fixture
async def shop(place: Place) -> AsyncIterator[WholeShop]:
    """A whole shop, with two members."""
    async with open_whole_shop(place) as shop:
        yield shop


def wish(text: str, *, dry_run: bool = False, once: Once | None = None) -> MoveMembersIn:
    file = CsvText(path=Path("members.csv"), content=text)
    return MoveMembersIn(header=tuple(file.header()), rows=tuple(file.rows()), dry_run=dry_run, actor=SYSTEM, once=once)


async def logged_in(shop: WholeShop, phone: str) -> Mapping[str, Any]:
    """With a code, as anybody does."""
    async with shop.knocking() as client:
        sent = (await client.post("/v1/auth/codes", json={"phone": phone, "purpose": "login"})).json()
        proof = {"challenge_id": sent["challenge_id"], "code": shop.sms.codes[-1]}
        session: Mapping[str, Any] = (await client.post("/v1/auth/sessions", json=proof)).json()
    shop.tokens[phone] = session["token"]  # type: ignore[index]
    return session


async def known_of(shop: WholeShop, member_id: str) -> Mapping[str, Any]:
    exported = await shop.retail.privacy.export(ExportMember(member_id=MemberId(UUID(member_id))))
    return exported.sections


async def test_they_log_in_with_a_code_and_are_asked_for_the_present_terms_once(shop: WholeShop) -> None:
    """ACC-R18, ACC-R16: their name, addresses and totals are there; they have agreed to nothing yet."""
    async with shop.knocking("admin") as admin:
        told = await admin.post(IMPORTS, json={"file": GOOD})
    first = await logged_in(shop, "13811110001")
    async with shop.knocking("13811110001") as member:
        me, book = (await member.get("/v1/me")).json(), (await member.get("/v1/me/addresses")).json()["items"]
        agreed = await member.post("/v1/me/terms", json={"version": me["terms_to_agree"]})
        then = (await member.get("/v1/me")).json()
    (totals,) = (await known_of(shop, first["member_id"]))["opening_totals"]

    assert (told.status_code, told.json()) == (200, {
        "stored": True, "rows_read": 4, "blank_rows": 1, "created": 3, "joined": 0, "unchanged": 0,
        "done": {"addresses_added": 2, "totals_opened": 3},
    })  # fmt: skip
    assert (me["name"], me["terms_to_agree"]) == ("李雷", "1")
    assert [(one["recipient"], one["region_code"], one["phone"]) for one in book] == [
        ("李雷", "440305", "+8613811110001"), ("韩梅梅", "110101", "+8613811110001"),
    ]  # fmt: skip
    assert (agreed.status_code, then["terms_to_agree"]) == (200, None)
    assert (totals["orders_count"], totals["amount_minor"], totals["currency"]) == (3, 19_950, "CNY")
    if shop.database is not None:
        assert await audit(shop.database, at=shop.clock.now()) == []


async def test_the_same_file_twice_changes_nothing_and_brings_back_nothing(shop: WholeShop) -> None:
    """ACC-R18: what a member has changed since is theirs; other totals are wrong, and are named."""
    await shop.retail.moving.move_in(wish(GOOD))
    await logged_in(shop, "13811110001")
    async with shop.knocking("13811110001") as member:
        book = (await member.get("/v1/me/addresses")).json()["items"]
        await member.delete(f"/v1/me/addresses/{book[1]['address_id']}")
        await member.patch("/v1/me", json={"name": "Lei"})
        again = await shop.retail.moving.move_in(wish(GOOD))
        me, left = (await member.get("/v1/me")).json(), (await member.get("/v1/me/addresses")).json()["items"]
    with pytest.raises(MembersFlawed) as other:
        await shop.retail.moving.move_in(wish(GOOD.replace("88000", "88001")))

    assert (again.created, again.joined, again.unchanged, set(again.done.values())) == (0, 0, 3, {0})
    assert (me["name"], len(left)) == ("Lei", 1)
    assert (other.value.bad_rows, [one.rule for one in other.value.problems]) == ((6,), ["opened"])


async def test_who_is_a_member_already_is_joined_and_keeps_what_they_said(shop: WholeShop) -> None:
    """ACC-R18: Bob agreed to the terms, has no name and one address."""
    text = "phone,name,recipient,region_code,region,detail\n13900139000,Robert,Bob,440000,广东省,深南大道2号\n"
    moved = await shop.retail.moving.move_in(wish(text))
    async with shop.knocking("bob") as bob:
        me, book = (await bob.get("/v1/me")).json(), (await bob.get("/v1/me/addresses")).json()["items"]

    assert (moved.created, moved.joined, dict(moved.done)) == (0, 1, {"addresses_added": 0, "totals_opened": 1})
    assert (me["name"], me["terms_to_agree"], len(book)) == ("Robert", None, 1)


async def test_every_wrong_row_is_named_and_then_nobody_comes_in(shop: WholeShop) -> None:
    """ACC-R18, GEN-R23: by its number, field and rule, all rows at once."""
    text = """\
phone,name,region_code,detail,orders_count,amount
13811110001,Good,,,1,1
12345,Short,,,,
13811110002,Ann,440305,,,
13811110003,Ben,990000,Street 1,,
13811110004,Cid,,,-1,1.999
13811110005,Dan,,,1,5
13811110005,Don,,,2,5
13811110006,too,many,cells,1,1,1
"""
    with pytest.raises(MembersFlawed) as flawed:
        await shop.retail.moving.move_in(wish(text))
    later = "phone,name,region_code,detail\n13811110001,Good,,\n13811110003,Ben,990000,Street 1\n"
    with pytest.raises(MembersFlawed) as at_the_store:
        await shop.retail.moving.move_in(wish(later))
    moved = await shop.retail.moving.move_in(wish("phone\n13811110001\n"))

    assert flawed.value.bad_rows == (3, 4, 6, 8, 9)
    assert {(one.row, one.field, one.rule) for one in flawed.value.problems} == {
        (3, "phone", "phone"), (4, "detail", "required"), (6, "orders_count", "number"), (6, "amount", "amount"),
        (8, "name", "one"), (8, "amount", "one"), (9, "", "columns"),
    }  # fmt: skip
    assert at_the_store.value.bad_rows == (3,)
    assert moved.created == 1


async def test_a_trial_tells_what_would_be_and_stores_nothing(shop: WholeShop) -> None:
    """ACC-R18: what only the store knows is found by it, too."""
    async with shop.knocking("admin") as admin:
        tried = (await admin.post(IMPORTS, json={"file": GOOD, "dry_run": True})).json()
        done = (await admin.post(IMPORTS, json={"file": GOOD})).json()
        wrong = await admin.post(IMPORTS, json={"file": "phone,shoe size\n13811110001,42\n"})
        twice = await admin.post(IMPORTS, json={"file": "phone,电话\n1,2\n"})
        nameless = await admin.post(IMPORTS, json={"file": "name\nLucy\n"})
        flawed = await admin.post(IMPORTS, json={"file": "phone\n13811110009\nx\n"})
        trail = (await admin.get("/v1/staff/trail", params={"action": "members.import"})).json()["items"]

    assert tried == done | {"stored": False}
    told = [[(one["field"], one["rule"]) for one in each.json()["errors"]] for each in (wrong, twice, nameless)]
    assert told == [[("shoe size", "unknown")], [("电话", "twice")], [("phone", "required")]]
    assert (flawed.status_code, flawed.json()["code"]) == (422, "members.import_flawed")
    assert flawed.json()["facts"] == {"rows_read": 2, "bad_rows": [3], "problem_count": 1}
    assert [(one["field"], one["rule"]) for one in flawed.json()["errors"]] == [("rows[3].phone", "phone")]
    assert len(trail) == 1


async def test_of_files_that_come_at_once_each_member_comes_in_once(shop: WholeShop) -> None:
    """ACC-R18, R13: and nobody is lost."""
    phones = [f"138222200{number:02}" for number in range(40)]
    files = ["phone,orders_count,amount\n" + "".join(f"{phone},1,10\n" for phone in part) for part in (phones, phones[::-1])]
    told = await asyncio.gather(*(shop.retail.moving.move_in(wish(text)) for text in (*files, *files)))

    assert sum(one.created for one in told) == 40
    assert sum(one.unchanged for one in told) == 120
    again = await shop.retail.moving.move_in(wish(files[0]))
    assert (again.created, again.unchanged) == (0, 40)


POINTED: Final = "phone,points\n13811110001,120\n13811110002,\n13811110003,0\n13900139000,30\n"


async def test_points_of_before_come_along_once(shop: WholeShop) -> None:
    """ACC-R18, PTS-R2: as an entry of their own, beside what is here; the same file changes nothing, other points are wrong."""
    tried = await shop.retail.moving.move_in(wish(POINTED, dry_run=True))
    first = await shop.retail.moving.move_in(wish("phone\n13811110001\n"))
    moved = await asyncio.gather(*(shop.retail.moving.move_in(wish(POINTED)) for _ in range(3)))
    with pytest.raises(MembersFlawed) as other:
        await shop.retail.moving.move_in(wish("phone,points\n13811110003,0\n13811110001,121\n13900139000,0\n"))
    with pytest.raises(MembersFlawed) as odd:
        await shop.retail.moving.move_in(wish("phone,points\n13811110001,5\n13811110001,6\n13811110004,-1\n13811110005,1.5\n"))
    ids = {phone: (await logged_in(shop, phone))["member_id"] for phone in ("13811110001", "13811110003", "13900139000")}
    balances = [await shop.retail.points.balance(MemberId(UUID(one))) for one in ids.values()]
    (entry,) = (await shop.retail.points.show.entries(MemberId(UUID(ids["13811110001"])), PageRequest())).items

    assert (tried.stored, tried.done["points_opened"], first.created) == (False, 2, 1)
    assert sorted(one.done["points_opened"] for one in moved) == [0, 0, 2]
    assert [(one.available, one.debt) for one in balances] == [(120, 0), (0, 0), (30, 0)]
    assert (entry.units, entry.key.source, entry.cause.because) == (120, PointsSource.MOVED_IN, Because.MOVED_IN)
    assert [(one.row, one.field, one.rule) for one in other.value.problems] == [
        (3, "points", "opened"), (4, "points", "opened"),
    ]  # fmt: skip
    assert {(one.row, one.rule) for one in odd.value.problems} == {(3, "one"), (4, "number"), (5, "number")}
    if shop.database is not None:
        assert await audit(shop.database, at=shop.clock.now()) == []


TIERED: Final = "phone,会员等级\n13811110001,gold\n13811110001,\n13811110002,黄金卡\n13811110003,plain\n13811110004,\n"
LADDER_OF_TWO: Final = Ladder(
    tiers=(
        Tier(code="plain", name="普通", name_en="Member"),
        Tier(code="gold", name="黄金卡", name_en="Gold", needs={Metric.NET_MINOR: 100_000}, benefits=Benefits(discount_bps=1)),
    ),
    retention_months=6,
)  # fmt: skip


async def _has_two_tiers(shop: WholeShop) -> None:
    values = {LADDER.name: LADDER.written(LADDER_OF_TWO)}
    await shop.retail.settings.change(ChangeSettings(actor=SYSTEM, values=values, reason="a test"))


async def test_the_tier_of_before_is_kept_as_one_that_is_reached_today(shop: WholeShop) -> None:
    """ACC-R18, LVL-R5: by its code or its name, for the time of retention; the file once more changes nothing; no message."""
    await _has_two_tiers(shop)
    tried = await shop.retail.moving.move_in(wish(TIERED, dry_run=True))
    moved = await asyncio.gather(*(shop.retail.moving.move_in(wish(TIERED)) for _ in range(3)))
    again = await shop.retail.moving.move_in(wish(TIERED))
    mine = []
    for at in (1, 2, 3, 4):
        await logged_in(shop, f"1381111000{at}")
        async with shop.knocking(f"1381111000{at}") as member:
            mine.append((await member.get("/v1/me/tier")).json())
            assert (await member.get("/v1/me/messages")).json()["items"] == []

    assert (tried.stored, tried.done["tiers_brought"]) == (False, 2)
    assert sorted(one.done["tiers_brought"] for one in moved) == [0, 0, 2]
    assert again.done["tiers_brought"] == 0
    assert [one["tier"]["code"] for one in mine] == ["gold", "gold", "plain", "plain"]
    if shop.database is not None:
        assert await audit(shop.database, at=shop.clock.now()) == []


async def test_a_tier_that_is_not_on_the_ladder_or_comes_too_late_is_wrong(shop: WholeShop) -> None:
    """ACC-R18: with what there is; who was moved in without one has it by hand."""
    await _has_two_tiers(shop)
    await shop.retail.moving.move_in(wish("phone\n13811110001\n"))
    with pytest.raises(MembersFlawed) as odd:
        await shop.retail.moving.move_in(wish("phone,tier\n13811110002,platinum\n13811110003,gold\n13811110003,plain\n"))
    with pytest.raises(MembersFlawed) as late:
        await shop.retail.moving.move_in(wish("phone,tier\n13811110001,gold\n"))

    assert [(one.row, one.field, one.rule) for one in odd.value.problems] == [(4, "tier", "one")]
    assert [(one.row, one.field, one.rule) for one in late.value.problems] == [(2, "tier", "opened")]
    with pytest.raises(MembersFlawed) as unknown:
        await shop.retail.moving.move_in(wish("phone,tier\n13811110002,platinum\n"))
    assert [(one.rule, one.message) for one in unknown.value.problems] == [("on_ladder", "one of the ladder: plain, gold")]


async def test_who_may_not_give_points_or_tiers_brings_none_by_a_file(shop: WholeShop) -> None:
    """ACC-R18, R35: whatever door they come through; nothing is stored. A column with nothing in it is one too."""
    await _has_two_tiers(shop)
    made = MakeKey(name="mover", permissions=(Permission.MEMBERS_IMPORT,), actor=SYSTEM)
    shop.tokens["mover"] = (await shop.retail.accounts.make_key(made)).key  # type: ignore[index]
    files = {"phone,积分\n13811110001,5\n": ["points"], "phone,tier\n13811110001,\n": ["tier"]}
    files["phone,tier,points\n13900139000,gold,5\n"] = ["points", "tier"]
    async with shop.knocking("mover") as mover:
        for text, columns in files.items():
            refused = await mover.post(IMPORTS, json={"file": text})
            assert (refused.status_code, refused.json()["code"]) == (403, "members.may_not_bring"), text
            assert sorted(refused.json()["facts"]["columns"]) == columns
        told = await mover.post(IMPORTS, json={"file": "phone\n13811110001\n"})

    assert told.json()["created"] == 1
    balance = await shop.retail.points.balance(MemberId(UUID((await logged_in(shop, "13900139000"))["member_id"])))
    assert balance.available == 0


async def test_one_person_gives_no_more_points_by_a_file_than_by_hand(shop: WholeShop) -> None:
    """ACC-R18, PTS-R11: what their role may at most; the system at the command line brings what there was."""
    values = {"points.clerk_most": 100, "points.finance_most": 100, "points.admin_most": 200}
    await shop.retail.settings.change(ChangeSettings(actor=SYSTEM, values=values, reason="a test"))
    async with shop.knocking("admin") as admin:
        above = await admin.post(IMPORTS, json={"file": "phone,points\n13811110001,200\n13811110002,201\n"})
        within = await admin.post(IMPORTS, json={"file": "phone,points\n13811110001,200\n"})
    by_system = await shop.retail.moving.move_in(wish("phone,points\n13811110002,201\n"))

    assert (above.status_code, above.json()["facts"]["bad_rows"], above.json()["errors"][0]["rule"]) == (422, [3], "limit")
    assert within.json()["done"]["points_opened"] == 1
    assert by_system.done["points_opened"] == 1


async def test_points_of_before_repay_what_is_owed_first(shop: WholeShop) -> None:
    """ACC-R18, PTS-R8: as any points that come."""
    await shop.retail.moving.move_in(wish("phone\n13811110001\n"))
    member = MemberId(UUID((await logged_in(shop, "13811110001"))["member_id"]))
    async with shop.retail.begin() as work:
        points: Any = work
        key, cause = LotKey("spring", PointsSource.CAMPAIGN), PointsCause(Because.CAMPAIGN, "spring")
        await award(points, Award(member_id=member, key=key, points=50, cause=cause), shop.clock.now(), None)
        await points.commit()
    for decide in (
        lambda ledger, at: ledger.deduct(50, PointsCause(Because.STAFF, "till"), at),
        lambda ledger, at: ledger.take_back(key, 50, cause, at),
    ):
        async with shop.retail.begin() as work:
            points = work
            keep(points, decide(await claimed(points, member, [key.ref]), shop.clock.now()))
            await points.commit()
    owing = await shop.retail.points.balance(member)
    await shop.retail.moving.move_in(wish("phone,积分\n13811110001,70\n"))
    then = await shop.retail.points.balance(member)

    assert (owing.available, owing.debt, then.available, then.debt) == (0, 50, 20, 0)


def test_the_columns_are_those_of_the_manifests_and_no_two_are_called_alike() -> None:
    """ACC-R18: the importer knows phone and name; who adds a group adds its columns."""
    names = [name for column in every_column() for name in (column.name, *column.also)]
    assert len(names) == len(set(names))
    assert {"accounts", "membership", "points", "tiers"} <= column_groups().keys()
    assert {column.name for column in every_column()} >= {"phone", "name", "detail", "orders_count", "amount"}


def test_members_are_moved_in_at_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Any) -> None:
    """ACC-R18, DOR-R3: in whatever encoding the other system writes."""
    terminal = Terminal(capfd, tmp_path / "shop.db")
    with a_place(tmp_path, monkeypatch):
        file = tmp_path / "members.csv"
        file.write_bytes(GOOD.encode("gb18030"))
        assert terminal("members", "import", str(file), "--dry-run") == WRONG_USE or "encoding" in terminal.err
        before = terminal.rows()
        assert terminal("members", "import", str(file), "--encoding", "gb18030", "--dry-run") == DONE, terminal.err
        assert "nothing was stored; it would be: 4 rows read" in terminal.out and terminal.rows() == before
        assert terminal("members", "import", str(file), "--encoding", "gb18030") == DONE
        assert "3 created" in terminal.out and "3 totals opened" in terminal.out
        file.write_text("phone\n1\n13811119999\n")
        assert terminal("members", "import", str(file)) == FAILED
        assert "[members.import_flawed]" in terminal.err and "phone" in terminal.out
        assert len(terminal.json("members", "list")["items"]) == 3


async def test_a_file_under_a_key_is_told_again(shop: WholeShop) -> None:
    """R17."""
    once = Once(principal="staff:1", operation="import", key="k", fingerprint="f")
    first = await shop.retail.moving.move_in(wish(GOOD, once=once))
    again = await asyncio.gather(*(shop.retail.moving.move_in(wish(GOOD, once=once)) for _ in range(2)))

    assert again == [first, first]

"""`retail doctor`: what is wrong, and what helps (DOR-R9)."""

from __future__ import annotations

import io
import json
import os
import re
import sqlite3
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from retail_adapters.assemble import Outside, on_database
from retail_adapters.sql.health import Backlog, backlog, time_of
from retail_domain.inventory import OpenLocation
from retail_domain.payments import Flow, StartPayment
from retail_domain.processes.purchase.checkout import PlaceOrder
from retail_entrypoints.cli.health import machine
from retail_entrypoints.cli.main import DONE, FAILED, run
from tests.support.market import CLERK, Market
from tests.support.pretend_gateway import PretendGateway, PretendReader
from tests.support.sandbox import running_sandbox
from tests.support.stores import HandClock, Place, new_file, open_database, place_of

ROOT: Final = Path(__file__).parents[2]
SECRET: Final = "8c2f6b0e91d74a53b7f0c4e6a1d95832"
PRODUCTION: Final = {
    "RETAIL_ENV": "production", "RETAIL_SECRET_KEY": SECRET, "RETAIL_PUBLIC_URL": "https://shop.example",
    "RETAIL_GATEWAYS": "counter", "RETAIL_TRUSTED_PROXIES": "10.0.0.0/8",
}  # fmt: skip

Doctor = Callable[..., Mapping[tuple[str, str], str]]


@pytest.fixture
def doctor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Doctor:
    """Asks the doctor about these variables; (check, health) -> what is said and what helps, of all of its lines."""
    for name in [one for one in os.environ if one.startswith("RETAIL_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)

    def ask(**environ: str) -> Mapping[tuple[str, str], str]:
        with pytest.MonkeyPatch.context() as patched:
            for name, value in environ.items():
                patched.setenv(name, value)
            capsys.readouterr()
            code = run(["doctor", "--json"])
            told = json.loads(capsys.readouterr().out)
        found: dict[tuple[str, str], str] = {}
        for one in told["checks"]:
            key = (one["check"], one["health"])
            found[key] = f"{found.get(key, '')}{one['says']} -> {one['do']}\n"
        assert code == (DONE if told["healthy"] else FAILED)
        assert told["healthy"] == all(health != "fail" for _, health in found)
        assert all(one["do"] for one in told["checks"] if one["health"] != "ok"), "what is odd or ill is told with what helps"
        return found

    return ask


@pytest.fixture
def shop(tmp_path: Path) -> str:
    """An empty shop; its address."""
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("RETAIL_DATABASE_URL", url)
        assert run(["db", "upgrade"]) == DONE
    return url


def lines(found: Mapping[tuple[str, str], str], health: str) -> set[str]:
    """The checks that say so."""
    return {check for check, said in found if said == health}


def test_a_shop_that_is_well_is_told_so_and_left_as_it_is(doctor: Doctor, shop: str, tmp_path: Path) -> None:
    """DOR-R9"""
    before = (tmp_path / "shop.db").read_bytes()
    with running_sandbox() as sandbox:
        found = doctor(RETAIL_DATABASE_URL=shop, RETAIL_SANDBOX_BASE_URL=sandbox.url)

    assert lines(found, "fail") == set() and lines(found, "warn") == {"staff"}
    assert lines(found, "ok") >= {
        "settings", "production", "disk", "provider sandbox", "provider counter", "pictures", "schema", "clock", "backlog",
        "demo data", "run-time settings",
    }  # fmt: skip
    assert (tmp_path / "shop.db").read_bytes() == before and not (tmp_path / "shop.db-pictures").exists()


def test_everything_that_is_wrong_is_told_at_once(doctor: Doctor, shop: str) -> None:
    """DOR-R9, DOR-R4: one wrong setting hides no other, and no value is repeated."""
    found = doctor(
        RETAIL_DATABASE_URL=shop, RETAIL_CURRENCY="yen", RETAIL_TIMEZONE="Mars", RETAIL_LINES_MAX="0", RETAIL_SMSS="console",
        RETAIL_ENV="productoin",
    )  # fmt: skip
    said, odd = found["settings", "fail"], found["settings", "warn"]

    assert [name in said for name in ("RETAIL_CURRENCY:", "RETAIL_TIMEZONE:", "RETAIL_LINES_MAX:", "RETAIL_ENV:")] == [True] * 4
    assert "RETAIL_SMSS is no setting" in odd
    assert "Mars" not in said and "productoin" not in said
    assert ("schema", "ok") in found


def test_what_production_lacks_is_named_wherever_the_doctor_is_asked(doctor: Doctor, shop: str) -> None:
    """DOR-R9, R41: before somebody tries to start there."""
    names = ("RETAIL_SECRET_KEY", "RETAIL_PUBLIC_URL", "RETAIL_SMS", "RETAIL_GATEWAYS")
    here = doctor(RETAIL_DATABASE_URL=shop)["production", "ok"]
    there = doctor(RETAIL_DATABASE_URL=shop, RETAIL_ENV="production")["production", "fail"]

    assert [name in here and name in there for name in names] == [True] * len(names)


def test_a_shop_for_production_is_told_what_the_law_wants_and_what_is_for_show(
    doctor: Doctor, shop: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DOR-R9: the password of the demonstration is known to everybody."""
    told = PRODUCTION | {"RETAIL_DATABASE_URL": shop, "RETAIL_SMS": f"file:{tmp_path / 'sms.txt'}"}
    sound = doctor(**told)
    monkeypatch.setattr("sys.stdin", io.StringIO("demo-shop-2026\n"))
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("RETAIL_DATABASE_URL", shop)
        assert run(["staff", "add", "admin", "--role", "admin", "--password-stdin"]) == DONE
        texts = ["shop.company=x", "shop.licence=x", "shop.record_number=x"]
        pages = ["shop.terms_url=https://shop.example/t", "shop.privacy_url=https://shop.example/p"]
        assert run(["settings", "set", *texts, *pages, "--reason", "opening"]) == DONE
    shown = doctor(**told)

    assert lines(sound, "fail") == set() and lines(sound, "warn") == {"production", "staff", "run-time settings"}
    assert "shop.licence" in sound["run-time settings", "warn"] and "one file" in sound["production", "warn"]
    assert lines(shown, "fail") == {"demo data"} and lines(shown, "warn") == {"production"}


@pytest.mark.parametrize(
    ("url", "check", "says"),
    [
        ("postgresql://nobody:hunter2@127.0.0.1:9/shop", "schema", "database.unreachable"),
        ("sqlite:////nowhere/at/all/shop.db", "schema", "database.unreachable"),
        ("sqlite:///nothing.db", "schema", "retail db upgrade"),
    ],
)
def test_a_database_that_is_away_is_one_check_of_many(doctor: Doctor, url: str, check: str, says: str) -> None:
    """DOR-R9: the others are made, and nothing secret is told."""
    found = doctor(RETAIL_DATABASE_URL=url)

    assert says in found[check, "fail"] and ("provider counter", "ok") in found and "hunter2" not in str(found)
    assert ("shop", "warn") in found and ("backlog", "ok") not in found


def test_an_older_schema_and_a_damaged_file_are_told_apart(doctor: Doctor, shop: str, tmp_path: Path) -> None:
    """DOR-R9"""
    with sqlite3.connect(tmp_path / "shop.db") as database:
        database.execute("UPDATE retail_alembic_version SET version_num = '0018'")
    old = doctor(RETAIL_DATABASE_URL=shop)
    (tmp_path / "shop.db").write_bytes(b"no database at all" * 500)
    broken = doctor(RETAIL_DATABASE_URL=shop)

    assert "retail db upgrade" in old["schema", "fail"] and "0018" in old["schema", "fail"]
    assert "database.unreachable" in broken["schema", "fail"]


def test_a_provider_that_is_away_is_told(doctor: Doctor, shop: str) -> None:
    """DOR-R9: and one that does not know our key."""
    away = doctor(RETAIL_DATABASE_URL=shop, RETAIL_SANDBOX_BASE_URL="http://127.0.0.1:9")
    with running_sandbox() as sandbox:
        another = {"RETAIL_SANDBOX_BASE_URL": sandbox.url, "RETAIL_SANDBOX_SECRET": "another secret of 32 letters!!!"}
        stranger = doctor(RETAIL_DATABASE_URL=shop, **another)

    assert "gateway.not_sent" in away["provider sandbox", "warn"]
    assert ("provider sandbox", "warn") in stranger and ("provider sandbox", "ok") not in stranger


def test_little_room_is_told_before_there_is_none(doctor: Doctor, shop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """DOR-R9"""
    plenty = doctor(RETAIL_DATABASE_URL=shop)
    monkeypatch.setattr(machine, "LITTLE", 2**60)
    little = doctor(RETAIL_DATABASE_URL=shop)
    monkeypatch.setattr(machine, "TOO_LITTLE", 2**60)
    none = doctor(RETAIL_DATABASE_URL=shop)

    assert [("disk", health) in found for found, health in ((plenty, "ok"), (little, "warn"), (none, "fail"))] == [True] * 3


def test_a_stored_value_that_no_release_takes_is_told_by_its_name(doctor: Doctor, shop: str, tmp_path: Path) -> None:
    """SET-R7, DOR-R9"""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("RETAIL_DATABASE_URL", shop)
        assert run(["settings", "set", "orders.pay_seconds=900", "--reason", "x"]) == DONE
    with sqlite3.connect(tmp_path / "shop.db") as database:
        database.execute("""UPDATE retail_settings_changes SET settings = '{"orders.pay_seconds": 5}'""")

    assert "orders.pay_seconds" in doctor(RETAIL_DATABASE_URL=shop)["run-time settings", "fail"]


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


async def test_what_a_worker_should_have_done_is_counted(place: Place) -> None:
    """DOR-R9: orders whose time has come, payments nobody asked about, the trail that nobody sealed; on both databases."""
    async with open_database(place) as database:
        clock, provider = HandClock(), PretendGateway()
        outside = Outside(clock=clock, gateways={"sandbox": provider}, readers={"sandbox": PretendReader()})
        market, now = Market(on_database(database, outside), clock), clock.now()
        await market.retail.inventory.open_location(OpenLocation(code="main", name="Warehouse", actor=CLERK))
        buyer, tea = await market.buyer(), await market.goods("TEA")
        while await market.retail.background.deliver_next():
            continue
        quote = await market.quote(buyer, (tea, 1))
        ask = PlaceOrder(member_id=buyer.id, quote_id=quote.id, hash=quote.hash)
        placed = await market.retail.checkout.place(ask)
        start = StartPayment(member_id=buyer.id, order_id=placed.order_id, gateway="sandbox", flow=Flow.DESKTOP_QR)
        await market.retail.payments.start(start)
        young, old = await backlog(database, before=now), await backlog(database, before=now + timedelta(days=1))

    nothing = dict.fromkeys(("deliveries_late", "deliveries_parked", "refunds_late", "refunds_stuck"), 0)
    assert young == Backlog(**nothing, orders_overdue=0, payments_unasked=0, trail_unsealed=0)
    assert old == Backlog(**nothing, orders_overdue=1, payments_unasked=1, trail_unsealed=1)


@pytest.mark.parametrize("place", ["postgres"], indirect=True)
async def test_the_clock_of_a_server_is_read(place: Place) -> None:
    """DOR-R9"""
    async with open_database(place) as database:
        apart = abs(await time_of(database) - datetime.now(UTC))

    assert apart < timedelta(minutes=1)


@pytest.mark.parametrize("place", ["postgres"], indirect=True)
def test_a_shop_on_servers_is_looked_at_all_the_same(doctor: Doctor, place: Place) -> None:
    """DOR-R9"""
    found = doctor(RETAIL_DATABASE_URL=place.address)

    assert lines(found, "fail") == set()
    assert "apart" in found["clock", "ok"] and ("backlog", "ok") in found


def test_a_setting_that_an_adapter_cannot_use_is_told_once_and_by_name(doctor: Doctor, tmp_path: Path) -> None:
    """DOR-R9: also where several checks need it; what could not be looked at for that is said, and why."""
    new_file(tmp_path / "shop.db")
    told = doctor(RETAIL_DATABASE_URL=f"sqlite:///{tmp_path / 'shop.db'}", RETAIL_SANDBOX_SECRET="short")
    assert told["settings", "fail"].count("RETAIL_SANDBOX_*: ") == 1
    assert "BadSetting" not in str(told)
    assert told["shop", "warn"] == "it was not looked at -> set RETAIL_SANDBOX_* first\n"


@pytest.mark.parametrize("name", ["RETAIL_SANDBOX_NOPE", "RETAIL_PICTURES_BUCKETS", "RETAIL_COUNTER_URL"])
def test_a_variable_that_no_adapter_of_ours_reads_is_named(doctor: Doctor, name: str) -> None:
    """DOR-R9: how it begins does not make it a setting."""
    told = doctor(**{name: "1"})
    assert told["settings", "warn"].startswith(f"{name} is no setting of this release")
    assert ("settings", "ok") not in told


def test_every_variable_that_our_adapters_are_said_to_read_is_known(doctor: Doctor) -> None:
    """DOR-R9: those of the page of settings, and all that the sandbox and its adapter read."""
    sources = [*(ROOT / "src").rglob("*.py"), ROOT / "docs/reference/settings.md"]
    named = {
        name for one in sources
        for name in re.findall(r"RETAIL_(?:SANDBOX|PICTURES|COUNTER)_[A-Z_]*[A-Z]", one.read_text("utf-8"))
    }  # fmt: skip
    assert {"RETAIL_SANDBOX_SECRET", "RETAIL_SANDBOX_SIGNING_KEY", "RETAIL_PICTURES_ENDPOINT"} <= named
    told = doctor(**dict.fromkeys(sorted(named), ""))
    assert ("settings", "warn") not in told

"""The whole container is built, since no type checker looks into providers."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from datetime import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve, field, frozen
from dependency_injector import providers

from retail_adapters.assemble import Outside
from retail_adapters.assembly.given import AdapterGiven
from retail_adapters.assembly.settings import usual_of
from retail_adapters.payments import CounterGateway, SandboxGateway, counter_gateway
from retail_adapters.sms import ConsoleSms, FileSms
from retail_adapters.sql.sqlite import SqliteDatabase
from retail_adapters.system.clock import FileClock, SystemClock
from retail_adapters.system.coalescer import Coalescer
from retail_domain.application import Retail
from retail_domain.hosting import Follows
from retail_domain.kernel.calendar import Calendar
from retail_domain.kernel.paging import PageRequest
from retail_domain.messages import QuietHours
from retail_domain.payments.gateway import Capabilities
from retail_entrypoints.container import Container, OpenShop, check_host, open_shop
from retail_entrypoints.databases import SchemaBehind, upgrade_schema
from retail_entrypoints.settings import BadSetting, Settings
from tests.support.bound import bound_to
from tests.support.rewards import ACCOUNTS, IN_MEMORY, IN_SQL, Points
from tests.unit.test_settings import PRODUCTION


def settings(tmp_path: Path, **environ: str) -> Settings:
    return Settings.from_environ({"RETAIL_DATABASE_URL": f"sqlite:///{tmp_path / 'shop.db'}", **environ})


def a_container(tmp_path: Path, **environ: str) -> Container:
    return Container(settings=settings(tmp_path, **environ), database=SqliteDatabase(str(tmp_path / "shop.db")))


async def test_every_provider_provides(tmp_path: Path) -> None:
    """A misspelt argument of a provider passes mypy; here it would raise."""
    container = a_container(tmp_path)
    made = {name: provider() for name, provider in container.providers.items()}

    assert len(made) >= 10 and isinstance(made["retail"], Retail) and isinstance(made["shop"], OpenShop)
    assert all(isinstance(provider, providers.Provider) for provider in container.providers.values())


async def test_there_is_one_of_everything(tmp_path: Path) -> None:
    container = a_container(tmp_path)

    assert container.shop() is container.shop() and container.shop().retail is container.retail()


@pytest.mark.parametrize(
    ("environ", "clock", "sms"),
    [
        ({}, SystemClock, ConsoleSms),
        ({"RETAIL_TEST_CLOCK": __file__, "RETAIL_SMS": "file:sms"}, FileClock, FileSms),
    ],
)
async def test_settings_choose_the_adapters(tmp_path: Path, environ: Mapping[str, str], clock: type, sms: type) -> None:
    """DOR-R4."""
    outside = a_container(tmp_path, **environ).outside()

    assert (type(outside.clock), type(outside.sms)) == (clock, sms)


async def test_gateways_are_those_that_were_named_and_only_providers_send_notices(tmp_path: Path) -> None:
    """DOR-R4: the counter sends none; every gateway reads its own settings."""
    outside = a_container(tmp_path, RETAIL_SANDBOX_BASE_URL="http://127.0.0.1:9999").outside()

    sandbox = outside.gateways["sandbox"]
    assert isinstance(sandbox, SandboxGateway) and sandbox.config.base_url == "http://127.0.0.1:9999"
    assert isinstance(outside.gateways["counter"], CounterGateway) and list(outside.readers) == ["sandbox"]
    assert sandbox.config.notify_url == "http://127.0.0.1:8000/v1/gateways/sandbox/notices"
    assert list(a_container(tmp_path, RETAIL_GATEWAYS="counter").outside().gateways) == ["counter"]


async def test_a_gateways_wrong_settings_are_refused_without_showing_them(tmp_path: Path) -> None:
    """R41."""
    with pytest.raises(BadSetting) as refused:
        a_container(tmp_path, RETAIL_SANDBOX_SECRET="hunter2").outside()

    assert "RETAIL_SANDBOX" in str(refused.value) and "hunter2" not in str(refused.value)


async def test_a_shop_opens_works_and_closes(tmp_path: Path) -> None:
    """R43: opened on a database at the newest schema, it is ready and its audit is clean."""
    upgrade_schema(settings(tmp_path))

    async with open_shop(settings(tmp_path)) as shop:
        found = (await shop.readiness(), await shop.audit(), (await shop.retail.ordering.show.all(PageRequest())).items)

    assert found == ({"schema": True, "database": True}, [], ())


async def test_a_shop_does_not_open_on_an_older_schema_unless_readiness_is_to_say_so(tmp_path: Path) -> None:
    with pytest.raises(SchemaBehind):
        async with open_shop(settings(tmp_path)):
            pass

    async with open_shop(settings(tmp_path), must_be_current=False) as shop:
        assert await shop.readiness() == {"schema": False}


async def test_a_servers_orders_share_transactions_and_as_many_wait_as_the_settings_say(tmp_path: Path) -> None:
    """R46."""
    container = a_container(tmp_path, RETAIL_ORDERS_WAITING_MAX="7")
    place = container.retail().checkout.place

    assert container.queueing().waiting_max == 7
    assert isinstance(bound_to(place)[0], Coalescer)


async def test_the_shops_rules_follow_the_settings(tmp_path: Path) -> None:
    """GEN-R1, GEN-R6, CRT-R1: one currency and one calendar per shop, and how much fits into a basket."""
    container = a_container(
        tmp_path, RETAIL_CURRENCY="GBP", RETAIL_TIMEZONE="Europe/London", RETAIL_LINES_MAX="7", RETAIL_QUANTITY_MAX="50"
    )
    policies = container.outside().policies

    assert (policies.currency, policies.quoting.currency) == ("GBP", "GBP")
    assert policies.calendar == Calendar(ZoneInfo("Europe/London"))
    assert (policies.quoting.limits.lines_max, policies.quoting.limits.quantity_max) == (7, 50)


async def test_reviews_go_up_and_lines_are_done_with_as_the_settings_say(tmp_path: Path) -> None:
    """ORD-R8, REV-R5: what the environment says is what is usual."""
    usual, strict = a_container(tmp_path), a_container(tmp_path, RETAIL_REVIEWS="looked_at", RETAIL_REVIEWS_SILENT_DAYS="7")

    assert [one.outside().policies.reviews.goes_up for one in (usual, strict)] == ["at_once", "looked_at"]
    assert [usual_of(one.outside().policies)["reviews.silent_days"] for one in (usual, strict)] == [0, 7]


def a_host(ours: Outside) -> Outside:
    """What an application around the shop may add."""
    return evolve(ours, takings=(Points(),), hosted=IN_SQL)


async def test_a_server_knows_the_kinds_of_the_application_around_it(tmp_path: Path) -> None:
    """Else it would leave alone every order that took one."""
    container = a_container(tmp_path, RETAIL_HOST=f"{__name__}:a_host")

    assert [one.kind for one in container.outside().takings] == ["stars"]
    async with container.retail().begin() as work:
        assert work.hosted(ACCOUNTS) is work.hosted(ACCOUNTS)


def a_host_with_a_reaction_to_nothing(ours: Outside) -> Outside:
    """Follows from no event."""
    return evolve(ours, reactions=(Follows("gifts.wrap", (), asyncio.sleep),))


def a_forgetful_host(ours: Outside) -> None:
    """Answers nothing."""


@pytest.mark.parametrize(
    "host",
    [
        "no.such.module:host",
        f"{__name__}:nobody",
        "os:path",
        "os:getcwd",
        f"{__name__}:a_forgetful_host",
        f"{__name__}:a_host_with_a_reaction_to_nothing",
    ],
)
async def test_a_host_that_is_not_there_is_told_at_the_start(host: str, tmp_path: Path) -> None:
    """R41."""
    with pytest.raises(BadSetting, match="RETAIL_HOST"):
        a_container(tmp_path, RETAIL_HOST=host).outside()


def a_host_that_breaks(ours: Outside) -> Outside:
    raise LookupError("GIFTS_URL is not set")


def a_host_of_two_alike(ours: Outside) -> Outside:
    return evolve(ours, takings=(Points(), Points()))


def a_host_of_a_class(ours: Outside) -> Outside:
    return evolve(ours, takings=(Points,))


def a_host_of_one_kind(ours: Outside) -> Outside:
    return evolve(ours, takings=Points())


def a_host_of_no_tender(ours: Outside) -> Outside:
    return evolve(ours, tenders=(Points(),))


def a_host_of_no_step(ours: Outside) -> Outside:
    return evolve(ours, steps=(a_host,))


def a_host_without_a_name(ours: Outside) -> Outside:
    return evolve(ours, takings=(type("Nameless", (Points,), {"kind": property(lambda one: one.no_such)})(),))


@pytest.mark.parametrize(
    ("host", "why"),
    [
        ("a_host_that_breaks", "a_host_that_breaks broke: LookupError: GIFTS_URL is not set"),
        ("a_host_of_two_alike", "every kind has a name of its own"),
        ("a_host_of_a_class", "class 'tests.support.rewards.Points'> is no kind of what orders take or bring"),
        ("a_host_of_one_kind", "'Points' object is not iterable|after \\* must be an iterable, not Points"),
        ("a_host_of_no_tender", "is no tender"),
        ("a_host_of_no_step", "is no step of the price"),
        ("a_host_without_a_name", "has no attribute 'no_such'"),
        ("nobody", "test_container has no nobody"),
    ],
)  # fmt: skip
def test_whatever_is_wrong_with_a_host_is_told_before_a_server_starts(host: str, why: str, tmp_path: Path) -> None:
    """R41: in its own words, under the name of the variable; no database is opened for that."""
    with pytest.raises(BadSetting, match=f"^RETAIL_HOST: .*({why})"):
        check_host(settings(tmp_path, RETAIL_HOST=f"{__name__}:{host}"))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("import nobody_has_this", "gifts.shop cannot be imported: ModuleNotFoundError: No module named 'nobody_has_this'"),
        ("from os import nothing", "gifts.shop cannot be imported: ImportError: cannot import name 'nothing' from 'os'"),
        ("1 / 0", "gifts.shop cannot be imported: ZeroDivisionError: division by zero"),
        ("def host(", "gifts.shop cannot be imported: SyntaxError: "),
        (None, r"there is no module gifts.shop; is its package installed\?"),
    ],
)
def test_an_installed_host_that_cannot_be_imported_is_not_called_missing(
    text: str | None, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R41."""
    (tmp_path / "gifts").mkdir()
    (tmp_path / "gifts/__init__.py").touch()
    if text is not None:
        (tmp_path / "gifts/shop.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    try:
        with pytest.raises(BadSetting, match=f"^RETAIL_HOST: {why}"):
            check_host(settings(tmp_path, RETAIL_HOST="gifts.shop:host"))
    finally:
        for name in ("gifts", "gifts.shop"):
            sys.modules.pop(name, None)


def test_a_host_that_is_in_order_is_asked_without_a_database(tmp_path: Path) -> None:
    check_host(settings(tmp_path))
    check_host(settings(tmp_path, RETAIL_HOST=f"{__name__}:a_host"))
    assert not (tmp_path / "shop.db").exists()


def a_host_in_memory(ours: Outside) -> Outside:
    """As tests use it, not servers."""
    return evolve(ours, takings=(Points(),), hosted=IN_MEMORY)


async def test_a_host_whose_rows_lie_in_memory_is_told_at_the_start(tmp_path: Path) -> None:
    """R41: by the name of the variable, and of the collection."""
    with pytest.raises(BadSetting, match="RETAIL_HOST: hosted collection 'reward_accounts' is made for memory"):
        a_container(tmp_path, RETAIL_HOST=f"{__name__}:a_host_in_memory").outside()


def test_a_host_is_a_function_of_a_module(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="RETAIL_HOST"):
        settings(tmp_path, RETAIL_HOST="gifts/shop.py")


@frozen(kw_only=True)
class PayByVoucher:
    """A gateway of an application's own; here its words are the counter's."""

    given: AdapterGiven
    code: str
    capabilities: Capabilities = field(factory=lambda: counter_gateway("x" * 32).capabilities)

    async def begin(self, request: Any) -> Any:
        """Nothing is asked of it here."""

    query = close = refund = query_refund = begin


@frozen
class Pigeon:
    """A sender of an application's own."""

    given: AdapterGiven

    async def send(self, message: Any) -> Any:
        """Nothing is asked of it here."""


def make_voucher(given: AdapterGiven) -> PayByVoucher:
    return PayByVoucher(given=given, code=given.code)


def make_half_a_reader(given: AdapterGiven) -> Any:
    made = make_voucher(given)
    return SimpleNamespace(**{name: getattr(made, name) for name in (*GATEWAY_VERBS, "code", "capabilities")}, read=print)


def make_another(given: AdapterGiven) -> PayByVoucher:
    return PayByVoucher(given=given, code="another")


def make_nothing(given: AdapterGiven) -> None:
    """Answers nothing."""


def make_trouble(given: AdapterGiven) -> None:
    raise RuntimeError(f"I was told {given.values}")


def make_of_nothing() -> None:
    """Takes nothing."""


GATEWAY_VERBS = ("begin", "query", "close", "refund", "query_refund")


async def test_a_server_makes_the_gateways_and_the_sender_of_the_application_around_it(tmp_path: Path) -> None:
    """DOR-R4: each is given its own settings, and where its notices go."""
    environ = {
        "RETAIL_GATEWAYS": f"counter, voucher={__name__}:make_voucher", "RETAIL_VOUCHER_KEY": "k",
        "RETAIL_SMS": f"{__name__}:Pigeon", "RETAIL_SMS_LOFT": "north", "RETAIL_PUBLIC_URL": "https://shop.example",
    }  # fmt: skip
    outside = a_container(tmp_path, **environ).outside()

    voucher, pigeon = outside.gateways["voucher"], outside.sms
    assert list(outside.gateways) == ["counter", "voucher"] and isinstance(voucher, PayByVoucher)
    assert dict(voucher.given.values) == {"key": "k"} and list(outside.readers) == []
    assert voucher.given.notify_url == "https://shop.example/v1/gateways/voucher/notices"
    assert isinstance(pigeon, Pigeon) and dict(pigeon.given.values) == {"loft": "north"}
    check_host(settings(tmp_path, **environ))


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("RETAIL_GATEWAYS", "voucher={}:nobody", "has no nobody"),
        ("RETAIL_GATEWAYS", "voucher=no.such.module:make", "there is no module no"),
        ("RETAIL_GATEWAYS", "voucher=os:path", "is no function"),
        ("RETAIL_GATEWAYS", "voucher={}:make_of_nothing", "one argument"),
        ("RETAIL_GATEWAYS", "voucher={}:make_nothing", "lacks async begin, query, close, refund, query_refund"),
        ("RETAIL_GATEWAYS", "voucher={}:make_another", "not called voucher"),
        ("RETAIL_GATEWAYS", "voucher={}:make_half_a_reader", "half a reader"),
        ("RETAIL_GATEWAYS", "voucher={}:make_trouble", "broke: RuntimeError$"),
        ("RETAIL_SMS", "{}:make_nothing", "lacks async send"),
        ("RETAIL_SMS", "{}:make_trouble", "broke: RuntimeError$"),
    ],
)
def test_an_adapter_that_cannot_be_used_is_told_before_anybody_is_served(
    name: str, value: str, why: str, tmp_path: Path
) -> None:
    """R41: by the name of the setting, without the secrets that it was given."""
    with pytest.raises(BadSetting, match=f"^{name}: .*{why}") as refused:
        check_host(settings(tmp_path, **{name: value.format(__name__), "RETAIL_VOUCHER_KEY": "s3cret"}))
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    "value",
    [
        "voucher",
        "voucher=",
        "voucher=make",
        "counter=my.pay:make",
        "a=m:f,a=m:g",
        "Voucher=m:f",
        "database=m:f",
        "secret_x=m:f",
    ],
)
def test_a_gateway_is_named_so_that_it_meets_nothing_of_ours(value: str, tmp_path: Path) -> None:
    """R41: a gateway called `database` would be given the address of the database."""
    with pytest.raises(BadSetting, match=r"^RETAIL_GATEWAYS: a comma-separated choice"):
        settings(tmp_path, RETAIL_GATEWAYS=value)


@pytest.mark.parametrize(
    ("environ", "reached", "plain"),
    [
        ({}, False, True),
        ({"RETAIL_OUTBOUND": "loopback"}, True, True),
        (PRODUCTION, False, False),
    ],
)
def test_where_a_shop_calls_follows_from_where_it_runs(environ: dict[str, str], reached: bool, plain: bool) -> None:
    """R39: one rule for what is written down and for what is called."""
    container = Container(settings=Settings.from_environ(environ))
    outside = container.ours()
    rule = outside.policies.webhooks.destinations

    assert (rule.may_reach("127.0.0.1"), rule.is_plain_allowed) == (reached, plain)
    assert outside.webhook_sender.outbound.destinations == rule


ROBOTS: dict[str, str] = {
    "RETAIL_ROBOTS": "wecom, feishu", "RETAIL_WECOM_URL": "https://robots.example/send?key=a-secret-key",
    "RETAIL_FEISHU_URL": "https://robots.example/hook/b-secret-key", "RETAIL_FEISHU_SECRET": "a-secret-to-sign",
    "RETAIL_STAFF_PHONES": "13800138000, +8613800138001", "RETAIL_QUIET_HOURS": "21:30-09:00",
}  # fmt: skip


def test_how_staff_are_told_follows_from_the_settings_and_shows_no_secret() -> None:
    """MSG-R1, MSG-R7, R41."""
    container = Container(settings=Settings.from_environ(ROBOTS))
    outside = container.ours()

    assert sorted(outside.team_notifiers) == ["feishu", "sms1", "sms2", "wecom"]
    assert outside.policies.messages.quiet == QuietHours(begin=time(21, 30), end=time(9))
    shown = repr(container.settings()) + repr(outside.team_notifiers)
    assert not any(secret in shown for secret in ("a-secret-key", "b-secret-key", "a-secret-to-sign", "13800138000"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"RETAIL_WECOM_URL": "https://127.0.0.1/send"}, {"RETAIL_WECOM_URL": "https://10.0.0.1/send"},
        {"RETAIL_FEISHU_URL": "file:///etc/passwd"}, {"RETAIL_WECOM_SECRET": "it signs nothing"},
    ],
)  # fmt: skip
def test_a_robot_where_the_shop_may_not_call_stops_the_start(wrong: dict[str, str]) -> None:
    """R39: the name of the setting is told, and never its value."""
    with pytest.raises(BadSetting) as refused:
        Container(settings=Settings.from_environ({**ROBOTS, **wrong})).ours()

    assert refused.value.name in (*wrong, "RETAIL_ROBOTS") and not any(value in str(refused.value) for value in wrong.values())

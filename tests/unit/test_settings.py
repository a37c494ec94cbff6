"""Settings from the environment: checked as a whole, and silent about secrets (R41, DOR-R4)."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from retail_adapters.pictures import FolderFiles
from retail_adapters.pictures.s3 import S3Files
from retail_adapters.sql.servers import Patience
from retail_adapters.system.clock import SystemClock
from retail_entrypoints.container import picture_files_of
from retail_entrypoints.databases import patience_of
from retail_entrypoints.review_settings import ReviewSetting
from retail_entrypoints.settings import DEVELOPMENT_SECRET, BadSetting, Mode, Pooler, Settings, SmsKind, SmsSetting

SECRET = "9f1c07d2a84e5b3366d0c1fe72ab8459"
PRODUCTION = {
    "RETAIL_ENV": "production",
    "RETAIL_DATABASE_URL": "postgresql://shop:pw-of-the-shop@db.internal:5432/shop",
    "RETAIL_SECRET_KEY": SECRET,
    "RETAIL_PUBLIC_URL": "https://shop.example",
    "RETAIL_SMS": "file:/var/spool/retail/sms",
    "RETAIL_GATEWAYS": "counter",
}


def test_nothing_set_is_a_shop_for_development() -> None:
    settings = Settings.from_environ({})

    assert (settings.mode, settings.currency, settings.timezone) == (Mode.DEVELOPMENT, "CNY", ZoneInfo("Asia/Shanghai"))
    assert settings.database_url == "sqlite:///retail.db" and settings.sms == SmsSetting(SmsKind.CONSOLE)
    assert settings.gateway_codes == ("sandbox", "counter") and settings.test_clock is None


def test_an_empty_variable_is_as_good_as_none() -> None:
    assert Settings.from_environ({"RETAIL_CURRENCY": "", "RETAIL_TEST_CLOCK": " "}) == Settings.from_environ({})


def test_every_variable_is_read(tmp_path: Path) -> None:
    clock = tmp_path / "clock.txt"
    clock.write_text("2026-01-31T12:00:00Z")
    settings = Settings.from_environ(
        {
            "RETAIL_DATABASE_URL": "sqlite:////srv/shop.db",
            "RETAIL_PUBLIC_URL": "https://shop.example/",
            "RETAIL_CURRENCY": "GBP",
            "RETAIL_TIMEZONE": "Europe/London",
            "RETAIL_SMS": "file:sms.jsonl",
            "RETAIL_GATEWAYS": "sandbox",
            "RETAIL_SANDBOX_BASE_URL": "http://127.0.0.1:9000",
            "RETAIL_TEST_CLOCK": str(clock),
            "RETAIL_TRUSTED_PROXIES": "10.0.0.0/8, ::1",
            "RETAIL_QUANTITY_MAX": "500",
            "RETAIL_ORDERS_WAITING_MAX": "64",
            "RETAIL_REVIEWS": "looked_at",
            "RETAIL_REVIEWS_SILENT_DAYS": "7",
            "RETAIL_DATABASE_STATEMENT_SECONDS": "4",
            "RETAIL_DATABASE_LOCK_SECONDS": "3",
            "RETAIL_DATABASE_POOLER": "transaction",
            "RETAIL_DATABASE_DIRECT_URL": "postgresql://db.internal/shop",
            "RETAIL_DATABASE_KEEPALIVE_SECONDS": "5",
            "RETAIL_DATABASE_UNANSWERED_SECONDS": "6",
        }
    )

    assert (settings.public_url, settings.currency, settings.timezone.key) == ("https://shop.example", "GBP", "Europe/London")
    assert (settings.sms.path, settings.test_clock) == (Path("sms.jsonl"), clock)
    assert settings.gateway("sandbox").values == {"base_url": "http://127.0.0.1:9000"}
    assert settings.trusted_proxies == (ip_network("10.0.0.0/8"), ip_network("::1/128"))
    assert (settings.quantity_max, settings.lines_max, settings.orders_waiting_max) == (500, 100, 64)
    assert settings.reviews == ReviewSetting(is_each_looked_at=True, silent_days=7)
    assert patience_of(settings, for_requests=True) == Patience(statement=4, lock=3, keepalive=5, unanswered=6)
    assert (settings.database_pooler, settings.database_direct_url) == (Pooler.TRANSACTION, "postgresql://db.internal/shop")
    assert patience_of(settings, for_requests=False) == Patience(statement=30, keepalive=5, unanswered=6)


def test_requests_are_given_up_well_before_their_callers_do() -> None:
    """R47: most clients and proxies wait for 30 seconds."""
    assert patience_of(Settings.from_environ({}), for_requests=True).statement <= 10


@pytest.mark.parametrize("wanted", ["read-write", "primary"])
def test_a_database_url_may_name_several_hosts(wanted: str) -> None:
    url = f"postgresql://shop:pw@a:5432,[::1]:5432,b/shop?sslmode=require&target_session_attrs={wanted}"

    assert Settings.from_environ({"RETAIL_DATABASE_URL": url}).database_url == url


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RETAIL_DATABASE_URL", "mysql://root@db/shop"),
        ("RETAIL_DATABASE_URL", "sqlite:retail.db"),
        ("RETAIL_DATABASE_URL", "retail.db"),
        ("RETAIL_DATABASE_URL", "postgresql://shop:pw@a:5432,b:5432/shop"),
        ("RETAIL_DATABASE_URL", "postgresql://shop:pw@a:5432,b:5432/shop?target_session_attrs=any"),
        ("RETAIL_DATABASE_STATEMENT_SECONDS", "0"),
        ("RETAIL_DATABASE_KEEPALIVE_SECONDS", "1.5"),
        ("RETAIL_DATABASE_UNANSWERED_SECONDS", "601"),
        ("RETAIL_ENV", "staging"),
        ("RETAIL_SECRET_KEY", "short"),
        ("RETAIL_PUBLIC_URL", "my shop"),
        ("RETAIL_PUBLIC_URL", "https://user:pw@shop.example"),
        ("RETAIL_PUBLIC_URL", "https://shop.example:99999"),
        ("RETAIL_PUBLIC_URL", "https://shop.example:0"),
        ("RETAIL_PUBLIC_URL", "https://shop.example:door"),
        ("RETAIL_PUBLIC_URL", "http://[::1"),
        ("RETAIL_CURRENCY", "yuan"),
        ("RETAIL_CURRENCY", "ZZZ"),
        ("RETAIL_CURRENCY", "cny"),
        ("RETAIL_TEST_CLOCK", "no-such-directory/clock.txt"),
        ("RETAIL_TEST_CLOCK", "."),
        ("RETAIL_TIMEZONE", "Mars/Olympus"),
        ("RETAIL_TIMEZONE", "../../etc/passwd"),
        ("RETAIL_TIMEZONE", "Asia"),
        ("RETAIL_TIMEZONE", "right/Asia/Shanghai"),
        ("RETAIL_TIMEZONE", "localtime"),
        ("RETAIL_TIMEZONE", "asia/shanghai"),
        ("RETAIL_OUTBOUND", "everywhere"),
        ("RETAIL_ROBOTS", "slack"),
        ("RETAIL_ROBOTS", "wecom,wecom"),
        ("RETAIL_ROBOTS", "dingtalk"),
        ("RETAIL_STAFF_PHONES", "call me"),
        ("RETAIL_STAFF_PHONES", ",".join(f"+86138001380{at:02}" for at in range(6))),
        ("RETAIL_QUIET_HOURS", "night"),
        ("RETAIL_QUIET_HOURS", "22:00-25:00"),
        ("RETAIL_PICTURES", "cupboard"),
        ("RETAIL_PICTURES", "folder:"),
        ("RETAIL_PICTURES", "s3"),
        ("RETAIL_SMS", "pigeon"),
        ("RETAIL_SMS", "file"),
        ("RETAIL_GATEWAYS", "sandbox,paypal"),
        ("RETAIL_GATEWAYS", "counter,counter"),
        ("RETAIL_TRUSTED_PROXIES", "everybody"),
        ("RETAIL_BODY_BYTES_MAX", "0"),
        ("RETAIL_BODY_BYTES_MAX", "99999999999999999999"),
        ("RETAIL_LINES_MAX", "１００"),
        ("RETAIL_ORDERS_WAITING_MAX", "0"),
        ("RETAIL_LOG_SEVERITY", "loud"),
        ("RETAIL_COUNTER_SECRET", "short"),
        ("RETAIL_REQUESTS_PER_ADDRESS", "0"),
        ("RETAIL_READS_PER_ADDRESS", "0"),
        ("RETAIL_DOCS", "maybe"),
        ("RETAIL_PAGES", "maybe"),
    ],
)
def test_a_wrong_value_is_refused_by_the_name_of_its_variable(name: str, value: str) -> None:
    """DOR-R4: the message says what is wanted."""
    with pytest.raises(BadSetting) as refused:
        Settings.from_environ({name: value})

    assert refused.value.name == name and str(refused.value).startswith(f"{name}: ")
    assert refused.value.__suppress_context__


@pytest.mark.parametrize("name", ["RETAIL_SECRET_KEY", "RETAIL_DATABASE_URL", "RETAIL_PUBLIC_URL", "RETAIL_SMS", "RETAIL_ENV"])
def test_a_refused_value_is_not_repeated(name: str) -> None:
    """R41: it may be a secret with a typing error in it, or one in the wrong place."""
    with pytest.raises(BadSetting) as refused:
        Settings.from_environ({name: "hunter2"})

    assert "hunter2" not in str(refused.value)


def test_production_starts_with_settings_of_its_own() -> None:
    """R41: the other half: a complete production environment is accepted."""
    assert Settings.from_environ(PRODUCTION).is_production


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RETAIL_SECRET_KEY", None),
        ("RETAIL_SECRET_KEY", DEVELOPMENT_SECRET),
        ("RETAIL_SMS", None),
        ("RETAIL_SMS", "console"),
        ("RETAIL_GATEWAYS", None),
        ("RETAIL_GATEWAYS", "counter,sandbox"),
        ("RETAIL_TEST_CLOCK", __file__),
        ("RETAIL_OUTBOUND", "loopback"),
        ("RETAIL_SECRET_KEY", "a" * 32),
        ("RETAIL_SECRET_KEY", "0123456789abcdef" * 2),
        ("RETAIL_SECRET_KEY", "changeme" * 5),
        ("RETAIL_SECRET_KEY", "abcdefghijklmnopqrstuvwxyzABCDEFGHIJ"),
        ("RETAIL_SECRET_KEY", "0101010101010101010101010101010111"),
        ("RETAIL_COUNTER_SECRET", "b" * 16),
        ("RETAIL_PUBLIC_URL", None),
        ("RETAIL_PUBLIC_URL", "http://shop.example"),
        ("RETAIL_TRUSTED_PROXIES", "0.0.0.0/0"),
        ("RETAIL_TRUSTED_PROXIES", "10.0.0.0/8,::/0"),
        ("RETAIL_TRUSTED_PROXIES", "0.0.0.0/1,128.0.0.0/1"),
        ("RETAIL_TRUSTED_PROXIES", "2000::/3"),
    ],
)
def test_production_refuses_what_only_development_may_use(name: str, value: str | None) -> None:
    """R41, R39: default or missing secrets, test clocks, console SMS, sandbox gateways, calls to this machine."""
    environ = {key: each for key, each in (PRODUCTION | {name: value or ""}).items() if each}

    with pytest.raises(BadSetting) as refused:
        Settings.from_environ(environ)

    assert refused.value.name == name


def test_settings_never_show_their_secrets() -> None:
    """R41: neither in a repr nor in a traceback's locals."""
    settings = Settings.from_environ(PRODUCTION | {"RETAIL_COUNTER_SECRET": "secret-of-the-counter"})

    shown = repr(settings) + repr(settings.gateways)
    assert not [secret for secret in (SECRET, "pw-of-the-shop", "secret-of-the-counter") if secret in shown]


BUCKET = {
    "RETAIL_PICTURES": "s3",
    "RETAIL_PICTURES_ENDPOINT": "https://objects.example",
    "RETAIL_PICTURES_BUCKET": "tea",
    "RETAIL_PICTURES_REGION": "cn-north-1",
    "RETAIL_PICTURES_KEY_ID": "key",
    "RETAIL_PICTURES_SECRET": "not told",
}


def test_pictures_lie_in_a_folder_or_in_a_bucket() -> None:
    """PIC-R9: beside the database's file unless somebody says otherwise."""
    clock = SystemClock()
    beside = picture_files_of(Settings.from_environ({"RETAIL_DATABASE_URL": "sqlite:////srv/shop.db"}), clock)
    named = picture_files_of(Settings.from_environ({"RETAIL_PICTURES": "folder:/srv/pictures"}), clock)
    bucket = Settings.from_environ(BUCKET)

    assert beside == FolderFiles(Path("/srv/shop.db-pictures")) and named == FolderFiles(Path("/srv/pictures"))
    assert isinstance(picture_files_of(bucket, clock), S3Files) and "not told" not in repr(bucket)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RETAIL_PICTURES_ENDPOINT", "http://objects.example"),
        ("RETAIL_PICTURES_ENDPOINT", "https://objects.example/path"),
        ("RETAIL_PICTURES_ENDPOINT", "https://who:pw@objects.example"),
        ("RETAIL_PICTURES_BUCKET", "../tea"),
        ("RETAIL_PICTURES_PREFIX", "no-slash"),
        ("RETAIL_PICTURES_SECRET", ""),
    ],
)
def test_a_bucket_that_cannot_be_asked_is_refused_at_the_start(name: str, value: str) -> None:
    """DOR-R4: and what was given is not told."""
    with pytest.raises(BadSetting, match=name) as refused:
        Settings.from_environ({**BUCKET, name: value})

    assert not value or value not in str(refused.value)


@pytest.mark.parametrize(
    "told", [{"RETAIL_REVIEWS": "never"}, *({"RETAIL_REVIEWS_SILENT_DAYS": days} for days in ("0", "366", "-1", "７", "1.5"))]
)
def test_how_reviews_go_up_is_said_in_one_of_two_words_and_a_number_of_days(told: dict[str, str]) -> None:
    """R41: what is wrong is named."""
    with pytest.raises(BadSetting, match="RETAIL_REVIEWS"):
        Settings.from_environ(told)

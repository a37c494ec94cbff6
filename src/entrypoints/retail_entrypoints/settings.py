"""Settings from the environment: read once, checked as a whole, every refusal names its variable (R41)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import time
from enum import Enum
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from attrs import field, frozen

from retail_domain.accounts.model.rules import CODES_IN_ALL, CODES_PER_ADDRESS
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.costs import PLACE, READ, Whose
from retail_domain.kernel.counting import Allowance
from retail_domain.kernel.limits import OPEN_ORDERS_MAX
from retail_entrypoints.currencies import CURRENCIES as CURRENCIES
from retail_entrypoints.message_settings import RobotSetting, phones_setting, quiet_setting, robots_setting
from retail_entrypoints.outbound_settings import OutboundSetting as OutboundSetting
from retail_entrypoints.picture_settings import PictureSetting, pictures_setting
from retail_entrypoints.reading_settings import (
    allowances,
    currency,
    is_everybody,
    is_guessable,
    is_open,
    networks,
    one_of,
    secret,
    severity,
    timezone,
    web_address,
    whole,
    wrong,
)
from retail_entrypoints.review_settings import ReviewSetting, reviews_setting
from retail_entrypoints.terms_setting import terms_setting
from retail_entrypoints.two_people import two_people

T = TypeVar("T")

DEVELOPMENT_SECRET: Final = "development-only-secret-key-do-not-use"  # noqa: S105 - production refuses it
_SECRET_MIN: Final = 32
_COUNTER_SECRET_MIN: Final = 16
_BY_CHANCE: Final = "production needs a secret made by chance, such as `openssl rand -hex 32` prints"
_GATEWAYS: Final = frozenset({"sandbox", "counter"})
_CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,31}")
_OURS: Final = frozenset(
    "env database secret public currency timezone sms gateways test host trusted body notice requests waiting wait orders "
    "lines quantity log codes pictures reviews outbound robots wecom dingtalk feishu staff quiet two terms".split()
)
"""Words that settings of the shop begin with: a gateway called so would be given them, secrets among them."""
_HOST: Final = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*")
_TAKES_WRITES: Final = {"target_session_attrs=read-write", "target_session_attrs=primary"}


class BadSetting(Exception):
    """A setting cannot be used; the message names the variable and never shows its value."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}: {why}")
        self.name = name


class Mode(Enum):
    """Where the shop runs."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class SmsKind(Enum):
    """How text messages leave the shop."""

    CONSOLE = "console"
    FILE = "file"
    MADE = "made"
    """By a function of an installed package."""


class Pooler(Enum):
    """What a pooler between the shop and PostgreSQL gives out, if there is one."""

    SESSION = "session"
    TRANSACTION = "transaction"


@frozen
class SmsSetting:
    """Which text-message adapter, the file it appends to, or who makes it and with which `RETAIL_SMS_*` settings."""

    kind: SmsKind
    path: Path | None = None
    maker: str = ""
    values: Mapping[str, str] = field(factory=dict, repr=False)


@frozen(kw_only=True)
class GatewaySetting:
    """One payment gateway and its own `RETAIL_<GATEWAY>_*` settings, by the rest of their names in lower case."""

    code: str
    values: Mapping[str, str] = field(factory=dict, repr=False)
    maker: str = ""
    """Who makes it, `module:function` of an installed package; nothing for the shop's own."""


@frozen(kw_only=True)
class Settings:
    """Everything an operator can set; made by `from_environ`."""

    database_url: str = field(repr=False)
    mode: Mode = Mode.DEVELOPMENT
    secret_key: str = field(repr=False, default=DEVELOPMENT_SECRET)
    public_url: str = "http://127.0.0.1:8000"
    currency: str = "CNY"
    timezone: ZoneInfo = field(factory=lambda: ZoneInfo("Asia/Shanghai"))
    terms_version: str = "1"
    sms: SmsSetting = SmsSetting(SmsKind.CONSOLE)
    gateways: tuple[GatewaySetting, ...] = ()
    pictures: PictureSetting = field(factory=PictureSetting)
    reviews: ReviewSetting = field(factory=ReviewSetting)
    outbound: OutboundSetting = OutboundSetting.PUBLIC
    robots: tuple[RobotSetting, ...] = ()
    staff_phones: tuple[Phone, ...] = ()
    quiet_hours: tuple[time, time] = (time(22), time(8))
    test_clock: Path | None = None
    host: str = ""
    """Where the application around the shop says what it adds: `module:function`."""
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    body_bytes_max: int = 256 * 1024
    notice_bytes_max: int = 1024 * 1024
    body_seconds_max: int = 20
    requests_max: int = PLACE.at_once(Whose.ALL)
    requests_per_address: int = PLACE.at_once(Whose.LINE)
    reads_per_address: int = READ.at_once(Whose.LINE)
    waiting_max: int = 256
    wait_ms_max: int = 1_000
    database_pooler: Pooler = Pooler.SESSION
    database_direct_url: str = field(repr=False, default="")
    """Past the pooler, for what needs a session; empty if there is no such way."""
    database_connections: int = 4
    database_statement_seconds: int = 10
    database_lock_seconds: int = 5
    database_keepalive_seconds: int = 10
    database_unanswered_seconds: int = 10
    orders_waiting_max: int = 512
    lines_max: int = 100
    quantity_max: int = 9_999
    open_orders_max: int = OPEN_ORDERS_MAX
    two_people: Mapping[str, int] = field(factory=dict)
    log_severity: str = "INFO"
    docs_open: bool = True
    """Whether `/docs` and the description of the API are served."""
    pages_open: bool = True
    """Whether the web shop and its console are served beside the API."""
    codes_per_address: tuple[Allowance, ...] = CODES_PER_ADDRESS
    codes_in_all: tuple[Allowance, ...] = CODES_IN_ALL

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Settings:
        """Read the `RETAIL_*` variables. Raises BadSetting."""
        read = _Reader(environ)
        settings = cls(
            database_url=read("RETAIL_DATABASE_URL", _database_url, "sqlite:///retail.db"),
            mode=read("RETAIL_ENV", one_of(Mode), Mode.DEVELOPMENT.value),
            secret_key=read("RETAIL_SECRET_KEY", secret(_SECRET_MIN), DEVELOPMENT_SECRET),
            public_url=read("RETAIL_PUBLIC_URL", web_address, "http://127.0.0.1:8000"),
            currency=read("RETAIL_CURRENCY", currency, "CNY"),
            timezone=read("RETAIL_TIMEZONE", timezone, "Asia/Shanghai"),
            terms_version=read("RETAIL_TERMS_VERSION", terms_setting, "1"),
            sms=read("RETAIL_SMS", _sms(environ), "console"),
            gateways=read("RETAIL_GATEWAYS", _gateways(environ), "sandbox,counter"),
            pictures=read("RETAIL_PICTURES", pictures_setting(environ), "folder"),
            reviews=read("RETAIL_REVIEWS", reviews_setting(environ), "at_once"),
            outbound=read("RETAIL_OUTBOUND", one_of(OutboundSetting), OutboundSetting.PUBLIC.value),
            robots=read("RETAIL_ROBOTS", robots_setting(environ), ""),
            staff_phones=read("RETAIL_STAFF_PHONES", phones_setting, ""),
            quiet_hours=read("RETAIL_QUIET_HOURS", quiet_setting, "22:00-08:00"),
            test_clock=read("RETAIL_TEST_CLOCK", _clock_file, ""),
            host=read("RETAIL_HOST", _host, ""),
            trusted_proxies=read("RETAIL_TRUSTED_PROXIES", networks, ""),
            body_bytes_max=read("RETAIL_BODY_BYTES_MAX", whole(1_024, 16 * 1024 * 1024), str(256 * 1024)),
            notice_bytes_max=read("RETAIL_NOTICE_BYTES_MAX", whole(1_024, 16 * 1024 * 1024), str(1024 * 1024)),
            body_seconds_max=read("RETAIL_BODY_SECONDS_MAX", whole(1, 600), "20"),
            requests_max=read("RETAIL_REQUESTS_MAX", whole(1, 10_000), "64"),
            requests_per_address=read("RETAIL_REQUESTS_PER_ADDRESS", whole(1, 10_000), str(PLACE.at_once(Whose.LINE))),
            reads_per_address=read("RETAIL_READS_PER_ADDRESS", whole(1, 10_000), str(READ.at_once(Whose.LINE))),
            waiting_max=read("RETAIL_WAITING_MAX", whole(0, 10_000), "256"),
            wait_ms_max=read("RETAIL_WAIT_MS_MAX", whole(1, 60_000), "1000"),
            database_pooler=read("RETAIL_DATABASE_POOLER", one_of(Pooler), Pooler.SESSION.value),
            database_direct_url=read("RETAIL_DATABASE_DIRECT_URL", _direct_url, ""),
            database_connections=read("RETAIL_DATABASE_CONNECTIONS", whole(1, 100), "4"),
            database_statement_seconds=read("RETAIL_DATABASE_STATEMENT_SECONDS", whole(1, 600), "10"),
            database_lock_seconds=read("RETAIL_DATABASE_LOCK_SECONDS", whole(1, 600), "5"),
            database_keepalive_seconds=read("RETAIL_DATABASE_KEEPALIVE_SECONDS", whole(1, 3_600), "10"),
            database_unanswered_seconds=read("RETAIL_DATABASE_UNANSWERED_SECONDS", whole(1, 600), "10"),
            orders_waiting_max=read("RETAIL_ORDERS_WAITING_MAX", whole(1, 100_000), "512"),
            lines_max=read("RETAIL_LINES_MAX", whole(1, 1_000), "100"),
            quantity_max=read("RETAIL_QUANTITY_MAX", whole(1, 9_999), "9999"),
            two_people=read("RETAIL_TWO_PEOPLE", two_people, ""),
            open_orders_max=read("RETAIL_OPEN_ORDERS_MAX", whole(1, 1_000), str(OPEN_ORDERS_MAX)),
            log_severity=read("RETAIL_LOG_SEVERITY", severity, "INFO"),
            docs_open=read("RETAIL_DOCS", is_open, "open"),
            pages_open=read("RETAIL_PAGES", is_open, "open"),
            codes_per_address=read("RETAIL_CODES_PER_ADDRESS", allowances, "200/hour,1000/day"),
            codes_in_all=read("RETAIL_CODES_IN_ALL", allowances, "10000/hour,50000/day"),
        )
        read("RETAIL_COUNTER_SECRET", secret(_COUNTER_SECRET_MIN), settings.secret_key)
        for name, why in lacking_in_production(settings).items() if settings.is_production else ():
            raise BadSetting(name, why)
        return settings

    @property
    def is_production(self) -> bool:
        """Whether real people's money is at stake."""
        return self.mode is Mode.PRODUCTION

    @property
    def gateway_codes(self) -> tuple[str, ...]:
        """The gateways in use, in the order they were named."""
        return tuple(gateway.code for gateway in self.gateways)

    def gateway(self, code: str) -> GatewaySetting:
        """The settings of one gateway in use. Raises KeyError."""
        return {gateway.code: gateway for gateway in self.gateways}[code]


@frozen
class _Reader:
    environ: Mapping[str, str]

    def __call__(self, name: str, parse: Callable[[str], T], default: str) -> T:
        try:
            return parse(self.environ.get(name, "").strip() or default)
        except ValueError as refused:
            raise BadSetting(name, str(refused)) from None


def lacking_in_production(settings: Settings) -> Mapping[str, str]:
    """What production refuses of these settings, and why: it starts with nothing that only development may use (R41)."""
    refused = {
        "RETAIL_SECRET_KEY": settings.secret_key == DEVELOPMENT_SECRET and "production needs a secret key of its own",
        **{name: is_guessable(secret) and _BY_CHANCE for name, secret in _secrets_of(settings).items()},
        "RETAIL_PUBLIC_URL": not settings.public_url.startswith("https://") and "production is reached by https",
        "RETAIL_TRUSTED_PROXIES": any(map(is_everybody, settings.trusted_proxies)) and "production does not trust everybody",
        "RETAIL_OUTBOUND": settings.outbound is not OutboundSetting.PUBLIC and "production calls public addresses alone",
        "RETAIL_TEST_CLOCK": settings.test_clock is not None and "production keeps the real time",
        "RETAIL_SMS": settings.sms.kind is SmsKind.CONSOLE and "production does not print codes on the console",
        "RETAIL_GATEWAYS": "sandbox" in settings.gateway_codes and "production takes no play money: name its gateways",
    }
    return {name: why for name, why in refused.items() if why}


def _secrets_of(settings: Settings) -> Mapping[str, str]:
    """What is kept secret, by the name of its setting."""
    own = settings.gateway("counter").values.get("secret") if "counter" in settings.gateway_codes else None
    key = "" if settings.secret_key == DEVELOPMENT_SECRET else settings.secret_key  # which is refused already
    return {name: secret for name, secret in (("RETAIL_SECRET_KEY", key), ("RETAIL_COUNTER_SECRET", own)) if secret}


def _database_url(text: str) -> str:
    scheme, _, rest = text.partition("://")  # urlsplit refuses a list of hosts with an IPv6 address among them
    place, _, query = rest.partition("?")
    if "," in place.partition("/")[0] and not _TAKES_WRITES & {*query.split("&")}:
        wrong("several hosts need ?target_session_attrs=read-write, else the first one is taken though it only reads")
    if scheme.lower() not in ("sqlite", "postgresql"):
        wrong("sqlite:///relative.db, sqlite:////absolute.db or postgresql://user:pw@host:port/db")
    if scheme.lower() == "sqlite" and not re.fullmatch(r"sqlite:///.+", text):
        wrong("sqlite:///relative.db or sqlite:////absolute.db")
    return text


def _direct_url(text: str) -> str:
    if text and not text.lower().startswith("postgresql:"):
        wrong("postgresql://user:pw@host:port/db, the same database without the pooler")
    return _database_url(text) if text else ""


def _sms(environ: Mapping[str, str]) -> Callable[[str], SmsSetting]:
    def parse(text: str) -> SmsSetting:
        kind, _, path = text.partition(":")
        if text == SmsKind.CONSOLE.value:
            return SmsSetting(SmsKind.CONSOLE)
        if kind == SmsKind.FILE.value and path:
            return SmsSetting(SmsKind.FILE, Path(path))
        if not _HOST.fullmatch(text):
            wrong("console, file:PATH or a function of an installed package, such as my_package.sms:make")
        return SmsSetting(SmsKind.MADE, maker=text, values=_values_of("sms", environ))

    return parse


def _gateways(environ: Mapping[str, str]) -> Callable[[str], tuple[GatewaySetting, ...]]:
    def parse(text: str) -> tuple[GatewaySetting, ...]:
        named = [part.strip().partition("=") for part in text.split(",")]
        codes = [code for code, _, _ in named]
        if not all(_is_gateway(*one) for one in named) or len(frozenset(codes)) != len(codes):
            wrong(
                f"a comma-separated choice of {', '.join(sorted(_GATEWAYS))} and of your own, such as "
                "mypay=my_package.pay:make, each once, under a name that no other setting begins with"
            )
        return tuple(GatewaySetting(code=code, values=_values_of(code, environ), maker=maker) for code, _, maker in named)

    return parse


def _is_gateway(code: str, is_made: str, maker: str) -> bool:
    if not is_made:
        return code in _GATEWAYS
    is_free = code not in _GATEWAYS and code.partition("_")[0] not in _OURS
    return is_free and _CODE.fullmatch(code) is not None and _HOST.fullmatch(maker) is not None


def _values_of(code: str, environ: Mapping[str, str]) -> Mapping[str, str]:
    prefix = f"RETAIL_{code.upper()}_"
    return {name.removeprefix(prefix).lower(): value for name, value in environ.items() if name.startswith(prefix)}


def _clock_file(text: str) -> Path | None:
    if not text:
        return None
    try:
        Path(text).open("rb").close()
    except (OSError, ValueError):
        wrong("a file that is there and can be read, holding an ISO 8601 instant with its offset")
    return Path(text)


def _host(text: str) -> str:
    return text if not text or _HOST.fullmatch(text) else wrong("a function of an installed package, such as gifts.shop:host")

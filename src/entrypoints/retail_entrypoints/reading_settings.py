"""How words of the environment become values; what is wrong with one is said by a ValueError (R41)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from enum import Enum
from ipaddress import IPv4Network, IPv6Network, ip_network
from itertools import pairwise
from typing import Final, NoReturn, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from retail_domain.kernel.counting import Allowance
from retail_entrypoints.currencies import CURRENCIES

_SECRET_LETTERS_MIN: Final = 8
_IPV4_PREFIX_MIN: Final = 8
_IPV6_PREFIX_MIN: Final = 16
_ALLOWANCE: Final = re.compile(r"(?P<most>[1-9][0-9]{0,8})/(?P<within>minute|hour|day)")
_ALLOWANCES_MAX: Final = 4
_WITHIN: Final = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}
_SEVERITIES: Final = frozenset({"DEBUG", "INFO", "WARNING", "ERROR"})
E = TypeVar("E", bound=Enum)


def is_guessable(secret: str) -> bool:
    """Few different characters, one piece again and again, or a run through the alphabet: nothing that chance would make."""
    is_a_piece_repeated = secret in (secret + secret)[1:-1]
    steps = sum(abs(ord(one) - ord(next_one)) <= 1 for one, next_one in pairwise(secret))
    return len(set(secret)) < min(_SECRET_LETTERS_MIN, len(secret) // 4) or is_a_piece_repeated or steps > len(secret) // 2


def is_everybody(network: IPv4Network | IPv6Network) -> bool:
    """No proxies of one shop: a good part of all addresses there are."""
    return network.prefixlen < (_IPV4_PREFIX_MIN if network.version == 4 else _IPV6_PREFIX_MIN)


def is_open(text: str) -> bool:
    """`open` or `closed`."""
    known = {"open": True, "closed": False}
    return known[text] if text in known else wrong("open or closed")


def secret(least: int) -> Callable[[str], str]:
    """A secret of at least so many characters."""

    def parse(text: str) -> str:
        return text if len(text) >= least else wrong(f"at least {least} characters")

    return parse


def web_address(text: str) -> str:
    """An http(s) address without a query."""
    try:
        told = urlsplit(text)
        has_door = told.hostname and told.port != 0
    except ValueError:  # no such port, or half an IPv6 address
        wrong("an http(s) address whose port, if any, is from 1 to 65535")
    is_plain = told.scheme in ("http", "https") and has_door and not (told.query or told.fragment or told.username)
    return text.rstrip("/") if is_plain else wrong("an http(s) address, such as https://shop.example")


def allowances(text: str) -> tuple[Allowance, ...]:
    """Limits such as 200/hour,1000/day."""
    found = [_ALLOWANCE.fullmatch(part.strip()) for part in text.split(",")]
    if len(found) > _ALLOWANCES_MAX:
        return wrong("a few allowances, such as 200/hour,1000/day")
    return tuple(
        Allowance(most=int(one["most"]), within=_WITHIN[one["within"]]) if one
        else wrong("so many in a minute, hour or day, such as 200/hour,1000/day")
        for one in found
    )  # fmt: skip


def currency(text: str) -> str:
    """An active currency one can pay with."""
    return text if text in CURRENCIES else wrong("an active code of ISO 4217 in capital letters, such as CNY")


def timezone(text: str) -> ZoneInfo:
    """A time zone of the IANA list."""
    # Files beside the list make zones too: some count leap seconds and end a day 27 seconds late, one is the machine's own.
    is_known = text in available_timezones() - {"localtime"}
    return ZoneInfo(text) if is_known else wrong("a time zone of the IANA list, such as Asia/Shanghai")


def networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Addresses or networks, separated by commas."""
    try:
        return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError:
        wrong("comma-separated addresses or networks, such as 10.0.0.0/8")


def severity(text: str) -> str:
    """How serious a line of the journal must be."""
    return text.upper() if text.upper() in _SEVERITIES else wrong(f"one of {', '.join(sorted(_SEVERITIES))}")


def one_of(kind: type[E]) -> Callable[[str], E]:
    """A word of an enumeration."""

    def parse(text: str) -> E:
        known = {str(member.value): member for member in kind}
        return known[text] if text in known else wrong(f"one of {', '.join(sorted(known))}")

    return parse


def whole(least: int, most: int) -> Callable[[str], int]:
    """A whole number within bounds."""

    def parse(text: str) -> int:
        is_plain = text.isascii() and text.isdigit() and len(text) < 12
        return int(text) if is_plain and least <= int(text) <= most else wrong(f"a whole number from {least} to {most}")

    return parse


def wrong(why: str) -> NoReturn:
    """Raises ValueError."""
    raise ValueError(why)

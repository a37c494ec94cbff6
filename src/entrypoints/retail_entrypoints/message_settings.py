"""How messages leave the shop, as an operator says it: robots of groups, phones of staff, and quiet hours."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import time
from typing import Final

from attrs import field, frozen

from retail_domain.kernel.contact import Phone
from retail_domain.kernel.errors import InvalidInput

ROBOTS: Final = ("wecom", "dingtalk", "feishu")
PHONES_MAX: Final = 5
_SIGNED: Final = frozenset({"dingtalk", "feishu"})
_HOURS: Final = re.compile(r"(?P<begin>[0-2][0-9]:[0-5][0-9])-(?P<end>[0-2][0-9]:[0-5][0-9])")


@frozen(kw_only=True)
class RobotSetting:
    """The robot of a group: where it is called, which is as secret as a password, and with what its calls are signed."""

    kind: str
    url: str = field(repr=False)
    secret: str = field(repr=False, default="")


def robots_setting(environ: Mapping[str, str]) -> Callable[[str], tuple[RobotSetting, ...]]:
    """A reader of RETAIL_ROBOTS. It raises ValueError, which never tells what was given."""

    def parse(text: str) -> tuple[RobotSetting, ...]:
        kinds = [one.strip() for one in text.split(",") if one.strip()]
        if len({*kinds}) < len(kinds) or not {*kinds} <= {*ROBOTS}:
            raise ValueError(f"a comma-separated choice of {', '.join(ROBOTS)}, each once")
        return tuple(_robot(kind, environ) for kind in kinds)

    return parse


def _robot(kind: str, environ: Mapping[str, str]) -> RobotSetting:
    url, secret = (environ.get(f"RETAIL_{kind.upper()}_{word}", "").strip() for word in ("URL", "SECRET"))
    if not url:
        raise ValueError(f"{kind} needs RETAIL_{kind.upper()}_URL, the address that its group shows")
    if secret and kind not in _SIGNED:
        raise ValueError(f"nothing that is posted to {kind} is signed: RETAIL_{kind.upper()}_SECRET has no use")
    return RobotSetting(kind=kind, url=url, secret=secret)


def phones_setting(text: str) -> tuple[Phone, ...]:
    """Numbers that staff share. Raises ValueError, which never tells what was given."""
    told = [one.strip() for one in text.split(",") if one.strip()]
    try:
        phones = tuple(dict.fromkeys(Phone.parse(one) for one in told))
    except (ValueError, InvalidInput):
        raise ValueError("comma-separated phone numbers, each +<country><number>") from None
    if len(phones) > PHONES_MAX:
        raise ValueError(f"{PHONES_MAX} phone numbers at most")
    return phones


def quiet_setting(text: str) -> tuple[time, time]:
    """From when to when, by the clock of the shop. Raises ValueError."""
    found = _HOURS.fullmatch(text)
    try:
        if found is None:
            raise ValueError(text)
        return time.fromisoformat(found["begin"]), time.fromisoformat(found["end"])
    except ValueError:
        raise ValueError("two times of day, such as 22:00-08:00; the same twice is never") from None

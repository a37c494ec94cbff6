"""A robot of a group: a text is posted to an address that somebody gave it, signed where its provider wants that.

Three providers, one shape: what is posted, how it is signed, and how an answer with status 200 says no.
"""

from __future__ import annotations

import hmac
import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, Final
from urllib.parse import quote_plus

from attrs import field, frozen

from retail_adapters.outbound import Call, Called, CallFailed, Obstacle, Outbound
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.destinations import Destinations
from retail_domain.messages import MessageLetter, SendAnswer, SendResult

_ANSWER_BYTES_MAX: Final = 16_384
_NOTHING_SENT: Final = frozenset({Obstacle.ADDRESS, Obstacle.NAME, Obstacle.CONNECTION})
_INERT: Final = str.maketrans({"<": "＜", ">": "＞", "@": "＠"})
"""Signs by which a text would call on people in its group (R38)."""


class RobotKind(Enum):
    """Whose robot it is."""

    WECOM = "wecom"
    DINGTALK = "dingtalk"
    FEISHU = "feishu"


@frozen(kw_only=True)
class _Habits:
    """How a provider wants it: the body, what signing adds, and which codes in an answer mean `later`."""

    post: Callable[[str, str, str, float], tuple[str, Mapping[str, Any]]]
    """Address, secret, text and time, to address and body."""
    code: str
    """Which field of an answer says whether it was taken: 0 is yes."""
    later: frozenset[int]


def _plain(text: str) -> Mapping[str, Any]:
    return {"msgtype": "text", "text": {"content": text}}


def _digest(key: str, content: str) -> str:
    return b64encode(hmac.digest(key.encode(), content.encode(), "sha256")).decode()


def _wecom(url: str, _secret: str, text: str, _at: float) -> tuple[str, Mapping[str, Any]]:
    """The key stands in the address; nothing is signed."""
    return url, _plain(text)


def _dingtalk(url: str, secret: str, text: str, at: float) -> tuple[str, Mapping[str, Any]]:
    """Milliseconds and secret, signed with the secret, stand in the address."""
    if not secret:
        return url, _plain(text)
    stamp = str(int(at * 1_000))
    sign = quote_plus(_digest(secret, f"{stamp}\n{secret}"))
    return f"{url}&timestamp={stamp}&sign={sign}", _plain(text)


def _feishu(url: str, secret: str, text: str, at: float) -> tuple[str, Mapping[str, Any]]:
    """Nothing, signed with seconds and secret, stands in the body."""
    body = {"msg_type": "text", "content": {"text": text}}
    if not secret:
        return url, body
    stamp = str(int(at))
    return url, {"timestamp": stamp, "sign": _digest(f"{stamp}\n{secret}", ""), **body}


_OF: Final[Mapping[RobotKind, _Habits]] = {
    RobotKind.WECOM: _Habits(post=_wecom, code="errcode", later=frozenset({-1, 45009})),
    RobotKind.DINGTALK: _Habits(post=_dingtalk, code="errcode", later=frozenset({-1, 130101, 410100})),
    RobotKind.FEISHU: _Habits(post=_feishu, code="code", later=frozenset({11232})),
}


@frozen
class Robot:
    """See the port. Nobody can be asked what became of a text; staff would rather read one twice than never."""

    kind: RobotKind
    url: str = field(repr=False)
    secret: str = field(repr=False)
    outbound: Outbound
    clock: Clock
    repeats: bool = True

    async def send(self, letter: MessageLetter) -> SendAnswer:
        """One text, title and all."""
        habits = _OF[self.kind]
        text = f"{letter.title}\n{letter.text}".translate(_INERT)
        url, body = habits.post(self.url, self.secret, text, self.clock.now().timestamp())
        call = Call(
            method="POST", url=url, headers={"content-type": "application/json; charset=utf-8"},
            body=json.dumps(body, ensure_ascii=False).encode(), answer_bytes_max=_ANSWER_BYTES_MAX,
        )  # fmt: skip
        try:
            return _read(await self.outbound.exchange(call), habits)
        except CallFailed as failed:
            result = SendResult.NOT_SENT if failed.why in _NOTHING_SENT else SendResult.UNKNOWN
            return SendAnswer(result, failed.why.value)

    async def ask(self, letter: MessageLetter) -> SendAnswer:
        """No provider tells."""
        return SendAnswer(SendResult.UNKNOWN, "cannot_be_asked")


def _read(called: Called, habits: _Habits) -> SendAnswer:
    if called.status >= 500:
        return SendAnswer(SendResult.UNKNOWN, f"status_{called.status}")
    if called.status == 429:
        return SendAnswer(SendResult.NOT_SENT, "status_429")
    if called.status != 200:
        return SendAnswer(SendResult.REFUSED, f"status_{called.status}")
    try:
        code = json.loads(called.body)[habits.code]
    except (ValueError, LookupError, TypeError, RecursionError):
        return SendAnswer(SendResult.UNKNOWN, "answer_unreadable")
    if type(code) is not int:
        return SendAnswer(SendResult.UNKNOWN, "answer_unreadable")
    if code == 0:
        return SendAnswer(SendResult.TAKEN)
    return SendAnswer(SendResult.NOT_SENT if code in habits.later else SendResult.REFUSED, f"code_{code}")


def robot(kind: RobotKind, url: str, secret: str, clock: Clock, destinations: Destinations | None = None) -> Robot:
    """A robot that is called where the shop may call (R39)."""
    return Robot(kind, url, secret, Outbound(destinations=destinations or Destinations()), clock)

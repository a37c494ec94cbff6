"""What each provider asks of a call, and how it says yes and no: from what they publish, sharing nothing with the shop."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qs

KEY: Final = "a-key-for-development"
SECRET: Final = "SEC-for-development-only"  # noqa: S105 - no real robot has it
CONTENT_BYTES_MAX: Final = 2_048
BODY_BYTES_MAX: Final = 20_480
DINGTALK_SKEW_MS: Final = 3_600_000
FEISHU_SKEW: Final = 3_600
A_MINUTE_MAX: Final = 20
PLACES: Final[Mapping[str, str]] = {
    "/cgi-bin/webhook/send": "wecom",
    "/robot/send": "dingtalk",
    f"/open-apis/bot/v2/hook/{KEY}": "feishu",
}
"""Where each of them is called."""
TOO_OFTEN: Final[Mapping[str, int]] = {"wecom": 45009, "dingtalk": 130101, "feishu": 11232}


class RobotRefused(Exception):
    """A call is not as its provider wants it; carries the code of the answer."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def text_of(kind: str, query: bytes, body: Mapping[str, Any], now: float) -> str:
    """What the group reads. Raises RobotRefused."""
    asked = {name: values[-1] for name, values in parse_qs(query.decode("ascii", "replace"), keep_blank_values=True).items()}
    if kind == "wecom":
        return _wecom(asked, body)
    if kind == "dingtalk":
        return _dingtalk(asked, body, now)
    return _feishu(body, now)


def _wecom(asked: Mapping[str, str], body: Mapping[str, Any]) -> str:
    if asked.get("key") != KEY:
        raise RobotRefused(93000)
    text = _content(body, 40008)
    if len(text.encode()) > CONTENT_BYTES_MAX:
        raise RobotRefused(40058)
    return text


def _dingtalk(asked: Mapping[str, str], body: Mapping[str, Any], now: float) -> str:
    if asked.get("access_token") != KEY:
        raise RobotRefused(300001)
    stamp = asked.get("timestamp", "")
    if not stamp.isdigit() or abs(int(stamp) - now * 1_000) > DINGTALK_SKEW_MS:
        raise RobotRefused(310000)
    if not hmac.compare_digest(_signed(SECRET, f"{stamp}\n{SECRET}"), asked.get("sign", "").encode()):
        raise RobotRefused(310000)
    return _content(body, 400101)


def _feishu(body: Mapping[str, Any], now: float) -> str:
    stamp, sign = body.get("timestamp"), body.get("sign")
    if not isinstance(stamp, str) or not stamp.isdigit() or abs(int(stamp) - now) > FEISHU_SKEW:
        raise RobotRefused(19021)
    if not isinstance(sign, str) or not hmac.compare_digest(_signed(f"{stamp}\n{SECRET}", ""), sign.encode()):
        raise RobotRefused(19021)
    content = body.get("content")
    text = content.get("text") if isinstance(content, dict) else None
    if body.get("msg_type") != "text" or not isinstance(text, str) or not text:
        raise RobotRefused(9499)
    return text


def _content(body: Mapping[str, Any], code: int) -> str:
    part = body.get("text")
    text = part.get("content") if isinstance(part, dict) else None
    if body.get("msgtype") != "text" or not isinstance(text, str) or not text:
        raise RobotRefused(code)
    return text


def _signed(key: str, content: str) -> bytes:
    return base64.b64encode(hmac.new(key.encode(), content.encode(), hashlib.sha256).digest())


def answer(kind: str, code: int) -> Mapping[str, Any]:
    """How it says so: always with status 200."""
    if kind == "feishu":
        return {"code": code, "msg": "success" if code == 0 else "Bad Request", "data": {}}
    return {"errcode": code, "errmsg": "ok" if code == 0 else "refused"}

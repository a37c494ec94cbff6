"""Robots of groups are told in their own formats, signed, on real sockets (MSG-R1, MSG-R6, R38, R39)."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import pytest
import uvicorn
from attrs import define, evolve, field

from retail_adapters.outbound import Outbound
from retail_adapters.robots import Robot, RobotKind, robot
from retail_domain.kernel.causes import CauseKind
from retail_domain.kernel.destinations import Destinations
from retail_domain.kernel.ids import MessageId
from retail_domain.messages import MessageLetter, SendAnswer, SendResult
from retail_domain.testing.clock import SettableClock
from retail_entrypoints.simulators.robots import KEY, SECRET, RobotApp

HERE: Final = Destinations(is_plain_allowed=True, is_loopback_allowed=True)
TAKEN: Final = SendAnswer(SendResult.TAKEN)
LETTER: Final = MessageLetter(
    message_id=MessageId(UUID(int=1)), cause="staff.refund_stuck", kind=CauseKind.SERVICE, title="退款卡住",
    text="订单42的退款5.00 CNY需要处理：no such account", parameters={},
)  # fmt: skip
PATHS: Final = {
    RobotKind.WECOM: f"/cgi-bin/webhook/send?key={KEY}",
    RobotKind.DINGTALK: f"/robot/send?access_token={KEY}",
    RobotKind.FEISHU: f"/open-apis/bot/v2/hook/{KEY}",
}


@define
class Group:
    """Three groups and their robots, at an address of this machine."""

    app: RobotApp
    address: str
    clock: SettableClock = field(factory=lambda: SettableClock(datetime.now(UTC)))

    def robot(self, kind: RobotKind, **more: Any) -> Robot:
        secret = "" if kind is RobotKind.WECOM else SECRET
        outbound = Outbound(destinations=HERE, total_seconds=30.0)
        return evolve(Robot(kind, f"{self.address}{PATHS[kind]}", secret, outbound, self.clock), **more)


@asynccontextmanager
async def listening() -> AsyncIterator[Group]:
    app = RobotApp()
    with socket.create_server(("127.0.0.1", 0)) as place:
        config = uvicorn.Config(app, lifespan="on", log_config=None, access_log=False, timeout_graceful_shutdown=0)
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[place]))
        yield Group(app, f"http://127.0.0.1:{place.getsockname()[1]}")
        server.should_exit = True
        await serving


@pytest.fixture
async def group() -> AsyncIterator[Group]:
    async with listening() as one:
        yield one


@pytest.mark.parametrize("kind", RobotKind)
async def test_each_robot_is_told_in_its_own_format(group: Group, kind: RobotKind) -> None:
    """MSG-R6: the provider has checked key, signature and shape."""
    assert await group.robot(kind).send(LETTER) == TAKEN

    assert group.app.heard == [{"robot": kind.value, "text": f"{LETTER.title}\n{LETTER.text}"}]


@pytest.mark.parametrize(
    ("kind", "more", "code"),
    [
        (RobotKind.WECOM, {"url": "{}/cgi-bin/webhook/send?key=another"}, "code_93000"),
        (RobotKind.DINGTALK, {"url": "{}/robot/send?access_token=another"}, "code_300001"),
        (RobotKind.DINGTALK, {"secret": "another"}, "code_310000"),
        (RobotKind.DINGTALK, {"secret": ""}, "code_310000"),
        (RobotKind.FEISHU, {"secret": "another"}, "code_19021"),
        (RobotKind.FEISHU, {"secret": ""}, "code_19021"),
        (RobotKind.FEISHU, {"url": "{}/open-apis/bot/v2/hook/another"}, "status_404"),
    ],
)
async def test_a_robot_that_says_no_says_so_within_a_200_and_is_not_called_again(
    group: Group, kind: RobotKind, more: dict[str, str], code: str
) -> None:
    """MSG-R6."""
    given = {name: value.format(group.address) for name, value in more.items()}

    assert await group.robot(kind, **given).send(LETTER) == SendAnswer(SendResult.REFUSED, code)
    assert group.app.heard == []


@pytest.mark.parametrize("kind", [RobotKind.DINGTALK, RobotKind.FEISHU])
async def test_a_clock_that_is_hours_off_is_refused(group: Group, kind: RobotKind) -> None:
    """F7."""
    group.clock.advance(hours=2)

    assert (await group.robot(kind).send(LETTER)).result is SendResult.REFUSED


@pytest.mark.parametrize("kind", RobotKind)
async def test_what_was_too_often_or_broken_or_unheard_is_told_apart(group: Group, kind: RobotKind) -> None:
    """MSG-R6: surely not sent, or nobody knows."""
    came = []
    for fault in ("often", "broken", "cut", "silent"):
        group.app.faults.append(fault)
        hasty = {"outbound": Outbound(destinations=HERE, total_seconds=2.0)} if fault == "silent" else {}
        came.append((await group.robot(kind, **hasty).send(LETTER)).result)
    assert came == [SendResult.NOT_SENT, *[SendResult.UNKNOWN] * 3]
    assert len(group.app.heard) == 3
    group.app.heard.clear()
    while len(group.app.heard) < 20:
        answer = await group.robot(kind).send(LETTER)
        if answer != TAKEN:
            break
    assert answer.result is SendResult.NOT_SENT and answer.reason.startswith("code_")
    assert (await group.robot(kind).ask(LETTER)).result is SendResult.UNKNOWN


async def test_a_robot_that_is_not_there_was_surely_told_nothing(group: Group) -> None:
    """MSG-R6."""
    away = group.robot(RobotKind.WECOM, url="http://127.0.0.1:1/")

    assert await away.send(LETTER) == SendAnswer(SendResult.NOT_SENT, "connection")


@pytest.mark.parametrize("kind", RobotKind)
async def test_a_text_calls_on_nobody_in_the_group(group: Group, kind: RobotKind) -> None:
    """R38: whatever stands in the name of a thing or in a provider's excuse."""
    await group.robot(kind).send(evolve(LETTER, text='<at user_id="all">x</at> @all <@all>'))

    (heard,) = group.app.heard
    assert not {"<", ">", "@"} & {*heard["text"]}


async def test_robots_are_called_where_the_shop_may_call_and_show_no_secret(group: Group) -> None:
    """R39, R41: an address inside is refused before anything is sent."""
    inside = robot(RobotKind.WECOM, f"{group.address}{PATHS[RobotKind.WECOM]}", "", group.clock)

    assert await inside.send(LETTER) == SendAnswer(SendResult.NOT_SENT, "address")
    assert KEY not in repr(inside) and SECRET not in repr(group.robot(RobotKind.FEISHU))
    assert group.app.heard == []

"""Why staff are told of what a worker notices by itself."""

from __future__ import annotations

from typing import Final

from retail_domain.contexts import every_cause
from retail_domain.kernel.causes import Cause, CauseWords, Language, Thing, Whom
from retail_domain.messages import Causes

_ZH, _EN = Language.ZH_CN, Language.EN
PARKED: Final = Cause(
    code="staff.delivery_parked",
    whom=Whom.STAFF,
    permission="outbox.replay",
    thing=Thing.OTHER,
    also=frozenset({"reaction", "error"}),
    words={
        _ZH: CauseWords("后台任务已停", "{reaction}多次失败，已停止：{error}"),
        _EN: CauseWords("A delivery is parked", "{reaction} failed again and again, and was given up: {error}"),
    },
)
BACKLOG: Final = Cause(
    code="staff.backlog",
    whom=Whom.STAFF,
    permission="outbox.replay",
    thing=Thing.OTHER,
    also=frozenset({"minutes"}),
    words={
        _ZH: CauseWords("后台任务积压", "最早的后台任务已等待{minutes}分钟。"),
        _EN: CauseWords("Work piles up", "What should follow by itself has been waiting for {minutes} minutes."),
    },
)
PROVIDER_DOWN: Final = Cause(
    code="staff.provider_down",
    whom=Whom.STAFF,
    permission="payments.decide",
    thing=Thing.OTHER,
    also=frozenset({"gateway", "minutes", "reason"}),
    words={
        _ZH: CauseWords("支付渠道无应答", "{gateway}已{minutes}分钟没有应答：{reason}"),
        _EN: CauseWords("A payment provider is down", "{gateway} has not answered for {minutes} minutes: {reason}"),
    },
)


def our_causes() -> Causes:
    """Everything that anybody is told: what the contexts name, and what a worker notices."""
    return Causes.of(every_cause(), (PARKED, BACKLOG, PROVIDER_DOWN))

"""Insight (大数据): what people do in the shop, kept only with their consent."""

from typing import Final

from retail_domain.insight.facade import Insight as Insight
from retail_domain.insight.history import ForgetSeen as ForgetSeen, ShowSeen as ShowSeen
from retail_domain.insight.model import (
    BATCH_MAX as BATCH_MAX,
    BehaviourEvent as BehaviourEvent,
    BehaviourKind as BehaviourKind,
    Context as Context,
    SeenGoods as SeenGoods,
    Visitor as Visitor,
)
from retail_domain.insight.ports import Behaviour as Behaviour, Consents as Consents, InsightWork as InsightWork
from retail_domain.insight.use_cases import (
    BehaviourDeed as BehaviourDeed,
    CaptureBehaviour as CaptureBehaviour,
    Captured as Captured,
)

EVENTS: Final = ()
"""What people do is kept as it was sent; nothing follows from it."""

"""Privacy (个人信息): what the shop knows of its members, how it tells them, and how it forgets."""

from retail_domain.privacy.errors import AccountInUse as AccountInUse
from retail_domain.privacy.events import EVENTS as EVENTS, MemberErased as MemberErased
from retail_domain.privacy.model import (
    KEPT_FOR as KEPT_FOR,
    LOOK_AGAIN_AFTER as LOOK_AGAIN_AFTER,
    Erasure as Erasure,
    TradeRecord as TradeRecord,
    WentTo as WentTo,
)
from retail_domain.privacy.ports import (
    Erasures as Erasures,
    PersonalRows as PersonalRows,
    PrivacyWork as PrivacyWork,
    TradeRecords as TradeRecords,
)

"""What makers of demo data share: the shop, who acts, and what was made before."""

from __future__ import annotations

from typing import Final

from attrs import define, field

from retail_domain.accounts.sms import SmsAccepted, SmsMessage
from retail_domain.application import Retail
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.ids import MemberId, SkuId
from retail_domain.kernel.once import Once

ACTOR: Final = Actor.system("demo data")
PASSWORD: Final = "demo-shop-2026"  # noqa: S105 - printed for everybody; `retail shop` refuses production


@define
class CaughtMessages:
    """Text messages of the demo member's registration: nobody else gets to see them."""

    codes: list[str] = field(factory=list, repr=False)

    async def send(self, message: SmsMessage) -> SmsAccepted:
        """Keep the code."""
        self.codes += [code for name, code in message.parameters.items() if name == "code"]
        return SmsAccepted(message.message_id, "demo")


@define
class Demo:
    """A shop that is being filled. Contexts follow each other by name, and find here what those before them made."""

    retail: Retail
    caught: CaughtMessages
    sku_ids: list[SkuId] = field(factory=list)
    member_id: MemberId | None = None
    takes_cash: bool = True
    """Whether somebody can pay at the counter: else nothing was bought yet."""


def once(what: str) -> Once:
    """A start that was interrupted is carried on by the next: what was made before is answered again."""
    return Once(principal="demo data", operation="demo", key=what, fingerprint=what)

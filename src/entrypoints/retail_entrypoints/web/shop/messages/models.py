"""What the pages of messages show: what somebody was told, where it leads, and how they want to be told."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from attrs import frozen

from retail_domain.kernel.causes import CauseKind
from retail_domain.kernel.ids import MessageId
from retail_domain.messages import MessageSettingsView, MessageView

_OF_ORDERS = ("order.", "refund.")
SMS = "sms"
NEVER: Final = "00:00-00:00"


@frozen(kw_only=True)
class MessageCard:
    """A message in the inbox; `leads_to` is the page that it is about."""

    message_id: MessageId
    title: str
    text: str
    at: datetime
    is_new: bool
    is_advertising: bool
    leads_to: str | None

    @classmethod
    def of(cls, message: MessageView) -> MessageCard:
        """As its reader sees it."""
        return cls(
            message_id=message.message_id, title=message.title, text=message.text, at=message.at,
            is_new=message.read_at is None, is_advertising=message.kind is CauseKind.MARKETING,
            leads_to=_page_of(message),
        )  # fmt: skip


def _page_of(message: MessageView) -> str | None:
    if message.cause.startswith(_OF_ORDERS):
        return f"/orders/{message.about}"
    return "/me/reviews" if message.cause.startswith("review.") else None


@frozen(kw_only=True)
class ToldHow:
    """How a member wants to be told: by text message of their orders, in which language, and whether of offers at all."""

    language: str
    sms_of_orders: bool
    sms_of_offers: bool
    marketing: bool
    said_at: datetime | None
    terms_version: str
    quiet: str
    """Whose quiet hours hold: the `shop`'s, their `own`, or `never` any."""
    begin: str
    end: str
    shop_quiet: tuple[str, str] | None
    """When the shop itself disturbs nobody, if it does so at all."""

    @classmethod
    def of(cls, view: MessageSettingsView) -> ToldHow:
        """As it is set now."""
        begin, end = _hours(view.quiet_hours) or _hours(view.shop_quiet_hours) or ("22:00", "08:00")
        is_never = bool(view.quiet_hours) and _hours(view.quiet_hours) is None
        return cls(
            quiet="shop" if not view.quiet_hours else "never" if is_never else "own", begin=begin, end=end,
            shop_quiet=_hours(view.shop_quiet_hours),
            language=view.language.value, sms_of_orders=f"{SMS}:{CauseKind.SERVICE.value}" not in view.muted,
            sms_of_offers=f"{SMS}:{CauseKind.MARKETING.value}" not in view.muted, marketing=view.marketing,
            said_at=view.marketing_said_at, terms_version=view.terms_version,
        )  # fmt: skip


def _hours(told: str) -> tuple[str, str] | None:
    begin, _, end = told.partition("-")
    return (begin, end) if begin != end else None

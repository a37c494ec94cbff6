"""Messages, for those who embed the shop."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from attrs import frozen

from retail_domain.kernel.ids import MemberId
from retail_domain.kernel.paging import Page
from retail_domain.messages.model import Recipient
from retail_domain.messages.queries import MessageQueries, MessageSettingsView, MessageView
from retail_domain.messages.use_cases.reading import (
    ChangeMessageSettings,
    DecideMarketing,
    LeaveMarketing,
    MessagesRead,
    ReadMessages,
    ShowInbox,
    StopMarketing,
)


@frozen(kw_only=True)
class MessageDesk:
    """Inboxes of members and staff (消息). `unread` counts up to a thousand."""

    inbox: Callable[[ShowInbox], Awaitable[Page[MessageView]]]
    unread: Callable[[Recipient], Awaitable[int]]
    read: Callable[[ReadMessages], Awaitable[MessagesRead]]
    read_for: Callable[[ReadMessages], Awaitable[MessagesRead]]
    settings: Callable[[MemberId], Awaitable[MessageSettingsView]]
    change_settings: Callable[[ChangeMessageSettings], Awaitable[None]]
    decide_marketing: Callable[[DecideMarketing], Awaitable[None]]
    stop_marketing: Callable[[StopMarketing], Awaitable[None]]
    leave_marketing: Callable[[LeaveMarketing], Awaitable[None]]
    show: MessageQueries

"""Messages (消息): what members and staff are told, in their inboxes and outside."""

from retail_domain.messages.causes import Causes as Causes
from retail_domain.messages.errors import MessageNotFound as MessageNotFound, WayOutUnknown as WayOutUnknown
from retail_domain.messages.events import EVENTS as EVENTS, MarketingConsentChanged as MarketingConsentChanged
from retail_domain.messages.facade import MessageDesk as MessageDesk
from retail_domain.messages.model import (
    TEAM as TEAM,
    MarketingConsent as MarketingConsent,
    Message as Message,
    MessageOccasion as MessageOccasion,
    MessageReading as MessageReading,
    MessageSending as MessageSending,
    MessageSettings as MessageSettings,
    QuietHours as QuietHours,
    Recipient as Recipient,
    RecipientKind as RecipientKind,
    SendAnswer as SendAnswer,
    SendingState as SendingState,
    SendResult as SendResult,
)
from retail_domain.messages.ports import (
    MarketingConsents as MarketingConsents,
    MessageFacts as MessageFacts,
    MessageLetter as MessageLetter,
    MessageOccasions as MessageOccasions,
    MessageReadings as MessageReadings,
    Messages as Messages,
    MessageSendings as MessageSendings,
    MessagesWork as MessagesWork,
    MessageWishes as MessageWishes,
    Notifier as Notifier,
    PaySoon as PaySoon,
)
from retail_domain.messages.queries import (
    UNREAD_MAX as UNREAD_MAX,
    MessageQueries as MessageQueries,
    MessageSettingsView as MessageSettingsView,
    MessageView as MessageView,
    SendingView as SendingView,
)
from retail_domain.messages.settings import SETTINGS as SETTINGS
from retail_domain.messages.use_cases.reading import (
    READ_AT_ONCE_MAX as READ_AT_ONCE_MAX,
    ChangeMessageSettings as ChangeMessageSettings,
    DecideMarketing as DecideMarketing,
    LeaveMarketing as LeaveMarketing,
    MessagesRead as MessagesRead,
    ReadMessages as ReadMessages,
    ShowInbox as ShowInbox,
    StopMarketing as StopMarketing,
)
from retail_domain.messages.use_cases.sending import MessageRules as MessageRules
from retail_domain.messages.use_cases.telling import Audience as Audience, MessageChannels as MessageChannels

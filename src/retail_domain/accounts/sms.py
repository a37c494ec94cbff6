"""What accounts need from a text-message provider (R36)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Protocol

from attrs import field, frozen

from retail_domain.kernel.contact import Phone
from retail_domain.kernel.errors import DomainError, Kind, refusal


class SmsPurpose(Enum):
    """Why a text message is sent; providers treat the three differently."""

    OTP = "otp"
    TRANSACTIONAL = "transactional"
    MARKETING = "marketing"


@frozen(kw_only=True)
class SmsMessage:
    """One text message: our name for the template, which the adapter maps to the provider's, and what is filled in."""

    message_id: str
    to: Phone
    template: str
    parameters: Mapping[str, str] = field(repr=False)
    """Never shown or logged: a one-time code is among them (R41)."""
    purpose: SmsPurpose = SmsPurpose.OTP


@frozen
class SmsAccepted:
    """The provider took the message; that says nothing about its arrival."""

    message_id: str
    provider_ref: str


class SmsRejection(Enum):
    """Why a provider would not send a message."""

    BAD_NUMBER = "bad_number"
    THROTTLED = "throttled"
    BLOCKED = "blocked"
    TEMPLATE = "template"
    CONTENT = "content"
    NO_CREDIT = "no_credit"
    OTHER = "other"


@refusal
class SmsRejected(DomainError):
    """The text message could not be sent to this number."""

    code = "sms.rejected"
    kind = Kind.REFUSED

    why: SmsRejection
    provider_code: str = ""


@refusal
class SmsNotSent(DomainError):
    """Text messages cannot be sent right now; please try again shortly."""

    code = "sms.not_sent"
    kind = Kind.UNAVAILABLE

    reason: str = ""


@refusal
class SmsOutcomeUnknown(DomainError):
    """It is not known whether the text message was sent; please wait for it."""

    code = "sms.outcome_unknown"
    kind = Kind.UNAVAILABLE

    reason: str = ""


class SmsSender(Protocol):
    """Sends text messages."""

    async def send(self, message: SmsMessage) -> SmsAccepted:
        """Send a message at most once; no adapter repeats it by itself.

        Raises:
            SmsRejected: the provider said no; surely not sent.
            SmsNotSent: the provider was not reached; surely not sent.
            SmsOutcomeUnknown: it may have been sent; do not send it again.
        """
        ...

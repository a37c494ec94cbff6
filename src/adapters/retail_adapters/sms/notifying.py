"""Messages as text messages: to a member's own number, or to one that staff share."""

from __future__ import annotations

from typing import Final, Protocol, runtime_checkable

from attrs import frozen

from retail_domain.accounts.sms import (
    SmsAccepted,
    SmsMessage,
    SmsNotSent,
    SmsOutcomeUnknown,
    SmsPurpose,
    SmsRejected,
    SmsRejection,
    SmsSender,
)
from retail_domain.kernel.causes import CauseKind
from retail_domain.kernel.contact import Phone
from retail_domain.messages import MessageLetter, SendAnswer, SendResult

_LATER: Final = frozenset({SmsRejection.THROTTLED, SmsRejection.NO_CREDIT})
"""The provider said no, and may say yes another time."""


@runtime_checkable
class SmsInquiry(Protocol):
    """A sender of text messages that can be asked what became of one, under the id that it was sent with."""

    async def query(self, message: SmsMessage) -> SmsAccepted | None:
        """What the provider took it as; None: it surely never came. Raises SmsOutcomeUnknown."""
        ...


@frozen
class SmsNotifier:
    """See the port. A text message is sent once at most: when nobody knows, the provider is asked if it can be."""

    sms: SmsSender
    phone: Phone | None = None
    """Of staff; None: each member's own."""
    repeats: bool = False

    async def send(self, letter: MessageLetter) -> SendAnswer:
        """One text message."""
        message = self._message(letter)
        if message is None:
            return SendAnswer(SendResult.REFUSED, "no_phone")
        try:
            await self.sms.send(message)
        except SmsRejected as no:
            return SendAnswer(SendResult.NOT_SENT if no.why in _LATER else SendResult.REFUSED, no.why.value)
        except SmsNotSent:
            return SendAnswer(SendResult.NOT_SENT, "not_reached")
        except SmsOutcomeUnknown:
            return SendAnswer(SendResult.UNKNOWN, "no_answer")
        return SendAnswer(SendResult.TAKEN)

    async def ask(self, letter: MessageLetter) -> SendAnswer:
        """What the provider knows of it; a sender that cannot be asked never does."""
        message = self._message(letter)
        if message is None or not isinstance(self.sms, SmsInquiry):
            return SendAnswer(SendResult.UNKNOWN, "cannot_be_asked")
        try:
            found = await self.sms.query(message)
        except SmsOutcomeUnknown:
            return SendAnswer(SendResult.UNKNOWN, "no_answer")
        return SendAnswer(SendResult.NOT_SENT, "never_came") if found is None else SendAnswer(SendResult.TAKEN)

    def _message(self, letter: MessageLetter) -> SmsMessage | None:
        phone = self.phone or letter.phone
        if phone is None:
            return None
        purpose = SmsPurpose.MARKETING if letter.kind is CauseKind.MARKETING else SmsPurpose.TRANSACTIONAL
        return SmsMessage(
            message_id=str(letter.message_id),
            to=phone,
            template=letter.cause,
            parameters=dict(letter.parameters),
            purpose=purpose,
        )


def to_staff(sms: SmsSender, phone: Phone) -> SmsNotifier:
    """Text messages to a number that staff share."""
    return SmsNotifier(sms, phone)

"""A provider of text messages that may refuse, hang or lose its answers, and can be asked what became of one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attrs import define, field

from retail_domain.accounts.sms import SmsAccepted, SmsMessage, SmsNotSent, SmsOutcomeUnknown


@define
class MoodySms:
    """What it delivered is in `delivered`; `moods` are what happens to the next ones, in their order."""

    delivered: list[SmsMessage] = field(factory=list)
    moods: list[Any] = field(factory=list)
    at_send: Callable[[], None] | None = None
    """Called when a message was delivered, before anybody hears of it."""
    answers_questions: bool = True
    asked: list[str] = field(factory=list)

    async def send(self, message: SmsMessage) -> SmsAccepted:
        mood = self.moods.pop(0) if self.moods else None
        if isinstance(mood, SmsNotSent) or (mood is not None and not isinstance(mood, SmsOutcomeUnknown)):
            raise mood
        if not (isinstance(mood, SmsOutcomeUnknown) and mood.reason == "lost"):
            self.delivered.append(message)
        if self.at_send is not None:
            self.at_send()
        if mood is not None:
            raise mood
        return SmsAccepted(message.message_id, f"ref-{len(self.delivered)}")

    async def query(self, message: SmsMessage) -> SmsAccepted | None:
        self.asked.append(message.message_id)
        if not self.answers_questions:
            raise SmsOutcomeUnknown(reason="no_answer")
        known = any(one.message_id == message.message_id for one in self.delivered)
        return SmsAccepted(message.message_id, "ref") if known else None

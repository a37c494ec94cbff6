"""Text messages on standard error, for a developer's own eyes; production refuses it (DOR-R4)."""

from __future__ import annotations

import json
import sys
from typing import TextIO

from attrs import frozen

from retail_domain.accounts.sms import SmsAccepted, SmsMessage


def console_sms(to: TextIO | None = None) -> ConsoleSms:
    """A sender that shows each message instead of sending it."""
    return ConsoleSms(to)


@frozen
class ConsoleSms:
    """Prints each message with its parameters, one line each."""

    to: TextIO | None = None

    async def send(self, message: SmsMessage) -> SmsAccepted:
        """See `SmsSender.send`; a console never refuses."""
        parameters = json.dumps(dict(message.parameters), ensure_ascii=False)
        line = f"SMS to {message.to.e164}: {message.template} {parameters}"
        print(line, file=self.to or sys.stderr, flush=True)
        return SmsAccepted(message.message_id, f"console:{message.message_id}")

"""Text messages as lines of a file, one JSON object each, for tests and for a hand-over to other programs (DOR-R4)."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

from attrs import frozen

from retail_domain.accounts.sms import SmsAccepted, SmsMessage, SmsNotSent, SmsOutcomeUnknown


def file_sms(path: str | Path) -> FileSms:
    """A sender that appends each message to a file, which is made with the first one."""
    return FileSms(Path(path))


@frozen
class FileSms:
    """Appends `{"phone", "template", "parameters"}`; whole lines, also from several processes at once."""

    path: Path

    async def send(self, message: SmsMessage) -> SmsAccepted:
        """See `SmsSender.send`; accepted once the line is on the disk."""
        told = {"phone": message.to.e164, "template": message.template, "parameters": dict(message.parameters)}
        await asyncio.to_thread(_append, self.path, json.dumps(told).encode() + b"\n")
        return SmsAccepted(message.message_id, f"file:{message.message_id}")


def _append(path: Path, line: bytes) -> None:
    """One write to a file opened for appending, so that lines of rivals never mix, then wait for the disk."""
    try:
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    except OSError as error:
        raise SmsNotSent(reason=type(error).__name__) from None
    try:
        is_whole = os.write(file, line) == len(line)
        os.fsync(file)
    except OSError as error:
        raise SmsOutcomeUnknown(reason=type(error).__name__) from None
    finally:
        os.close(file)
    if not is_whole:
        raise SmsOutcomeUnknown(reason="disk_full")

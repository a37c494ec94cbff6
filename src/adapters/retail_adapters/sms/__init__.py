"""Text-message providers behind the `SmsSender` port."""

from __future__ import annotations

from retail_adapters.sms.console import ConsoleSms, console_sms
from retail_adapters.sms.file import FileSms, file_sms
from retail_adapters.sms.notifying import SmsInquiry, SmsNotifier, to_staff

__all__ = ("ConsoleSms", "FileSms", "SmsInquiry", "SmsNotifier", "console_sms", "file_sms", "to_staff")

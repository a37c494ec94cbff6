"""Text messages to the console and to a file (R36, R41)."""

from __future__ import annotations

import io
import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from retail_adapters.sms import console_sms, file_sms
from retail_domain.accounts.sms import SmsMessage, SmsNotSent, SmsPurpose
from retail_domain.kernel.contact import Phone

MESSAGE = SmsMessage(
    message_id="message-1",
    to=Phone("+8613800138000"),
    template="login_code",
    parameters={"code": "123456", "name": "小明\n"},
    purpose=SmsPurpose.OTP,
)
RIVAL = """
import asyncio, sys
from retail_adapters.sms import file_sms
from retail_domain.accounts.sms import SmsMessage
from retail_domain.kernel.contact import Phone

async def main():
    sender = file_sms(sys.argv[1])
    for number in range(50):
        text = f"{sys.argv[2]}-{number}-" + "x" * 2000
        await sender.send(SmsMessage(message_id="m", to=Phone("+8613800138000"), template="t", parameters={"text": text}))

asyncio.run(main())
"""


async def test_a_message_is_one_line_of_the_file(tmp_path: Path) -> None:
    """DOR-R4: `phone`, `template`, `parameters`."""
    sender = file_sms(tmp_path / "sms.jsonl")

    accepted = await sender.send(MESSAGE)
    await sender.send(MESSAGE)

    lines = (tmp_path / "sms.jsonl").read_bytes().splitlines()
    assert accepted.message_id == "message-1"
    assert len(lines) == 2
    assert json.loads(lines[0]) == {
        "phone": "+8613800138000",
        "template": "login_code",
        "parameters": {"code": "123456", "name": "小明\n"},
    }


async def test_the_file_is_for_its_owner_only(tmp_path: Path) -> None:
    """R36, R41: it holds one-time codes."""
    await file_sms(tmp_path / "sms.jsonl").send(MESSAGE)

    assert stat.S_IMODE((tmp_path / "sms.jsonl").stat().st_mode) == 0o600


def test_lines_of_several_processes_never_mix(tmp_path: Path) -> None:
    """R36: no code is lost when several servers write at once."""
    file = tmp_path / "sms.jsonl"
    environment = {"PYTHONPATH": ":".join(sys.path)}

    rivals = [subprocess.Popen([sys.executable, "-c", RIVAL, file, str(name)], env=environment) for name in range(3)]
    assert [rival.wait(60) for rival in rivals] == [0, 0, 0]

    texts = {json.loads(line)["parameters"]["text"].rstrip("x") for line in file.read_text().splitlines()}
    assert texts == {f"{name}-{number}-" for name in range(3) for number in range(50)}


async def test_a_file_that_cannot_be_opened_means_not_sent(tmp_path: Path) -> None:
    with pytest.raises(SmsNotSent):
        await file_sms(tmp_path / "no" / "such" / "folder").send(MESSAGE)


async def test_the_console_shows_the_code_to_the_developer() -> None:
    shown = io.StringIO()

    await console_sms(shown).send(MESSAGE)

    assert shown.getvalue() == 'SMS to +8613800138000: login_code {"code": "123456", "name": "小明\\n"}\n'


async def test_the_console_writes_to_standard_error_only(capsys: pytest.CaptureFixture[str]) -> None:
    await console_sms().send(MESSAGE)

    told = capsys.readouterr()
    assert told.out == ""
    assert "123456" in told.err


def test_neither_code_nor_number_shows_in_a_repr() -> None:
    """R36, R41."""
    assert "123456" not in repr(MESSAGE)
    assert "13800138000" not in repr(MESSAGE)

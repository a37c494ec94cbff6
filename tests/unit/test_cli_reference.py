"""The reference pages of the doors tell what is there: every command, every setting, nothing else (DOR-R4, DOR-R3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click

from retail_entrypoints import settings
from retail_entrypoints.cli.main import cli

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


def commands(command: click.Command, words: tuple[str, ...] = ("retail",)) -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, by its words."""
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from commands(found, (*words, name))
    else:
        yield " ".join(words), command


def test_every_command_has_its_line_and_every_line_its_command() -> None:
    told = re.findall(r"^\| `(retail [^`]*)`", (REFERENCE / "cli.md").read_text(encoding="utf-8"), re.MULTILINE)
    known = {words for words, _ in commands(cli)}

    assert {next((words for words in known if f"{line} ".startswith(f"{words} ")), line) for line in told} == known


def test_every_listing_can_be_read_by_machines() -> None:
    """DOR-R3: every listing has `--json`."""
    lists = {words: command for words, command in commands(cli) if words.endswith((" list", " alerts", " moves", " locations"))}

    without = [words for words, command in lists.items() if all("--json" not in each.opts for each in command.params)]
    assert len(lists) >= 8 and without == []


def test_every_deciding_command_takes_as() -> None:
    """R35, ACC-R4: what changes something can be done in somebody's name."""
    reading = {
        "list",
        "show",
        "alerts",
        "moves",
        "locations",
        "check",
        "audit",
        "simulate",
        "serve",
        "worker",
        "shop",
        "sandbox",
        "upgrade",
        "stuck",
        "waiting",
        "notices",
        "check-ins",
    }
    deciding = {words: command for words, command in commands(cli) if words.split()[-1] not in reading}

    without = [words for words, command in deciding.items() if all("--as" not in each.opts for each in command.params)]
    assert len(deciding) >= 10 and without == []


def test_every_command_says_what_it_does() -> None:
    assert [words for words, command in commands(cli) if not command.help] == []


def test_every_setting_has_its_line_and_every_line_its_setting() -> None:
    page = (REFERENCE / "settings.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| `(RETAIL_[A-Z_]+)`", page, re.MULTILINE))
    source = Path(settings.__file__).read_text(encoding="utf-8")

    assert told == set(re.findall(r'read\("(RETAIL_[A-Z_]+)"', source))


def test_the_defaults_that_are_told_are_those_that_are_read() -> None:
    page = (REFERENCE / "settings.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| `(RETAIL_[A-Z_]+)` \|.*\| `([^`]*)` \|$", page, re.MULTILINE))

    assert len(told) >= 12
    assert settings.Settings.from_environ(told) == settings.Settings.from_environ({})

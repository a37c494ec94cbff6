"""The reference pages of the doors tell what is there: every command, every setting, nothing else (DOR-R4, DOR-R3)."""

from __future__ import annotations

import contextlib
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from retail_entrypoints import settings
from retail_entrypoints.cli.main import cli
from retail_entrypoints.cli.naming import ProductName, SkuName, UnitsOf

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
    lists = {
        words: command
        for words, command in commands(cli)
        if words.endswith((" list", " alerts", " moves", " locations", " trail"))
    }

    without = [words for words, command in lists.items() if all("--json" not in each.opts for each in command.params)]
    assert len(lists) >= 8 and without == []


def test_every_deciding_command_takes_as() -> None:
    """R35, ACC-R4: what changes something can be done in somebody's name."""
    reading = {
        "list",
        "show",
        "export",
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
        "closing",
        "trail",
        "deliveries",
        "history",
        "doctor",
        "causes",
        "unread",
        "sendings",
        "settings",
        "robots",
        "days",
        "entries",
        "closings",
        "costs",
        "bound",
        "favourites",
        "prices",
        "sku",
        "report",
        "of",
        "withdrawals",
    }
    deciding = {words: command for words, command in commands(cli) if words.split()[-1] not in reading}

    without = [words for words, command in deciding.items() if all("--as" not in each.opts for each in command.params)]
    assert len(deciding) >= 10 and without == []


def test_every_command_says_what_it_does() -> None:
    assert [words for words, command in commands(cli) if not command.help] == []


@pytest.mark.parametrize(("words", "command"), list(commands(cli)), ids=[words for words, _ in commands(cli)])
def test_every_command_shows_how_it_is_typed_and_so_it_can_be_typed(words: str, command: click.Command, tmp_path: Path) -> None:
    """DOR-R3: an example at the end of each help, and one that the command itself understands."""
    examples = [line.strip() for line in (command.epilog or "").splitlines() if line.startswith("  retail ")]

    assert examples, f"the help of `{words}` ends with no example; give it epilog=example(...)"
    for typed in examples:
        assert f"{typed} ".startswith(f"{words} "), f"{typed!r} is no example of `{words}`"
        given = shlex.split(typed.partition(" < ")[0])[len(words.split()) :]
        with contextlib.chdir(tmp_path):
            for file in (one for one in given if re.search(r"\.(csv|toml|json|jpg)$", one)):
                Path(file).touch()
            command.make_context(words, given)


def test_no_command_wants_goods_by_their_id_alone() -> None:
    """GEN-R23: by code or by id, wherever goods and their kinds are named."""
    named = {f"{words} {each.name}": each for words, command in commands(cli) for each in command.params
             if each.name in ("sku_id", "product_id", "units") and each.type.name != "integer range"}  # fmt: skip

    assert len(named) >= 10
    assert [where for where, each in named.items() if not isinstance(each.type, (SkuName, ProductName, UnitsOf))] == []


def test_every_setting_has_its_line_and_every_line_its_setting() -> None:
    page = (REFERENCE / "settings.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| `(RETAIL_[A-Z_]+)`", page, re.MULTILINE)
    source = Path(settings.__file__).read_text(encoding="utf-8")

    assert len(told) == len(set(told)), "a setting has two lines"
    beside = {"RETAIL_REVIEWS_SILENT_DAYS"}  # read by the reader of another one
    assert set(told) == set(re.findall(r'read\("(RETAIL_[A-Z_]+)"', source)) | beside


def test_the_defaults_that_are_told_are_those_that_are_read() -> None:
    page = (REFERENCE / "settings.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| `(RETAIL_[A-Z_]+)` \|.*\| `([^`]*)` \|$", page, re.MULTILINE))

    assert len(told) >= 12
    assert settings.Settings.from_environ(told) == settings.Settings.from_environ({})

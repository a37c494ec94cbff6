"""What is published explains itself: ids of rules and decisions are for those who work on the shop."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import click
import pytest
from click.testing import CliRunner

from retail_entrypoints.cli.main import cli
from tests.e2e.whole_shop import a_whole_shop, described

AN_ID: Final = re.compile(r"\b(?:[A-Z]{2,4}-[A-Z]{1,2}\d+|[RN]\d{1,2}|decisions? \d+)\b")


def words(told: Any, at: str = "$") -> Iterator[tuple[str, str]]:
    """Every text of a description, with its place."""
    if isinstance(told, str):
        yield at, told
    elif isinstance(told, Mapping):
        for name, inner in told.items():
            yield from words(inner, f"{at}.{name}")
    elif isinstance(told, list):
        for place, inner in enumerate(told):
            yield from words(inner, f"{at}[{place}]")


def commands(command: click.Command = cli, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command, and every group of them."""
    yield path
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from commands(found, (*path, name))


async def test_the_description_of_the_api_names_no_rule_by_its_id() -> None:
    told = await described(await a_whole_shop())

    assert not [f"{at}: {text}" for at, text in words(told) if AN_ID.search(text)]


async def test_the_names_of_the_schemas_tell_nothing_of_where_they_are_declared() -> None:
    """Generated clients are named after them: they stay when our code moves."""
    told = await described(await a_whole_shop())

    assert not [name for name in told["components"]["schemas"] if not re.fullmatch("[A-Z][A-Za-z]+", name)]


@pytest.mark.parametrize("path", [*commands()], ids=" ".join)
def test_the_help_of_a_command_names_no_rule_by_its_id(path: tuple[str, ...]) -> None:
    told = CliRunner().invoke(cli, [*path, "--help"])

    assert told.exit_code == 0
    assert not AN_ID.findall(told.output)


@pytest.mark.parametrize("text", ["(R12)", "ORD-R3", "see decision 0024", "GEN-R10, PAY-I2"])
def test_an_id_is_known_when_it_is_seen(text: str) -> None:
    assert AN_ID.search(text)


@pytest.mark.parametrize("text", ["RFC 9457", "ISO 4217", "GB/T 2260", "SHA-256", "SF1000001", "+8613800138000", "UTF-8"])
def test_what_is_no_id_may_be_said(text: str) -> None:
    assert not AN_ID.search(text)

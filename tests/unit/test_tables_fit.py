"""Tables on a terminal fit it, and say what there was no room for (DOR-R3)."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import click
import pytest
from hypothesis import given, strategies as st

from retail_entrypoints.cli.main import cli
from retail_entrypoints.cli.tables import NARROW, Table, width_of
from tests.unit.test_cli_reference import commands

ID = UUID("01890000-0000-7000-8000-00000000000f")
AT = datetime(2026, 11, 30, 9, 30, 15, tzinfo=UTC)
SHOWS_NO_TABLE = frozenset({"retail db check", "retail audit", "retail simulate"})

headings = st.sampled_from(["code", "title", "status", "at", "product_id", "message", "available", "price"])
cells = st.one_of(
    st.none(), st.booleans(), st.integers(0, 10**9), st.just(ID), st.just(AT), st.text("ab 茶叶", max_size=70),
    st.lists(st.text("xy", max_size=9), max_size=9).map(tuple),
)  # fmt: skip


def table(*columns: tuple[str, object]) -> Table:
    return Table.of([[value for _, value in columns]], [heading for heading, _ in columns], UTC)


@given(st.lists(headings, min_size=1, max_size=8, unique=True).flatmap(
    lambda names: st.tuples(st.just(names), st.lists(st.tuples(*[cells] * len(names)), max_size=4))
))  # fmt: skip
def test_no_line_is_wider_than_the_terminal_and_nothing_goes_unsaid(told: tuple[list[str], list[tuple[object, ...]]]) -> None:
    """DOR-R3: but for a first column that is wider than that by itself."""
    names, rows = told
    whole = Table.of(rows, names, UTC)
    fitted = whole.fitted(NARROW)

    assert fitted.width <= max(NARROW, fitted.columns[0].width) and len(fitted.lines()) == len(rows) + 1
    assert all(width_of(line) <= fitted.width for line in fitted.lines())
    shown = {column.heading for column in fitted.columns}
    assert shown | set(fitted.left_out) == set(names) and (whole.width > NARROW or not fitted.left_out)


def test_ids_go_first_where_a_name_stands_beside_them_and_only_as_many_as_need_be() -> None:
    wide = (("product_id", ID), ("code", "TEA"), ("title", "Tea " * 12), ("category_id", ID))

    fitted = table(*wide).fitted(NARROW)

    assert ([column.heading for column in fitted.columns], fitted.left_out) == (
        ["code", "title"], ("category_id", "product_id")
    )  # fmt: skip
    assert table(*wide).fitted(200).left_out == ()


def test_an_id_that_is_the_only_name_stays() -> None:
    fitted = table(("member_id", ID), ("status", "active"), ("at", AT), ("cart_id", ID)).fitted(NARROW)

    assert [column.heading for column in fitted.columns] == ["member_id", "status", "at"]
    assert str(ID) in fitted.lines()[1]


def test_moments_lose_their_seconds_before_words_lose_their_ends() -> None:
    fitted = table(("code", "TEA"), ("at", AT), ("title", "x" * 40), ("message", "y" * 40)).fitted(NARROW)

    assert "2026-11-30 09:30" in fitted.lines()[1] and ":15" not in fitted.lines()[1]
    assert "…" in fitted.lines()[1] and set(fitted.left_out) <= {"title", "message"}


def test_codes_and_money_are_never_cut() -> None:
    code = "C" * 60
    fitted = table(("code", code), ("price", "1,000,000.00 CNY"), ("available", 7)).fitted(NARROW)

    assert code in fitted.lines()[1] and "…" not in fitted.lines()[1]


def takes(command: click.Command, option: str) -> bool:
    return any(option in one.opts for one in command.params)


@pytest.mark.parametrize("words", [words for words, one in commands(cli) if takes(one, "--json")])
def test_whatever_shows_a_table_has_the_wide_one(words: str) -> None:
    """DOR-R3: a new listing without it fails here."""
    command = dict(commands(cli))[words]

    assert takes(command, "--wide") == (words not in SHOWS_NO_TABLE)

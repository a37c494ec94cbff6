"""Rows are derived from states: what agrees is named once, and what does not agree fails when the module is imported."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import frozen
from sqlalchemy import Column, Identity, MetaData, Table

from retail_adapters.sql.rows import Part, Rows, called, spread, spread_if_any
from retail_adapters.sql.types import Whole, Words


@frozen
class Sum:
    """An amount in a currency."""

    minor: int
    currency: str


@frozen(kw_only=True)
class Whose:
    """Who, by two names."""

    kind: str
    ref: str


@frozen(kw_only=True)
class Note:
    """Something with everything in it that a row can differ by."""

    id: int
    text: str
    sum: Sum
    tip: Sum | None = None
    whose: Whose
    tags: tuple[str, ...] = ()
    moves: tuple[int, ...] = ()
    version: int = 0

    @property
    def length(self) -> int:
        """Kept to be searched for."""
        return len(self.text)


def notes(*more: Column[Any], without: str = "") -> Table:
    """Their table."""
    words = ("currency", "tip_currency", "kind", "ref", "tags", "shop")
    whole = ("id", "minor", "tip_minor", "length", "version")
    columns = [Column(name, Words) for name in ("body", *words)] + [Column(name, Whole) for name in whole]
    return Table("notes", MetaData(), *(column for column in columns if column.name != without), *more)


def of(table: Table, **changed: Any) -> Rows[Note]:
    """Notes in it."""
    told: dict[str, Any] = {
        "parts": {
            "text": called("body"),
            "sum": spread(Sum),
            "tip": spread_if_any(Sum, "tip_minor", "tip_currency"),
            "whose": spread(Whose),
            "tags": Part(("tags",), " ".join, lambda words: tuple(words.split())),
        },
        "derived": ("length",),
        "apart": frozenset({"moves"}),
        "others": frozenset({"shop"}),
    }
    return Rows(table, Note, **{**told, **changed})


NOTE = Note(id=1, text="tea", sum=Sum(5, "CNY"), whose=Whose(kind="staff", ref="7"), tags=("a", "b"), version=4)


@pytest.mark.parametrize("tip", [None, Sum(0, "EUR")])
def test_a_row_becomes_the_state_that_it_was_made_of(tip: Sum | None) -> None:
    """The version is left to who stores it; what stands in no row is given."""
    rows = of(notes())
    note = Note(id=1, text="tea", sum=Sum(5, "CNY"), tip=tip, whose=NOTE.whose, tags=("a", "b"), moves=(3,), version=4)

    row = rows.row(note, shop="one")

    assert row == {
        "id": 1, "body": "tea", "minor": 5, "currency": "CNY", "tip_minor": tip and 0, "tip_currency": tip and "EUR",
        "kind": "staff", "ref": "7", "tags": "a b", "length": 3, "shop": "one",
    }  # fmt: skip
    assert rows.state({**row, "version": 4, "priority": 9}, moves=(3,)) == note


@pytest.mark.parametrize("lost", ["id", "body", "minor", "tip_currency", "ref", "tags", "length", "shop", "version"])
def test_a_field_without_a_column_fails_at_import(lost: str) -> None:
    with pytest.raises(TypeError, match=f"no column for .*{lost}"):
        of(notes(without=lost))


def test_a_column_without_a_field_fails_at_import_unless_the_database_counts_it() -> None:
    with pytest.raises(TypeError, match=r"no field for .*colour"):
        of(notes(Column("colour", Words)))

    assert "position" not in of(notes(Column("position", Whole, Identity()))).row(NOTE, shop="one")


@pytest.mark.parametrize("parts", [{"txt": called("body")}, {"text": called("bdy")}, {"whose": spread(Whose, "kind", "rf")}])
def test_a_misspelt_name_fails_at_import(parts: dict[str, Part]) -> None:
    with pytest.raises(TypeError, match="Note and notes"):
        of(notes(), parts=parts)


def test_what_need_not_be_changed_is_not_touched() -> None:
    """A document goes to the driver as the value it is, and is read by its part."""
    table = Table("bags", MetaData(), Column("id", Whole), Column("sum", Words))

    @frozen
    class Bag:
        id: int
        sum: Sum

    rows = Rows(table, Bag, parts={"sum": Part(("sum",), None, lambda stored: Sum(**stored))})

    bag = Bag(1, Sum(2, "CNY"))
    assert rows.row(bag)["sum"] is bag.sum and rows.state({"id": 1, "sum": {"minor": 2, "currency": "CNY"}}) == bag

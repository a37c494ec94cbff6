"""The beasts of the bug zoo still apply to our code, so that `make zoo` cannot rot (guarantees T13)."""

from __future__ import annotations

import ast

import pytest

from tests.support.source import PROJECT
from zoo.awaited import AWAITED
from zoo.beast import Beast, DoesNotApply, Patch, changed_files
from zoo.collection import BEASTS


@pytest.mark.parametrize("beast", BEASTS, ids=lambda beast: beast.name)
def test_each_beast_changes_text_that_is_there_exactly_once_into_python(beast: Beast) -> None:
    for file, text in changed_files(beast, PROJECT).items():
        ast.parse(text)
        assert text != (PROJECT / file).read_text()


@pytest.mark.parametrize("beast", BEASTS, ids=lambda beast: beast.name)
def test_each_beast_says_where_it_was_met_and_who_shall_catch_it(beast: Beast) -> None:
    assert beast.says and beast.origin and beast.catchers
    for catcher in beast.catchers:
        file, _, name = catcher.partition("::")
        assert (PROJECT / file).exists()
        assert not name or f"def {name.partition('[')[0]}(" in (PROJECT / file).read_text()


def test_there_are_many_beasts_and_no_two_of_one_name() -> None:
    names = [beast.name for beast in BEASTS] + [one.name for one in AWAITED]

    assert len(set(names)) == len(names)
    assert len(BEASTS) >= 25


def test_text_that_is_there_twice_or_not_at_all_is_refused() -> None:
    with pytest.raises(DoesNotApply, match="2 times"):
        Patch("a.py", "x", "y").applied_to("x x")
    with pytest.raises(DoesNotApply, match="0 times"):
        Patch("a.py", "x", "y").applied_to("z")

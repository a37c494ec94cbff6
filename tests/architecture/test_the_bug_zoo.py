"""The beasts of the bug zoo still apply to our code, so that `make zoo` cannot rot."""

from __future__ import annotations

import ast
import os
from functools import cache
from pathlib import Path

import pytest

from tests.support.source import PROJECT
from zoo.awaited import AWAITED
from zoo.beast import Beast, DoesNotApply, Patch, changed_files
from zoo.collection import BEASTS
from zoo.keeper import Cage


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
        assert not name or name.partition("[")[0] in _tests_of(file)


@cache
def _tests_of(file: str) -> frozenset[str]:
    """By the names under which pytest finds them: a test of a class is named with its class."""
    body = ast.parse((PROJECT / file).read_text()).body
    classes = [one for one in body if isinstance(one, ast.ClassDef)]
    found = [(one, "") for one in body] + [(one, f"{each.name}::") for each in classes for one in each.body]
    tests = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return frozenset(f"{where}{one.name}" for one, where in found if isinstance(one, tests))


def test_there_are_many_beasts_and_no_two_of_one_name() -> None:
    names = [beast.name for beast in BEASTS] + [one.name for one in AWAITED]

    assert len(set(names)) == len(names)
    assert len(BEASTS) >= 25


def test_text_that_is_there_twice_or_not_at_all_is_refused() -> None:
    with pytest.raises(DoesNotApply, match="2 times"):
        Patch("a.py", "x", "y").applied_to("x x")
    with pytest.raises(DoesNotApply, match="0 times"):
        Patch("a.py", "x", "y").applied_to("z")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("elsewhere", "caught_by"),
    [
        ("from shop import LIMIT\n\ndef test_limit(): assert LIMIT == 3\n", "tests/test_elsewhere.py::test_limit"),
        ("def test_of_bad_temper(): assert False\n", None),
    ],
)  # fmt: skip
def test_only_a_test_that_is_quiet_without_the_beast_caught_it(tmp_path: Path, elsewhere: str, caught_by: str | None) -> None:
    """A test outside the catchers that fails on the healthy tree too, as a busy machine makes some, proves nothing."""
    catcher = "def test_nothing(): pass\n"
    texts = {"shop.py": "LIMIT = 3\n", "tests/test_catcher.py": catcher, "tests/test_elsewhere.py": elsewhere}
    (tmp_path / "tests").mkdir()
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    beast = Beast(
        name="limit", says="one more", origin="here", catchers=("tests/test_catcher.py",), patches=(Patch("shop.py", "3", "4"),)
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environment = {**kept, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}

    verdict = Cage(tmp_path, environment).judge(beast, (("tests/test_elsewhere.py",),))

    assert verdict.caught_by == caught_by
    assert (tmp_path / "shop.py").read_text() == "LIMIT = 3\n"

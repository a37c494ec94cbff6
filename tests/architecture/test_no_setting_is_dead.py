"""What an operator or a host sets is read by the code it is for: a value that is only passed on decides nothing."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest
from attrs import fields

from retail_adapters.assembly.policies import Policies
from retail_domain.kernel import second_person
from retail_entrypoints.settings import Settings
from tests.support.source import files, tree


def test_every_setting_is_read() -> None:
    read = names_read_of("settings")

    assert [field.name for field in fields(Settings) if field.name not in read] == []


def test_every_policy_is_read() -> None:
    read = names_read_of("policies")

    assert [field.name for field in fields(Policies) if field.name not in read] == []


def test_every_matter_that_may_take_two_people_is_measured() -> None:
    """ACC-R14: a limit on something that no use case measures would be taken, and hold for nothing."""
    measured = {name for file in files() for name in _checked_in(tree(file))}
    names = {name for name, value in vars(second_person).items() if isinstance(value, str) and value in second_person.MATTERS}

    assert len(names) == len(second_person.MATTERS)
    assert names - measured == set()


@pytest.mark.parametrize(
    ("code", "read"),
    [
        ("begin(parts.policies.checkout)", {"checkout"}),
        ("settings.provided.secret_key.encode.call()", {"secret_key"}),
        ("evolve(made, timezone=settings.timezone.key)", {"timezone"}),
        ("Policies(timezone=name)", set()),
        ("settings = Settings()", set()),
        ("settings.timezone = zone", set()),
    ],
)
def test_setting_a_value_is_not_reading_it(code: str, read: set[str]) -> None:
    assert set(_read_of("settings", ast.parse(code))) | set(_read_of("policies", ast.parse(code))) == read


def names_read_of(owner: str) -> set[str]:
    """Attributes of whatever is called so, anywhere in the product; and those its own class hands out by properties."""
    found = {name for file in files() for name in _read_of(owner, tree(file))}
    own = {"settings": "retail_entrypoints/settings.py", "policies": "assembly/policies.py"}[owner]
    (home,) = (file for file in files() if str(file).endswith(own) and "simulators" not in file.parts)
    return found | set(_read_of("self", tree(home)))


def _checked_in(module: ast.Module) -> Iterator[str]:
    """What `second.check(...)` measures."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "second.check" and isinstance(node.args[0], ast.Name):
            yield node.args[0].id


def _read_of(owner: str, module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            whose = ast.unparse(node.value).removesuffix(".provided").rpartition(".")[2]
            if whose == owner and node.attr != "provided":
                yield node.attr

"""The adapter of docs/how-to/write-an-adapter.md passes the examination it describes, and a careless one does not."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from retail_domain.testing.contracts.answers import AnswersContract
from retail_domain.testing.run_now import run_now

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "write-an-adapter.md"


def example() -> dict[str, Any]:
    """The names the page's Python blocks define, executed in order."""
    names: dict[str, Any] = {"__name__": "an_adapter"}
    for block in re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL):
        exec(compile(block, str(PAGE), "exec"), names)
    return names


EXAMPLE = example()


class TestTheAdapterOfThePage(AnswersContract):
    """Examined like our own."""

    @pytest.fixture
    def begin(self) -> Any:
        return EXAMPLE["DictStore"]().begin


def test_the_page_ends_in_an_examination() -> None:
    assert issubclass(EXAMPLE["TestDictAnswers"], AnswersContract)


def _forgets_the_request(store: Any) -> None:
    store.kept = _NoFingerprints()


class _NoFingerprints(dict[Any, Any]):
    def get(self, key: Any, default: Any = None) -> Any:
        found = super().get(key)
        return (_Anything(), found[1]) if found else default


class _Anything:
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


class _LastWins(dict[Any, Any]):
    def keys(self) -> Any:
        return set()


def _lets_the_second_win(store: Any) -> None:
    store.kept = _LastWins()


@pytest.mark.parametrize(
    ("careless", "promise"),
    [
        (_forgets_the_request, "test_another_request_under_the_key_is_refused"),
        (_lets_the_second_win, "test_who_comes_second_with_a_key_is_told_so_at_commit"),
    ],
)
def test_a_careless_adapter_is_found_out(careless: Callable[[Any], None], promise: str) -> None:
    """R17: the examination bites."""
    store = EXAMPLE["DictStore"]()
    careless(store)
    with pytest.raises(pytest.fail.Exception):
        run_now(getattr(AnswersContract(), promise)(store.begin))

"""What the pages say: both languages say everything, with the same gaps, and nothing is said that no page shows (DOR-R10)."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Final

import pytest

import retail_domain
import retail_entrypoints.http
import retail_entrypoints.web
from retail_domain.kernel.errors import DomainError
from retail_domain.ordering import CloseReason, OrderStatus
from retail_domain.points import PointsSource
from retail_entrypoints.web.words import DEFAULT, LANGUAGES, language_of, words_of
from tests.support.chinese import latin_marks

WEB: Final = Path(retail_entrypoints.web.__file__).parent
CHINESE: Final = re.compile(r"[\u3400-\u9fff\u3000-\u303f\uff00-\uffef]")


def _gaps(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def _own(lang: str) -> dict[str, set[str]]:
    found = {}
    for id, told in words_of(lang).ids().items():
        if not id.startswith("refusal."):
            found[id] = _gaps(told) if isinstance(told, str) else _gaps(told["other"])
    return found


def test_both_languages_say_the_same_things_with_the_same_gaps() -> None:
    """DOR-R10."""
    assert _own("zh-CN") == _own("en")


def test_every_sentence_is_shown_somewhere() -> None:
    """An id that no page and no code names is said to nobody (DOR-R10)."""
    text = "".join(path.read_text("utf-8") for path in WEB.rglob("*") if path.suffix in (".html", ".py"))
    families = {id[: place + 1] for id in _own("en") for place in range(len(id)) if id[place] in "._"}
    composed = tuple(one for one in families if f'"{one}"' in text or f'"{one}{{' in text)
    unused = [id for id in _own("en") if f'"{id}"' not in text and not id.startswith(composed)]
    assert not unused


def test_no_template_holds_a_word_of_one_language() -> None:
    """Whatever is read stands in the catalogues (DOR-R10)."""
    assert not {
        path.name: found
        for path in WEB.rglob("*.html")
        if (found := CHINESE.findall(path.read_text("utf-8").replace("中文", "")))
    }


def _refusals() -> Iterator[str]:
    for package in (retail_domain, retail_entrypoints.http, retail_entrypoints.web):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".testing" not in module.name:
                importlib.import_module(module.name)
    waiting: list[type[DomainError]] = [DomainError]
    while waiting:
        one = waiting.pop()
        waiting += one.__subclasses__()
        is_told = one.__module__.startswith(("retail_domain", "retail_entrypoints")) and ".cli" not in one.__module__
        if is_told and ".testing" not in one.__module__:
            yield one.code


def test_every_refusal_is_told_in_chinese() -> None:
    """Who is refused something reads why in their own language; no sentence is left for a refusal that is gone (DOR-R10)."""
    told = {id.removeprefix("refusal.") for id in words_of("zh-CN").ids() if id.startswith("refusal.")}
    assert told == set(_refusals())


def test_every_state_of_an_order_has_its_words() -> None:
    """ORD-R1."""
    words = words_of(DEFAULT)
    for status in OrderStatus:
        assert f"status.{status.value}" in words and f"next.{status.value}" in words
    for reason in CloseReason:
        assert f"closed.{reason.value}" in words


@pytest.mark.parametrize(
    ("chosen", "accepted", "read"),
    [
        (None, "", "zh-CN"), ("en", "zh-CN", "en"), ("xx", "en-GB,en;q=0.9", "en"), (None, "fr,en;q=0.5,zh;q=0.4", "en"),
        (None, "zh-TW,en;q=0.9", "zh-CN"), (None, "en;q=0", "zh-CN"), (None, "*", "zh-CN"), (None, "e" * 500, "zh-CN"),
    ],
)  # fmt: skip
def test_the_language_is_the_chosen_one_or_the_browsers_or_the_shops(chosen: str | None, accepted: str, read: str) -> None:
    """DOR-R10."""
    assert language_of(chosen, accepted) == read
    assert next(iter(LANGUAGES)) == DEFAULT


@pytest.mark.parametrize("lang", LANGUAGES)
def test_whatever_brought_points_has_a_word(lang: str) -> None:
    """PTS-R1: a member reads where each point came from, in words."""
    assert [one for one in PointsSource if f"points_what.{one.value}" not in words_of(lang)] == []


AS_TYPED: Final = {"desk.goods.options_help"}
"""Show what is typed, marks included."""


def test_chinese_sentences_have_chinese_marks() -> None:
    """DOR-R10: a comma of another script beside a character is what a buyer sees first."""
    found = {}
    for id, told in words_of("zh-CN").ids().items():
        for sentence in (told,) if isinstance(told, str) else told.values():
            if latin_marks(sentence):
                found[id] = sentence
    assert {id: said for id, said in found.items() if id not in AS_TYPED} == {}
    assert found.keys() >= AS_TYPED

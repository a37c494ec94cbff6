"""The project stands on its own: each rule that anything names is defined in docs/rules, and each is named by a test."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from scripts.rule_ids import RULES, defined, named, own_words, pages
from scripts.rule_pages import GUARD, evidence, laws_damaged, proofs_in, written
from tests.support.source import PROJECT
from zoo.collection import BEASTS

FOLDERS: Final = ("src", "tests", "zoo", "docs", "scripts", "benchmarks", "examples")
KINDS: Final = {".py", ".md", ".toml", ".sh"}

LATER: Final = {
    "R20": "points are not built",
    "R21": "group buying is not built",
    "R22": "bargains are not built",
    "R23": "assists are not built",
    "R24": "tiers are not built",
    "R45": "restoring a backup is not rehearsed yet",
}
"""Rules that no test names, and why not yet."""

ELSEWHERE: Final = (
    r"(?i)\brulings?\s+\d",
    r"(?i)(?<!\w)(?:architecture|interfaces|integrations|growth|guarantees|insight|house rules?|rules) \d",
    r"(?i)\bguarantees T\d",
    r"\b(?:rulings|house-style|stack|scale|growth|interfaces|integrations|web)\.md\b",
    r"(?i)\bdesign notes?\b",
    r"(?i)\b(?:stop|issue) \d",
    r"(?<![\w-])X\d{1,2}b?\b",
    r"\.\./shared\b|/shared/(?:design|findings|spikes)",
)
"""What a reference to a document looks like that the project does not hold."""


def _texts() -> Iterator[tuple[str, str]]:
    found = [*PROJECT.glob("*.md"), *PROJECT.glob("*.toml"), PROJECT / "Makefile"]
    found += [path for folder in FOLDERS for path in (PROJECT / folder).rglob("*") if path.suffix in KINDS]
    for path in sorted(found):
        if path != GUARD and "static" not in path.parts:
            yield str(path.relative_to(PROJECT)), path.read_text()


TEXTS: Final = dict(_texts())


@cache
def _known() -> Counter[str]:
    return Counter(id for page in pages() for id in defined(page.read_text()))


def references(text: str) -> list[str]:
    """Everything in a text that leads to a document that is not here."""
    return [found[0] for pattern in ELSEWHERE for found in re.finditer(pattern, text)]


def test_every_rule_is_defined_once() -> None:
    assert {id: times for id, times in _known().items() if times > 1} == {}
    assert len(_known()) > 200


def test_every_rule_that_anything_names_is_defined() -> None:
    speaking = {name: text for name, text in TEXTS.items() if not name.endswith(".toml")}  # there T20 is a check of ruff
    unknown = [f"{name}: {id}" for name, text in speaking.items() for id in sorted(named(text) - _known().keys())]

    assert unknown == []


def test_every_family_that_anything_names_has_a_page() -> None:
    """Families are read off the pages: an id of one that no page has would be taken for a word."""
    of_rules = re.compile(r"(?<![\w-])([A-Z]{3})-[RIF]\d{1,2}(?!\w)")
    unknown = {
        f"{name}: {found[0]}" for name, text in TEXTS.items() for found in of_rules.finditer(text) if not named(found[0])
    }

    assert unknown == set()


def test_every_rule_of_what_is_built_is_named_by_a_test() -> None:
    unproven = {id for id in _known() if not evidence().proofs[id]}

    assert sorted(unproven - LATER.keys()) == []
    assert sorted(LATER.keys() - unproven) == [], "a test names it now: take it off the list"


def test_nothing_leads_to_a_document_that_is_not_here() -> None:
    leading = [f"{name}: {found}" for name, text in TEXTS.items() for found in references(text)]

    assert leading == []


def test_every_decision_that_anything_names_is_written_down() -> None:
    written_down = {path.name[:4] for path in (PROJECT / "docs/decisions").glob("*.md")}
    unknown = {f"{name}: {number}" for name, text in TEXTS.items() for number in re.findall(r"\bdecision (\d{4})\b", text)
               if number not in written_down}  # fmt: skip

    assert unknown == set()


def test_every_mutant_breaks_a_rule() -> None:
    assert [beast.name for beast in BEASTS if not named(beast.origin)] == []


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.stem)
def test_the_tables_are_up_to_date(page: Path) -> None:
    assert page.read_text() == written(page), "run `make docs`: it writes the tables anew"


def test_the_first_page_leads_to_all_others() -> None:
    first = (RULES / "README.md").read_text()

    assert [page.name for page in pages() if f"]({page.name})" not in first] == []


REFERENCES: Final = (
    "what is due (rulings 11)",
    "Ruling 38: alone",
    "(architecture 2.1 decision 5)",
    "see interfaces 3",
    "integrations 8.1",
    "(guarantees T13)",
    "stack.md 6",
    "House rule 22: never",
    "the design notes say",
    "since stop 13",
    "as issue 9 wants",
    "X7b yudao",
    "../shared/design",
)
NONE: Final = ("docs/rules/guarantees.md", "the architecture", "GEN-R1", "two rules", "it stops 3 times", "b'\\x00'")


@pytest.mark.parametrize("planted", REFERENCES)
def test_a_reference_would_be_noticed(planted: str) -> None:
    assert references(planted)


@pytest.mark.parametrize("innocent", NONE)
def test_other_words_are_no_references(innocent: str) -> None:
    assert references(innocent) == []


def test_ids_are_read_alone_in_spans_and_in_lists() -> None:
    assert named("ORD-R3, R12-deals and T6b; F401, AB-R1, UTF-8, STK-R1x") == {"ORD-R3", "R12", "T6b"}
    assert named("GEN-I1 to I3, I5 and R2") == {"GEN-I1", "GEN-I2", "GEN-I3", "GEN-I5", "R2"}
    assert named("R25 to R27, PAY-R2 to R4") == {"R25", "R26", "R27", "PAY-R2", "PAY-R3", "PAY-R4"}


def test_a_page_defines_what_its_headings_and_its_tables_begin_with() -> None:
    page = "# Stock\n\n### STK-R1\n**As R2 says.**\n\n| law | |\n|---|---|\n| STK-I1 | as STK-I9 |\n\n### Not STK-R7\n"

    assert defined(page) == ("STK-R1", "STK-I1")
    assert own_words(page) == page


def test_evidence_is_read_off_tests_and_tables_of_damage() -> None:
    text = '"""R1."""\n\nDAMAGE = {"R3-orphans": ("DELETE", "id")}\n\n\ndef test_all():\n    """ORD-R3"""\n'

    assert sorted(proofs_in(text)) == [("ORD-R3", "test_all"), ("R1", ""), ("R3", "")]
    assert list(laws_damaged(text)) == ["R3-orphans"]

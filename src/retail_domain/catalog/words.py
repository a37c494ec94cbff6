"""How goods are found by keyword: our own tokeniser, the same for titles and for queries.

Latin letters and digits form words; Chinese, Japanese and Korean characters form overlapping pairs, so that every
two-character word inside a title is found without a dictionary. A query finds a product when each of its words
stands in the product's text: CJK words anywhere, Latin words at the beginning of a word. The index only narrows the
search, the text decides.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import groupby
from typing import Final

from attrs import frozen

from retail_domain.kernel.checked import checked

QUERY_LENGTH_MAX: Final = 100
QUERY_WORDS_MAX: Final = 8
TEXT_LENGTH_MAX: Final = 2_000
TERM_LENGTH_MAX: Final = 40

_CJK: Final = (
    (0x2E80, 0x2FDF), (0x3005, 0x3007), (0x3040, 0x30FF), (0x3105, 0x312F), (0x31A0, 0x31FF),
    (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xAC00, 0xD7AF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF),
)  # fmt: skip


def searchable(*texts: str) -> str:
    """Texts in the one spelling that is searched: narrowed, case folded, a blank before every run of one script."""
    return "".join(f" {run}" for text in texts for run in _runs(text))[:TEXT_LENGTH_MAX]


def terms_of(text: str) -> tuple[str, ...]:
    """The index terms of a `searchable` text, sorted, each once: Latin words, CJK pairs, the last character of a run."""
    return tuple(sorted({term for run in text.split() for term in _run_terms(run)}))


@frozen(kw_only=True)
@checked
class Query:
    """What somebody typed into the search box, as words; none when there was nothing to search for."""

    words: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Query:
        """Read a query; punctuation, case and width do not matter, and only the first few words count."""
        words = dict.fromkeys(_runs(text[:QUERY_LENGTH_MAX]))
        return cls(words=tuple(words)[:QUERY_WORDS_MAX])

    @property
    def beginnings(self) -> tuple[str, ...]:
        """For each of these some index term begins with it, or the product is not found."""
        return tuple(sorted({beginning for word in self.words for beginning in _beginnings(word)}))

    @property
    def pieces(self) -> tuple[str, ...]:
        """What must stand in the `searchable` text, one piece for each word."""
        return tuple(word if _is_cjk(word[0]) else f" {word}" for word in self.words)

    def matches(self, text: str) -> bool:
        """Whether a `searchable` text answers the query."""
        return all(piece in text for piece in self.pieces)

    def relevance(self, title: str) -> int:
        """How well a product answers that matches: the number of words that stand in its `searchable` title."""
        return sum(piece in title for piece in self.pieces)


EVERYTHING: Final = Query()
"""Nothing asked for: every product answers."""


def after(beginning: str) -> str:
    """The least text greater than every text with this beginning: where an index range ends."""
    last = ord(beginning[-1]) + 1
    return beginning[:-1] + chr(0xE000 if 0xD800 <= last < 0xE000 else last)


def _runs(text: str) -> Iterator[str]:
    narrow = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    for is_word, characters in groupby(narrow, key=str.isalnum):
        if is_word:
            yield from ("".join(run) for _, run in groupby(characters, key=_is_cjk))


def _run_terms(run: str) -> Iterator[str]:
    if _is_cjk(run[0]):
        yield from (run[index : index + 2] for index in range(len(run)))  # the last is a single character
    else:
        yield run[:TERM_LENGTH_MAX]


def _beginnings(word: str) -> Iterator[str]:
    if _is_cjk(word[0]) and len(word) > 1:
        yield from (word[index : index + 2] for index in range(len(word) - 1))
    else:
        yield word[:TERM_LENGTH_MAX]


def _is_cjk(character: str) -> bool:
    code = ord(character)
    return any(first <= code <= last for first, last in _CJK)

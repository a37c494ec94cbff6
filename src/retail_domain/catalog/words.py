"""How goods are found by keyword: our own tokeniser, the same for titles and for queries (CAT-R5).

Letters, digits and Chinese, Japanese and Korean characters form words of their own, so that `iPhone15` and `iPhone 15` are the
same two words. What joins the parts of a word (hyphens, apostrophes, dots) is left out, accents too: `114570-10` is `11457010`,
`Levi's` is `levis`, `Café` is `cafe`. A query finds a product when each of its words stands in the product's text: CJK words
anywhere, others at the beginning of a word, and letters beside digits side by side as they were typed. CJK words are indexed by
overlapping pairs, so that every two-character word inside a title is found without a dictionary. The index only narrows the
search, the text decides.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import Final, Literal, TypeAlias

from attrs import frozen

from retail_domain.kernel.checked import checked

QUERY_LENGTH_MAX: Final = 200
"""As many letters as a title may have: every title can be looked for."""
QUERY_WORDS_MAX: Final = 8
TEXT_LENGTH_MAX: Final = 4_000
TERM_LENGTH_MAX: Final = 40

_Sort: TypeAlias = Literal["letters", "digits", "cjk"]

_CJK: Final = re.compile(
    "[\u2e80-\u2fdf\u3005-\u3007\u3040-\u309a\u309d-\u30fa\u30fc-\u30ff\u3105-\u312f\u31a0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]"
)
# Within a word they are part of its spelling, and spellings differ in them.
_JOINING: Final = frozenset("-_.'`\u00b4\u2010\u2011\u2012\u2013\u2018\u2019\u02bc\u2032\u00b7\u2022\u2027\u30fb\u2212")
# Marks that letters of the West, Hebrew and Arabic carry: people search without. Those of kana and of India are letters.
# And characters that nobody sees.
_LEFT_OUT: Final = re.compile(
    "[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f"
    "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]"
)
# Letters that carry their accent within: Unicode takes none of them apart.
_PLAIN: Final = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "ŧ": "t", "æ": "ae", "œ": "oe", "þ": "th", "ß": "ss"}
)
_SHORT: Final = 3
"""A word of so few letters may belong to its neighbour: `T Shirt`, `Pro Max`."""


def searchable(*texts: str) -> str:
    """Texts in the one spelling that is searched, a blank before every word; other beginnings of words follow at the end."""
    chunks = [words for text in texts for words in _chunks(text)]
    plain = "".join(f" {word}" for words in chunks for word in _joined(words))
    also = dict.fromkeys(f" {' '.join(words)}" for words in (*_later_beginnings(chunks), *_neighbours(chunks)))
    return "".join((plain, *also))[:TEXT_LENGTH_MAX]


def terms_of(text: str) -> tuple[str, ...]:
    """The index terms of a `searchable` text, sorted, each once: words, CJK pairs, the last character of a CJK run."""
    return tuple(sorted({term for run in text.split() for term in _run_terms(run)}))


@frozen(kw_only=True)
@checked
class Query:
    """What somebody typed into the search box, as words; none when nothing was typed."""

    words: tuple[str, ...] = ()
    """Each a run of CJK characters, or letters and digits that were typed side by side, with a blank between the two."""
    is_hopeless: bool = False
    """Something was typed and there is no word in it, only signs: nothing answers."""

    @classmethod
    def parse(cls, text: str) -> Query:
        """Read a query; punctuation, case, accents and width do not matter, and only the first few words count."""
        told = text[:QUERY_LENGTH_MAX]
        words = dict.fromkeys(word for chunk in _chunks(told) for word in _phrases(_joined(chunk)))
        return cls(words=tuple(words)[:QUERY_WORDS_MAX], is_hopeless=not words and _says_something(told))

    @property
    def beginnings(self) -> tuple[str, ...]:
        """For each of these some index term begins with it, or the product is not found."""
        parts = (part for word in self.words for part in word.split())
        return tuple(sorted({beginning for part in parts for beginning in _beginnings(part)}))

    @property
    def pieces(self) -> tuple[str, ...]:
        """What must stand in the `searchable` text, one piece for each word."""
        return tuple(word if _is_cjk(word[0]) else f" {word}" for word in self.words)

    def matches(self, text: str) -> bool:
        """Whether a `searchable` text answers the query."""
        return not self.is_hopeless and all(piece in text for piece in self.pieces)

    def relevance(self, title: str) -> int:
        """How well a product answers that matches: the number of words that stand in its `searchable` title."""
        return sum(piece in title for piece in self.pieces)


EVERYTHING: Final = Query()
"""Nothing asked for: every product answers."""


def after(beginning: str) -> str:
    """The least text greater than every text with this beginning: where an index range ends."""
    last = ord(beginning[-1]) + 1
    return beginning[:-1] + chr(0xE000 if 0xD800 <= last < 0xE000 else last)


# ---- from letters to words -------------------------------------------------------------------------------------------------


def _narrow(text: str) -> str:
    """Width, case and accents aside."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    if folded.isascii():
        return folded
    bare = _LEFT_OUT.sub("", unicodedata.normalize("NFKD", folded))
    return unicodedata.normalize("NFC", bare).translate(_PLAIN)


def _chunks(text: str) -> Iterator[list[list[str]]]:
    """What stands between blanks and signs: groups of one sort, each the parts that something joins."""
    for is_said, letters in groupby(_narrow(text), key=_is_of_a_word):
        if is_said:
            groups: list[list[str]] = []
            last: _Sort | None = None
            for sort, run in groupby(letters, key=_sort):
                if sort is None:
                    continue
                part = "".join(run)
                if sort == last:
                    groups[-1].append(part)
                else:
                    groups.append([part])
                last = sort
            if groups:
                yield groups


def _joined(groups: Sequence[Sequence[str]]) -> list[str]:
    return ["".join(parts) for parts in groups]


def _later_beginnings(chunks: Sequence[Sequence[Sequence[str]]]) -> Iterator[list[str]]:
    """Where else a word may be said to begin: after what joins its parts. `USB-C 3` is found as `c3` too."""
    groups = [parts for chunk in chunks for parts in chunk]
    for at, parts in enumerate(groups):
        if not _is_cjk(parts[0][0]):
            for first in range(1, len(parts)):
                yield ["".join(parts[first:]), *_joined(groups[at + 1 : at + 2])]


def _neighbours(chunks: Sequence[Sequence[Sequence[str]]]) -> Iterator[list[str]]:
    """Words that others write as one: digits beside digits, and short words of letters beside their neighbour."""
    for left, right in pairwise(map(_joined, chunks)):
        one, other = left[-1], right[0]
        sort = _sort(one[0])
        if sort == _sort(other[0]) and (sort == "digits" or (sort == "letters" and min(len(one), len(other)) <= _SHORT)):
            yield [one + other]


def _phrases(words: Sequence[str]) -> Iterator[str]:
    for is_cjk, run in groupby(words, key=lambda word: _is_cjk(word[0])):
        parts = list(run)
        yield from parts if is_cjk else (" ".join(parts),)


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


def _says_something(text: str) -> bool:
    return any(not one.isspace() and unicodedata.category(one)[0] != "C" for one in text)


def _is_of_a_word(character: str) -> bool:
    return character.isalnum() or character in _JOINING or unicodedata.category(character)[0] == "M"


def _sort(character: str) -> _Sort | None:
    if character in _JOINING:
        return None
    if _is_cjk(character):
        return "cjk"
    return "digits" if character.isdigit() else "letters"


def _is_cjk(character: str) -> bool:
    return _CJK.match(character) is not None

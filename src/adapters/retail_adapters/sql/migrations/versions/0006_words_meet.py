"""Goods are found by the words that this release searches for, and known by codes in one spelling.

What is stored for the search is derived anew from each product's own words, in portions; what the release before writes
meanwhile is found as that release found it, until it is written again. A code whose one spelling is another product's stays.
The rules stand here as they were when this was written: a later change of them is a migration of its own.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection

from retail_adapters.sql.migrations.scripts import run, said

revision = "0006"
down_revision = "0005"

AHEAD: Final = """
SELECT id, code, title, subtitle, words FROM retail.products WHERE id > :after ORDER BY id LIMIT :portion
"""
SKUS: Final = "SELECT id, code FROM retail.skus WHERE product_id = :id ORDER BY place"
DERIVED: Final = "UPDATE retail.products SET code = :code, title_words = :title_words, words = :words WHERE id = :id"
RECODED: Final = "UPDATE retail.skus SET code = :code WHERE id = :id"
HELD: Final = {
    "products": "SELECT 1 FROM retail.products WHERE code = :code", "skus": "SELECT 1 FROM retail.skus WHERE code = :code",
}  # fmt: skip
GONE: Final = "DELETE FROM retail.product_terms WHERE term = :term AND product_id = :id"
COME: Final = "INSERT INTO retail.product_terms (term, product_id) VALUES (:term, :id) ON CONFLICT DO NOTHING"


def fill(connection: Connection, schema: str, after: Any, portion: int) -> Any:
    """One portion of products, those after `after`; answers the last one, None when there are no more."""
    first = UUID(int=0)
    is_sqlite = connection.dialect.name == "sqlite"
    after = after or (first.bytes if is_sqlite else first)
    found = connection.execute(
        said(schema, AHEAD if is_sqlite else f"{AHEAD} FOR UPDATE"), {"after": after, "portion": portion}
    ).all()
    for product in found:
        _derive(connection, schema, product)
    return found[-1].id if found else None


def upgrade() -> None:
    """Nothing but what was filled."""


def _derive(connection: Connection, schema: str, product: Any) -> None:
    codes = []
    for sku in connection.execute(said(schema, SKUS), {"id": product.id}).all():
        codes.append(_code(connection, schema, "skus", sku.code))
        if codes[-1] != sku.code:
            run(connection, schema, RECODED, id=sku.id, code=codes[-1])
    code = _code(connection, schema, "products", product.code)
    words = searchable(product.title, product.subtitle, code, *codes)
    run(connection, schema, DERIVED, id=product.id, code=code, title_words=searchable(product.title), words=words)
    before, now = set(terms_of(product.words)), set(terms_of(words))
    for statement, terms in ((GONE, before - now), (COME, now - before)):
        for term in sorted(terms):
            run(connection, schema, statement, id=product.id, term=term.encode())


def _code(connection: Connection, schema: str, table: str, code: str) -> str:
    one = spelled_code(code)
    if not one or one == code or connection.execute(said(schema, HELD[table]), {"code": one}).first():
        return code
    return one


# ---- a code in its one spelling --------------------------------------------------------------------------------------------

_BLANK: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")
_HYPHENS: Final = re.compile("[\u2010-\u2013\u2212\ufe58\ufe63\uff0d]")


def spelled_code(code: str) -> str:
    """Narrow, with one kind of hyphen, and nothing that is not seen."""
    if not code.isascii():
        seen = (one for one in code if unicodedata.category(one) != "Cf" and one not in _BLANK)
        code = _HYPHENS.sub("-", unicodedata.normalize("NFKC", "".join(seen)))
    return re.sub(r"\s+", " ", code).strip()


# ---- the words of goods ----------------------------------------------------------------------------------------------------

TEXT_LENGTH_MAX: Final = 4_000
TERM_LENGTH_MAX: Final = 40

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
            last: str | None = None
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


def _run_terms(run: str) -> Iterator[str]:
    if _is_cjk(run[0]):
        yield from (run[index : index + 2] for index in range(len(run)))  # the last is a single character
    else:
        yield run[:TERM_LENGTH_MAX]


def _is_of_a_word(character: str) -> bool:
    return character.isalnum() or character in _JOINING or unicodedata.category(character)[0] == "M"


def _sort(character: str) -> str | None:
    if character in _JOINING:
        return None
    if _is_cjk(character):
        return "cjk"
    return "digits" if character.isdigit() else "letters"


def _is_cjk(character: str) -> bool:
    return _CJK.match(character) is not None

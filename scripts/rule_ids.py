"""How rules are named: the ids of docs/rules, read out of any text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).parents[1]
RULES: Final = PROJECT / "docs/rules"
BEGIN: Final = "<!-- written by `make docs` from here -->"
END: Final = "<!-- to here -->"

_WRITTEN: Final = re.compile(rf"{re.escape(BEGIN)}.*?{re.escape(END)}\n?", re.DOTALL)


def pages() -> tuple[Path, ...]:
    """The pages that define rules."""
    return tuple(path for path in sorted(RULES.glob("*.md")) if path.name != "README.md")


def own_words(page: str) -> str:
    """A page without what is written by `make docs`."""
    return _WRITTEN.sub("", page)


def _families() -> Iterator[str]:
    """Those that the pages define a rule of."""
    for page in pages():
        yield from re.findall(r"^(?:### |\| )([A-Z]{3})-[RIF]\d", own_words(page.read_text()), re.MULTILINE)


_FAMILY: Final = rf"(?:{'|'.join(sorted({*_families()}))})-"
_ID: Final = rf"(?:{_FAMILY}[RIF]\d{{1,2}}|[RF]\d{{1,2}}|T\d{{1,2}}b?)"
_EDGES: Final = (r"(?<![\w-])", r"(?![\w.]\d|\w)")
ID: Final = re.compile(_EDGES[0] + _ID + _EDGES[1])
_SPAN: Final = re.compile(rf"{_EDGES[0]}({_FAMILY})?([RIFT])(\d{{1,2}}) to (?:{_FAMILY})?\2(\d{{1,2}}){_EDGES[1]}")
_LAWS: Final = rf"I\d{{1,2}}(?: to (?:{_FAMILY})?I\d{{1,2}})?"
_MORE_LAWS: Final = re.compile(rf"{_EDGES[0]}({_FAMILY}){_LAWS}((?:(?:, | and )I\d{{1,2}}{_EDGES[1]})+)")
_DEFINED: Final = re.compile(rf"^(?:### |\| )({_ID})(?: \||$)", re.MULTILINE)


def named(text: str) -> frozenset[str]:
    """Every id that a text names; `GEN-I1 to I3` names three, `GEN-I1, I3` two."""
    return frozenset((*ID.findall(_SPAN.sub(" ", text)), *_spans(text), *_further_laws(text)))


def _spans(text: str) -> Iterator[str]:
    for span in _SPAN.finditer(text):
        yield from (f"{span[1] or ''}{span[2]}{number}" for number in range(int(span[3]), int(span[4]) + 1))


def _further_laws(text: str) -> Iterator[str]:
    for laws in _MORE_LAWS.finditer(text):
        yield from (f"{laws[1]}{law}" for law in re.findall(r"I\d+", laws[2]))


def defined(page: str) -> tuple[str, ...]:
    """The ids that a page of rules defines, from top to bottom: headings, and first cells of its tables."""
    return tuple(_DEFINED.findall(own_words(page)))

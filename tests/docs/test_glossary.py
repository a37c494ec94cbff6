"""The glossary points to classes that exist, where it says they are."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

PROJECT: Final = Path(__file__).parents[2]
ROW: Final = re.compile(r"^\| (?P<word>[^|]+) \| [^|]+ \| `(?P<name>[\w.]+)` \| `(?P<file>[\w/.]+)` \|", re.MULTILINE)
ROWS: Final = [(row["word"], row["name"], row["file"]) for row in ROW.finditer((PROJECT / "docs/glossary.md").read_text())]


@pytest.mark.parametrize(("word", "name", "file"), ROWS, ids=[row[0].split()[0] for row in ROWS])
def test_a_word_leads_to_its_class(word: str, name: str, file: str) -> None:
    place = next(folder / file for folder in (PROJECT / "src/retail_domain", PROJECT / "src") if (folder / file).exists())
    text = "".join(path.read_text() for path in ([place] if place.is_file() else sorted(place.rglob("*.py"))))

    assert re.search(rf"\b{name.rpartition('.')[2]}\b", text), word


def test_most_words_have_a_class() -> None:
    assert len(ROWS) > 40

"""What the pages say, in two languages: a catalogue each, with the same ids and the same gaps."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from attrs import frozen

LANGUAGES: Final = {"zh-CN": "zh_CN", "en": "en"}
"""How a page names its language, and the catalogue it is written in; the first is the shop's own."""
DEFAULT: Final = "zh-CN"
_LANG: Final = re.compile(r"\s*([A-Za-z]{1,8})(?:-[A-Za-z0-9-]*)?\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?))?\s*")


@frozen
class Sentences:
    """The catalogue of one language."""

    lang: str
    _sentences: Mapping[str, str | Mapping[str, str]]

    def __call__(self, id: str, **gaps: object) -> str:
        """A sentence, with its gaps filled; one with a `count` may have two forms. Raises KeyError for none."""
        found = self._sentences[id]
        if not isinstance(found, str):
            found = found["one" if gaps.get("count") == 1 else "other"]
        return found.format_map(gaps) if gaps else found

    def __contains__(self, id: str) -> bool:
        return id in self._sentences

    def ids(self) -> Mapping[str, str | Mapping[str, str]]:
        """Every sentence by id."""
        return self._sentences


@cache
def words_of(lang: str) -> Sentences:
    """The catalogue of a language."""
    folder = files(__package__).joinpath("words")
    sentences = _flat(tomllib.loads(folder.joinpath(f"{LANGUAGES[lang]}.toml").read_text("utf-8")), "")
    sentences |= _flat(tomllib.loads(folder.joinpath(f"desk_{LANGUAGES[lang]}.toml").read_text("utf-8")), "")
    refusals = folder.joinpath(f"refusals_{LANGUAGES[lang]}.toml")  # English readers read a refusal's own sentence
    if refusals.is_file():
        sentences |= _flat(tomllib.loads(refusals.read_text("utf-8")), "refusal.")
    return Sentences(lang, sentences)


def _flat(tree: Mapping[str, object], path: str) -> dict[str, str | Mapping[str, str]]:
    found: dict[str, str | Mapping[str, str]] = {}
    for name, value in tree.items():
        at = f"{path}{name}"
        if isinstance(value, Mapping) and set(value) == {"one", "other"}:
            found[at] = {form: str(text) for form, text in value.items()}
        elif isinstance(value, Mapping):
            found |= _flat(value, f"{at}.")
        else:
            found[at] = str(value)
    return found


def language_of(chosen: str | None, accepted: str) -> str:
    """The language somebody reads: what they chose, else what their browser asks for first, else the shop's own."""
    if chosen in LANGUAGES:
        return chosen
    wanted = [(float(found[2] or 1), -place, found[1].lower()) for place, part in enumerate(accepted.split(","))
              if (found := _LANG.fullmatch(part))]  # fmt: skip
    ours = {name.partition("-")[0].lower(): name for name in LANGUAGES}
    for quality, _, name in sorted(wanted, reverse=True):
        if quality > 0 and name in ours:
            return ours[name]
    return DEFAULT

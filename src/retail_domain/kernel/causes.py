"""Causes (缘由): why somebody is told something. Each context names its own; together they are a closed list (MSG-R1)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import Enum
from string import Formatter
from typing import Any, Final

from attrs import field, frozen

from retail_domain.kernel.events import Event


class CauseKind(Enum):
    """Whether a message belongs to what somebody ordered, or wants to sell them something."""

    SERVICE = "service"
    MARKETING = "marketing"
    """Sent with consent alone, and carries a way out."""


class Language(Enum):
    """In which languages the shop can say it."""

    ZH_CN = "zh-CN"
    EN = "en"


class Whom(Enum):
    """Whom a cause concerns."""

    MEMBER = "member"
    """The member that its event names."""
    AUTHOR = "author"
    """Whoever wrote the review that its event names."""
    STAFF = "staff"
    """Everybody of staff who has the permission that it names."""


class Thing(Enum):
    """What a cause is about, and which word of its text that thing fills."""

    ORDER = "order"
    """Its number."""
    SKU = "sku"
    """Its code."""
    REVIEW = "review"
    OTHER = "other"


_CODE: Final = re.compile(r"[a-z][a-z_]*(\.[a-z][a-z_]*)+")
_OF_THING: Final[Mapping[Thing, frozenset[str]]] = {Thing.ORDER: frozenset({"order"}), Thing.SKU: frozenset({"sku"})}
TITLE_MAX: Final = 40
TEXT_MAX: Final = 200


@frozen
class CauseWords:
    """A title and a text, with `{names}` that are filled in; `many` is the text for several at once, and knows `{count}`."""

    title: str
    text: str
    many: str = ""

    def __attrs_post_init__(self) -> None:
        if not 1 <= len(self.title) <= TITLE_MAX or not all(len(one) <= TEXT_MAX for one in (self.text, self.many)):
            raise ValueError(f"a title has up to {TITLE_MAX} letters, a text up to {TEXT_MAX}: {self.title!r}")


def _names_in(text: str) -> frozenset[str]:
    """The names in braces; nothing but plain names may stand there, so that what is filled in is never looked into (R38)."""
    names = frozenset(name for _, name, form, how in Formatter().parse(text) if name is not None and not form and not how)
    if not all(name.isidentifier() for name in names) or text.count("{") != len(re.findall(r"\{[a-z_]+\}", text)):
        raise ValueError(f"braces hold plain names: {text!r}")
    return names


def _always(_event: Any) -> bool:
    return True


@frozen(kw_only=True)
class Cause:
    """Why somebody is told something, what they are told, and what follows whether they may be woken for it."""

    code: str
    """Stored, and never changed."""
    kind: CauseKind = CauseKind.SERVICE
    whom: Whom = Whom.MEMBER
    event: type[Event] | None = None
    """What raises it; None: a deadline, or something that a worker notices."""
    thing: Thing = Thing.ORDER
    about: str = "order_id"
    """Which field of the event names the thing."""
    when: Callable[[Any], bool] = _always
    """Which of these events raise it."""
    fills: Mapping[str, Callable[[Any], str]] = field(factory=dict)
    """What the text is filled with, from the event. Never anything personal (R40)."""
    also: frozenset[str] = frozenset()
    """What fills the text of a cause that no event raises."""
    words: Mapping[Language, CauseWords]
    goes_out: bool = False
    """Whether it goes out through channels beside the inbox, such as text messages, unless its reader does not want that."""
    wakes: bool = False
    """Whether it goes out in quiet hours: only what would come too late in the morning."""
    bundle_seconds: int = 0
    """Those that follow within so long are told in one message."""
    permission: str = ""
    """Which of staff it concerns."""

    def __attrs_post_init__(self) -> None:
        if not _CODE.fullmatch(self.code) or len(self.code) > 64:
            raise ValueError(f"{self.code!r} is no code of a cause, such as order.paid")
        if set(self.words) != set(Language):
            raise ValueError(f"{self.code} is said in every language: {', '.join(one.value for one in Language)}")
        if (self.whom is Whom.STAFF) != bool(self.permission):
            raise ValueError(f"{self.code}: what concerns staff names a permission, and nothing else does")
        if self.kind is CauseKind.MARKETING and (self.whom is Whom.STAFF or self.wakes):
            raise ValueError(f"{self.code}: nobody of staff is advertised to, and nobody is woken for it")
        if self.bundle_seconds < 0 or any(bool(self.bundle_seconds) != bool(one.many) for one in self.words.values()):
            raise ValueError(f"{self.code}: what is bundled has a text for several, and nothing else has")
        self._check_names()

    def _check_names(self) -> None:
        known = self.filled_names
        for words in self.words.values():
            wanted = _names_in(words.title) | _names_in(words.text)
            if not wanted <= known or not _names_in(words.many) <= known | {"count"}:
                raise ValueError(f"{self.code}: nothing fills {sorted((wanted | _names_in(words.many)) - known)}")

    @property
    def filled_names(self) -> frozenset[str]:
        """What can stand in its text."""
        return frozenset(self.fills) | self.also | _OF_THING.get(self.thing, frozenset())

    def said(self, language: Language, filled: Mapping[str, str], count: int = 1) -> tuple[str, str]:
        """Title and text, filled in."""
        words = self.words[language]
        text = words.many if count > 1 and words.many else words.text
        values = {**dict.fromkeys(self.filled_names, ""), **filled, "count": str(count)}
        return words.title.format_map(values), text.format_map(values)

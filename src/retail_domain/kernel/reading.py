"""Reading (读取): what others send, read once and by the same readers, whatever door it comes through (GEN-R23).

A body, a query, a cursor, an argument, a cell of a file, an answer or notice of a provider: a text, an instant, a number or an
id in it goes through here, or is refused. So what one store takes every store takes, and two spellings of one thing are one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

from attrs import frozen

from retail_domain.kernel.checked import EARLIEST, FIRST_DAY, LAST_DAY, LATEST
from retail_domain.kernel.errors import FieldProblem, InvalidInput

WHOLE_MAX: Final = 2**53 - 1
"""Every number that all stores and every client's JSON hold exactly."""
REFERENCE_LETTERS_MAX: Final = 200

_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
# Controls and separators of lines: what is neither shown nor meant.
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_CONTROL_BUT_LINES: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
# They turn around what stands after them, in whatever sentence the text is shown.
_TURNING: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
# Nothing to see and nothing to say: left by programs that texts were copied from.
_NOTHING: Final = re.compile("[\u00ad\u180e\u200b\u2060-\u2064\ufeff]")
# Letters and signs by their category that are blank on the page.
_BLANK: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")
_HYPHENS: Final = re.compile("[\u2010-\u2013\u2212\ufe58\ufe63\uff0d]")
_BLANKS: Final = re.compile(r"\s+")
_ID: Final = re.compile(r"[0-9A-Fa-f]{8}(-?)[0-9A-Fa-f]{4}\1[0-9A-Fa-f]{4}\1[0-9A-Fa-f]{4}\1[0-9A-Fa-f]{12}")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ADDRESS: Final = re.compile(r"https?://[\x21-\x7e]+")


class Misread(ValueError):
    """What was sent is not what is read here; `rule` in a word, the message a sentence that shows nothing of it."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule

    def of(self, field: str) -> InvalidInput:
        """The refusal that names the field."""
        return InvalidInput.of(field, self.rule, str(self))


# ---- texts ---------------------------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class TextKind:
    """How one kind of text is spelled, and what it may not hold."""

    is_key: bool = False
    """Known by its spelling: those that look alike are one."""
    lines: bool = False

    def spelled(self, text: str) -> str:
        """In its one spelling; what may not be stays where it is, for `flaws` to find."""
        if _plain(text):
            told = text
        elif self.is_key:
            told = _HYPHENS.sub("-", unicodedata.normalize("NFKC", "".join(filter(_is_said, text))))
        else:
            told = unicodedata.normalize("NFC", _NOTHING.sub("", text))
        if self.lines:
            return told.replace("\r\n", "\n").replace("\r", "\n").strip()
        return _BLANKS.sub(_one_blank, told).strip() if self.is_key else told.strip()

    def flaws(self, text: str, most: int, least: int = 0) -> Iterator[tuple[str, str]]:
        """Rule and sentence for everything that is wrong with a text as it is spelled."""
        if least and not text.strip():
            yield "required", "must not be empty"
        elif text and not is_visible(text):
            yield "invisible", "there is nothing to see in it"
        if len(text) > most:
            yield "too_long", f"at most {most} characters"
        elif len(text) < least and text:
            yield "too_short", f"at least {least} characters"
        if (_CONTROL_BUT_LINES if self.lines else _CONTROL).search(text):
            yield "unprintable", "control characters are not allowed"
        if _TURNING.search(text):
            yield "direction", "characters that turn the direction of writing are not allowed"

    def problems(self, field: str, text: str, most: int, least: int = 0) -> Iterator[FieldProblem]:
        """The same, as problems of a field."""
        for rule, message in self.flaws(text, most, least):
            yield FieldProblem(field=field, rule=rule, message=message)

    def read(self, text: object, field: str, most: int, least: int = 0) -> str:
        """A text in its one spelling. Raises InvalidInput that names every rule it breaks."""
        if not isinstance(text, str):
            raise InvalidInput.of(field, "type", "a text is expected")
        spelled = self.spelled(text)
        found = tuple(self.problems(field, spelled, most, least))
        if found:
            raise InvalidInput(problems=found)
        return spelled


CODE: Final = TextKind(is_key=True)
"""What staff call a thing that is known by it: goods, kinds of goods, places."""
LINE: Final = TextKind()
"""One line: a name, a title, a reason."""
LINES: Final = TextKind(lines=True)
"""Text of several lines."""


def is_text(value: object) -> bool:
    """Whether it is a text: converters are handed what callers hand in, whatever the annotation says."""
    return isinstance(value, str)


def spelled_code(text: str) -> str:
    """A code in its one spelling: a converter of commands and wishes. What is no text stays, to be refused by its type."""
    return CODE.spelled(text) if is_text(text) else text


def spelled_line(text: str) -> str:
    """One line in its one spelling: a converter of commands and wishes. What is no text stays, to be refused by its type."""
    return LINE.spelled(text) if is_text(text) else text


def spelled_lines(text: str) -> str:
    """Several lines in their one spelling, ends of lines included; likewise."""
    return LINES.spelled(text) if is_text(text) else text


LATER_RULES: Final = frozenset({"invisible", "direction"})
"""Rules that came when there was text already: what was stored before is still read from a store."""


def is_visible(text: str) -> bool:
    """Whether there is anything to see in it."""
    return any(one.isalnum() and one not in _BLANK for one in text) or any(
        unicodedata.category(one)[0] not in "CZM" and one not in _BLANK for one in text
    )


def unturned(text: str) -> str:
    """Without characters that are not seen: what pages and programs put around a text that is copied out of them."""
    return "".join(filter(_is_said, text))


def storable(text: object, most: int) -> str:
    """Any text that every store holds alike, as it is. Raises Misread."""
    if not isinstance(text, str):
        raise Misread("type", "a text is expected")
    if len(text) > most:
        raise Misread("too_long", f"at most {most} characters")
    if not is_storable(text):
        raise Misread("text", "text may not hold NUL or half of a surrogate pair")
    return text


def is_storable(text: str) -> bool:
    """Whether every store holds it alike: neither NUL nor half of a surrogate pair."""
    return (text.isascii() and "\0" not in text) or _UNSTORABLE.search(text) is None


def reference(text: object) -> str:
    """What another system calls a thing, exactly as it does: 1 to 200 letters of one line. Raises Misread."""
    if not isinstance(text, str) or any(LINE.flaws(text, REFERENCE_LETTERS_MAX, 1)):
        raise Misread("reference", f"1 to {REFERENCE_LETTERS_MAX} letters of one line")
    return text


def web_address(text: object) -> str:
    """An http(s) address of at most 2,000 visible ASCII characters. Raises Misread."""
    if not isinstance(text, str) or len(text) > 2_000 or not _ADDRESS.fullmatch(text):
        raise Misread("address", "an http(s) address of visible ASCII characters")
    return text


def _plain(text: str) -> bool:
    return text.isascii() and "  " not in text and "\r" not in text


def _is_said(letter: str) -> bool:
    return unicodedata.category(letter) != "Cf" and letter not in _BLANK


def _one_blank(found: re.Match[str]) -> str:
    return " " if not _CONTROL.search(found.group()) else found.group()


# ---- instants, numbers, ids ----------------------------------------------------------------------------------------------


def instant(told: object) -> datetime:
    """A moment with its offset, in UTC, between the years 2000 and 2200. Raises Misread."""
    try:
        moment = told if isinstance(told, datetime) else datetime.fromisoformat(told) if isinstance(told, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Misread("format", "a moment as RFC 3339 has it, with its offset")
    try:
        at = moment.astimezone(UTC)
    except OverflowError:  # the first and last days of the calendar, moved by their offset
        at = None
    if at is None or not EARLIEST <= at < LATEST:
        raise Misread("range", "an instant between the years 2000 and 2200")
    return at


def instant_or_day(told: object) -> datetime:
    """The same, where a moment without an offset is one in UTC, and a day its beginning. Raises Misread."""
    if isinstance(told, str):
        try:
            moment = datetime.fromisoformat(told)
        except ValueError:
            raise Misread("format", "a day such as 2026-11-30, or a time such as 2026-11-30T12:00:00Z") from None
        told = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return instant(told)


def typed_day(told: object) -> date:
    """A day such as 2026-10-31, between 1970 and 2199. Raises Misread."""
    try:
        found = date.fromisoformat(told) if isinstance(told, str) and _DAY.fullmatch(told) else None
    except ValueError:
        found = None
    if found is None:
        raise Misread("day", "a day such as 2026-10-31")
    if not FIRST_DAY <= found <= LAST_DAY:
        raise Misread("range", "a day between 1970 and 2199")
    return found


def typed_month(told: object) -> date:
    """The first day of a month such as 2026-10, between 1970 and 2199. Raises Misread."""
    try:
        return typed_day(f"{told}-01" if isinstance(told, str) else told)
    except Misread as no:
        raise Misread(no.rule, str(no).replace("a day such as 2026-10-31", "a month such as 2026-10")) from None


def month_in(told: object, field: str) -> date:
    """The first day of a month that stands in a field. Raises InvalidInput."""
    try:
        return typed_month(told)
    except Misread as no:
        raise no.of(field) from None


def whole(told: object, least: int = -WHOLE_MAX, most: int = WHOLE_MAX) -> int:
    """A whole number within bounds; yes and no are none. Raises Misread."""
    if type(told) is not int:
        raise Misread("type", "a whole number is expected")
    if not least <= told <= most:
        raise Misread("range", f"a whole number from {least} to {most}")
    return told


def identity(told: object) -> UUID:
    """An id as every door spells it, with its hyphens or without. Raises Misread."""
    if isinstance(told, UUID):
        return told
    if not isinstance(told, str) or not _ID.fullmatch(told):
        raise Misread("id", "an id is a UUID")
    return UUID(told)

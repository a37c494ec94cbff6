"""The readers of what others send: one spelling for what looks alike, and a word for what cannot be read (GEN-R23)."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given, strategies as st

from retail_domain.kernel import reading
from retail_domain.kernel.checked import EARLIEST, LATEST
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.reading import (
    CODE,
    LINE,
    LINES,
    Misread,
    identity,
    instant,
    is_visible,
    reference,
    storable,
    whole,
)

ANY_TEXT = st.text(st.characters(codec=None), max_size=30)


@pytest.mark.parametrize(
    "look",
    ["AB-1", "ＡＢ－１", " AB-1 ", "\u200bAB-1", "A\u00adB-1", "AB\u20111", "AB\u22121", "\u202aAB-1\u202c", "AB-1\u3000",
     "\ufeffAB-1\u2060", "A\u034fB-1", "AB-1\u3164"],
)  # fmt: skip
def test_codes_that_look_alike_are_one_code(look: str) -> None:
    assert CODE.read(look, "code", 40, 1) == "AB-1"


@pytest.mark.parametrize(
    "text", ["", " ", "\u3000", "\u200b\u200b", "\u200d", "\u3164\u115f", "\u2800", "\u0301", "\U000e0041", "\xad\ufeff"]
)
def test_what_nobody_can_see_is_no_text(text: str) -> None:
    for kind in (CODE, LINE, LINES):
        with pytest.raises(InvalidInput):
            kind.read(text, "name", 40, 1)


@pytest.mark.parametrize(
    ("text", "rule"),
    [("\u202ecba", "direction"), ("a\u2066b", "direction"), ("a\x00b", "unprintable"), ("a\nb", "unprintable"),
     ("a\u2028b", "unprintable"), ("\ud800", "invisible"), ("a\ud800", "unprintable"), ("x" * 41, "too_long"),
     ("", "required")],
)  # fmt: skip
def test_what_may_not_stand_in_a_line_is_said_by_its_rule(text: str, rule: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        LINE.read(text, "title", 40, 1)

    assert rule in {problem.rule for problem in refused.value.problems}
    assert {problem.field for problem in refused.value.problems} == {"title"}


@pytest.mark.parametrize("text", ["می\u200cخواهم", "👨\u200d👩\u200d👧", "שלום\u200f!", "Ünïcødé ™", "茶　青", "C'est 5\u2033"])
def test_what_people_write_is_kept(text: str) -> None:
    assert LINE.read(text, "title", 40, 1) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize("text", ["a\r\nb\rc", "a\nb\nc", "\ufeffa\r\nb\nc\r\n"])
def test_lines_end_in_one_way(text: str) -> None:
    assert LINES.read(text, "description", 40) == "a\nb\nc"


@given(ANY_TEXT)
def test_what_was_spelled_is_spelled_so_again(text: str) -> None:
    """A spelling is one: whoever reads it once more changes nothing, and what is read can be seen and stored."""
    for kind in (CODE, LINE, LINES):
        spelled = kind.spelled(text)
        if not any(kind.flaws(spelled, 100, 1)):
            assert kind.spelled(spelled) == spelled
            assert is_visible(spelled)
            assert storable(spelled, 100) == spelled


FARTHEST = timedelta(hours=23, minutes=59)


@given(st.datetimes(timezones=st.sampled_from([UTC, timezone(FARTHEST), timezone(-FARTHEST)])))
def test_a_moment_is_read_within_the_years_of_shops_or_refused(moment: datetime) -> None:
    for told in (moment, moment.isoformat()):
        if EARLIEST <= moment < LATEST:
            assert instant(told) == moment
            assert instant(told).tzinfo is UTC
        else:
            with pytest.raises(Misread, match="between the years"):
                instant(told)


@pytest.mark.parametrize("told", ["2026-01-01T00:00:00", "yesterday", "", 5, None, True, datetime(2026, 1, 1)])
def test_what_is_no_moment_is_refused(told: object) -> None:
    with pytest.raises(Misread):
        instant(told)


@pytest.mark.parametrize("told", [True, 1.0, "1", None, 2**53, -(2**53)])
def test_what_is_no_number_that_every_store_holds_is_refused(told: object) -> None:
    with pytest.raises(Misread):
        whole(told)


def test_an_id_has_one_form_with_hyphens_or_without() -> None:
    id = UUID(int=2**64)
    assert identity(str(id)) == identity(id.hex) == identity(id) == id
    for told in (f"{{{id}}}", f"urn:uuid:{id}", str(id)[:-1], f"{id}0", 5, None, "０" * 32):
        with pytest.raises(Misread):
            identity(told)


@pytest.mark.parametrize("told", ["\ud800", "\x00", "", " ", "x" * 201, "a\nb", "\u202e", 5, None])
def test_a_name_that_another_system_gives_is_a_line_that_can_be_stored(told: object) -> None:
    with pytest.raises(Misread):
        reference(told)
    assert reference("42_0000-支付") == "42_0000-支付"


@pytest.mark.parametrize(("told", "day"), [("1970-01-01", date(1970, 1, 1)), ("2199-12-31", date(2199, 12, 31))])
def test_a_day_has_one_spelling_and_lies_in_the_years_that_the_shop_knows(told: str, day: date) -> None:
    """GEN-R22"""
    assert reading.typed_day(told) == day and reading.typed_month(told[:7]) == day.replace(day=1)


@pytest.mark.parametrize(
    "told", ["9999-12-31", "0001-01-01", "1969-12-31", "2200-01-01", "20261031", "2026-W01-1", "2026-13-01", "", None]
)
def test_no_other_day_is_read(told: object) -> None:
    """GEN-R22: nor is its month."""
    with pytest.raises(reading.Misread):
        reading.typed_day(told)
    with pytest.raises(reading.Misread):
        reading.typed_month("9999-12" if told is None else told)


@pytest.mark.parametrize(
    "told", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+12:00", "9999-12-31", "1999-12-31", "soon", None]
)
def test_no_moment_at_the_edge_of_the_calendar_is_read(told: object) -> None:
    """GEN-R22: whatever its offset would make of it."""
    for read in (reading.instant, reading.instant_or_day):
        with pytest.raises(reading.Misread):
            read(told)

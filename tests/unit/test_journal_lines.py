"""The journal's lines: one JSON object each, whatever is told (R41)."""

from __future__ import annotations

import json
import logging

from hypothesis import given, strategies as st

from retail_entrypoints.logs import JsonLines

ANY_TEXT = st.text(
    st.characters(exclude_categories=())
)  # half surrogates too: they come from file names and from foreign systems


def line_of(event: str, **told: object) -> str:
    record = logging.makeLogRecord({"name": "retail", "levelname": "INFO", "msg": event, **told})
    return JsonLines().format(record)


@given(ANY_TEXT, ANY_TEXT)
def test_any_text_makes_one_line_that_can_be_written_and_read(event: str, value: str) -> None:
    """R41: a journal that fails over what it is told loses the very line that somebody looks for."""
    line = line_of(event, value=value)

    assert "\n" not in line
    line.encode()
    assert json.loads(line)["event"] == event
    assert json.loads(line)["value"] == value


def test_values_that_json_does_not_know_are_told_as_text() -> None:
    """R41."""

    class Odd:
        def __str__(self) -> str:
            return "odd"

    assert json.loads(line_of("seen", value=Odd()))["value"] == "odd"


def test_a_moment_is_told_in_utc_to_the_millisecond() -> None:
    """R41: lines of several processes are sorted by it as text."""
    record = logging.makeLogRecord({"name": "retail", "levelname": "INFO", "msg": "seen", "created": 1_700_000_000.25})
    assert json.loads(JsonLines().format(record))["at"] == "2023-11-14T22:13:20.250Z"
    whole = logging.makeLogRecord({"name": "retail", "levelname": "INFO", "msg": "seen", "created": 1_700_000_000.0})
    assert json.loads(JsonLines().format(whole))["at"] == "2023-11-14T22:13:20.000Z"

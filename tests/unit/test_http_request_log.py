"""What the outermost layer does to every request."""

from __future__ import annotations

from urllib.parse import quote

from hypothesis import given, strategies as st

from retail_entrypoints.http.request_log import spelled_out


def test_chinese_words_typed_into_an_address_are_found_as_if_they_were_encoded() -> None:
    assert spelled_out("query=龙井&limit=2".encode()) == b"query=" + quote("龙井").encode() + b"&limit=2"


@given(st.binary(max_size=200))
def test_whatever_is_typed_becomes_ascii_and_ascii_stays(query: bytes) -> None:
    """R37"""
    once = spelled_out(query)

    assert once.isascii()
    assert spelled_out(once) == once

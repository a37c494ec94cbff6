"""What is wrong with the head of a request is said by the door, whichever server read it (R37)."""

from __future__ import annotations

import io
import json
import logging
from typing import Any

import pytest

from retail_entrypoints.http.heads import HEAD_BYTES_MAX, flaw_of
from retail_entrypoints.http.refusals import HeadTooLarge, Malformed
from retail_entrypoints.http.requests import READ
from retail_entrypoints.logs import JsonLines

HOST = (b"host", b"shop.example:8000")


def head(*headers: tuple[bytes, bytes], version: str = "1.1", path: bytes = b"/v1/products", query: bytes = b"") -> Any:
    return {"headers": list(headers), "http_version": version, "raw_path": path, "query_string": query}


@pytest.mark.parametrize(
    "sound",
    [
        head(HOST),
        head((b"host", b"[2001:db8::1]:80"), (b"accept", b"a"), (b"accept", b"b"), (b"x-forwarded-for", b"1"),
             (b"x-forwarded-for", b"2")),
        head(version="1.0"),
        head(HOST, (b"content-length", b"2")),
        head(HOST, (b"transfer-encoding", b"chunked")),
        head(HOST, *((f"x-{number}".encode(), b"") for number in range(99))),
        head(HOST, (b"cookie", b"x" * (HEAD_BYTES_MAX - 100))),
    ],
)  # fmt: skip
def test_a_sound_head_is_passed_on(sound: Any) -> None:
    assert flaw_of(sound) is None


@pytest.mark.parametrize("name", sorted(READ))
def test_no_header_that_is_read_is_believed_when_it_comes_twice(name: bytes) -> None:
    """R37: a proxy may have looked at the other one."""
    flaw = flaw_of(head(HOST, (name, b"1"), (name, b"1")))

    assert isinstance(flaw, Malformed) and flaw.problems[0].field == name.decode()


@pytest.mark.parametrize(
    ("odd", "expected"),
    [
        (head(), Malformed),
        (head(version="2"), Malformed),
        (head(HOST, HOST), Malformed),
        (head((b"host", b"a, b")), Malformed),
        (head((b"host", b"a/b")), Malformed),
        (head((b"host", b"a" * 256)), Malformed),
        (head(HOST, (b"content-length", b"2"), (b"transfer-encoding", b"chunked")), Malformed),
        (head(HOST, *((f"x-{number}".encode(), b"") for number in range(100))), HeadTooLarge),
        (head(HOST, (b"cookie", b"x" * HEAD_BYTES_MAX)), HeadTooLarge),
        (head(HOST, query=b"x" * HEAD_BYTES_MAX), HeadTooLarge),
    ],
)
def test_an_odd_head_is_refused(odd: Any, expected: type[Exception]) -> None:
    """R37"""
    assert isinstance(flaw_of(odd), expected)


def test_a_line_of_the_journal_stays_a_line_whatever_was_sent() -> None:
    """R37, R47: nobody fills a disk with the names of his methods."""
    told = io.StringIO()
    handler = logging.StreamHandler(told)
    handler.setFormatter(JsonLines())
    logger = logging.Logger("test")
    logger.addHandler(handler)

    logger.info("x" * 50_000, extra={"method": "M" * 50_000, "many": ["y" * 50_000] * 3})

    assert len(told.getvalue()) < 10_000 and json.loads(told.getvalue())["method"].startswith("MMM")

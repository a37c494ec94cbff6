"""Any bytes at any route: never a 5xx, always problem details, and the door still stands (R37, R34)."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from tests.e2e.door import SKU, Knocks, a_door, exchange, knocking, served

JSON = {"content-type": "application/json"}


def order(**lines: Any) -> dict[str, Any]:
    return {"lines": [{"sku_id": SKU, "quantity": 2} | lines]}


def order_text(quantity: str) -> bytes:
    return f'{{"lines": [{{"sku_id": "{SKU}", "quantity": {quantity}}}]}}'.encode()


async def place(raw: bytes, headers: dict[str, str] | None = None, **environ: str) -> httpx2.Response:
    async with knocking(a_door(**environ), "alice-token") as client:
        return await client.post("/v1/orders", content=raw, headers=JSON if headers is None else headers)


MALFORMED = {
    "nothing": b"",
    "not JSON": b"{quantity: 1}",
    "invalid UTF-8": b'{"lines": "\xff\xfe"}',
    "a NUL in text": json.dumps(order() | {"note": "a\x00b"}).encode(),
    "a NUL in a name": json.dumps(order() | {"no\x00te": "a"}).encode(),
    "half of a surrogate pair": b'{"note": "\\ud800"}',
    "nested arrays": b"[" * 100_000,
    "nested objects": b'{"a":' * 20_000,
    "closed nesting": b"[" * 5_000 + b"]" * 5_000,
    "a duplicate key": order_text('1, "quantity": -5'),
    "a duplicate key at the top": b'{"note": "a", "note": "b"}',
    "not a number": order_text("NaN"),
    "infinity": order_text("Infinity"),
    "two documents": b"{}{}",
    "a byte order mark": b"\xef\xbb\xbf{}",
}


@pytest.mark.parametrize("raw", MALFORMED.values(), ids=MALFORMED.keys())
async def test_malformed_bodies_are_400_with_the_reason(raw: bytes) -> None:
    """R37: what no reader could understand, or two readers could understand differently."""
    answer = await place(raw)

    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert answer.json()["code"] == "request.malformed" and answer.json()["errors"][0]["rule"]


INVALID = {
    "2^63": (order_text(str(2**63)), "lines[0].quantity", "range"),
    "2^64+1": (order_text(str(2**64 + 1)), "lines[0].quantity", "range"),
    "a text for a number": (order_text('"5"'), "lines[0].quantity", "type"),
    "5.0 for a whole number": (order_text("5.0"), "lines[0].quantity", "type"),
    "1e2 for a whole number": (order_text("1e2"), "lines[0].quantity", "type"),
    "true for a whole number": (order_text("true"), "lines[0].quantity", "type"),
    "null for a whole number": (order_text("null"), "lines[0].quantity", "type"),
    "zero units": (order_text("0"), "lines[0].quantity", "range"),
    "fewer than no units": (order_text("-1"), "lines[0].quantity", "range"),
    "more than a line holds": (order_text("10000"), "lines[0].quantity", "range"),
    "an unknown field": (json.dumps(order() | {"is_admin": True}).encode(), "is_admin", "unknown"),
    "an unknown field in a line": (json.dumps(order(price=1)).encode(), "lines[0].price", "unknown"),
    "a missing field": (b'{"lines": [{"quantity": 1}]}', "lines[0].sku_id", "required"),
    "no lines": (b'{"lines": []}', "lines", "length"),
    "too many lines": (json.dumps({"lines": order()["lines"] * 101}).encode(), "lines", "length"),
    "not a UUID": (json.dumps(order(sku_id="tea")).encode(), "lines[0].sku_id", "format"),
    "empty text": (json.dumps(order() | {"note": ""}).encode(), "note", "length"),
    "long text": (json.dumps(order() | {"note": "x" * 201}).encode(), "note", "length"),
    "an array for an object": (b"[]", "", "type"),
    "an object for an array": (b'{"lines": {}}', "lines", "type"),
    "an instant without an offset": (json.dumps(order() | {"at": "2026-01-31T12:00:00"}).encode(), "at", "format"),
    "the first day of the calendar": (json.dumps(order() | {"at": "0001-01-01T00:00:00+14:00"}).encode(), "at", "range"),
    "the last day of the calendar": (json.dumps(order() | {"at": "9999-12-31T23:59:59-14:00"}).encode(), "at", "range"),
}


@pytest.mark.parametrize(("raw", "field", "rule"), INVALID.values(), ids=INVALID.keys())
async def test_wrong_fields_are_422_and_named(raw: bytes, field: str, rule: str) -> None:
    """R34, R37: exact types, bounds, closed objects."""
    answer = await place(raw)

    assert (answer.status_code, answer.json()["code"]) == (422, "input.invalid")
    assert [(problem["field"], problem["rule"]) for problem in answer.json()["errors"]] == [(field, rule)]


async def test_every_field_to_blame_is_named_at_once() -> None:
    """R34: one bad field does not hide the next."""
    lines = [{"sku_id": "x", "quantity": 0}, {"quantity": "5", "z": 1}]

    answer = await place(json.dumps({"lines": lines, "note": ""}).encode())

    blamed = {(problem["field"], problem["rule"]) for problem in answer.json()["errors"]}
    assert blamed == {
        ("lines[0].sku_id", "format"), ("lines[0].quantity", "range"), ("lines[1].z", "unknown"),
        ("lines[1].sku_id", "required"), ("lines[1].quantity", "type"), ("note", "length"),
    }  # fmt: skip


async def test_a_refused_body_never_shows_what_was_sent() -> None:
    """R40, R41: an error must not carry somebody's password or phone into a log of the caller's side."""
    answer = await place(json.dumps(order() | {"note": "hunter2" * 50}).encode())

    assert answer.status_code == 422 and "hunter2" not in answer.text


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain", "text/plain;charset=utf-8", "application/x-www-form-urlencoded", "multipart/form-data", "",
        "application/json5", "application/json; charset=gbk", "application/problem+json",
    ],
)  # fmt: skip
async def test_only_json_is_read_as_json(content_type: str) -> None:
    """R37: another site's form may send text/plain without asking; it must not be taken for JSON."""
    answer = await place(json.dumps(order()).encode(), {"content-type": content_type})

    assert (answer.status_code, answer.json()["code"]) == (415, "request.not_json")


@pytest.mark.parametrize(
    "content_type", ["application/json", "application/json; charset=utf-8", "Application/JSON;charset=UTF8"]
)
async def test_json_in_utf8_is_read(content_type: str) -> None:
    """R37: the other half: good requests pass."""
    answer = await place(json.dumps(order() | {"note": "新鲜的茶叶 🍵"}).encode(), {"content-type": content_type})

    assert answer.status_code == 201


async def test_a_compressed_body_is_refused() -> None:
    """R37: no decompression bombs."""
    answer = await place(json.dumps(order()).encode(), JSON | {"content-encoding": "gzip"})

    assert answer.status_code == 415


async def test_a_body_beyond_the_limit_is_413_announced_or_not() -> None:
    """R37: memory stays bounded."""

    async def drip() -> Any:
        for _ in range(40):
            yield b"[" * 1_000

    async with knocking(a_door(RETAIL_BODY_BYTES_MAX="20000"), "alice-token") as client:
        announced = await client.post("/v1/orders", content=b"[" * 20_001, headers=JSON)
        unannounced = await client.post("/v1/orders", content=drip(), headers=JSON)

    assert [(each.status_code, each.json()["code"]) for each in (announced, unannounced)] == [(413, "request.too_large")] * 2


QUERIES = {
    "unknown": ("/v1/echo?colour=red", "colour"),
    "unknown where none is known": ("/health/live?x=1", "x"),
    "repeated": ("/v1/echo?count=5&count=7", "count"),
    "below the least": ("/v1/echo?count=0", "count"),
    "above the most": ("/v1/echo?count=11", "count"),
    "eleven billion": ("/v1/echo?count=11000000000", "count"),
    "2^64": (f"/v1/echo?count={2**64}", "count"),
    "a fraction": ("/v1/echo?count=5.0", "count"),
    "an exponent": ("/v1/echo?count=1e0", "count"),
    "other digits": ("/v1/echo?count=%EF%BC%95", "count"),
    "an underscore": ("/v1/echo?count=1_0", "count"),
    "a NUL": ("/v1/echo?query=a%00b", "query"),
    "broken UTF-8": ("/v1/echo?query=%ff%fe", "query"),
    "long words": ("/v1/echo?query=" + "x" * 201, "query"),
    "limit 0": ("/v1/things?limit=0", "limit"),
    "limit 101": ("/v1/things?limit=101", "limit"),
    "limit -5": ("/v1/things?limit=-5", "limit"),
    "a garbage cursor": ("/v1/things?cursor=%21%21", "cursor"),
    "a cursor with a newline": ("/v1/things?cursor=abc%0A", "cursor"),
    "a cursor of another list": ("/v1/things?cursor=unknown", "cursor"),
}


@pytest.mark.parametrize(("address", "field"), QUERIES.values(), ids=QUERIES.keys())
async def test_query_parameters_are_refused_by_name(address: str, field: str) -> None:
    """R37: unknown, repeated, out of bounds or in an unusual spelling."""
    async with knocking(a_door()) as client:
        answer = await client.get(address)

    assert (answer.status_code, answer.json()["code"]) == (400, "request.malformed")
    assert [problem["field"] for problem in answer.json()["errors"]] == [field]


@pytest.mark.parametrize("limit", [1, 100])
async def test_both_ends_of_a_limit_pass(limit: int) -> None:
    """R37, GEN-R13: limit=1..100."""
    async with knocking(a_door()) as client:
        answer = await client.get(f"/v1/things?limit={limit}")

    assert answer.status_code == 200 and len(answer.json()["items"]) == limit and answer.json()["next_cursor"] == "next"


@pytest.mark.parametrize("ref", ["xyz", "1", "{" + SKU + "}", "%00", "..%2f..%2fetc", SKU + "0", "%ff"])
async def test_an_id_that_is_none_is_simply_not_there(ref: str) -> None:
    """R33, R37: no hint and no crash."""
    async with knocking(a_door(), "alice-token") as client:
        answer = await client.get(f"/v1/orders/{ref}")

    assert answer.status_code in (200, 404) and (answer.status_code == 404 or answer.json()["words"] == SKU)


RAW = {
    "no protocol": b"\r\n\r\n",
    "binary": bytes(range(256)) * 10,
    "an unknown method": b"BREW /health/live HTTP/1.1\r\nHost: x\r\n\r\n",
    "broken UTF-8 in the path": b"GET /v1/\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
    "a NUL in the path": b"GET /v1/%00 HTTP/1.1\r\nHost: x\r\n\r\n",
    "non-ASCII authorization": b"GET /v1/whoever HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \xc3\xa9\r\n\r\n",
    "non-ASCII idempotency key": b"POST /v1/orders HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer alice-token\r\n"
    b"Idempotency-Key: \xc3\xa9\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
    "a length that is no number": b"POST /v1/orders HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n{}",
    "a negative length": b"POST /v1/orders HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n{}",
    "two lengths": b"POST /v1/orders HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "a body that stops": b"POST /v1/orders HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer alice-token\r\n"
    b"Content-Type: application/json\r\nContent-Length: 200\r\n\r\n{",
    "broken chunks": b"POST /v1/orders HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
    "a huge header": b"GET /health/live HTTP/1.1\r\nHost: x\r\nX-Big: " + b"a" * 200_000 + b"\r\n\r\n",
    "a strange host": b"GET /health/live HTTP/1.1\r\nHost: \xff<script>\r\n\r\n",
    "a strange query": b"GET /v1/echo?%zz&=&&count=%ff HTTP/1.1\r\nHost: x\r\n\r\n",
}


def test_any_bytes_on_the_wire_leave_the_door_standing() -> None:
    """R37: no 5xx for any of them, and afterwards a health check is answered."""
    with served(a_door()) as address:
        answered = {name: exchange(address, raw)[:12] for name, raw in RAW.items()}
        health = exchange(address, b"GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")

    assert {name: head for name, head in answered.items() if head.startswith(b"HTTP/1.1 5")} == {}
    assert health.startswith(b"HTTP/1.1 200")


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
near_orders = st.fixed_dictionaries(
    {},
    optional={
        "lines": st.lists(
            st.fixed_dictionaries({}, optional={"sku_id": st.just(SKU) | anything, "quantity": st.integers() | anything})
        )
        | anything,
        "note": st.text() | anything,
        "at": st.datetimes().map(lambda at: at.isoformat() + "Z") | anything,
    },
)
APP = a_door()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(st.binary(max_size=200), (anything | near_orders).map(lambda tree: json.dumps(tree).encode())))
def test_no_body_whatever_is_our_fault(raw: bytes) -> None:
    """R37: for every byte string the answer is a success or a refusal in problem details."""
    import asyncio

    async def send() -> httpx2.Response:
        async with knocking(APP, "alice-token") as client:
            return await client.post("/v1/orders", content=raw, headers=JSON)

    answer = asyncio.run(send())

    assert answer.status_code in (201, 400, 422)
    assert answer.status_code == 201 or answer.headers["content-type"] == "application/problem+json"


async def test_a_notice_is_handed_on_byte_for_byte_and_answered_as_the_provider_wants() -> None:
    """R37: providers speak their own formats; only their size is limited."""
    knocks = Knocks()
    async with knocking(a_door(knocks, RETAIL_NOTICE_BYTES_MAX="2000")) as client:
        answer = await client.post("/v1/gateways/sandbox/notices", content=b"\xff\x00<xml>", headers={"X-Sign": "é".encode()})
        too_large = await client.post("/v1/gateways/sandbox/notices", content=b"x" * 2_001)
        strange = await client.post("/v1/gateways/SANDBOX%0A/notices", content=b"x")

    notice = knocks.seen[0]
    assert (notice.gateway, notice.body, "x-sign" in notice.headers) == ("sandbox", b"\xff\x00<xml>", True)
    assert (answer.status_code, answer.headers["content-type"], answer.content) == (
        202,
        "text/plain; charset=utf-8",
        b"OK \xff\x00<xml>",
    )
    assert (too_large.status_code, strange.status_code, len(knocks.seen)) == (413, 400, 1)

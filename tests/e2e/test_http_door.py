"""The door by itself: refusals as problem details, permissions, idempotency keys, the journal, headers, readiness."""

from __future__ import annotations

import io
import json
import logging
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from litestar.exceptions import ImproperlyConfiguredException

from retail_domain.accounts.model.staff import Permission
from retail_domain.accounts.use_cases.staff import NoteStaffAction
from retail_domain.kernel.actor import Actor
from retail_entrypoints.http.app import create_app
from retail_entrypoints.http.routing import Access, get
from retail_entrypoints.logs import journal, start_journal
from tests.e2e.door import CLERK, SKU, Knocks, a_door, a_shop, knocking, served

ORDER = {"lines": [{"sku_id": SKU, "quantity": 2}]}
SECRETS = ("hunter2", "13800138000", "db-7")


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """The journal of this process, as it would be written; put back afterwards."""
    root, written = logging.getLogger(), io.StringIO()
    before = (list(root.handlers), root.level, journal.level)
    start_journal(written)
    yield written
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    journal.setLevel(before[2])


async def call(method: str, path: str, token: str | None = None, **more: Any) -> Any:
    async with knocking(a_door(), token) as client:
        return await client.request(method, path, **more)


class TestProblems:
    async def test_a_refusal_tells_its_code_its_sentence_and_its_facts(self) -> None:
        """RFC 9457, GEN-R15: facts in the spelling the whole API uses."""
        answer = await call("POST", "/v1/sold-out")

        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json() == {
            "type": "/problems/test.sold_out",
            "title": "Conflict",
            "status": 409,
            "detail": "There are not enough left.",
            "code": "test.sold_out",
            "facts": {
                "available": 1,
                "price": {"minor": 1999, "currency": "CNY"},
                "sku_id": SKU,
                "at": "2026-01-31T12:00:00Z",
            },
        }

    @pytest.mark.parametrize(
        ("method", "path", "status", "code"),
        [
            ("GET", "/nowhere", 404, "request.no_such_address"),
            ("GET", "/v1/nowhere", 404, "request.no_such_address"),
            ("DELETE", "/health/live", 405, "request.method_not_allowed"),
            ("HEAD", "/v1/orders", 405, None),
            ("GET", "/v1/whoever", 401, "auth.login_required"),
            ("POST", "/v1/too-often", 429, "test.too_often"),
            ("POST", "/v1/unavailable", 503, "store.unavailable"),
            ("POST", "/v1/bug", 500, "request.failed"),
            ("POST", "/v1/assertion", 500, "request.failed"),
        ],
    )
    async def test_every_refusal_is_problem_details(self, method: str, path: str, status: int, code: str | None) -> None:
        """GEN-R15, R47: also for unknown addresses, wrong methods and bugs of ours."""
        answer = await call(method, path)

        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
        assert code is None or answer.json()["code"] == code

    async def test_who_must_wait_is_told_how_long(self) -> None:
        """GEN-R15, R37: 429 and 503 carry Retry-After, 401 says how to log in, 405 what is allowed."""
        waits = [(await call("POST", path)).headers["retry-after"] for path in ("/v1/too-often", "/v1/unavailable")]

        assert waits == ["17", "1"]
        assert (await call("GET", "/v1/whoever")).headers["www-authenticate"].startswith("Bearer")
        assert "GET" in (await call("DELETE", "/health/live")).headers["allow"]

    async def test_a_bug_is_answered_with_an_error_id_and_nothing_else(self, lines: io.StringIO) -> None:
        """R47, R41: fail closed; the id leads to the trace in the journal, which holds no values either."""
        answer = await call("POST", "/v1/bug")

        failed = next(line for line in map(json.loads, lines.getvalue().splitlines()) if line["event"] == "failed")
        assert failed["error_id"] == answer.json()["error_id"] and len(answer.json()["error_id"]) == 16
        assert failed["error"] == "ValueError" and any("be_a_bug" in frame for frame in failed["trace"])
        assert not [secret for secret in SECRETS if secret in answer.text + lines.getvalue()]

    async def test_what_the_shop_cannot_help_is_told_without_its_reason(self) -> None:
        """R41: no name of a machine, a constraint or a table leaves the shop."""
        answer = await call("POST", "/v1/unavailable")

        assert "db-7" not in answer.text and "facts" not in answer.json()


class TestPermissions:
    @pytest.mark.parametrize("opt", [{}, {"permission": None}, {"permission": "public"}])
    def test_a_route_without_a_permission_stops_the_start(self, opt: dict[str, Any]) -> None:
        """R35: deny by default."""
        from litestar import get

        @get("/forgotten", opt=opt)
        async def forgotten() -> str:
            return "open to everybody"

        with pytest.raises(ImproperlyConfiguredException, match="forgotten"):
            create_app(a_shop(), [forgotten])

    def test_a_route_with_an_entrance_of_its_own_keeps_the_shop_from_opening(self) -> None:
        """R35: what goes around the gate is guarded by nobody."""

        async def side_door(_request: object) -> None:
            return

        @get("/aside", permission=Access.PUBLIC, before_request=side_door)
        async def aside() -> None:
            return

        with pytest.raises(ImproperlyConfiguredException, match="around the gate"):
            create_app(a_shop(), [aside])

    @pytest.mark.parametrize(
        ("method", "path", "anonymous", "guest", "member", "clerk"),
        [
            ("GET", "/v1/echo", 200, 200, 200, 200),
            ("GET", "/v1/guest", 401, 200, 200, 403),
            ("GET", f"/v1/orders/{SKU}", 401, 401, 200, 403),
            ("GET", "/v1/whoever", 401, 401, 200, 200),
            ("GET", "/v1/staff/desk", 401, 401, 403, 200),
            ("POST", "/v1/staff/ship", 401, 401, 403, 200),
            ("POST", "/v1/staff/refund", 401, 401, 403, 403),
        ],
    )
    async def test_who_may_call_what(self, method: str, path: str, anonymous: int, guest: int, member: int, clerk: int) -> None:
        """R35, R33: every sort of caller at every sort of permission."""
        carrying = {"X-Cart-Token": "a-cart-token"}
        found = [
            (await call(method, path)).status_code,
            (await call(method, path, headers=carrying)).status_code,
            (await call(method, path, "alice-token")).status_code,
            (await call(method, path, "clerk-token")).status_code,
        ]

        assert found == [anonymous, guest, member, clerk]

    async def test_permission_comes_before_the_body(self) -> None:
        """R33, R35: somebody who may not call learns nothing about what a call looks like."""
        answer = await call("POST", "/v1/orders", content=b"{garbage", headers={"content-type": "application/json"})

        assert answer.status_code == 401

    @pytest.mark.parametrize("authorization", ["Basic YTpi", "Bearer", "Bearer ", "Bearer a b", "alice-token", "Bearer x"])
    async def test_an_unusable_token_is_401_but_public_routes_stay_open(self, authorization: str) -> None:
        """R36: an ended session must not keep anybody from logging in again."""
        headers = {"Authorization": authorization}

        assert (await call("GET", "/v1/whoever", headers=headers)).status_code == 401
        assert (await call("GET", "/v1/echo", headers=headers)).status_code == 200

    async def test_what_staff_decide_is_written_down_before_it_is_done(self) -> None:
        """R35: every decision of staff is in the trail; reading, being refused, and members' own decisions are not."""
        knocks = Knocks()
        async with knocking(a_door(knocks), "clerk-token") as client:
            for method, path in (("GET", "/v1/staff/desk"), ("POST", "/v1/staff/refund"), ("POST", "/v1/staff/ship")):
                await client.request(method, path)
        async with knocking(a_door(knocks), "alice-token") as client:
            await client.post("/v1/sold-out")

        assert knocks.seen == [NoteStaffAction(actor=Actor.staff(CLERK), action="ship"), "shipped"]

    def test_every_route_of_this_door_declares_who_may_call_it(self) -> None:
        """R35: nothing is open by accident; documentation and health are open on purpose."""
        app = a_door()
        declared = {
            (method, route.path): handler.opt["permission"]
            for route in app.app.routes
            for method, (handler, _) in route.route_handler_map.items()  # type: ignore[union-attr]
            if method != "OPTIONS"
        }

        assert all(isinstance(permission, Access | Permission) for permission in declared.values())
        assert len(declared) > 15


async def test_what_staff_do_with_a_guests_cart_is_written_down_all_the_same() -> None:
    """R35: who comes with a cart token beside the session is staff all the same."""
    knocks = Knocks()
    async with knocking(a_door(knocks), "clerk-token") as client:
        await client.post("/v1/staff/ship", headers={"X-Cart-Token": "a-cart"})

    assert knocks.seen == [NoteStaffAction(actor=Actor.staff(CLERK), action="ship"), "shipped"]


class TestAddresses:
    @pytest.mark.parametrize(
        ("trusted", "peer", "forwarded", "told"),
        [
            ("", "203.0.113.9", "198.51.100.1", "203.0.113.9"),
            ("10.0.0.0/8", "203.0.113.9", "198.51.100.1", "203.0.113.9"),
            ("10.0.0.0/8", "10.1.2.3", "198.51.100.1", "198.51.100.1"),
            ("10.0.0.0/8", "10.1.2.3", "6.6.6.6, 198.51.100.1", "198.51.100.1"),
            ("10.0.0.0/8", "10.1.2.3", "6.6.6.6, 198.51.100.1, 10.9.9.9", "198.51.100.1"),
            ("10.0.0.0/8", "10.1.2.3", "", "10.1.2.3"),
            ("10.0.0.0/8", "10.1.2.3", "<script>", "unknown"),
            ("10.0.0.0/8", "::ffff:10.1.2.3", "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        ],
    )
    async def test_a_caller_cannot_choose_their_address(self, trusted: str, peer: str, forwarded: str, told: str) -> None:
        """R36: limits are not bypassed by X-Forwarded-For."""
        async with knocking(a_door(RETAIL_TRUSTED_PROXIES=trusted), peer=peer) as client:
            answer = await client.get("/v1/address", headers={"X-Forwarded-For": forwarded})

        assert answer.json()["words"] == told

    async def test_a_line_of_the_header_that_the_caller_sent_hides_no_line_of_the_proxy(self) -> None:
        """R36: some proxies add a line of their own below what was sent; the last line counts."""
        lines = [("X-Forwarded-For", "6.6.6.6"), ("X-Forwarded-For", "198.51.100.1")]
        async with knocking(a_door(RETAIL_TRUSTED_PROXIES="10.0.0.0/8"), peer="10.1.2.3") as client:
            answer = await client.get("/v1/address", headers=lines)

        assert answer.json()["words"] == "198.51.100.1"


class TestIdempotencyKeys:
    async def test_a_key_comes_with_who_what_and_which_request(self) -> None:
        """R17, GEN-R7: scope is principal and operation; the fingerprint does not mind spaces and order."""
        knocks = Knocks()
        async with knocking(a_door(knocks), "alice-token") as client:
            for raw in (json.dumps(ORDER | {"note": "a"}), json.dumps({"note": "a"} | ORDER, indent=2), json.dumps(ORDER)):
                headers = {"content-type": "application/json", "Idempotency-Key": "key-1"}
                await client.post("/v1/orders", content=raw, headers=headers)
            await client.post("/v1/orders", json=ORDER)

        first, again, other, none = (once for _, once, _ in knocks.seen)
        assert (first.principal.partition(":")[0], first.operation, first.key) == ("member", "place_order", "key-1")
        assert first.fingerprint == again.fingerprint != other.fingerprint
        assert none is None

    @pytest.mark.parametrize("key", [b"", b"a b", b"x" * 201, "é".encode(), b"a\tb"])
    async def test_a_key_in_an_unusual_spelling_is_refused(self, key: bytes) -> None:
        """R17, R37: 1 to 200 visible ASCII characters."""
        answer = await call("POST", "/v1/orders", "alice-token", json=ORDER, headers={"Idempotency-Key": key})

        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "Idempotency-Key")

    async def test_guests_do_not_share_keys(self) -> None:
        """R17: a guest's scope is a digest of the cart token, and never the token itself."""
        told = [(await call("GET", "/v1/guest", headers={"X-Cart-Token": token})).json()["words"] for token in ("one", "two")]

        assert told[0] != told[1] and all(each.startswith("guest:") and "one" not in each for each in told)


class TestRequestLog:
    async def test_a_well_formed_request_id_is_echoed_and_any_other_replaced(self) -> None:
        given = await call("GET", "/health/live", headers={"X-Request-Id": "abc-12345"})
        evil = await call("GET", "/nowhere", headers={"X-Request-Id": 'x" onload="'})

        assert given.headers["x-request-id"] == "abc-12345"
        assert len(evil.headers["x-request-id"]) == 24 and evil.headers["x-request-id"].isalnum()

    @pytest.mark.parametrize("path", ["/health/live", "/v1/echo", "/nowhere", "/v1/whoever"])
    async def test_every_answer_is_inert_and_kept_by_nobody(self, path: str) -> None:
        """R38, R40: never sniffed, framed or cached."""
        headers = (await call("GET", path)).headers

        assert headers["x-content-type-options"] == "nosniff" and headers["cache-control"] == "no-store"
        assert headers["x-frame-options"] == "DENY" and "default-src 'none'" in headers["content-security-policy"]

    @pytest.mark.parametrize("words", ["<script>alert(1)</script>", "'\"><img src=x>", "=cmd|' /C calc'!A0", "{{7*7}}"])
    async def test_what_was_sent_comes_back_as_json_and_nothing_else(self, words: str) -> None:
        """R38: output is inert: typed as JSON, not sniffed, and whole."""
        answer = await call("GET", "/v1/echo", params={"query": words})

        assert answer.json()["words"] == words and answer.headers["content-type"] == "application/json"

    async def test_the_journal_names_the_route_and_not_the_person(self, lines: io.StringIO) -> None:
        """R40, R41: method, template, status, duration, sort of caller and request id; no ids, tokens, words or addresses."""
        await call("GET", f"/v1/orders/{SKU}", "alice-token", headers={"X-Request-Id": "request-77"})
        await call("GET", "/v1/echo", params={"query": "13800138000"})
        await call("GET", "/nowhere/13800138000")

        told = [json.loads(line) for line in lines.getvalue().splitlines()]
        assert [(line["event"], line["route"], line["status"], line["principal"]) for line in told] == [
            ("request", "/v1/orders/{order_id}", 200, "member"),
            ("request", "/v1/echo", 200, "anonymous"),
            ("request", "unmatched", 404, "anonymous"),
        ]
        assert told[0]["request_id"] == "request-77" and told[0]["method"] == "GET" and told[0]["duration_ms"] >= 0
        assert not [word for word in ("alice", SKU, "13800138000", "203.0.113.9") if word in lines.getvalue()]

    def test_third_parties_speak_up_from_warnings_on(self, lines: io.StringIO) -> None:
        """R40: the log lines of HTTP clients and servers name addresses and parameters."""
        for name in ("httpx2", "granian.access", "uvicorn.access"):
            logging.getLogger(name).info("GET /v1/me?phone=13800138000")
        logging.getLogger("httpx2").warning("pool is full")

        assert [json.loads(line)["event"] for line in lines.getvalue().splitlines()] == ["pool is full"]

    def test_a_logged_exception_keeps_its_words_to_itself(self, lines: io.StringIO) -> None:
        """R41: of an exception the journal tells its class and where it passed, with its causes."""
        try:
            try:
                raise KeyError("hunter2")
            except KeyError as cause:
                raise RuntimeError("13800138000") from cause
        except RuntimeError:
            journal.exception("broken")

        told = json.loads(lines.getvalue())
        assert told["error"] == "RuntimeError" and "caused by KeyError" in told["trace"]
        assert not [secret for secret in SECRETS if secret in lines.getvalue()]


class TestHealth:
    async def test_alive_is_not_ready(self) -> None:
        async with knocking(a_door(ready=False)) as client:
            alive, ready = await client.get("/health/live"), await client.get("/health/ready")

        assert (alive.status_code, ready.status_code, ready.json()["code"]) == (200, 503, "request.not_ready")
        assert ready.headers["retry-after"] and "database" not in ready.text

    def test_requests_under_way_are_finished_before_the_server_ends(self) -> None:
        """Graceful stop: the server stops taking connections, and answers those it has."""
        knocks: Knocks = Knocks()
        answered: list[httpx2.Response] = []
        with served(a_door(knocks)) as (host, port):
            caller = threading.Thread(target=lambda: answered.append(httpx2.get(f"http://{host}:{port}/v1/slow")))
            caller.start()
            while not knocks.seen:
                time.sleep(0.01)
        caller.join(10)

        assert answered[0].json()["words"] == "finished"

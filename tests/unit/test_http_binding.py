"""What a handler asks for is read off its signature: everything it may ask for comes from somewhere, or the shop stays shut."""

from typing import Annotated, Any

import pytest
from litestar.di import NamedDependency
from litestar.exceptions import ImproperlyConfiguredException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, HeaderParameter, JSONBody, QueryParameter

from retail_domain.kernel.paging import PageRequest
from retail_entrypoints.http.app import create_app
from retail_entrypoints.http.routing import PUBLIC, get, post
from retail_entrypoints.http.shapes import NoWords, Search
from tests.e2e.door import EchoAnswer, a_door, a_shop, knocking

Few = Annotated[int, QueryParameter(name="few", ge=1, le=3)]
Short = Annotated[str | None, QueryParameter(max_length=2, pattern="^[a-z]*$")]


@get("/things", permission=PUBLIC)
async def find_things(page: NamedDependency[PageRequest], few: Few = 2, short: Short = None) -> EchoAnswer:
    return EchoAnswer(f"{short}:{page.cursor}", few * 100 + page.limit)


@get("/things/{line:int}", permission=PUBLIC)
async def show_thing(line: FromPath[int]) -> EchoAnswer:
    return EchoAnswer("line", line)


@post("/wordless", permission=PUBLIC, status=200)
async def be_wordless(data: JSONBody[NoWords | None] = None) -> EchoAnswer:
    return EchoAnswer(str(data), None)


async def called(method: str, path: str, *handlers: HTTPRouteHandler, **more: Any) -> Any:
    async with knocking(create_app(a_shop(), handlers)) as client:
        return await client.request(method, path, **more)


async def test_what_is_left_out_is_what_the_handler_says() -> None:
    assert (await called("GET", "/v1/things", find_things)).json() == {"words": "None:None", "count": 220}


async def test_parameters_of_a_handler_and_of_what_it_asks_for_by_name_come_from_one_query() -> None:
    answer = await called("GET", "/v1/things?few=3&short=ab&limit=7&cursor=x", find_things)

    assert answer.json() == {"words": "ab:x", "count": 307}


@pytest.mark.parametrize("odd", ["%2B7", "07", "0_7", "%EF%BC%97", "%207", "7%20", "-7", "x"])
async def test_a_number_in_an_address_has_one_spelling(odd: str) -> None:
    """R37"""
    assert (await called("GET", "/v1/things/7", show_thing)).json()["count"] == 7
    answer = await called("GET", f"/v1/things/{odd}", show_thing)
    if odd == "-7":
        assert answer.json()["count"] == -7
    else:
        assert (answer.status_code, answer.json()["code"]) == (404, "request.no_such_address")


async def test_every_parameter_to_blame_is_named_at_once() -> None:
    """R37"""
    answer = await called("GET", "/v1/things?few=4&short=ABC", find_things)

    assert answer.status_code == 400
    assert {(each["field"], each["rule"]) for each in answer.json()["errors"]} == {("few", "parameter"), ("short", "parameter")}


@pytest.mark.parametrize(("content", "words"), [(b"", "None"), (b"{}", "NoWords()")])
async def test_a_body_that_may_be_absent_may_be_there_too(content: bytes, words: str) -> None:
    answer = await called("POST", "/v1/wordless", be_wordless, content=content, headers={"Content-Type": "application/json"})

    assert answer.json()["words"] == words


@pytest.mark.parametrize("length", [b"many", b"1e3"])
async def test_a_length_that_is_no_number_is_malformed(length: bytes) -> None:
    """R37: refused before anything is read; servers refuse it even earlier."""
    told: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"{}", "more_body": False}

    async def send(message: Any) -> None:
        told.append(message)

    headers = [
        (b"host", b"shop.test"), (b"content-length", length), (b"content-type", b"application/json"),
        (b"authorization", b"Bearer alice-token"),
    ]  # fmt: skip
    scope = {
        "type": "http", "http_version": "1.1", "method": "POST", "path": "/v1/orders", "query_string": b"", "headers": headers,
        "client": None,
    }  # fmt: skip
    await a_door()(scope, receive, send)

    assert told[0]["status"] == 400


def test_a_handler_that_asks_for_what_nobody_has_keeps_the_shop_from_opening() -> None:
    @get("/odd", permission=PUBLIC)
    async def ask_oddly(words: Search = None, colour: str = "green") -> EchoAnswer:
        return EchoAnswer(words, len(colour))

    with pytest.raises(ImproperlyConfiguredException, match="colour"):
        create_app(a_shop(), [ask_oddly])


def test_a_header_that_the_door_does_not_read_keeps_the_shop_from_opening() -> None:
    @get("/odd", permission=PUBLIC)
    async def ask_oddly(colour: Annotated[str | None, HeaderParameter(name="X-Colour")] = None) -> EchoAnswer:
        return EchoAnswer(colour, None)

    with pytest.raises(ImproperlyConfiguredException, match="x-colour"):
        create_app(a_shop(), [ask_oddly])

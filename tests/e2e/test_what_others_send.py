"""What others send is taken or refused alike, through every door and on every store, and breaks nothing (GEN-R23)."""

from __future__ import annotations

import base64
import json
import random
import unicodedata
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.money import Money
from retail_domain.kernel.reading import LINE
from retail_domain.payments import PaymentSnapshot, PaymentStatus
from retail_domain.payments.gateway import MerchantRef
from retail_entrypoints.cli.main import run
from tests.e2e.whole_shop import WholeShop, described, open_whole_shop, things_of_alice
from tests.support.pretend_gateway import PretendGateway, notice
from tests.support.stores import Place, new_file

NIL = "00000000-0000-0000-0000-000000000000"
NOON, LAST, FIRST = "2026-01-01T00:00:00+00:00", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59"
FORGED = [
    [LAST, NIL], [FIRST, NIL], ["2026-01-01T00:00:00", NIL], [NOON, "\ud800"], [NOON, "\x00"], [NOON, "x", "\ud800", "y"],
    [LAST, "x", "y", "z"], [NOON, "x", "y", "z" * 501], [NOON, "x", "y", "z"], [NOON, NIL],
    [2**63], [2**62], [-(2**63)], [2**53 - 1], [True], [1.5], [None], [[]], [{}], ["x"], [f"{{{NIL}}}"], [f"urn:uuid:{NIL}"],
    [NIL] * 2, ["relevance", 2**63, NIL], ["relevance", -1, NIL], ["\ud800", 0, NIL], ["newest", True, NIL], [], {}, 1, "x",
    None,
]  # fmt: skip
INSTANTS = [
    "2026-01-31T12:00:00Z", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "1999-12-31T23:59:59Z",
    "2200-01-01T00:00:00Z", "2199-12-31T23:59:59.999999Z", "2026-01-31T12:00:00", "2026-02-30T00:00:00Z",
]  # fmt: skip


UNSTORABLE = ("\ud800", "\x00", "x" * 201, "", "\u202e", "a\nb", "\u200b")


def of_all_unicode() -> Iterator[str]:
    """Texts from every corner of Unicode: what is known to bite, one of each category, and many of many blocks."""
    biting = (
        "\x00 \x01 \t \n \r\n \x7f \x85 \xa0 \xad \u034f \u061c \u115f \u180e \u200b \u200d \u200e \u2028 \u202e \u2066 "
        "\u2800 \u3000 \u3164 \ud800 \udfff \ufeff \ufffd \uffff \U0001f600 \U000e0001 \U0010ffff "
        "ı İ ß ﬁ Å é ① ％ ＿ % _ ' \" \\ ; -- NUL null"
    )
    yield from ("", " ", "a" * 200, "a" * 201, "\u200b\u200b", "\u202eabc", "A\u200bB", "ＡＢ－１", "e\u0301")
    for bite in biting.split(" "):
        yield from (bite, f"a{bite}b")
    seen: set[str] = set()
    for code in range(0, 0x110000, 61):
        category = unicodedata.category(chr(code))
        if category not in seen:
            seen.add(category)
            yield from (chr(code), f"a{chr(code)}b")
    dice = random.Random(22)
    for _ in range(15):
        yield "".join(chr(dice.randrange(dice.choice((0x250, 0x10000, 0x110000)))) for _ in range(8))


TEXTS = list(dict.fromkeys(of_all_unicode()))


@frozen
class Stores:
    """The same shop on every store, and what pays there."""

    shops: Sequence[WholeShop]
    providers: Sequence[PretendGateway]


@pytest.fixture
def places(sqlite_path: Path, postgres_url: str) -> list[Place]:
    new_file(sqlite_path)
    return [Place("memory"), Place("sqlite", str(sqlite_path)), Place("postgres", postgres_url)]


@pytest.fixture
async def stores(places: list[Place]) -> AsyncIterator[Stores]:
    async with AsyncExitStack() as stack:
        providers = [PretendGateway() for _ in places]
        opened = [await stack.enter_async_context(open_whole_shop(*each)) for each in zip(places, providers, strict=True)]
        yield Stores(opened, providers)


async def alike(stores: Stores, who: str, method: str, *paths: str, **more: Any) -> tuple[int, Any]:
    """What every store answers, each asked at its own address if there are several; never that something broke."""
    answers, path = [], paths[0]
    for shop, there in zip(stores.shops, paths if len(paths) > 1 else paths * len(stores.shops), strict=True):
        async with shop.knocking(who) as client:
            answer = await client.request(method, there, **more)
            told = answer.json() if answer.status_code >= 400 else None
            answers.append((answer.status_code, told and (told["code"], told.get("errors"))))
    assert answers[0][0] < 500, (method, path, more, answers)
    assert answers == [answers[0]] * len(answers), (method, path, more)
    return answers[0]


def body(value: Any) -> dict[str, Any]:
    """JSON that spells everything, halves of surrogate pairs too."""
    return {"content": json.dumps(value).encode(), "headers": {"content-type": "application/json"}}


@pytest.mark.slow
async def test_bodies_queries_and_cursors_are_taken_or_refused_alike(stores: Stores) -> None:
    """R37, CAT-R3, DOR-R1: texts and moments from every corner, and every list asked with cursors that none gave out."""
    await _cursors(stores)
    await _codes(stores)
    await _moments(stores)
    await _texts(stores)


async def _texts(stores: Stores) -> None:
    for text in TEXTS:
        status, _ = await alike(stores, "admin", "POST", "/v1/staff/brands", **body({"name": text}))
        assert status in (201, 400, 409, 422), text
        again, _ = await alike(stores, "admin", "POST", "/v1/staff/brands", **body({"name": f" {text}\u200b"}))
        assert again == 409 if status == 201 else again >= 400, text
        if text.isprintable():
            await alike(stores, "anonymous", "GET", "/v1/products", params={"query": text})
    names = []
    for shop in stores.shops:
        async with shop.knocking() as client:
            names.append([one["name"] for one in (await client.get("/v1/brands")).json()["items"]])
    assert sorted(names[0]) == sorted(names[1]) == sorted(names[2])


def goods(code: str, sku_code: str, **more: Any) -> dict[str, Any]:
    """The body of new goods."""
    kind = {"code": sku_code, "price": {"minor": 1, "currency": "CNY"}}
    return body({"code": code, "description": {"title": "x", **more}, "skus": [kind]})


async def _codes(stores: Stores) -> None:
    """What looks alike is one kind of goods."""
    looks = ("AB-1", "ＡＢ－１", "AB-1 ", "\u200bAB-1", "AB\u20111", "A\u00adB-1", "\u202aAB-1\u202c", "AB-1\u3000")
    found = []
    for at, look in enumerate(looks):
        found.append((await alike(stores, "admin", "POST", "/v1/staff/products", **goods(f"p{at}", look)))[0])
    assert found == [201, *[409] * (len(looks) - 1)]


async def _moments(stores: Stores) -> None:
    for at, told in enumerate(INSTANTS):
        status, _ = await alike(stores, "admin", "POST", "/v1/staff/products", **goods(f"i{at}", f"i{at}", sale_from=told))
        assert status == (201 if at in (0, 5) else 422), told
        event = {"event_id": "01890000-0000-7000-8000-00000000dead", "kind": "view", "object": "x", "occurred_at": told}
        await alike(stores, "anonymous", "POST", "/v1/behaviour", **body({"events": [event], "anonymous_id": "x"}))


async def _cursors(stores: Stores) -> None:
    sku_ids = [(await things_of_alice(shop)).sku_id for shop in stores.shops]
    lists = [
        path for path, item in (await described(stores.shops[0]))["paths"].items()
        if any(one.get("name") == "cursor" for one in item.get("get", {}).get("parameters", ()))
    ]  # fmt: skip
    asked = [path for path in lists if "{" not in path.replace("{sku_id}", "")]
    assert len(asked) > 8
    refused = 0
    for path in asked:
        for key in FORGED:
            cursor = base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")
            for who in ("alice",) if path.startswith("/v1/me") else ("admin",):
                there = [path.replace("{sku_id}", sku_id) for sku_id in sku_ids]
                refused += (await alike(stores, who, "GET", *there, params={"cursor": cursor}))[0] == 400
    assert refused > 8 * len(asked)


@pytest.mark.slow
async def test_a_genuine_notice_that_cannot_be_stored_is_kept_for_staff(stores: Stores) -> None:
    """R10, R37, PAY-R16: never an error, on no store; the provider is thanked, and the payment is found by asking."""
    for at, ref in enumerate(UNSTORABLE):
        odd = PaymentSnapshot(
            ref=MerchantRef("a" * 32), status=PaymentStatus.SUCCEEDED, amount=Money(1, "CNY"), provider_ref=ref
        )
        sent = notice(odd, f"evt-{at:04}")
        for _ in range(2):
            assert await alike(stores, "anonymous", "POST", "/v1/gateways/sandbox/notices", content=sent) == (200, None)
    for shown in await _odd_notices(stores):
        assert shown == [("a" * 32, "unreadable", None)] * len(UNSTORABLE)

    for at, text in enumerate(TEXTS):
        for odd_name in ("provider_ref", "ref", "event_id"):
            told = {
                "event_id": f"evt-{at}", "status": "succeeded", "provider_ref": f"p{at}", "minor": 1, "currency": "CNY",
                "kind": "payment", "ref": "b" * 32, odd_name: text,
            }  # fmt: skip
            sent = b"secret " + json.dumps(told).encode()
            assert (await alike(stores, "anonymous", "POST", "/v1/gateways/sandbox/notices", content=sent))[0] == 200
    shown = await _odd_notices(stores)
    assert shown[0] == shown[1] == shown[2]


async def _odd_notices(stores: Stores) -> list[list[tuple[str, str, str | None]]]:
    """What staff see, on each store."""
    every = []
    for shop in stores.shops:
        read: list[Any] = []
        cursor: dict[str, str] = {}
        async with shop.knocking("finance") as client:
            while not read or cursor:
                page = (await client.get("/v1/staff/payments/notices", params={"limit": 100, **cursor})).json()
                read += [(one["ref"], one["status"], one["provider_ref"]) for one in page["items"]]
                cursor = {"cursor": page["next_cursor"]} if page["next_cursor"] else {}
        every.append(sorted(read, key=str))
    return every


async def test_what_a_provider_answers_is_read_before_it_is_believed(stores: Stores) -> None:
    """PAY-R8, GEN-R23: what stands beside the money and cannot be stored is left out, on every store; the money is heard."""
    for shop, provider in zip(stores.shops, stores.providers, strict=True):
        things = await things_of_alice(shop)
        async with shop.knocking("alice") as client:
            way = {"gateway": "sandbox", "flow": "desktop_qr"}
            started = await client.post(f"/v1/orders/{things.order_id}/payments", json=way)
            payment_id = started.json()["payment_id"]
            ref = payment_id.replace("-", "")
            paid = provider.pay(ref)
            provider.charges[ref] = PaymentSnapshot(
                ref=MerchantRef(ref), status=paid.status, amount=paid.amount, provider_ref="\ud800"
            )
            shop.clock.forward(minutes=1)
            asked = await client.post(f"/v1/payments/{payment_id}/refresh", json={})
        assert (asked.status_code, asked.json()["status"], asked.json()["money"]) == (200, "succeeded", "applied")


def test_the_command_line_and_files_read_as_the_other_doors_do(
    places: list[Place], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """DOR-R3: one line that names the argument or the row, and never a failure of ours."""
    (tmp_path / "mapping.toml").write_text('[product]\ncode = "code"\ntitle = "title"\n[sku]\ncode = "code"\nprice = "price"\n')
    texts = ["茶 tea", "\udc80\udcff", "\u202eabc", "\u200b\u200b", "a\u200bb", "x" * 201, "e\u0301", "\u3164"]
    for kind, address in (("sqlite", f"sqlite:///{places[1].address}"), ("postgres", places[2].address)):
        monkeypatch.setenv("RETAIL_DATABASE_URL", address)
        for at, text in enumerate(texts):
            code = run(["stock", "open-location", f"L{at}", text])
            error = capsys.readouterr().err
            assert code == (0 if _is_fit(text, 100) else 1), (kind, text, error)
            assert "our side" not in error
            (tmp_path / "goods.csv").write_bytes(f"code,price,title\nG{at},1,{text}\n".encode("utf-8", "surrogateescape"))
            taken = run(["catalog", "import", str(tmp_path / "goods.csv"), "--mapping", str(tmp_path / "mapping.toml")])
            assert taken == (0 if _is_fit(text, 200) else 1), (kind, text, capsys.readouterr())
        for number in ("9" * 30, str(2**63)):
            words = ["stock", "receive", "01890000-0000-7000-8000-00000000dead", number, "--reference", "x", "--location", "L0"]
            assert run(words) != 0
            assert "our side" not in capsys.readouterr().err


def _is_fit(text: str, most: int) -> bool:
    try:
        return bool(LINE.read(text, "text", most, 1))
    except InvalidInput:
        return False

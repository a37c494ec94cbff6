"""The one way out to addresses that somebody else has chosen, on real sockets (R39)."""

from __future__ import annotations

import asyncio
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from attrs import define, field
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from retail_adapters.outbound import Call, CallFailed, Lookups, Obstacle, Outbound
from retail_domain.kernel.destinations import Destinations
from tests.support.receiver import receiving

HERE = Destinations(is_plain_allowed=True, is_loopback_allowed=True)


@define
class Names:
    """A name server that says one thing first, and another when it is asked again."""

    says: Sequence[Sequence[str]]
    asked: list[str] = field(factory=list)

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        return self.says[min(len(self.asked), len(self.says)) - 1]


def post(url: str, **more: Any) -> Call:
    return Call(method="POST", url=url, body=b"tea", **more)


async def why(outbound: Outbound, url: str) -> Obstacle:
    with pytest.raises(CallFailed) as failed:
        await outbound.exchange(post(url))
    return failed.value.why


async def test_the_name_is_looked_up_once_and_what_was_looked_at_is_what_is_called() -> None:
    """R39: whoever owns a name cannot lead elsewhere between the look and the call."""
    names = Names([["127.0.0.1"], ["127.0.0.2"]])
    async with receiving() as receiver:
        outbound = Outbound(destinations=HERE, resolve=names)
        called = await outbound.exchange(post(f"http://shop.example:{receiver.port}/in?x=1"))

    assert (called.status, names.asked) == (204, ["shop.example"])
    (heard,) = receiver.heard
    assert (heard.path, heard.headers["host"], heard.body) == ("/in?x=1", f"shop.example:{receiver.port}", b"tea")


@pytest.mark.parametrize(
    "says",
    [
        ["127.0.0.1"], ["::1"], ["10.0.0.1"], ["169.254.169.254"], ["::ffff:127.0.0.1"], ["64:ff9b::7f00:1"], ["fe80::1%lo"],
        ["93.184.216.34", "127.0.0.1"], ["2606:2800:220:1::1", "fd00::1"],
    ],
)  # fmt: skip
async def test_a_name_with_any_address_that_is_not_public_is_not_called_at_all(says: list[str]) -> None:
    """R39."""
    async with receiving() as receiver:
        outbound = Outbound(destinations=Destinations(is_plain_allowed=True), resolve=Names([says]))
        assert await why(outbound, f"http://shop.example:{receiver.port}/") is Obstacle.ADDRESS
    assert receiver.heard == []


async def test_this_machine_is_not_called_by_any_of_its_names_unless_that_is_allowed() -> None:
    """R39: by the resolver of this machine."""
    async with receiving() as receiver:
        plain = Outbound(destinations=Destinations(is_plain_allowed=True))
        for host in ("localhost", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]"):
            assert await why(plain, f"http://{host}:{receiver.port}/") is Obstacle.ADDRESS
        assert receiver.heard == []
        assert (await Outbound(destinations=HERE).exchange(post(receiver.url))).status == 204


async def test_a_name_that_nobody_has_and_a_door_that_nobody_opens_are_said() -> None:
    """R39: of several addresses another is tried."""

    async def nobody(_host: str, _port: int) -> Sequence[str]:
        raise OSError("no such name")

    assert await why(Outbound(destinations=HERE, resolve=nobody), "http://shop.example/") is Obstacle.NAME
    assert await why(Outbound(destinations=HERE, resolve=Names([[]])), "http://shop.example/") is Obstacle.NAME
    async with receiving() as receiver:
        several = Outbound(destinations=HERE, resolve=Names([["127.0.0.3", "127.0.0.1"]]))
        assert (await several.exchange(post(f"http://shop.example:{receiver.port}/"))).status == 204
        port = receiver.port
    assert await why(Outbound(destinations=HERE), f"http://127.0.0.1:{port}/") is Obstacle.CONNECTION


async def test_nobody_is_followed_elsewhere() -> None:
    """R39."""
    async with receiving() as elsewhere, receiving(status=302, head=f"location: {elsewhere.url}\r\n") as receiver:
        called = await Outbound(destinations=HERE).exchange(post(receiver.url))

    assert (called.status, called.headers["location"], elsewhere.heard) == (302, elsewhere.url, [])


async def test_an_answer_ends_in_size_and_says_if_there_is_more() -> None:
    """R39."""
    async with receiving(status=200, body=b"x" * 100_000) as receiver:
        outbound = Outbound(destinations=HERE)
        short = await outbound.exchange(post(receiver.url, answer_bytes_max=1_000))
        whole = await outbound.exchange(post(receiver.url, answer_bytes_max=100_000))
        none = await outbound.exchange(post(receiver.url))

    assert (len(short.body), short.is_whole) == (1_000, False)
    assert (len(whole.body), whole.is_whole) == (100_000, True)
    assert (none.status, none.body, none.is_whole) == (200, b"", False)


async def test_an_answer_ends_in_time_however_it_comes() -> None:
    """R39: one letter after the other, or none."""
    async with receiving(hangs=True) as hanging, answering(drip) as dripping:
        for url in (hanging.url, dripping):
            outbound = Outbound(destinations=HERE, total_seconds=0.4)
            with pytest.raises(CallFailed) as failed:
                await outbound.exchange(post(url, answer_bytes_max=1_000))
            assert failed.value.why is Obstacle.TIME


async def test_heads_that_do_not_end_are_not_read_on() -> None:
    """R39: an interim answer may follow another, and none of them is the answer."""
    sent = 0

    async def go_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await reader.readuntil(b"\r\n\r\n")
        while sent < 64_000_000:
            writer.write(b"HTTP/1.1 103 X\r\n\r\n" * 1_000)
            sent += 18_000
            await writer.drain()

    async with answering(go_on) as url:
        assert await why(Outbound(destinations=HERE), url) is Obstacle.BROKEN
    assert sent < 64_000_000


async def test_a_call_waits_for_no_other_however_many_hang() -> None:
    """R39, HOK-R4: a hundred and twenty receivers that never answer are no reason for the next one to be called late."""
    async with receiving(hangs=True) as hanging, receiving() as quick:
        outbound = Outbound(destinations=HERE, total_seconds=20)
        waiting = [asyncio.ensure_future(outbound.exchange(post(hanging.url))) for _ in range(120)]
        while len(hanging.heard) < 120:
            await asyncio.sleep(0.01)
        assert (await outbound.exchange(post(quick.url))).status == 204
        assert not any(one.done() for one in waiting)
        for one in waiting:
            one.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


async def test_a_name_that_nobody_answers_for_holds_up_its_own_calls_alone() -> None:
    """R39, HOK-R4: neither another name, nor what else is done in threads, such as looking up a payment provider."""
    answer, asked = Event(), Counter[str]()

    def look_up(host: str, _port: int) -> Sequence[str]:
        asked[host] += 1
        if host.startswith("silent"):
            answer.wait(60)
        return ["127.0.0.1"]

    async with receiving() as receiver:
        outbound = Outbound(destinations=HERE, resolve=Lookups(look_up))
        silent = [f"http://silent{number % 40}.example:{receiver.port}/" for number in range(120)]
        waiting = [asyncio.ensure_future(outbound.exchange(post(url))) for url in silent]
        try:
            async with asyncio.timeout(30):  # a name that waits for another one would be asked for when that one is known
                while len(asked) < 40:
                    await asyncio.sleep(0.01)
                assert (await outbound.exchange(post(f"http://quick.example:{receiver.port}/"))).status == 204
                assert await asyncio.to_thread(lambda: "tea") == "tea"
                assert not any(one.done() for one in waiting)
        finally:
            answer.set()
        assert {one.status for one in await asyncio.gather(*waiting)} == {204}
    assert asked == Counter({f"silent{number}.example": 1 for number in range(40)} | {"quick.example": 1})


async def test_whoever_is_weary_of_a_name_is_told_in_time_and_it_is_asked_for_again() -> None:
    """R39."""
    answer, asked = Event(), Counter[str]()

    def look_up(host: str, _port: int) -> Sequence[str]:
        asked[host] += 1
        if not answer.wait(60):
            raise OSError("no such name")
        return ["127.0.0.1"]

    async with receiving() as receiver:
        outbound = Outbound(destinations=HERE, total_seconds=0.2, resolve=Lookups(look_up))
        url = f"http://shop.example:{receiver.port}/"
        assert await why(outbound, url) is Obstacle.TIME
        assert await why(outbound, url) is Obstacle.TIME
        assert asked == Counter({"shop.example": 1})
        answer.set()
        patient = Outbound(destinations=HERE, resolve=outbound.resolve)
        assert (await patient.exchange(post(url))).status == 204
        assert (await patient.exchange(post(url))).status == 204
    assert asked["shop.example"] >= 2


async def test_what_is_asked_for_arrives_letter_by_letter() -> None:
    """R39: an address is called as it was written down."""
    async with receiving() as receiver:
        outbound = Outbound(destinations=HERE)
        for path in ("/a;b=1?", "/%2e%2e/x", "/a/../b", '/"{}|^`', "/?x=%0d%0ay:z", "//x"):
            assert (await outbound.exchange(post(f"http://127.0.0.1:{receiver.port}{path}"))).status == 204
    assert [one.path for one in receiver.heard] == ["/a;b=1?", "/%2e%2e/x", "/a/../b", '/"{}|^`', "/?x=%0d%0ay:z", "//x"]


async def test_an_answer_that_is_none_is_said() -> None:
    """R39."""
    async with answering(nonsense) as url:
        assert await why(Outbound(destinations=HERE), url) is Obstacle.BROKEN


async def test_a_certificate_is_held_against_the_name_and_whoever_vouches_for_it(tmp_path: Path) -> None:
    """R39: although it is an address that is connected to."""
    server, trusted = certified(tmp_path, "shop.example")

    async def ok(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 204 X\r\n\r\n")

    async with answering(ok, server) as url:
        port = url.rpartition(":")[2]
        names = Names([["127.0.0.1"]])
        known = Outbound(destinations=HERE, resolve=names, trusted=trusted)
        assert (await known.exchange(post(f"https://shop.example:{port}"))).status == 204
        assert await why(known, f"https://other.example:{port}") is Obstacle.CONNECTION
        assert (await known.exchange(post(f"https://shop.example:{port}"))).status == 204
        assert await why(known, f"https://127.0.0.1:{port}") is Obstacle.CONNECTION
        stranger = Outbound(destinations=HERE, resolve=names)
        assert await why(stranger, f"https://shop.example:{port}") is Obstacle.CONNECTION


async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One letter in a tenth of a second."""
    writer.write(b"HTTP/1.1 200 X\r\ncontent-length: 1000\r\n\r\n")
    for _ in range(100):
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.1)


async def nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """No HTTP."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"tea is ready\r\n\r\n")


@asynccontextmanager
async def answering(serve: Callable[..., Any], tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """A server that answers in a way of its own."""

    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            return  # whoever called has gone
        finally:
            writer.close()

    server = await asyncio.start_server(served, "127.0.0.1", 0, ssl=tls)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


def certified(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's side, and that of whoever believes it: a certificate of this name that vouches for itself."""
    key, at = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder(who, who, key.public_key(), x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "both.pem").write_bytes(secret + pem)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "both.pem")
    return server, ssl.create_default_context(cadata=pem.decode())

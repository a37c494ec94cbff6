"""Pictures on every store, and their bytes in every place (PIC-R7, PIC-R8, PIC-R9)."""

from __future__ import annotations

import re
import socket
import stat
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
from attrs import evolve

from retail_adapters.pictures import FolderFiles, MemoryFiles
from retail_adapters.pictures.s3 import S3Config, S3Files, Signable, signed
from retail_adapters.system.clock import SystemClock
from retail_domain import pictures
from retail_domain.kernel.errors import Unavailable
from retail_domain.testing.contracts.pictures import MADE, SENT, PictureFilesContract, PicturesContract
from tests.support.stores import STORES, Place, Surroundings, open_store, place_of


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


@pytest.fixture
async def begin(place: Place) -> AsyncIterator[Any]:
    """Units of work on an empty store."""
    async with open_store(place, Surroundings(pictures.EVENTS)) as store:
        yield store.begin


class TestPictures(PicturesContract):
    """Pictures, on every store."""


SERVES = """
import sys
from moto.moto_server.werkzeug_app import create_backend_app, DomainDispatcherApplication
from werkzeug.serving import run_simple
run_simple("127.0.0.1", int(sys.argv[1]), DomainDispatcherApplication(create_backend_app), threaded=True)
"""


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def store() -> Iterator[S3Config]:
    """A server of its own that speaks S3 and checks signatures, with one user and one bucket."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    server = subprocess.Popen(
        [sys.executable, "-c", SERVES, str(port)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + 60
        while True:
            try:
                httpx2.get(f"{address}/moto-api/", trust_env=False)
                break
            except httpx2.HTTPError:
                assert server.poll() is None and time.monotonic() < until, "the S3 server did not start"
                time.sleep(0.1)
        yield _with_a_user(address)
    finally:
        server.kill()
        server.wait()


def _with_a_user(address: str) -> S3Config:
    iam = {
        "authorization": "AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=x"
    }
    with httpx2.Client(base_url=address, trust_env=False) as client:

        def ask(action: str, **words: str) -> str:
            told = client.post("/", data={"Action": action, "Version": "2010-05-08", "UserName": "shop", **words}, headers=iam)
            assert told.status_code == 200, told.text
            return told.text

        ask("CreateUser")
        every = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'
        ask("PutUserPolicy", PolicyName="all", PolicyDocument=every)
        key = ask("CreateAccessKey")
        s3 = {"authorization": iam["authorization"].replace("/iam/", "/s3/")}
        assert client.put("/tea-pictures", headers=s3).status_code == 200
        found = [re.search(f"<{name}>(.*?)</{name}>", key) for name in ("AccessKeyId", "SecretAccessKey")]
        key_id, secret = (one.group(1) for one in found if one)
        assert client.post("/moto-api/reset-auth", content=b"0").status_code == 200  # from here on signatures are checked
    return S3Config(endpoint=address, bucket="tea-pictures", region="us-east-1", key_id=key_id, secret=secret, prefix="shop/")


@pytest.fixture(params=["memory", "folder", "s3"])
async def files(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Any]:
    """An empty place."""
    if request.param == "memory":
        yield MemoryFiles()
    elif request.param == "folder":
        yield FolderFiles(tmp_path / "pictures")
    else:
        bucket = request.getfixturevalue("store")
        place = S3Files(bucket, SystemClock())
        for name in (SENT, MADE):
            await place.forget(name)
        yield place
        await place.aclose()


class TestFiles(PictureFilesContract):
    """Bytes in memory, in a folder, and with a server that speaks S3."""


async def test_files_of_a_folder_are_ours_alone_and_a_half_one_is_never_found(tmp_path: Path) -> None:
    """PIC-R9: a place that cannot be written is said, and leaves no half."""
    place = FolderFiles(tmp_path / "pictures")
    await place.keep(MADE, b"tea")
    (file,) = (one for one in (tmp_path / "pictures").rglob("*") if one.is_file())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    (tmp_path / "taken").write_text("a file where a folder should be")

    with pytest.raises(Unavailable):
        await FolderFiles(tmp_path / "taken").keep(MADE, b"tea")


async def test_a_wrong_secret_and_a_store_that_is_away_are_unavailable(store: S3Config) -> None:
    """PIC-R9: the server judges our signature; another secret is refused by it."""
    wrong = S3Files(evolve(store, secret="another"), SystemClock())
    away = S3Files(evolve(store, endpoint=f"http://127.0.0.1:{free_port()}"), SystemClock())
    with pytest.raises(Unavailable, match="403"):
        await wrong.keep(MADE, b"tea")
    for ask in (away.open(MADE), away.forget(MADE), away.keep(MADE, b"tea")):
        with pytest.raises(Unavailable):
            await ask
    await wrong.aclose()
    await away.aclose()


def test_signatures_are_those_of_the_published_example() -> None:
    """PIC-R9: the example of getting an object, from the description of Signature Version 4."""
    config = S3Config(
        endpoint="https://examplebucket.s3.amazonaws.com", bucket="", region="us-east-1", key_id="AKIAIOSFODNN7EXAMPLE",
        secret="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    )  # fmt: skip
    asked = Signable("GET", f"{config.endpoint}/test.txt", {"Range": "bytes=0-9"}, b"")

    told = signed(asked, config, datetime(2013, 5, 24, tzinfo=UTC))["authorization"]

    assert told.endswith("Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
    assert "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date" in told

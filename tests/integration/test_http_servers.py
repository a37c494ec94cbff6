"""Real server processes: they start, refuse, finish what is under way, and end (R41, R47; graceful stop)."""

from __future__ import annotations

import os
import re
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx2
import pytest

from retail_entrypoints.databases import upgrade_schema
from retail_entrypoints.settings import Settings
from tests.support.servers import a_free_port

RETAIL = [sys.executable, "-m", "retail_entrypoints.cli"]
ROOTS = [str(Path(__file__).parents[2] / part) for part in (".", "src", "src/adapters", "src/entrypoints")]
PATIENCE_SECONDS = 90

pytestmark = pytest.mark.slow


@contextmanager
def running(environ: Mapping[str, str], *words: str, command: Sequence[str] = RETAIL) -> Iterator[subprocess.Popen[str]]:
    """A command in a process of its own, ended at the end if it has not ended itself."""
    ours = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(ROOTS), **environ}
    process = subprocess.Popen([*command, *words], env=ours, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()  # first, so that it ends its own children, who hold the pipe too
            with suppress(subprocess.TimeoutExpired):
                process.wait(PATIENCE_SECONDS)
            process.kill()
        process.communicate()


def ended(process: subprocess.Popen[str], how: signal.Signals) -> tuple[int, str]:
    process.send_signal(how)
    told, _ = process.communicate(timeout=PATIENCE_SECONDS)
    return process.returncode, told


def until_answered(url: str, process: subprocess.Popen[str]) -> httpx2.Response:
    patience = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < patience:
        assert process.poll() is None, process.communicate()[0]
        try:
            return httpx2.get(url)
        except httpx2.TransportError:
            time.sleep(0.1)
    raise AssertionError("the server did not open")


def until_listening_for(process: subprocess.Popen[str], number: signal.Signals) -> None:
    """How long a process takes to get there depends on how busy the machine is: the system knows which signals it catches."""
    patience = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < patience:
        assert process.poll() is None, process.communicate()[0]
        caught = re.search(r"^SigCgt:\t(\w+)$", Path(f"/proc/{process.pid}/status").read_text(), re.MULTILINE)
        if caught is not None and int(caught.group(1), 16) >> (number - 1) & 1:
            return
        time.sleep(0.1)
    raise AssertionError(f"it never listened for {number.name}")


@pytest.fixture
def environ(tmp_path: Path) -> Mapping[str, str]:
    return {"RETAIL_DATABASE_URL": f"sqlite:///{tmp_path / 'shop.db'}", "RETAIL_SMS": f"file:{tmp_path / 'sms'}"}


def test_a_server_says_it_is_not_ready_until_the_schema_is_there_and_stops_when_told(environ: Mapping[str, str]) -> None:
    """DOR-R1: live and ready are two things; SIGTERM ends the server with exit code 0, and its journal is JSON."""
    port = a_free_port()
    with running(environ, "serve", "--port", str(port)) as process:
        live = until_answered(f"http://127.0.0.1:{port}/health/live", process)
        before = httpx2.get(f"http://127.0.0.1:{port}/health/ready")
        upgrade_schema(Settings.from_environ(environ))
        after = httpx2.get(f"http://127.0.0.1:{port}/health/ready")
        code, told = ended(process, signal.SIGTERM)

    assert [answer.status_code for answer in (live, before, after)] == [200, 503, 200]
    assert before.json()["code"] == "request.not_ready" and before.headers["retry-after"]
    assert code == 0 and all(line.startswith("{") for line in told.splitlines())


def test_a_server_whose_disk_is_full_says_that_it_is_not_ready_and_recovers(environ: Mapping[str, str]) -> None:
    """R37, R47: reading still works, selling does not; the kernel refuses every write of that process for a while."""
    upgrade_schema(Settings.from_environ(environ))
    port = a_free_port()
    with running(environ, "serve", "--port", str(port)) as process:
        ready = f"http://127.0.0.1:{port}/health/ready"
        before = until_answered(ready, process)
        _limit_files(process.pid, 0)
        full = until_status(ready, 503)
        reading = httpx2.get(f"http://127.0.0.1:{port}/v1/products")
        _limit_files(process.pid, resource.RLIM_INFINITY)
        after = until_status(ready, 200)
        ended(process, signal.SIGTERM)

    assert [answer.status_code for answer in (before, reading, full, after)] == [200, 200, 503, 200]
    assert full.json()["code"] == "request.not_ready"


def until_status(url: str, wanted: int) -> httpx2.Response:
    """A good answer is believed for some seconds."""
    patience = time.monotonic() + PATIENCE_SECONDS
    while (answer := httpx2.get(url)).status_code != wanted:
        assert time.monotonic() < patience, answer.text
        time.sleep(0.2)
    return answer


def _limit_files(pid: int, size_max: int) -> None:
    for child in [pid, *_children(pid)]:
        resource.prlimit(child, resource.RLIMIT_FSIZE, (size_max, resource.RLIM_INFINITY))


def _children(pid: int) -> list[int]:
    named = [Path(f"/proc/{pid}/task/{task.name}/children") for task in Path(f"/proc/{pid}/task").iterdir()]
    found = [int(child) for file in named for child in file.read_text().split()]
    return found + [grandchild for child in found for grandchild in _children(child)]


@pytest.mark.parametrize("before", ["", "import sys; sys.modules['granian'] = None; "], ids=["granian", "uvicorn"])
def test_the_server_we_ship_finishes_what_is_under_way(environ: Mapping[str, str], before: str) -> None:
    """Graceful stop: a request that a worker has begun is answered, and then the server ends with exit code 0."""
    port = a_free_port()
    program = before + "from retail_entrypoints.cli import running; running.APPLICATION = 'tests.e2e.door:a_door'; "
    program += f"running.serve_http('127.0.0.1', {port}, 1)"
    with running(environ, command=[sys.executable, "-c", program]) as process, ThreadPoolExecutor() as pool:
        until_answered(f"http://127.0.0.1:{port}/health/live", process)
        answer = pool.submit(httpx2.get, f"http://127.0.0.1:{port}/v1/slow")
        _until_told(process, "slow")
        code, _ = ended(process, signal.SIGTERM)

    assert (answer.result().json()["words"], code) == ("finished", 0)


@pytest.mark.parametrize("before", ["", "import sys; sys.modules['granian'] = None; "], ids=["granian", "uvicorn"])
def test_a_server_that_cannot_open_its_database_ends_and_never_serves_without_a_shop(before: str) -> None:
    """R31, F2: born while the database is away, it went on for good and answered everything with 500."""
    port, nowhere = a_free_port(), a_free_port()
    environ = {"RETAIL_DATABASE_URL": f"postgresql://nobody:nothing@127.0.0.1:{nowhere}/nowhere"}
    program = before + f"from retail_entrypoints.cli.main import main; main(['serve', '--port', '{port}'])"
    with running(environ, command=[sys.executable, "-c", program]) as process:
        told, _ = process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode != 0 and '"database.unreachable"' in told and "Traceback" not in told


def _until_told(process: subprocess.Popen[str], word: str) -> None:
    assert process.stdout is not None
    while word not in process.stdout.readline():
        assert process.poll() is None


def test_two_workers_serve_one_shop(environ: Mapping[str, str]) -> None:
    """R16: sessions live in the database, so that it does not matter which process answers."""
    upgrade_schema(Settings.from_environ(environ))
    port = a_free_port()
    with running(environ, "serve", "--port", str(port), "--workers", "2") as process:
        until_answered(f"http://127.0.0.1:{port}/health/ready", process)
        cart = httpx2.post(f"http://127.0.0.1:{port}/v1/carts").json()
        headers = {"X-Cart-Token": cart["cart_token"] if "cart_token" in cart else cart["token"]}
        answers = [httpx2.get(f"http://127.0.0.1:{port}/v1/cart", headers=headers).status_code for _ in range(20)]
        code, _ = ended(process, signal.SIGINT)

    assert set(answers) == {200} and code == 0


def test_a_shop_whose_play_money_has_no_port_says_which_setting_gives_it_another(environ: Mapping[str, str]) -> None:
    """R47: two shops would share one provider, and the second one's payments would be unknown to it."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ours = {**environ, "RETAIL_SANDBOX_BASE_URL": f"http://127.0.0.1:{port}"}
        with running(ours, "shop", "--port", str(a_free_port())) as shop:
            told, _ = shop.communicate(timeout=PATIENCE_SECONDS)

    assert shop.returncode == 1
    assert told.startswith(f"retail: port {port} is in use; choose another one with RETAIL_SANDBOX_BASE_URL")


@pytest.mark.parametrize("server", ["granian", "uvicorn"])
def test_a_server_does_not_share_its_port_with_another_shop(environ: Mapping[str, str], tmp_path: Path, server: str) -> None:
    """R47: the kernel would hand requests to both in turns, and a buyer would meet two shops behind one address."""
    other = {**environ, "RETAIL_DATABASE_URL": f"sqlite:///{tmp_path / 'other.db'}"}
    port = a_free_port()
    with running(environ, "serve", "--port", str(port)) as first:
        until_answered(f"http://127.0.0.1:{port}/health/live", first)
        with running(other, "serve", "--port", str(port), "--server", server) as second:
            told, _ = second.communicate(timeout=PATIENCE_SECONDS)

    assert (second.returncode, told) == (1, f"retail: port {port} is in use; choose another one with --port\n")


@pytest.mark.parametrize("words", [("serve", "--port", "1"), ("worker",), ("shop",)])
def test_production_does_not_start_with_the_settings_of_development(environ: Mapping[str, str], words: tuple[str, ...]) -> None:
    """R41: default secrets, sandbox gateways and console SMS are refused by the name of their variable."""
    with running({**environ, "RETAIL_ENV": "production"}, *words) as process:
        told, _ = process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode == 2 and told.startswith("retail: RETAIL_") and len(told.splitlines()) == 1


@pytest.mark.parametrize("words", [("serve", "--port", "1"), ("worker",)])
def test_a_host_that_is_not_there_stops_the_start(environ: Mapping[str, str], words: tuple[str, ...]) -> None:
    """R41: before a server begins to start workers again and again."""
    upgrade_schema(Settings.from_environ(environ))
    with running({**environ, "RETAIL_HOST": "no.such.module:host"}, *words) as process:
        told, _ = process.communicate(timeout=PATIENCE_SECONDS)

    assert told == "retail: RETAIL_HOST: there is no module no; is its package installed?\n"
    assert process.returncode == 2


def test_a_worker_ends_when_told(environ: Mapping[str, str]) -> None:
    """R28: the step under way is finished, and the exit code says so."""
    upgrade_schema(Settings.from_environ(environ))
    with running(environ, "worker") as process:
        until_listening_for(process, signal.SIGTERM)
        code, told = ended(process, signal.SIGTERM)

    assert (code, "Traceback" in told) == (0, False)


def test_a_shop_in_one_go_sells_something(environ: Mapping[str, str]) -> None:
    """DOR-R7: serve, worker, play money and demo data; it prints where and as whom, and a second start carries on."""
    port, sandbox = a_free_port(), a_free_port()
    ours = {**environ, "RETAIL_SANDBOX_BASE_URL": f"http://127.0.0.1:{sandbox}"}
    for _ in range(2):
        with running(ours, "shop", "--port", str(port)) as process:
            until_answered(f"http://127.0.0.1:{port}/health/ready", process)
            status = _buy_tea(f"http://127.0.0.1:{port}", f"http://127.0.0.1:{sandbox}")
            code, told = ended(process, signal.SIGINT)
        assert status == "to_ship" and code == 0
        assert f"http://127.0.0.1:{port}" in told and "login demo" in told and "login admin" in told


def test_a_shop_that_was_stopped_finds_everything_as_it_was(environ: Mapping[str, str]) -> None:
    """DOR-R7: a payment begun before Ctrl-C is paid after the second start: the provider has forgotten nothing either."""
    port, sandbox = a_free_port(), a_free_port()
    ours = {**environ, "RETAIL_SANDBOX_BASE_URL": f"http://127.0.0.1:{sandbox}"}
    shop = f"http://127.0.0.1:{port}"
    with running(ours, "shop", "--port", str(port)) as process:
        until_answered(f"{shop}/health/ready", process)
        with httpx2.Client(base_url=shop) as client:
            order_id, ref = _begin_to_pay(client)
        ended(process, signal.SIGINT)
    with running(ours, "shop", "--port", str(port)) as process:
        until_answered(f"{shop}/health/ready", process)
        httpx2.post(f"http://127.0.0.1:{sandbox}/control/payments/{ref}/pay").raise_for_status()
        with httpx2.Client(base_url=shop) as client:
            _log_in(client)
            status = _when_paid(client, order_id)
        code, told = ended(process, signal.SIGINT)

    assert (status, code) == ("to_ship", 0)
    words = "shop, console, description, demo member, demo admin, play money, data, begin anew, stop with Ctrl-C"
    welcome, end, after = told.partition("stop with Ctrl-C")
    assert ", ".join(line.split("  ")[0] for line in (welcome + end).splitlines()) == words, (
        "no line of a server stands between"
    )
    # on a busy machine granian 2.8 may lock itself up once everything is served: it says so, and ends its worker by force
    assert all("refused to gracefully stop" in line for line in after.split("\n") if line), after
    path = environ["RETAIL_DATABASE_URL"].removeprefix("sqlite:///")
    assert f"{path};" in told and f"rm -f {path} " in told


def _log_in(client: httpx2.Client) -> None:
    session = client.post("/v1/auth/sessions", json={"login": "demo", "password": "demo-shop-2026"}).json()
    client.headers["Authorization"] = f"Bearer {session['token']}"


def _begin_to_pay(client: httpx2.Client) -> tuple[str, str]:
    _log_in(client)
    sku_id = client.get("/v1/products", params={"query": "龙井"}).json()["items"][0]["skus"][0]["sku_id"]
    address_id = client.get("/v1/me/addresses").json()["items"][0]["address_id"]
    basket = {"lines": [{"sku_id": sku_id, "quantity": 1}], "delivery": {"kind": "address", "address_id": address_id}}
    quote = client.post("/v1/quotes", json=basket).json()
    order = client.post("/v1/orders", json={"quote_id": quote["quote_id"], "hash": quote["hash"]}).json()
    way = {"gateway": "sandbox", "flow": "desktop_page"}
    payment = client.post(f"/v1/orders/{order['order_id']}/payments", json=way).json()
    return order["order_id"], payment["action"]["url"].rpartition("/")[2]


def _buy_tea(shop: str, sandbox: str) -> str:
    with httpx2.Client(base_url=shop) as client:
        order_id, ref = _begin_to_pay(client)
        httpx2.post(f"{sandbox}/control/payments/{ref}/pay").raise_for_status()
        return _when_paid(client, order_id)


def _when_paid(client: httpx2.Client, order_id: str) -> str:
    patience = time.monotonic() + PATIENCE_SECONDS
    status = "pending_payment"
    while status == "pending_payment" and time.monotonic() < patience:
        status = client.get(f"/v1/orders/{order_id}").json()["status"]
        time.sleep(0.1)
    return status

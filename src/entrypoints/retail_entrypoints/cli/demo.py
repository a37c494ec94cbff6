"""`retail shop`: everything in one go, with demo data; for the first ten minutes."""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Final
from urllib.parse import urlsplit

import click

from retail_entrypoints.cli.demo_data import ADMIN_LOGIN, MEMBER_LOGIN, PASSWORD, stock_the_shelves
from retail_entrypoints.cli.demo_window import dress_the_window
from retail_entrypoints.cli.examples import example
from retail_entrypoints.cli.ports import is_open, reachable, require_free
from retail_entrypoints.container import SANDBOX_ADDRESS
from retail_entrypoints.databases import is_file, path_of, place_of, upgrade_schema
from retail_entrypoints.logs import start_journal
from retail_entrypoints.settings import Settings

_START_SECONDS: Final = 60
_STOP_SECONDS: Final = 30


@click.command(epilog=example("shop --port 8080"))
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65_535), default=8000, show_default=True)
def shop(host: str, port: int) -> None:
    """Serve and work on demo data, with a payment provider to play with, until stopped."""
    ours = {"RETAIL_PUBLIC_URL": f"http://{reachable(host)}:{port}", "RETAIL_LOG_SEVERITY": "WARNING"}
    environ = ours | {k: v for k, v in os.environ.items() if v}
    settings = Settings.from_environ(environ)
    if settings.is_production:
        raise click.UsageError("demo data and play money are for development")
    require_free(host, port, '--port N, or make shop ARGS="--port N"')
    if "sandbox" in settings.gateway_codes:
        require_free("127.0.0.1", _sandbox_port(settings), "RETAIL_SANDBOX_BASE_URL, such as http://127.0.0.1:8951")
    start_journal(severity="WARNING")
    upgrade_schema(settings)
    asyncio.run(stock_the_shelves(settings))
    asyncio.run(dress_the_window(settings))
    with running(_programs(settings, host, port), environ) as programs:
        _wait_until_open(settings, programs, host, port)
        stopped = _listen_for_the_end()
        click.echo(_welcome(settings))
        _wait_for_the_end(programs, stopped)


def _programs(settings: Settings, host: str, port: int) -> Sequence[Sequence[str]]:
    programs = [["serve", "--host", host, "--port", str(port)], ["worker"]]
    if "sandbox" in settings.gateway_codes:
        provider = ["--port", str(_sandbox_port(settings)), "--store", str(_store_of(settings)), "--quiet"]
        programs.insert(0, ["simulator", "sandbox", *provider])
    return programs


def _store_of(settings: Settings) -> Path:
    """Where the provider keeps what it knows, beside the shop's file: a second start finds both as they were."""
    return (Path(path_of(settings)) if is_file(settings) else Path("retail.db")).absolute().with_suffix(".provider.db")


def _begin_anew(settings: Settings) -> str:
    """The files of the demo, as a command that removes them; in quotes where a shell would misread them."""
    files = [Path(path_of(settings)).absolute()] if is_file(settings) else []
    files += [_store_of(settings)] if "sandbox" in settings.gateway_codes else []
    removed = " ".join(f"{shlex.quote(str(file))}{end}" for file in files for end in ("", "-wal", "-shm"))
    return f"rm -f {removed}" if is_file(settings) else f"empty the database, then rm -f {removed}"


def _sandbox_port(settings: Settings) -> int:
    address = settings.gateway("sandbox").values.get("base_url") or SANDBOX_ADDRESS
    return urlsplit(address).port or 80


@contextmanager
def running(programs: Sequence[Sequence[str]], environ: Mapping[str, str]) -> Iterator[Sequence[subprocess.Popen[bytes]]]:
    """Start commands, and end them all, the last first, whatever happens: each ends by itself when we are gone."""
    started: list[subprocess.Popen[bytes]] = []
    tether, ours = os.pipe()  # only we hold its other end, so it closes with us, however we end
    retail = [sys.executable, "-m", "retail_entrypoints.cli.tethered", str(tether)]
    # a terminal's Ctrl-C reaches the children too; we end them ourselves, in order
    try:
        for program in programs:
            started.append(  # noqa: PERF401 - all end
                subprocess.Popen([*retail, *program], env=dict(environ), start_new_session=True, pass_fds=[tether])
            )
        yield started
    finally:
        for each in reversed(started):
            each.terminate()
        for each in reversed(started):
            _wait(each)
        os.close(tether)
        os.close(ours)


def _wait(program: subprocess.Popen[bytes]) -> None:
    try:
        program.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        program.kill()
        program.wait()


def _wait_until_open(settings: Settings, programs: Sequence[subprocess.Popen[bytes]], host: str, port: int) -> None:
    doors = [(reachable(host), port)]
    if "sandbox" in settings.gateway_codes:
        doors.append(("127.0.0.1", _sandbox_port(settings)))
    patience = time.monotonic() + _START_SECONDS
    while not all(is_open(*door) for door in doors):
        if time.monotonic() > patience or any(each.poll() is not None for each in programs):
            raise click.ClickException("the shop did not open; its messages stand above")
        time.sleep(0.1)


def _listen_for_the_end() -> Sequence[int]:
    """From now on it is noted when somebody stops us; before anybody is told how."""
    stopped: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        stopped.append(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    return stopped


def _wait_for_the_end(programs: Sequence[subprocess.Popen[bytes]], stopped: Sequence[int]) -> None:
    """Until somebody stops us, or one of the programs ends by itself."""
    while not stopped:
        if any(each.poll() is not None for each in programs):
            raise click.ClickException("a part of the shop ended by itself; its messages stand above")
        time.sleep(0.2)


def _welcome(settings: Settings) -> str:
    lines = [
        f"shop         {settings.public_url}",
        *([f"console      {settings.public_url}/desk"] if settings.pages_open else []),
        f"description  {settings.public_url}/docs",
        f"demo member  login {MEMBER_LOGIN}, password {PASSWORD}",
        f"demo admin   login {ADMIN_LOGIN}, password {PASSWORD}",
    ]
    if "sandbox" in settings.gateway_codes:
        lines.append(f"play money   http://127.0.0.1:{_sandbox_port(settings)} (pay with POST /control/payments/REF/pay)")
    lines.append(f"data         {place_of(settings)}; a second start goes on with it")
    lines.append(f"begin anew   {_begin_anew(settings)}")
    return "\n".join([*lines, "stop with Ctrl-C"])

"""`retail serve` and `retail worker` (DOR-R7)."""

from __future__ import annotations

import asyncio
import signal
from typing import Any, Final

import click

from retail_entrypoints.cli.desk import opened_shop, settings_of_environment
from retail_entrypoints.cli.door_limits import CONNECTIONS_MAX, HEAD_BYTES_MAX, HEAD_SECONDS_MAX
from retail_entrypoints.cli.examples import example
from retail_entrypoints.cli.ports import require_free
from retail_entrypoints.container import check_host
from retail_entrypoints.loading import keeping_everything, leave_alone
from retail_entrypoints.settings import Settings
from retail_entrypoints.worker import Worker

APPLICATION: Final = "retail_entrypoints.web.serving:application"
SERVERS: Final = ("granian", "uvicorn")
"""What can speak HTTP for us, the default first (decision 0021)."""
_GRACE_SECONDS: Final = 20


@click.command(epilog=example("serve --host 0.0.0.0 --port 8000 --workers 4"))
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65_535), default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes that serve.")
@click.option("--server", type=click.Choice(SERVERS), default=SERVERS[0], show_default=True, help="What speaks HTTP.")
def serve(host: str, port: int, workers: int, server: str) -> None:
    """Serve the web shop and the HTTP API until stopped; requests under way are finished."""
    settings = settings_of_environment(is_server=True)
    check_host(settings)  # refuse wrong settings here, not in every worker
    require_free(host, port)  # granian shares a port with whoever holds it
    _load_once(settings)
    serve_http(host, port, workers, server)


def serve_http(host: str, port: int, workers: int, server: str = SERVERS[0]) -> None:
    """Serve with that server, or with uvicorn where granian is not at hand."""
    if server == "uvicorn":
        _serve_with_uvicorn(host, port, workers)
        return
    try:
        from granian import Granian
        from granian.constants import HTTPModes, Interfaces
        from granian.http import HTTP1Settings
        from granian.log import LogLevels
    except ImportError:
        _serve_with_uvicorn(host, port, workers)
        return
    Granian(
        APPLICATION,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        # not `auto`: that waits without end for the first byte, to learn which HTTP it will be
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEAD_SECONDS_MAX * 1000, max_buffer_size=HEAD_BYTES_MAX),
        websockets=False,
        backpressure=CONNECTIONS_MAX,
        factory=True,
        workers=workers,
        log_enabled=True,
        log_level=LogLevels.warning,
        log_access=False,
        log_dictconfig=_quiet_logs(),
        respawn_failed_workers=True,
        workers_kill_timeout=_GRACE_SECONDS,
    ).serve()


def _load_once(settings: Settings) -> None:
    """Before there are processes that serve: what they are forked with they share, instead of each loading its own."""
    with keeping_everything():
        from retail_entrypoints.web.serving import pages_of

        pages_of(settings)
    leave_alone(tidy=False)


def _serve_with_uvicorn(host: str, port: int, workers: int) -> None:
    import uvicorn

    from retail_entrypoints.cli.uvicorn_door import ImpatientProtocol

    for number in (signal.SIGINT, signal.SIGTERM):
        # uvicorn finishes, puts the handlers it found back, and raises the signal once more: being told is no failure
        signal.signal(number, lambda _number, _frame: None)
    uvicorn.run(
        APPLICATION,
        host=host,
        port=port,
        workers=workers,
        factory=True,
        http=ImpatientProtocol,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # who forwards for whom is for the shop's own settings to say, whichever server it is
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )


def _quiet_logs() -> dict[str, Any]:
    """Granian's own lines: warnings and errors, through the journal's handler."""
    return {"version": 1, "disable_existing_loggers": False, "loggers": {"_granian": {"level": "WARNING"}}}


@click.command(epilog=example("worker"))
def worker() -> None:
    """Make deliveries and let timers act until stopped; any number of workers may run."""
    asyncio.run(work())


async def work() -> None:
    """Work until SIGINT or SIGTERM; the step under way is finished."""
    async with opened_shop() as shop:
        busy = Worker(shop.retail.background)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, busy.stop)
        await busy.run()

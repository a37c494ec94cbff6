"""The simulated provider as a process of its own."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Mapping

import uvicorn

from retail_entrypoints.simulators.sandbox.app import create_app
from retail_entrypoints.simulators.sandbox.settings import read_settings


def run(
    port: int,
    host: str = "127.0.0.1",
    store: str | None = None,
    environment: Mapping[str, str] | None = None,
    *,
    is_quiet: bool = False,
) -> None:
    """Serve until interrupted; port 0 takes a free one. The address is printed on standard error, unless it is known.

    Keys and secrets come from the environment, never from arguments (R41).

    Raises:
        WrongSettings: the environment is not fit; the message names the variable.
        OSError: the port is taken.
    """
    settings = read_settings(os.environ if environment is None else environment)
    with socket.create_server((host, port), backlog=128) as listening:
        address = f"http://{host}:{listening.getsockname()[1]}"
        app = create_app(settings, address=address, store=store or ":memory:")
        config = uvicorn.Config(
            app, lifespan="on", log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=1
        )
        if not is_quiet:
            print(f"sandbox simulator: {address} (merchant {settings.merchant})", file=sys.stderr, flush=True)
        try:
            uvicorn.Server(config).run(sockets=[listening])
        except KeyboardInterrupt:
            return

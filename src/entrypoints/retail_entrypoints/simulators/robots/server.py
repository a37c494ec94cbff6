"""The robots as a process of their own."""

from __future__ import annotations

import socket
import sys

import uvicorn

from retail_entrypoints.simulators.robots.app import RobotApp
from retail_entrypoints.simulators.robots.rules import KEY, SECRET


def run(port: int, host: str = "127.0.0.1", *, is_quiet: bool = False) -> None:
    """Serve until interrupted; port 0 takes a free one. How the shop is to call is printed on standard error.

    Raises OSError when the port is taken.
    """
    with socket.create_server((host, port), backlog=128) as listening:
        address = f"http://{host}:{listening.getsockname()[1]}"
        config = uvicorn.Config(RobotApp(), lifespan="on", log_config=None, access_log=False, server_header=False)
        if not is_quiet:
            print(_told(address), file=sys.stderr, flush=True)
        try:
            uvicorn.Server(config).run(sockets=[listening])
        except KeyboardInterrupt:
            return


def _told(address: str) -> str:
    return "\n".join((
        f"robots simulator: {address}", "  RETAIL_OUTBOUND=loopback RETAIL_ROBOTS=wecom,dingtalk,feishu",
        f"  RETAIL_WECOM_URL={address}/cgi-bin/webhook/send?key={KEY}",
        f"  RETAIL_DINGTALK_URL={address}/robot/send?access_token={KEY} RETAIL_DINGTALK_SECRET={SECRET}",
        f"  RETAIL_FEISHU_URL={address}/open-apis/bot/v2/hook/{KEY} RETAIL_FEISHU_SECRET={SECRET}",
    ))  # fmt: skip

"""`retail shop` leaves nothing running, however it ends (DOR-R3)."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.servers import a_free_port

_PATIENCE = 60


def _is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGKILL, signal.SIGTERM])
def test_no_process_and_no_port_outlives_the_shop(number: signal.Signals, tmp_path: Path) -> None:
    """Every process of it holds its output open: the end of that output is the end of them all, granian's workers too."""
    door, provider = a_free_port(), a_free_port()
    environ = {key: value for key, value in os.environ.items() if not key.startswith("RETAIL_")} | {
        "RETAIL_DATABASE_URL": f"sqlite:///{tmp_path}/shop.db",
        "RETAIL_SANDBOX_BASE_URL": f"http://127.0.0.1:{provider}",
    }
    command = [sys.executable, "-m", "retail_entrypoints.cli", "shop", "--port", str(door)]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as shop:
        assert shop.stdout is not None
        said = []
        for line in shop.stdout:
            said.append(line)
            if line.startswith("stop with"):
                break
        assert said and said[-1].startswith("stop with"), "".join(said)
        assert _is_open(door) and _is_open(provider)
        shop.send_signal(number)
        shop.communicate(timeout=_PATIENCE)

    assert not _is_open(door) and not _is_open(provider)

"""A command that ends with whoever started it: `python -m retail_entrypoints.cli.tethered FD COMMAND...`."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from typing import Final

from retail_entrypoints.cli.main import main

_GRACE_SECONDS: Final = 25


def end_with_starter(tether: int) -> None:
    """Stop this process once the other end of a pipe is gone, as when the starter was killed; its own children too."""
    threading.Thread(target=_watch, args=(tether,), daemon=True).start()


def _watch(tether: int) -> None:
    while os.read(tether, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_GRACE_SECONDS)
    if os.getpgrp() == os.getpid():  # a session of our own: nobody else's processes are in it
        os.killpg(os.getpid(), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    end_with_starter(int(sys.argv[1]))
    main(sys.argv[2:])

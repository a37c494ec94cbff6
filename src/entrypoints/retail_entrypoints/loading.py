"""Loading: while modules come in and an application is built nearly everything stays, so nobody looks for what may go."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def keeping_everything() -> Iterator[None]:
    """No garbage is looked for in here: it would be a sixth of the time that a start takes, and find next to nothing."""
    looked = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if looked:
            gc.enable()


def leave_alone(*, tidy: bool = True) -> None:
    """What is there by now stays to the end: it is not looked through again, nor written to, which forked processes share."""
    if tidy:
        gc.collect()
    gc.freeze()

"""Every object of this process, for tests that look for things wherever they are kept."""

from __future__ import annotations

import gc


def every_object() -> list[object]:
    """Also those that the search for garbage passes over: in a run of tests, all that was there when it began."""
    gc.unfreeze()
    try:
        return gc.get_objects()
    finally:
        gc.freeze()

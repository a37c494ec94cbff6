"""A shop in a file is its owner's alone: names, phones and hashes lie in it, whatever the machine's umask (R40)."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from typing import Final

_OTHERS: Final = stat.S_IRWXO
_BESIDE: Final = ("", "-wal", "-shm", "-journal")


def keep_private(path: str) -> None:
    """Make the file for its owner only, or take an older one, and what SQLite keeps beside it, from all other users.

    What SQLite makes beside a file later has the file's own mode. A group that an operator let in stays in. A folder that is
    not there, or a file of somebody else's, is for SQLite to complain about.
    """
    if path.startswith(":"):
        return
    with suppress(OSError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    for beside in _BESIDE:
        with suppress(OSError):
            mode = stat.S_IMODE(os.stat(path + beside).st_mode)
            if mode & _OTHERS:
                os.chmod(path + beside, mode & ~_OTHERS)

"""The machine: room on its disks, folders that can be written, and parts that are not installed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from retail_adapters.extras import advice
from retail_entrypoints.cli.health.diagnosis import Diagnosis, ill, odd, well
from retail_entrypoints.databases import is_file, path_of
from retail_entrypoints.settings import Settings

MIB: Final = 1024 * 1024
LITTLE: Final = 1024 * MIB
TOO_LITTLE: Final = 100 * MIB
"""A shop that cannot write takes no orders; a file of SQLite needs room for its journal besides."""


def of_machine(settings: Settings) -> Iterator[Diagnosis]:
    """Each folder that the shop writes to, and what is not installed."""
    for what, folder in _folders(settings):
        yield from _of_folder(what, folder)
    if find_spec("PIL") is None:
        yield odd("pictures", "no picture can be prepared", advice("PIL"))


def _folders(settings: Settings) -> Iterator[tuple[str, Path]]:
    if is_file(settings):
        yield "the database", Path(path_of(settings)).absolute().parent
    if settings.pictures.bucket is None:
        beside = Path(f"{path_of(settings)}-pictures") if is_file(settings) else Path("pictures")
        yield "pictures", (settings.pictures.folder or beside).absolute()
    if settings.sms.path is not None:
        yield "text messages", settings.sms.path.absolute().parent


def _of_folder(what: str, folder: Path) -> Iterator[Diagnosis]:
    there = next(one for one in (folder, *folder.parents) if one.exists())  # the first picture makes its folder
    if not os.access(there, os.W_OK | os.X_OK):
        yield ill("disk", f"{what}: {there} cannot be written", "look at its owner and its file system")
        return
    free = shutil.disk_usage(there).free
    says = f"{what}: {free // MIB} MiB are free at {there}"
    if free < TOO_LITTLE:
        yield ill("disk", says, "make room: whoever cannot write takes no orders")
    elif free < LITTLE:
        yield odd("disk", says, "make room soon")
    else:
        yield well("disk", says)

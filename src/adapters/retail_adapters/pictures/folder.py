"""Pictures in a folder: the default, beside the database of a shop on one machine, or on a disk that its machines share."""

from __future__ import annotations

import asyncio
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

from attrs import define

from retail_adapters.pictures.names import checked_name
from retail_domain.kernel.errors import Unavailable

_PREFIX: Final = ".half-"


@define
class FolderFiles:
    """Bytes in files that only we may read; a folder of two letters for each beginning, so that none grows large."""

    root: Path

    async def keep(self, name: str, content: bytes) -> None:
        """Written beside its place, brought to the disk, then put there in one step."""
        await asyncio.to_thread(self._keep, self._path(name), content)

    async def open(self, name: str) -> bytes | None:
        """The whole file."""
        return await asyncio.to_thread(_open, self._path(name))

    async def forget(self, name: str) -> None:
        """The file; its folder stays."""
        await asyncio.to_thread(_forget, self._path(name))

    def _path(self, name: str) -> Path:
        first, _, last = checked_name(name).rpartition("/")
        return self.root / (first or "made") / last[:2] / last

    def _keep(self, path: Path, content: bytes) -> None:
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, half = tempfile.mkstemp(prefix=_PREFIX, dir=path.parent)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(half, path)
            except BaseException:
                with suppress(OSError):
                    os.unlink(half)
                raise
            _sync(path.parent)
        except OSError as error:
            raise Unavailable(reason=f"pictures: {type(error).__name__}") from None


def _open(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Unavailable(reason=f"pictures: {type(error).__name__}") from None


def _forget(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
        for half in path.parent.glob(f"{_PREFIX}*"):  # whoever was killed while writing left it
            if half.stat().st_mtime < path.parent.stat().st_mtime - 3_600:
                half.unlink(missing_ok=True)
    except FileNotFoundError:
        return
    except OSError as error:
        raise Unavailable(reason=f"pictures: {type(error).__name__}") from None


def _sync(folder: Path) -> None:
    """The name itself is on the disk only when its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

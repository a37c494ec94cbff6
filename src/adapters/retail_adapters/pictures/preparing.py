"""Has pictures decoded by a process of its own, which has so much time and memory and no more (PIC-R4)."""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import suppress
from typing import Any, Final

from attrs import define, field

from retail_domain.kernel.errors import Unavailable
from retail_domain.pictures import PreparedPicture, Unfit

AT_ONCE: Final = 2
"""So many pictures are prepared at once by one process of ours."""
_PROGRAM: Final = "retail_adapters.pictures.decoding"


@define
class PrepareInChild:
    """Decodes in a child; whatever becomes of it, whoever asks gets an answer."""

    seconds: int = 20
    """Of a processor. 12 megapixels take half a second; 40 megapixels take two."""
    wall_seconds: float = 50.0
    memory_bytes: int = 1024 * 1024 * 1024
    _places: asyncio.Semaphore | None = field(default=None, init=False)

    async def __call__(self, content: bytes) -> PreparedPicture | Unfit:
        """See the port. Raises Unavailable where no such process can be started."""
        if self._places is None:
            self._places = asyncio.Semaphore(AT_ONCE)
        async with self._places:
            return await self._asked(content)

    async def _asked(self, content: bytes) -> PreparedPicture | Unfit:
        try:
            child = await asyncio.create_subprocess_exec(
                sys.executable, "-P", "-m", _PROGRAM, str(self.seconds), str(self.memory_bytes),
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
                env={"PYTHONPATH": ":".join(filter(None, sys.path)), "MALLOC_ARENA_MAX": "2"},
            )  # fmt: skip
        except OSError as error:
            raise Unavailable(reason=f"decoder: {type(error).__name__}") from None
        try:
            async with asyncio.timeout(self.wall_seconds):
                told, complaint = await child.communicate(content)
        except TimeoutError:
            return Unfit.TOO_HARD
        finally:
            with suppress(ProcessLookupError):
                if child.returncode is None:
                    child.kill()
                    await child.wait()
        if child.returncode != 0:
            if b"ModuleNotFoundError" in complaint:
                raise Unavailable(reason="decoder: pillow is not installed")
            return Unfit.TOO_HARD
        return _read(told)


def _read(told: bytes) -> PreparedPicture | Unfit:
    line, _, rest = told.partition(b"\n")
    said: Any = json.loads(line)
    if "unfit" in said:
        return Unfit(said["unfit"])
    contents: dict[str, bytes] = {}
    for name, size in said["files"]:
        contents[name], rest = rest[:size], rest[size:]
    return PreparedPicture(width=said["width"], height=said["height"], contents=contents)

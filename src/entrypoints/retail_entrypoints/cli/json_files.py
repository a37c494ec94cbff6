"""JSON files that commands read: whatever is wrong with one names it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from attrs import evolve

from retail_domain.kernel.errors import InvalidInput
from retail_entrypoints.http.refusals import Malformed


@contextmanager
def blaming(file: IO[bytes]) -> Iterator[bytes]:
    """What stands in a file. Raises InvalidInput for what is found wrong with it, each with the file's name."""
    name = Path(file.name).name
    try:
        yield file.read()
    except (InvalidInput, Malformed) as wrong:
        problems = tuple(
            evolve(one, field=f"{name} {one.field}".strip(), message=one.message.replace("the body", "the file"))
            for one in wrong.problems
        )
        raise InvalidInput(problems=problems) from None

"""Compiled templates kept between starts: reading 76 of them anew costs a second of processor time, whoever starts the shop."""

from __future__ import annotations

from contextlib import suppress

from jinja2 import BytecodeCache, FileSystemBytecodeCache
from jinja2.bccache import Bucket


class CompiledTemplates(FileSystemBytecodeCache):
    """Files of this user's alone, in the system's place for temporary ones; each carries a checksum of its template.

    A file that cannot be written, read or trusted is no trouble: that template is compiled.
    """

    def load_bytecode(self, bucket: Bucket) -> None:
        """What was kept of a template, if anything."""
        with suppress(OSError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it, if there is room."""
        with suppress(OSError):
            super().dump_bytecode(bucket)


def compiled_templates(directory: str | None = None) -> BytecodeCache | None:
    """Where compiled templates are kept; None where there is no safe place (somebody else's folder stands in its stead)."""
    try:
        return CompiledTemplates(directory)
    except (OSError, RuntimeError):
        return None

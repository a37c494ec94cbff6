"""Pictures in memory: for examples and tests, and for a shop in memory, whose rows go with it."""

from __future__ import annotations

from attrs import define, field

from retail_adapters.pictures.names import checked_name


@define
class MemoryFiles:
    """Bytes by name; see the port."""

    kept: dict[str, bytes] = field(factory=dict)

    async def keep(self, name: str, content: bytes) -> None:
        """A copy of its own."""
        self.kept[checked_name(name)] = bytes(content)

    async def open(self, name: str) -> bytes | None:
        """What was kept last."""
        return self.kept.get(checked_name(name))

    async def forget(self, name: str) -> None:
        """Gone at once."""
        self.kept.pop(checked_name(name), None)

"""The closed list of causes, looked up by what was stored and by what happened (MSG-R1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from attrs import field, frozen

from retail_domain.kernel.causes import Cause


@frozen(eq=False)
class Causes:
    """All of them, each under its own code."""

    all: tuple[Cause, ...]
    by_code: Mapping[str, Cause] = field(init=False)
    _by_event: Mapping[str, Sequence[Cause]] = field(init=False)

    @by_code.default
    def _find_by_code(self) -> Mapping[str, Cause]:
        found = {cause.code: cause for cause in self.all}
        if len(found) < len(self.all):
            raise ValueError("two causes have one code")
        return found

    @_by_event.default
    def _find_by_event(self) -> Mapping[str, Sequence[Cause]]:
        found: dict[str, list[Cause]] = {}
        for cause in self.all:
            if cause.event is not None:
                found.setdefault(cause.event.name, []).append(cause)
        return found

    @classmethod
    def of(cls, *lists: Iterable[Cause]) -> Causes:
        """Of several lists. Raises ValueError where two have one code."""
        return cls(tuple(cause for one in lists for cause in one))

    def raised_by(self, event_name: str) -> Sequence[Cause]:
        """Those that an event of this name may raise."""
        return self._by_event.get(event_name, ())
